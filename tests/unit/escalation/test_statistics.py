"""Lists of running clocks and the statistics of obligations: by unit, by what they show, suspended time apart."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.case import AssignedBecause, Case, CaseEventKind, Extension, Pause, Status
from contracts.identity import report_id
from contracts.territory import BANNER
from services.chassis.values import Tick
from services.escalation import domain
from services.escalation.account import late, rested, share, used, void
from services.escalation.app import routes
from services.escalation.ledger import Entry, Ledger
from services.escalation.shelf import Shown, facets, shown
from tests.builders import DAY, GRID, HOUR, MORNING, TOWN, VILLAGE, arrived, assignment, case, case_event, context
from tests.unit.escalation.timebook import SERVICE, TABLES
from tests.unit.routing.desk import OFFICER, SOURCE, Desk

LIST, FIGURES = "/v1/deadlines", "/v1/statistics"
MIDNIGHT = MORNING + 15 * HOUR
ASSIGNED = CaseEventKind.ASSIGNED


def desk() -> Desk:
    return Desk(SERVICE, lambda doors, _sleep: routes(doors))


def named(number: int, version: int = 1, **fields: Any) -> Case:
    return case(version, case_id=report_id("water", str(number)), **fields)


def resolved(number: int, at: timedelta, **fields: Any) -> Case:
    usual = {"status": Status.RESOLVED, "resolved_at": MORNING + at}
    return named(number, 2, **(usual | fields))


def handed_up(number: int, at: timedelta, version: int = 2) -> Case:
    given = assignment(2, VILLAGE, assigned_at=MORNING + at, because=AssignedBecause.HANDED_UP)
    return named(number, version, assignment=given)


async def lived() -> Desk:
    """One met, one handed up in time and met late at the village, one withdrawn, one that runs, one that rests."""
    at = desk()
    for number in range(1, 6):
        await at.take(case_event(named(number)))
    rest = Pause(since=MORNING + HOUR, until=MORNING + 4 * HOUR, minutes=600, by="1200", why="待料")
    more = Extension(minutes=60, at=MORNING, by="1200", why="待料")
    await at.take(case_event(resolved(1, 5 * HOUR, assignment=assignment(pauses=(rest,), extended=(more,)))))
    await at.take(case_event(handed_up(2, 3 * HOUR), ASSIGNED))
    done = handed_up(2, 3 * HOUR, 3).model_copy(update={"status": Status.RESOLVED, "resolved_at": MORNING + 5 * DAY})
    await at.take(case_event(done))
    await at.take(case_event(named(3, 2, status=Status.WITHDRAWN), at=MORNING + 2 * HOUR))
    resting = Pause(since=MORNING + HOUR, minutes=600, by="1200", why="待料")
    await at.take(case_event(named(5, 2, status=Status.SUSPENDED, assignment=assignment(pauses=(resting,)))))
    return at


async def figures(at: Desk, **params: str) -> dict[str, Any]:
    usual = {"from": "2026-03-05", "to": "2026-03-31"}
    answer = await at.get(FIGURES, **(usual | params))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_nine_of_ten_is_by_nearest_rank() -> None:
    at = desk()
    for number in range(1, 11):
        await at.take(case_event(named(number)))
        await at.take(case_event(resolved(number, number * HOUR)))
    found = await figures(at)
    assert found["all"]["minutes_used"] == {"median": 330, "p90": 540}, "of ten the ninth, not the last"


async def test_obligations_are_counted_against_the_unit_that_had_them_with_suspended_time_apart() -> None:
    found = await figures(await lived())
    grid, village = found["units"][1], found["units"][0]
    assert (village["unit"]["code"], grid["unit"]["code"]) == (VILLAGE.code, GRID.code)
    assert [grid[name] for name in ("ended", "in_time", "late", "void")] == [3, 2, 0, 1]
    assert grid["how"] == {"handed_up": 1, "resolved": 1, "withdrawn": 1}
    assert grid["minutes_used"] == {"median": 150, "p90": 180}, "of five hours three were suspended"
    assert grid["suspended"] == {"obligations": 1, "minutes": 180}
    assert grid["extended"] == {"obligations": 1, "minutes": 60}
    assert [village[name] for name in ("ended", "in_time", "late", "void")] == [1, 0, 1, 0]
    assert village["share_used"] == {"median": 1.625, "p90": 1.625}
    assert found["running"] == {"green": 1, "amber": 0, "red": 0, "suspended": 1}
    assert [found["all"][name] for name in ("ended", "in_time", "late", "void")] == [4, 2, 1, 1]
    assert set(found["levels"]) == {"grid", "village"}


async def test_statistics_are_of_the_asked_unit_with_all_below_it_and_of_the_asked_days() -> None:
    at = await lived()
    assert (await figures(at, unit=VILLAGE.code))["all"]["ended"] == 4
    assert (await figures(at, unit=GRID.code))["all"]["ended"] == 3
    assert (await figures(at, unit="150623104"))["all"]["ended"] == 0
    assert (await figures(at, unit="150623104"))["running"]["green"] == 0
    assert (await figures(at, to="2026-03-05"))["all"]["ended"] == 3
    assert (await figures(at, **{"from": "2026-03-10", "to": "2026-03-10"}))["all"]["late"] == 1


async def test_a_case_that_two_units_let_pass_on_one_day_counts_once_for_each() -> None:
    at = desk()
    await at.take(case_event(named(1)))
    given = {"because": AssignedBecause.ESCALATED}
    village = assignment(2, VILLAGE, assigned_at=MIDNIGHT + HOUR, **given)
    town = assignment(3, TOWN, assigned_at=MIDNIGHT + 2 * HOUR, **given)
    await at.take(case_event(named(1, 2, assignment=village)), case_event(named(1, 3, assignment=town)))
    found = await figures(at)
    assert [(one["unit"]["code"], one["late"]) for one in found["units"]] == [(VILLAGE.code, 0), (GRID.code, 1)]
    assert found["all"]["how"] == {"escalated": 2}


BAD = (
    ({"from": "2026-03-05"}, "to: found nothing"),
    ({"from": "2026-03-05", "to": "2026-03-04"}, "at most 92 days"),
    ({"from": "2026-01-01", "to": "2026-12-31"}, "at most 92 days"),
    ({"from": "x", "to": "2026-03-04"}, "from: found 'x'"),
    ({"from": "2026-03-05", "to": "2026-03-05", "unit": "15"}, "unit: found '15'"),
)


@pytest.mark.parametrize(("params", "told"), BAD)
async def test_a_period_that_cannot_be_asked_for_is_refused_with_what_is_right(params: Any, told: str) -> None:
    answer = await desk().get(FIGURES, **params)
    assert (answer.status_code, told in answer.json()["detail"]) == (400, True), answer.text


async def test_more_cases_a_day_than_one_answer_may_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.escalation.queries.A_DAY", 1)
    at = await lived()
    answer = await at.get(FIGURES, **{"from": "2026-03-05", "to": "2026-03-05"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Too many")


async def test_running_clocks_are_listed_the_soonest_due_first_page_by_page() -> None:
    at = desk()
    for number in range(1, 6):
        given = assignment(1, VILLAGE, assigned_at=MORNING + number * HOUR)
        await at.take(case_event(named(number, assignment=given)))
    await at.take(case_event(named(6)), case_event(resolved(4, HOUR)))
    first = (await at.get(LIST, unit=VILLAGE.code, limit=3)).json()
    second = (await at.get(LIST, unit=VILLAGE.code, limit=3, cursor=first["next"])).json()
    dues = [one["due_at"] for one in (*first["deadlines"], *second["deadlines"])]
    assert (len(dues), dues == sorted(dues), second["next"]) == (4, True, None)
    assert first["deadlines"][0]["why"] == "普通事项，嘎查村/社区应在3日内办结"
    grids = (await at.get(LIST, level="grid")).json()["deadlines"]
    assert [one["case_id"] for one in grids] == [str(report_id("water", "6"))]


async def test_clocks_are_found_by_what_they_show() -> None:
    at = await lived()
    for light, count in (("green", 1), ("suspended", 1), ("red", 0), ("amber", 0)):
        assert len((await at.get(LIST, light=light)).json()["deadlines"]) == count
    [rests] = (await at.get(LIST, light="suspended")).json()["deadlines"]
    assert (rests["suspended"], rests["status"]) == (True, "suspended")
    assert (await at.get(LIST, light="blue")).status_code == 400
    assert (await at.get(LIST, SOURCE)).status_code == 403
    assert (await at.get(FIGURES, OFFICER)).status_code == 400


def test_what_a_clock_shows_follows_what_it_has_said() -> None:
    ledger = domain.decide(TABLES, None, arrived(case_event()), context()).state
    seen = []
    for hours in (0, 12, 14.5, 15):
        assert ledger
        at = MORNING + hours * HOUR
        ledger = domain.decide(TABLES, ledger, Tick(at), context(at)).state or ledger
        assert ledger.running
        seen.append(shown(ledger.running))
        assert facets(ledger)["light"] == seen[-1].value
    assert seen == [Shown.GREEN, Shown.AMBER, Shown.AMBER, Shown.RED]


def entry(**fields: Any) -> Entry:
    usual = {"assignment": 1, "unit": BANNER, "started_at": MORNING, "warn_at": MORNING + 8 * HOUR}
    return Entry.model_validate(usual | {"due_at": MORNING + 10 * HOUR} | fields)


def test_time_is_used_and_suspended_apart() -> None:
    rest = Pause(since=MORNING + HOUR, until=MORNING + 3 * HOUR, minutes=600, by="1", why="")
    open_rest = Pause(since=MORNING + 5 * HOUR, minutes=600, by="1", why="")
    found = entry(pauses=(rest, open_rest))
    now = MORNING + 6 * HOUR
    assert (rested(found, now), used(found, now), share(found, now)) == (3 * HOUR, 3 * HOUR, 0.3)
    ended = entry(ended_at=MORNING + 4 * HOUR, ended_how="resolved", pauses=(rest,))
    assert (used(ended, now), late(ended), void(ended)) == (2 * HOUR, False, False)


def test_what_ended_late_is_late_though_no_breach_was_said_and_what_is_void_is_neither() -> None:
    assert late(entry(ended_at=MORNING + 11 * HOUR, ended_how="resolved"))
    assert not late(entry(ended_at=MORNING + 10 * HOUR, ended_how="resolved"))
    assert late(entry(asked=1, asked_at=MORNING + 10 * HOUR))
    assert void(entry(ended_at=MORNING + HOUR, ended_how="cancelled"))
    assert not void(entry(ended_at=MORNING + 11 * HOUR, ended_how="withdrawn"))
    assert facets(Ledger(case=case())) == {}
