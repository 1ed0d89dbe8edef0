"""Routing's door: what officers read, page by page, and what they hear when they act."""

import json
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.case import Action, CaseAction, Status
from contracts.deadline import DeadlineKind
from contracts.territory import BANNER, Level, full_name
from contracts.topics import ACTIONS
from services.chassis.pages import LAST, stamp
from services.chassis.values import Invalid
from services.routing.actions import ACTION_BYTES, PAUSES
from services.routing.app import routes
from services.routing.queries import FIRST_DUE, Search, decided, where
from services.routing.readers import ACTION_READER
from services.routing.state import State, facets
from tests import builders
from tests.builders import CASE_ID, GRID, MORNING, PATH, VILLAGE, record
from tests.unit.routing.desk import OFFICER, OPERATOR, SOURCE, Desk
from tests.unit.routing.rulebook import SERVICE, TABLE, classified

CASE = f"/v1/cases/{CASE_ID}"
ACT = f"{CASE}/actions"
ACCEPT = {"action": "accept", "actor": "1001"}


def desk(behind: int = 0) -> Desk:
    return Desk(SERVICE, routes, behind)


async def opened(behind: int = 0) -> Desk:
    ready = desk(behind)
    await ready.take(builders.located())
    return ready


async def test_a_case_is_shown_with_its_version_and_history() -> None:
    at = await opened()
    await at.take(builders.action(Action.HAND_UP, note="无权处理"))
    shown = (await at.get(CASE, OPERATOR)).json()
    assert (shown["case"]["case_id"], shown["version"]) == (str(CASE_ID), 2)
    assert [(line["kind"], line["version"], line["by"], line["unit"]["code"]) for line in shown["history"]] == [
        ("opened", 1, "routing", GRID.code),
        ("assigned", 2, builders.OFFICER, VILLAGE.code),
    ]
    assert shown["history"][1]["why"] == f"已由{full_name(PATH)}上报至昂素镇昂素嘎查：无权处理"
    assert [line["who"] for line in shown["history"]] == ["系统", builders.OFFICER]
    assert all(line["at"] for line in shown["history"])


async def test_a_case_is_shown_with_the_tables_newest_decision_and_how_to_read_it() -> None:
    at = await opened()
    await at.take(builders.action(Action.HAND_UP))
    again = builders.report(revision=2, classified=classified("080101"))
    await at.take(builders.located(again))
    shown = (await at.get(CASE)).json()
    assert (shown["routed"]["table"], shown["routed"]["chosen"]["rule"]) == (TABLE.version, "pollution")
    assert shown["routed"]["zh"].startswith(f"规则表{TABLE.version}“污染和自然保护事项由苏木镇办理”：由昂素镇办理，")
    rules = [line["routed"] and line["routed"]["chosen"]["rule"] for line in shown["history"]]
    assert rules == ["all-others", None, "pollution"]


async def test_a_case_that_was_opened_before_there_was_a_table_shows_no_decision() -> None:
    assert decided([builders.case_event()]) is None


@pytest.mark.parametrize(("status", "count"), [("withdrawn", 1), ("resolved", 1), ("assigned", 0)])
async def test_lists_are_narrowed_to_cases_that_have_ended(status: str, count: int) -> None:
    at = desk()
    await at.take(builders.located(builders.report("1", solved="已现场调解")))
    await at.take(builders.located(builders.report("2", withdrawn="误报")))
    assert len((await at.get("/v1/cases", status=status)).json()["cases"]) == count


async def test_a_case_that_no_report_has_opened_is_not_found() -> None:
    at = desk()
    assert (await at.get(CASE)).status_code == 404
    await at.take(builders.action())
    found = await at.get(CASE)
    assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")


DOORS = (
    # asks            as          is answered
    (("get", CASE),   OFFICER,    200),
    (("get", CASE),   OPERATOR,   200),
    (("get", CASE),   SOURCE,     403),
    (("get", CASE),   "nobody",   401),
    (("get", "/v1/cases"), OPERATOR, 200),
    (("get", "/v1/cases"), SOURCE, 403),
    (("post", ACT),   OFFICER,    200),
    (("post", ACT),   OPERATOR,   403),
    (("post", ACT),   "nobody",   401),
)  # fmt: skip


@pytest.mark.parametrize(("asks", "token", "status"), DOORS)
async def test_who_may_come_in(asks: tuple[str, str], token: str, status: int) -> None:
    at = await opened()
    method, path = asks
    found = await (at.get(path, token) if method == "get" else at.post(path, ACCEPT, token, key="1"))
    assert found.status_code == status


async def many(count: int) -> Desk:
    """So many cases: the later the number the earlier due, the first two without a due time."""
    at = desk()
    for number in range(count):
        report = builders.report(reference=str(number))
        place = builders.location(path=PATH if number % 2 else PATH[:3])
        await at.take(builders.located(report, place))
        if number > 1:
            due = MORNING + timedelta(hours=count - number // 3)
            await at.take(builders.deadline(DeadlineKind.SCHEDULED, case_id=report.report_id, due_at=due))
    return at


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
async def test_pages_show_every_case_once_the_oldest_due_first_and_those_without_last(limit: int) -> None:
    at, word, seen = await many(9), None, []
    for _ in range(10):
        page = (await at.get("/v1/cases", limit=limit, **({"cursor": word} if word else {}))).json()
        seen += [(case.get("due_at"), case["case_id"]) for case in page["cases"]]
        assert len(page["cases"]) <= limit
        word = page["next"]
        if word is None:
            break
    assert len(seen) == 9
    assert [due is None for due, _ in seen] == [False] * 7 + [True] * 2
    assert seen == sorted(seen, key=lambda row: (row[0] is None, row))


FILTERS: tuple[tuple[dict[str, str], int], ...] = (
    ({}, 9),
    ({"unit": GRID.code}, 4),
    ({"unit": VILLAGE.code}, 5),
    ({"unit": VILLAGE.code, "level": "grid"}, 0),
    ({"level": "grid"}, 4),
    ({"level": "banner"}, 0),
    ({"status": "assigned"}, 9),
    ({"status": "resolved"}, 0),
    ({"unit": GRID.code, "status": "accepted"}, 0),
    ({"due_before": "2026-03-05T17:00:00+08:00"}, 3),
    ({"due_before": "2026-03-05T17:00:00Z", "level": "village"}, 4),
    ({"due_before": "9999-01-01T00:00:00Z"}, 7),
)


@pytest.mark.parametrize(("params", "count"), FILTERS)
async def test_lists_are_narrowed_by_unit_level_status_and_due_time(params: dict[str, str], count: int) -> None:
    assert len((await (await many(9)).get("/v1/cases", **params)).json()["cases"]) == count


async def test_a_list_leaves_out_what_no_report_has_opened() -> None:
    at = desk()
    await at.take(builders.action())
    assert (await at.get("/v1/cases")).json() == {"cases": [], "next": None}


BAD = (
    # parameter      found                         what is right speaks of    and in Chinese of
    ("unit",         "十五",                        "15 digits",               "15位数字"),
    ("level",        "province",                   "banner",                  "banner"),
    ("status",       "lost",                       "resolved",                "resolved"),
    ("due_before",   "tomorrow",                   "ISO 8601",                "日期时间"),
    ("due_before",   "2026-03-05T17:00:00",        "zone",                    "时区"),
    ("due_before",   "0001-01-01T00:00:00+14:00",  "1970",                    "1970"),
    ("limit",        "0",                          "1",                       "不得小于1"),
    ("limit",        "201",                        "200",                     "不得大于200"),
    ("cursor",       "%%%",                        "next",                    "next"),
    ("cursor",       "MjAyNg==",                   "next",                    "next"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "right", "right_zh"), BAD)
async def test_a_bad_parameter_is_named_with_what_was_found_and_what_is_right(
    name: str, text: str, right: str, right_zh: str
) -> None:
    found = await desk().get("/v1/cases", **{name: text})
    assert (found.status_code, found.headers["content-type"]) == (400, "application/problem+json")
    assert right_zh in found.json()["detail"].rpartition(" / ")[2]
    [problem] = found.json()["problems"]
    assert problem["path"] == name
    assert text in problem["found"]
    assert right in problem["expected"]


async def test_an_unknown_parameter_is_named() -> None:
    [problem] = (await desk().get("/v1/cases", colour="red")).json()["problems"]
    assert (problem["path"], problem["expected_zh"]) == ("colour", "没有此参数，请删除")


def test_one_index_serves_each_list() -> None:
    names = [[name for name, _ in index] for index in SERVICE.indexes]
    assert names == [["unit", "status", "turn"], ["level", "status", "turn"], ["status", "turn"]]
    for unit, level, status in product((GRID.code, None), (Level.GRID, None), (Status.ASSIGNED, None)):
        asked = list(where(Search(unit=unit, level=level, status=status)))
        assert any(set(index) <= set(asked) and asked[0] == index[0] for index in names), asked


def test_the_facets_of_a_case_are_those_that_lists_use() -> None:
    waiting = builders.case()
    common = {"unit": GRID.code, "level": "grid", "status": "assigned", "opened_at": MORNING}
    assert facets(State(version=1, case=waiting)) == common | {"turn": f"9999-12-31T00:00:00.000Z/{CASE_ID}"}
    due = builders.case(due_at=MORNING)
    expected = common | {"turn": f"2026-03-05T01:00:00.000Z/{CASE_ID}", "due_at": MORNING}
    assert facets(State(version=1, case=due)) == expected


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_stamps_sort_as_their_times_do(one: datetime, other: datetime) -> None:
    assume(all(FIRST_DUE <= time < LAST for time in (one, other)))
    assert (stamp(one) < stamp(other)) <= (one < other)
    assert len(stamp(one)) == len(stamp(other))


async def test_an_action_that_is_done_answers_with_the_case() -> None:
    at = await opened()
    found = await at.post(ACT, ACCEPT, key="7")
    assert found.status_code == 200
    assert (found.json()["case"]["status"], found.json()["version"]) == ("accepted", 2)
    assert at.slept == []
    [sent] = at.published
    assert (sent.topic, sent.key) == (ACTIONS.name, str(CASE_ID))
    said = CaseAction.model_validate_json(sent.value)
    assert (said.sender, said.action_id, said.case_id) == (OFFICER, "7", CASE_ID)


async def test_the_sender_and_the_case_are_never_taken_from_a_field() -> None:
    at = await opened()
    forged = ACCEPT | {"sender": "someone", "case_id": "0" * 32, "version": 9, "action_id": "8"}
    assert (await at.post(ACT, forged)).status_code == 200
    said = CaseAction.model_validate_json(at.published[0].value)
    assert (said.sender, said.case_id, said.version, said.action_id) == (OFFICER, CASE_ID, 0, "8")


async def test_a_refused_action_answers_why_and_what_would_be_lawful() -> None:
    at = await opened()
    found = await at.post(ACT, ACCEPT | {"assignment": 2}, key="9")
    assert (found.status_code, found.headers["content-type"]) == (409, "application/problem+json")
    assert "第1次" in found.json()["detail"]
    could = ["accept", "start", "hand_up", "hand_back", "transfer", "resolve", "link", "split", "comment"]
    assert found.json()["lawful"] == could


async def test_an_action_on_the_version_that_was_read_is_done_and_on_any_other_refused() -> None:
    at = await opened()
    tag = (await at.get(CASE)).headers["etag"]
    assert tag == '"1"'
    done = await at.post(ACT, ACCEPT, key="20", seen=tag)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    late = await at.post(ACT, {"action": "start", "actor": "1001"}, key="21", seen=tag)
    assert late.status_code == 409
    assert late.json()["detail"].startswith("所依据的第1版不是当前版本；当前为第2版")
    assert (await at.post(ACT, {"action": "start", "actor": "1001"}, key="22", seen="*")).status_code == 200


@pytest.mark.parametrize("seen", ["five", '"0"', 'W/"1"', '"1", "2"'])
async def test_an_if_match_that_is_no_version_is_answered_with_what_is_right(seen: str) -> None:
    at = await opened()
    found = await at.post(ACT, ACCEPT, key="23", seen=seen)
    assert found.status_code == 400
    assert 'a version of the case, such as "5" / 应为事项的版本号' in found.json()["detail"]
    assert at.published == []


async def test_an_action_on_a_case_not_yet_opened_is_refused() -> None:
    found = await desk().post(ACT, ACCEPT, key="10")
    assert (found.status_code, found.json()["lawful"]) == (409, [])


async def test_the_same_action_again_is_answered_the_same_and_done_once() -> None:
    at = await opened()
    first, second = [await at.post(ACT, ACCEPT, key="11") for _ in range(2)]
    assert first.json() == second.json()
    assert (await at.get(CASE)).json()["version"] == 2


async def test_the_door_waits_for_an_answer_that_comes_late() -> None:
    at = await opened(behind=3)
    assert (await at.post(ACT, ACCEPT, key="12")).status_code == 200
    assert at.slept == list(PAUSES[:3])


async def test_without_an_answer_the_door_says_where_to_look_later() -> None:
    at = await opened(behind=1_000)
    found = await at.post(ACT, ACCEPT, key="13")
    assert (found.status_code, found.headers["location"]) == (202, CASE)
    assert at.slept == list(PAUSES)
    assert list(PAUSES) == sorted(PAUSES)
    assert sum(PAUSES) < 2


BODIES: tuple[tuple[object, str], ...] = (
    # the body                              what is wrong with it
    (b"{",                                  "$: found no JSON"),
    (b"",                                   "$: found no JSON"),
    ([1],                                   "$: found list; expected a JSON object"),
    ({"action": "accept"},                  "actor: found nothing"),
    ({"action": "fly", "actor": "1001"},    "action: found 'fly'; expected one of 'accept', 'start', "),
    (ACCEPT,                                "action_id: found nothing"),
    (ACCEPT | {"assignment": 0},            "assignment: found 0; expected a number of at least 1"),
)  # fmt: skip


@pytest.mark.parametrize(("body", "wrong"), BODIES)
async def test_a_bad_body_is_answered_with_what_is_wrong_and_never_published(body: object, wrong: str) -> None:
    at = await opened()
    found = await at.post(ACT, body)
    assert found.status_code == 400
    assert wrong in found.json()["detail"]
    assert at.published == []


async def test_an_action_of_64_kib_is_read_and_one_byte_more_is_not() -> None:
    at, raw = await opened(), json.dumps(ACCEPT).encode()
    assert ACTION_BYTES == 64 * 1024
    answers = [await at.post(ACT, raw.ljust(size), key="14") for size in (ACTION_BYTES + 1, ACTION_BYTES)]
    assert [answer.status_code for answer in answers] == [413, 200]
    assert len(at.published) == 1


async def test_an_action_is_dated_by_the_clock_of_all_members() -> None:
    at = await opened()
    await at.post(ACT, ACCEPT, key="15")
    assert at.published[0].time == MORNING


async def test_what_is_wrong_is_said_in_both_languages() -> None:
    at = await opened()
    detail = (await at.post(ACT, {"action": "accept"}, key="16")).json()["detail"]
    assert detail == "actor: found nothing; expected a value: this field is required / actor：缺少该项，请补充"
    assert "应为 JSON 对象" in (await at.post(ACT, b"{")).json()["detail"]


def test_an_action_needs_no_headers_and_is_known_by_its_own_identity() -> None:
    asked = builders.action()
    raw = record(asked, ACTIONS)
    assert ACTION_READER.parse(raw) == asked
    assert ACTION_READER.identify(raw, asked) == asked.cause
    assert ACTION_READER.subject(asked, asked.cause) == str(CASE_ID)


@pytest.mark.parametrize(("value", "path"), [(None, "$"), (b"\xff", "$"), (b"{}", "case_id"), (b"[]", "$")])
def test_a_record_that_is_no_action_says_what_is_wrong(value: bytes | None, path: str) -> None:
    with pytest.raises(Invalid) as raised:
        ACTION_READER.parse(record(value, ACTIONS))
    assert raised.value.problems[0].path == path


async def test_the_list_shows_the_banner_its_own() -> None:
    at = desk()
    await at.take(builders.located(at=builders.location(path=(BANNER,))))
    [case] = (await at.get("/v1/cases", unit=BANNER.code)).json()["cases"]
    assert case["opened_at"] == MORNING.isoformat()
