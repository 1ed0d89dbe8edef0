"""The five commands at a desk in memory, with intake's own loop behind it: what they say, write and refuse."""

import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from contracts.deadletter import DispositionKind, Reason, Replay
from contracts.identity import replay_cause
from contracts.topics import CASES, DEAD, DISPOSITIONS, NORMALISED, OUTCOMES, REPLAYS
from contracts.wire import Topic
from services.chassis.letters import PART_LIMIT, VALUE_LIMIT
from services.chassis.values import Unavailable
from tests.unit.yiwang.dead_office import DATUM, GOOD, NO_DATUM, OPERATOR, PHONE, Office, base64
from yiwang.dead.values import Place

WHY = "--why 来源补充"


async def parked(value: bytes | None = NO_DATUM) -> tuple[Office, str]:
    """An office where one record is parked, and its id."""
    office = Office()
    record = await office.submit(value)
    assert len(office.letters()) == 1
    return office, str(record.cause)


async def control(*values: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """What intake would have told if all had been right at first."""
    office = Office()
    for value in values:
        await office.submit(value)
    return office.told(NORMALISED), office.told(OUTCOMES)


def kinds(office: Office) -> list[tuple[int, str]]:
    return [(one.version, one.kind.value) for one in office.story()]


def replays(office: Office) -> list[Replay]:
    return [Replay.model_validate_json(one.value or b"") for one in office.broker.read(REPLAYS["intake"].name)]


async def test_a_mended_record_ends_as_if_it_had_been_right_at_first() -> None:
    office, name = await parked()
    office.logs.serve = office.serve
    assert await office.do(f"edit {name[:8]} {DATUM} {WHY}") == 0
    assert office.said == ["intake can read it", f"recorded; 'yiwang dead replay {name[:8]}' sends it"]
    assert await office.do(f"replay {name[:8]} {WHY}") == 0
    assert office.said == [f"{name[:8]}  taken", "1 of 1 replays taken"]
    right = NO_DATUM.replace(b"38.4}", b'38.4, "datum": "WGS-84"}')
    normalised, outcomes = await control(right)
    assert office.told(NORMALISED) == normalised
    assert office.told(OUTCOMES).items() >= outcomes.items()
    assert kinds(office) == [(1, "edited"), (2, "replayed")]
    await office.do("list")
    assert office.said == ["0 dead letters"]


async def test_a_second_replay_is_refused_and_done_nevertheless_changes_nothing() -> None:
    office, name = await parked()
    office.logs.serve = office.serve
    await office.do(f"edit {name} {DATUM} {WHY}")
    await office.do(f"replay {name} {WHY}")
    before = office.told(NORMALISED), office.told(OUTCOMES)
    assert await office.do(f"replay {name} {WHY}") == 2
    assert office.warned == [f"yiwang dead replay: {name} is replayed; --again does it nevertheless"]
    assert len(replays(office)) == 1
    assert await office.do(f"replay {name} --again {WHY}") == 0
    assert len(replays(office)) == 2
    assert (office.told(NORMALISED), office.told(OUTCOMES)) == before
    assert len(office.letters()) == 1


async def test_a_conflict_is_mended_by_a_higher_revision() -> None:
    office, other = Office(), GOOD.replace(b'"t"', b'"other"')
    await office.submit(GOOD)
    name = (await office.submit(other)).cause
    office.logs.serve = office.serve
    assert await office.do(f"edit {name} --set revision=2 {WHY}") == 0
    assert await office.do(f"replay {name} {WHY}") == 0
    normalised, _ = await control(GOOD, other.replace(b"}", b', "revision": 2}'))
    assert office.told(NORMALISED) == normalised


async def test_a_replay_that_is_parked_again_is_told_with_its_new_letter_which_is_the_open_one() -> None:
    office, name = await parked()
    office.logs.serve = office.serve
    back = replay_cause(UUID(name), 1)
    assert await office.do(f"replay {name} {WHY}") == 1
    assert office.said[0].startswith(f"{name[:8]}  parked again as {back}: coordinates.datum: found nothing")
    assert office.said[1] == "0 of 1 replays taken"
    await office.do("list")
    assert [line.split()[0] for line in office.said[1:-1]] == [back.hex[:8]]
    assert await office.do(f"replay {name} {WHY}") == 2
    assert f"is parked-again as {back}: that letter is the open one" in office.warned[0]
    await office.do(f"edit {back} {DATUM} {WHY}")
    assert await office.do(f"replay {back} {WHY}") == 0
    assert len(office.told(NORMALISED)) == 1


async def test_what_the_service_has_not_read_in_time_is_said_to_be_not_read() -> None:
    office, name = await parked(GOOD[:-1])
    assert await office.do(f"replay {name} --wait 0.01 {WHY}") == 1
    assert office.said[0] == f"{name[:8]}  not read yet: the service is down, paused or behind"
    office, name = await parked(GOOD[:-1])
    assert await office.do(f"replay {name} --wait 0 {WHY}") == 0
    assert office.said == ["1 replays sent"]


async def test_a_crash_between_a_replay_and_its_record_leaves_the_letter_open_and_a_repeat_is_harmless() -> None:
    office, name = await parked()
    await office.do(f"edit {name} {DATUM} {WHY}")

    def crash(topic: Topic) -> None:
        if topic == DISPOSITIONS:
            raise Unavailable("gone")

    office.logs.fault = crash
    with pytest.raises(Unavailable):
        await office.do(f"replay {name} {WHY}")
    office.logs.fault = lambda _topic: None
    await office.serve()
    await office.do("list")
    assert office.said[-1].startswith("1 dead letter")
    office.logs.serve = office.serve
    office.clock.advance(minutes=1)
    assert await office.do(f"replay {name} {WHY}") == 0
    assert len({one.id for one in replays(office)}) == 1
    assert len(replays(office)) == 2
    assert len(office.told(NORMALISED)) == 1
    assert len(office.letters()) == 1
    assert len(office.told(REPLAYS["intake"])) == 2, "who sends it again does so as an event of its own"


async def test_a_replay_carries_the_record_as_it_stood_at_its_old_place_and_time() -> None:
    office = Office()
    record = await office.submit(NO_DATUM, key="钥匙", headers=(("trace", None), ("x", b"\xff")))
    office.clock.advance(hours=5)
    await office.do(f"replay {record.cause} --wait 0 {WHY}")
    (sent,) = replays(office)
    assert (sent.topic, sent.partition, sent.offset, sent.appended_at) == (
        record.topic, record.partition, record.offset, record.time,
    )  # fmt: skip
    assert sent.raw_headers == (("trace", None), ("x", "/w=="))
    assert (sent.raw_key, sent.raw_value) == (base64("钥匙".encode()), base64(NO_DATUM))
    assert office.broker.logs[REPLAYS["intake"].name, record.partition], "it goes where the record's neighbours go"


async def test_a_record_that_its_letter_cuts_is_fetched_whole_if_it_is_still_there_and_the_same() -> None:
    office = Office()
    record = await office.submit(GOOD[:-1] + b" " * VALUE_LIMIT + b"}")
    name = str(record.cause)
    assert await office.do(f"replay {name} --dry-run") == 0
    assert office.said == [f"{name[:8]}  would be sent to intake whole, from its log"]
    assert await office.do(f"replay {name} --wait 0 {WHY}") == 0
    assert replays(office)[0].raw_value == base64(record.value or b"")
    place = Place(record.topic, record.partition, record.offset)
    office.logs.gone.add(place)
    assert await office.do(f"replay {name} --again --wait 0 {WHY}") == 1
    said = f"{name[:8]}  the letter keeps a part of the value alone, and {place} is no more in its log"
    assert office.warned == [said]
    assert len(replays(office)) == 1


async def test_another_record_at_the_old_place_is_never_replayed_for_the_one_that_was_parked() -> None:
    office = Office()
    record = await office.submit(b"x" * (VALUE_LIMIT + 1))
    await office.submit(b"y" * (VALUE_LIMIT + 1))
    log = office.broker.logs[record.topic, record.partition]
    log[0] = log[1]
    assert await office.do(f"replay {record.cause} --wait 0 {WHY}") == 1
    assert "stands another record: its digest differs" in office.warned[0]


async def test_an_edit_stands_for_a_body_that_is_cut_and_gone(tmp_path: Path) -> None:
    office = Office()
    record = await office.submit(b"x" * (VALUE_LIMIT + 1))
    office.logs.gone.add(Place(record.topic, record.partition, record.offset))
    (tmp_path / "body").write_bytes(GOOD)
    assert await office.do(f"edit {record.cause} {DATUM} {WHY}") == 2, "there is nothing to put a value into"
    assert await office.do(f"edit {record.cause} --file {tmp_path / 'none'} {WHY}") == 2
    assert office.warned[0].endswith("none: No such file or directory")
    assert await office.do(f"edit {record.cause} --file {tmp_path / 'body'} {WHY}") == 0
    assert await office.do(f"replay {record.cause} --wait 0 {WHY}") == 0
    assert replays(office)[0].raw_value == base64(GOOD)


async def test_a_key_that_is_cut_is_fetched_though_the_body_is_edited() -> None:
    office = Office()
    record = await office.submit(NO_DATUM, key="k" * (PART_LIMIT + 1))
    await office.do(f"edit {record.cause} {DATUM} {WHY}")
    await office.do(f"replay {record.cause} --wait 0 {WHY}")
    assert replays(office)[0].raw_key == base64(b"k" * (PART_LIMIT + 1))


async def test_a_record_that_no_replay_can_carry_is_said_in_one_line() -> None:
    office = Office()
    record = await office.submit(b"x" * 1_600_000)
    assert await office.do(f"replay {record.cause} --wait 0 {WHY}") == 1
    assert "right is at most 2097152" in office.warned[0]


async def test_what_the_reader_refuses_is_recorded_only_if_it_is_wanted_anyway(tmp_path: Path) -> None:
    office, name = await parked()
    body = tmp_path / "body"
    body.write_bytes(b'{"reference": "A-1"}')
    assert await office.do(f"edit {name} --file {body} {WHY}") == 1
    assert (
        office.said[0] == "intake would refuse it: occurred_at: found nothing; expected a value: this field is required"
    )
    assert office.said[1] == "intake 仍不接受：occurred_at：缺少该项，请补充"
    assert office.warned == ["not recorded; --anyway records it nevertheless"]
    assert office.story() == []
    assert await office.do(f"edit {name} --file {body} --anyway {WHY}") == 0
    assert office.story()[0].raw_value == base64(body.read_bytes())


async def test_the_newest_edit_is_what_is_mended_further_and_sent() -> None:
    office, name = await parked()
    await office.do(f"edit {name} {DATUM} {WHY}")
    await office.do(f"edit {name} --set people=3 {WHY}")
    await office.do(f"replay {name} --wait 0 {WHY}")
    raw = replays(office)[0].raw_value
    assert raw is not None
    sent = json.loads(b64decode(raw))
    assert (sent["coordinates"]["datum"], sent["people"]) == ("WGS-84", 3)
    await office.do(f"show {name}")
    assert f"body as edited by {OPERATOR} (2):" in office.said


async def test_an_editor_reveals_so_that_is_written_down_before_it_opens() -> None:
    office, name = await parked()
    assert await office.do(f"edit {name} {WHY}") == 2
    assert office.warned == [
        "yiwang dead edit: found neither --file nor --set, and no terminal for an editor; right is one of them"
    ]
    seen: list[list[tuple[int, str]]] = []

    def by_hand(raw: bytes) -> bytes:
        seen.append(kinds(office))
        return raw.replace(b"38.4}", b'38.4, "datum": "WGS-84"}')

    office.desk = replace(office.desk, edit=by_hand)
    assert await office.do(f"edit {name} {WHY}") == 0
    assert seen == [[(1, "revealed")]]
    assert kinds(office) == [(1, "revealed"), (2, "edited")]


async def test_an_edit_that_changes_nothing_is_not_recorded() -> None:
    office, name = await parked(GOOD.replace(b'"t"', b"null"))
    assert await office.do(f"edit {name} --set text=null {WHY}") == 2
    assert office.warned[0].endswith("nothing is recorded")
    assert office.story() == []


async def test_nothing_is_revealed_before_it_is_written_down_who_looks_and_why(tmp_path: Path) -> None:
    office, name = await parked(GOOD.replace(b'"t"', f'"张三{PHONE}", "people": -1'.encode()))
    await office.do(f"show {name}")
    assert PHONE not in "\n".join(office.said)
    assert await office.do(f"show {name} --reveal") == 2
    assert office.said == []

    def away(_topic: Topic) -> None:
        raise Unavailable("no acknowledgement")

    office.logs.fault = away
    with pytest.raises(Unavailable):
        await office.do(f"show {name} --reveal --raw {tmp_path / 'never'} {WHY}")
    assert PHONE not in "\n".join(office.said)
    assert not (tmp_path / "never").exists()
    office.logs.fault = lambda _topic: None
    assert await office.do(f"show {name} --reveal {WHY}") == 0
    assert f"张三{PHONE}" in "\n".join(office.said)
    (told,) = office.story()
    assert (told.kind, told.by, told.why, told.service) == (DispositionKind.REVEALED, OPERATOR, "来源补充", "intake")


async def test_the_raw_bytes_go_into_a_new_file_for_its_owner_alone(tmp_path: Path) -> None:
    office, name = await parked(b"\xff\x00raw")
    file = tmp_path / "raw"
    assert await office.do(f"show {name} --raw {file}") == 2
    assert await office.do(f"show {name} --raw {file} {WHY}") == 0
    assert file.read_bytes() == b"\xff\x00raw"
    assert file.stat().st_mode & 0o777 == 0o600
    assert kinds(office) == [(1, "revealed")]
    assert await office.do(f"show {name} --raw {file} {WHY}") == 2
    assert office.warned[0].endswith("it is there already; right is the name of a new file")


async def test_the_raw_bytes_of_a_cut_body_are_whole_if_they_are_still_there(tmp_path: Path) -> None:
    office = Office()
    record = await office.submit(b"x" * (VALUE_LIMIT + 5))
    await office.do(f"show {record.cause} --raw {tmp_path / 'whole'} {WHY}")
    assert (tmp_path / "whole").stat().st_size == VALUE_LIMIT + 5
    assert any(line.startswith(f"cut        value: {VALUE_LIMIT + 5} bytes in all, SHA-256 ") for line in office.said)
    office.logs.gone.add(Place(record.topic, record.partition, record.offset))
    await office.do(f"show {record.cause} --raw {tmp_path / 'part'} {WHY}")
    assert (tmp_path / "part").stat().st_size == VALUE_LIMIT
    assert office.warned[0].startswith("this is what the letter keeps: ")


async def test_a_page_has_where_when_why_in_both_languages_and_what_was_done() -> None:
    office, name = await parked()
    await office.do(f"edit {name} {DATUM} {WHY}")
    await office.do(f"show {name}")
    page = "\n".join(office.said)
    assert f"letter     {name}" in page
    assert "state      open" in page
    assert "problem    coordinates.datum: found nothing; expected a value: this field is required" in page
    assert "问题       coordinates.datum：缺少该项，请补充" in page
    assert f"1. edited by {OPERATOR} at 2026-03-02T09:00:00+08:00: 来源补充" in page
    assert "at dead.intake.v1/" in page
    assert "text: <text, 1 character>" in page


async def test_what_is_discarded_leaves_the_list_and_is_not_deleted() -> None:
    office, name = await parked()
    assert await office.do(f"discard {name} {WHY}") == 0
    assert office.said == [f"{name[:8]}  discarded", "1 discarded"]
    await office.do("list")
    assert office.said == ["0 dead letters"]
    await office.do("list --state discarded")
    assert office.said[1].startswith(name[:8])
    assert len(office.letters()) == 1
    assert await office.do(f"discard {name} {WHY}") == 2
    assert await office.do(f"replay {name} --again --wait 0 {WHY}") == 0


async def test_many_at_once_are_what_the_filters_let_through_and_need_a_yes() -> None:
    office = Office()
    for n in range(3):
        await office.submit(b"\xff%d" % n)
    await office.submit(GOOD)
    await office.submit(GOOD.replace(b'"t"', b'"u"'))
    assert await office.do(f"replay --all --reason invalid {WHY}") == 2
    assert office.warned == [
        "yiwang dead replay: 3 letters, and no terminal to ask at; right is --yes, or --dry-run first"
    ]
    assert await office.do("replay --all --reason invalid --dry-run") == 0
    assert len(office.said) == 3
    assert replays(office) == []
    assert office.story() == []
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    office.desk = replace(office.desk, confirm=no)
    assert await office.do(f"discard --all --reason invalid {WHY}") == 1
    assert asked == ["discard 3 dead letters? [y/N] "]
    assert office.story() == []
    assert await office.do(f"discard --all --reason invalid --yes {WHY}") == 0
    assert [letter.reason for letter in office.letters()].count(Reason.CONFLICT) == 1
    await office.do("list")
    assert office.said[-1] == "1 dead letter: intake 1 (conflict 1)"


async def test_many_replays_are_told_in_one_line_and_those_that_fail_by_name() -> None:
    office = Office()
    for n in range(25):
        await office.submit(GOOD.replace(b"A-1", b"A-%d" % n).replace(b'"t"', b"null"))
    names = [str(one.id) for one in office.letters()]
    for name in names[:-1]:
        await office.do(f"""edit {name} --set text='"t"' {WHY}""")
    office.logs.serve = office.serve
    assert await office.do(f"replay --all --yes {WHY}") == 1
    assert len(office.said) == 2
    assert "parked again" in office.said[0]
    assert office.said[-1] == "24 of 25 replays taken"
    assert len(office.told(NORMALISED)) == 24


@pytest.mark.parametrize(
    "command", ["edit {} --set a=1", "replay {}", "discard {}", "show {} --reveal", "show {} --raw x"]
)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--why x --by 张三", "--by: found '张三'; right is a staff number or account"),
        ("--by 900017", "--why: found 0 characters; right is a reason of 1 to 500"),
        ("--why '  ' --by 900017", "--why: found 0 characters"),
        (f"--why {'x' * 501}", "--why: found 501 characters"),
    ],
)
async def test_who_acts_and_why_must_be_said(command: str, options: str, said: str) -> None:
    office, name = await parked()
    assert await office.do(f"{command.format(name)} {options}") == 2
    assert len(office.warned) == 1
    assert said in office.warned[0]
    office.operator = None
    assert await office.do(f"{command.format(name)} --why x") == 2
    assert "found neither --by nor YIWANG_OPERATOR" in office.warned[0]
    assert (office.story(), replays(office), office.said) == ([], [], [])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("show abc", "right is a letter's id"),
        ("show abcdabcd", "no dead letter has an id that begins so"),
        ("replay --why x", "found no ids; right are ids, or --all and filters"),
        ("replay abcd --all --why x", "found both ids and --all"),
        ("discard --all --state replayed --why x --yes", "--state replayed takes letters that are not open"),
        ("list --since gestern", "right is a moment"),
        ("list --limit -1", "--limit: found -1"),
        ("edit abcd --why x --set a", "--set: found no '='"),
        ("edit abcd --why x --set a=1 --file b", "found both --file and --set"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(command: str, said: str) -> None:
    office, _ = await parked()
    assert await office.do(command) == 2
    assert len(office.warned) == 1
    assert said in office.warned[0]
    assert "\n" not in office.warned[0]


@pytest.mark.parametrize("command", ["list --service post", "list --reason because", "list --state new", "show"])
async def test_an_unknown_option_is_said_in_one_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        await Office().do(command)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


async def test_one_record_that_two_services_have_parked_is_told_apart_by_the_service() -> None:
    office = Office()
    both = [office.park(service=name, topic=CASES.name, offset=7) for name in ("escalation", "notification")]
    assert await office.do(f"discard {both[0].id} {WHY}") == 2
    assert "the services escalation, notification have each parked this record; add --service" in office.warned[0]
    assert await office.do(f"discard {both[0].id} --service escalation {WHY}") == 0
    assert await office.do(f"discard {both[0].id} --service notification {WHY}") == 0
    assert len(office.told(DISPOSITIONS)) == 2, "two events, though letter, person and number are the same"


async def test_a_replay_that_nobody_could_read_is_no_record_to_replay() -> None:
    office = Office()
    office.broker.append(REPLAYS["intake"].name, "x", b"no replay", partition=0)
    await office.serve()
    (letter,) = office.letters()
    assert await office.do(f"replay {letter.id} {WHY}") == 2
    assert "is a replay that could not be read; discard it" in office.warned[0]
    assert await office.do(f"discard {letter.id} {WHY}") == 0


async def test_rubbish_where_letters_stand_is_passed_over_and_counted() -> None:
    office, _ = await parked()
    office.broker.append(DEAD["gis"].name, "x", b"\xff")
    office.broker.append(DISPOSITIONS.name, "x", None)
    assert await office.do("list") == 0
    assert len(office.said) == 3
    assert office.warned == ["passed over 2 records that are no dead letters, though they stand where these do"]


async def test_a_list_for_machines_is_json() -> None:
    office, name = await parked()
    await office.do("list --json")
    (found,) = json.loads(office.said[0])["letters"]
    assert (found["id"], found["state"], found["source"]) == (name, "open", "water")
