"""Nothing personal and nothing that a terminal obeys is in a list or on a page, wherever in a letter it stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.deadletter import Reason
from contracts.problem import Problem
from contracts.topics import ACTIONS, CASES
from tests.unit.yiwang.dead_office import ID, LANDLINE, PHONE, Office, base64
from yiwang.dead.bodies import LINES, seen
from yiwang.dead.words import dump, header, plain, printable, word

PERSONAL = (PHONE, LANDLINE, ID)
HIDDEN = ("0000111", "7620000", "19600101", "不应看到", "张三")


def free_of_persons(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [part for part in HIDDEN if part in text] == []
    assert all(sign.isprintable() or sign == "\n" for sign in text)


@pytest.mark.parametrize("number", PERSONAL)
@pytest.mark.parametrize(
    "place", ["text", "reference", "key", "header", "ce_subject", "header name", "problem", "field", "extra", "nested"]
)
async def test_a_personal_number_is_masked_wherever_it_stands(number: str, place: str) -> None:
    office = Office()
    said = f"请联系{number}不应看到" if place in {"text", "extra", "nested"} else f"{number}"
    body = {
        "reference": said if place == "reference" else "A-1",
        "text": said if place == "text" else "t",
        **({said: 1} if place == "field" else {}),
        **({"note": said} if place == "extra" else {}),
        **({"coordinates": {"datum": said, "note": [said]}} if place == "nested" else {}),
    }
    found = said if place == "problem" else "nothing"
    one = office.park(
        raw_value=base64(json.dumps(body, ensure_ascii=False).encode()),
        raw_key=base64(said.encode() if place == "key" else b"k"),
        raw_headers=(
            ("x-told" if place != "header name" else f"x-{said}", base64(said.encode() if place == "header" else b"x")),
            ("ce_subject", base64(said.encode() if place == "ce_subject" else b"x")),
        ),
        problems=(Problem(path="text", found=found, expected=f"other than {found}", expected_zh=f"不同于{found}"),),
    )
    assert await office.do("list") == 0
    free_of_persons(office.said)
    assert await office.do("list --json") == 0
    free_of_persons(office.said[0].split("\n"))
    assert await office.do(f"show {one.id}") == 0
    free_of_persons(office.said)
    assert number[-3:] in "\n".join(office.said) or place in {"text", "extra", "nested"}, "masked, not left out"


async def test_a_list_has_nothing_of_a_body_and_of_an_exception_its_name_alone() -> None:
    office = Office()
    problem = Problem(path="$", found="KeyError: '张三的电话'", expected="a record", expected_zh="内部错误")
    office.park(reason=Reason.DEFECTIVE, problems=(problem,), raw_value=base64('{"text": "不应看到"}'.encode()))
    await office.do("list")
    free_of_persons(office.said)
    assert "found KeyError; expected a record" in office.said[1]


async def test_a_page_cannot_write_to_the_terminal() -> None:
    office = Office()
    evil = "\x1b[2J\x07\u202e\r"
    one = office.park(
        raw_value=base64(json.dumps({"reference": evil, evil: evil, "text": evil}).encode()),
        raw_headers=((evil, base64(evil.encode())), ("ce_type", base64(evil.encode()))),
        problems=(Problem(path=evil, found=evil, expected=evil, expected_zh=evil),),
    )
    await office.do(f"show {one.id} --reveal --why x")
    free_of_persons(office.said)
    await office.do("list")
    free_of_persons(office.said)


def test_values_that_are_no_free_text_are_shown_and_of_others_their_kind() -> None:
    body = {
        "reference": "SL-2026-1",
        "text": "机井水泵损坏",
        "people": 3,
        "phone": 13900001111,
        "coordinates": {"longitude": 107.4, "datum": "GPS", "note": "张三家"},
        "attachments": ["https://a.invalid/1", "不应看到"],
        "withdrawn": None,
        "list": [],
    }
    assert seen(json.dumps(body).encode())[1:] == [
        'reference: "SL-2026-1"',
        "text: <text, 6 characters>",
        "people: 3",
        "phone: <number>",
        "coordinates:",
        "  longitude: 107.4",
        '  datum: "GPS"',
        "  note: <text, 3 characters>",
        "attachments:",
        '  0: "https://a.invalid/1"',
        "  1: <text, 4 characters>",
        "withdrawn: null",
        "list: []",
    ]


def test_of_our_own_events_ids_kinds_and_moments_are_shown() -> None:
    told = {
        "kind": "opened",
        "case_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "case": {"summary": "x", "level": "grid"},
    }
    assert seen(json.dumps(told).encode())[1:] == [
        'kind: "opened"',
        'case_id: "0f8fad5b-d9cb-469f-a165-70867728950e"',
        "case:",
        "  summary: <text, 1 character>",
        '  level: "grid"',
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "nothing: the value is null"),
        (b"", "nothing: the value is empty"),
        ("姓名张三，电话13900001111".encode(), "text in UTF-8, not shown"),
        ('{"text": "张三 13900001111'.encode(), "text in UTF-8, not shown"),
        ("姓名张三，电话13900001111".encode("gbk"), "text in GBK, not shown"),
        (b'{"text": "\xff 13900001111 and so on, in words that can be read"}', "text in UTF-8, not shown"),
        (bytes(range(256)), "no JSON and no text: 256 bytes"),
    ],
)
def test_what_is_no_json_is_described_and_text_is_not_shown(raw: bytes | None, said: str) -> None:
    lines = seen(raw)
    assert said in lines[0]
    free_of_persons(lines)


def test_figures_in_bytes_that_are_no_text_are_hidden_until_they_are_asked_for() -> None:
    raw = b"\x00\xff" * 8 + PHONE.encode()
    assert dump(raw)[1] == "000010  " + " ".join(["3x"] * 11)
    assert dump(raw, digits=True)[1].startswith("000010  31 33 39")
    assert dump(raw, 16) == ["000000  " + " ".join(["00 ff"] * 8), "… 11 more bytes"]


def test_a_number_in_full_width_figures_or_with_invisible_signs_in_it_is_masked_too() -> None:
    assert "0000111" not in plain("电话１３９００００１１１１")
    assert plain("139\u200b00001111") == "139****1111"
    assert plain("正文：３只羊") == "正文：３只羊"


def test_a_number_is_masked_before_it_is_cut() -> None:
    assert plain(f"电话{PHONE}", 8) == "电话139***…"


def test_one_plain_word_is_shown_of_a_key_and_of_other_texts_their_length() -> None:
    assert word(b"SL-2026-1") == "SL-2026-1"
    assert word("张三".encode()) == "<text, 2 characters>"
    assert word(b"a@b.invalid") == "<text, 11 characters>"
    assert [word(None), word(b""), word(b"\xff")] == ["null", "<empty>", "<1 bytes that are no UTF-8>"]
    assert header("content-type", b"application/json; charset=utf-8").endswith("charset=utf-8")
    assert header("remark", "张三".encode()) == "remark: <text, 2 characters>"
    assert header("ce_id", b"\xff") == "ce_id: \\xff"


def test_a_body_of_very_many_fields_and_very_many_levels_stays_a_page() -> None:
    wide = json.dumps({f"f{n}": n for n in range(10_000)}).encode()
    assert len(seen(wide)) == LINES + 2
    deep = b'{"a":' * 100 + b"1" + b"}" * 100
    assert seen(deep)[-1].strip() == "a: <1 entries>"


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: json.dumps({"reference": text}).encode()))
def test_whatever_the_bytes_a_page_can_be_printed(raw: bytes) -> None:
    for line in [*seen(raw), word(raw)]:
        assert line == printable(line)
        line.encode()


@pytest.mark.parametrize(
    ("topic", "body", "headers", "source"),
    [
        (None, b"\xff", (), "water"),
        (ACTIONS.name, b'{"sender": "app"}', (), "app"),
        (ACTIONS.name, b'{"sender": "app", "note": "cut o', (), "app"),
        (ACTIONS.name, '{"sender": "张三"}'.encode(), (), "-"),
        (ACTIONS.name, f'{{"sender": "{PHONE}"}}'.encode(), (), "139****1111"),
        (ACTIONS.name, b"[1]", (), "-"),
        (ACTIONS.name, b"\xff", (), "-"),
        (CASES.name, b"{}", (("ce_source", base64(b"yiwang/routing")),), "yiwang/routing"),
        (CASES.name, b"{}", (("ce_source", base64(b"\xff")),), "-"),
        (CASES.name, b"{}", (), "-"),
    ],
)
async def test_who_sent_it_is_named_by_the_topic_the_sender_or_the_service_and_by_nothing_personal(
    topic: str | None, body: bytes, headers: tuple[tuple[str, str], ...], source: str
) -> None:
    office = Office()
    fields = {"raw_value": base64(body), "raw_headers": headers, **({"topic": topic} if topic else {})}
    office.park(service="routing" if topic else "intake", **fields)
    await office.do("list")
    assert office.said[1].split()[3] == source
