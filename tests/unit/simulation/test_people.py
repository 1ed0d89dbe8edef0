"""What people do with their cases, and when they are away."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from contracts.case import Action, Case, CaseAction, ClockClass, Status
from contracts.identity import report_id
from contracts.report import Classification, ClassifiedBy
from contracts.territory import BANNER, Level, UnitRef
from simulation.hall import TownHall
from simulation.people import Leave, People, acts, leaves
from tests.builders import DAY, GRID, HOUR, TOWN, VILLAGE, assignment, case, case_event
from tests.unit.simulation.territory import MONDAY

MANY = 400
MORNING = MONDAY + 8 * HOUR
UNITS = {Level.GRID: GRID, Level.VILLAGE: VILLAGE, Level.TOWN: TOWN, Level.BANNER: BANNER}
MEMBERS = {"400011": GRID.code, "400012": GRID.code, "300011": VILLAGE.code, "200011": TOWN.code, "100011": BANNER.code}
PEOPLE = People.of(1, MEMBERS)


def given(number: int, unit: UnitRef = GRID, at: datetime = MORNING, **fields: object) -> Case:
    """One of many cases, given to a unit at a time; from the grid up it is the first assignment, the second …"""
    given = assignment(6 - len(unit.code) // 3, unit, assigned_at=at)
    usual = {"case_id": report_id("water", f"P-{number}"), "assignment": given, "opened_at": at}
    return case().model_copy(update=usual | fields)


def end(of: Case, days: int = 9, people: People = PEOPLE) -> CaseAction | None:
    """What ends the case's time at its unit, every two hours somebody looking."""
    for step in range(1, 12 * days):
        if done := people.acts(of, of.assignment.assigned_at, of.assignment.assigned_at + step * 2 * HOUR):
            if done.action is not Action.ACCEPT:
                return done
            of = of.model_copy(update={"status": Status.ACCEPTED})
    return None


@pytest.mark.parametrize("level", Level)
def test_most_is_solved_some_is_handed_up_and_a_little_is_neglected(level: Level) -> None:
    ends = [end(given(number, UNITS[level])) for number in range(MANY)]
    solved = sum(done is not None and done.action is Action.RESOLVE for done in ends) / MANY
    neglected = ends.count(None) / MANY

    assert 0.7 < solved < 0.99
    assert 0.005 < neglected < 0.08


def test_what_the_grid_solves_it_solves_before_midnight() -> None:
    for number in range(MANY):
        of = given(number)
        assert not PEOPLE.acts(of, MORNING, MORNING + 20 * HOUR)
        if (done := PEOPLE.acts(of, MORNING, MORNING + 14 * HOUR)) is None or done.action is Action.ACCEPT:
            assert end(of) is None


def test_a_dispute_climbs_more_often_from_the_grid_and_hardly_leaves_the_town() -> None:
    sort = Classification(code="140301", zh="草场界线", by=ClassifiedBy.TEXT, confidence=0.9, version="1")
    up = {
        (level, dispute): sum(
            done is not None and done.action is Action.HAND_UP
            for number in range(MANY)
            for done in (end(given(number, UNITS[level], classified=sort if dispute else None)),)
        )
        for level in (Level.GRID, Level.TOWN)
        for dispute in (True, False)
    }

    assert up[Level.GRID, True] > up[Level.GRID, False]
    assert up[Level.TOWN, True] < 0.1 * MANY


def test_the_banner_hands_nothing_up() -> None:
    ends = [end(given(number, BANNER)) for number in range(MANY)]

    assert not any(done and done.action is Action.HAND_UP for done in ends)


def test_some_cases_nobody_below_the_banner_touches() -> None:
    numbers = range(5 * MANY)
    below = (GRID, VILLAGE, TOWN)
    stubborn = [n for n in numbers if all(end(given(n, unit), days=6) is None for unit in below)]

    assert 3 < len(stubborn) < 0.02 * len(numbers)


def test_nobody_acts_before_hearing_nor_at_night_but_for_what_is_pressing() -> None:
    night = MONDAY + 2 * HOUR

    for number in range(MANY):
        of = given(number)
        assert PEOPLE.acts(of, MORNING + 6 * HOUR, MORNING + 6 * HOUR) is None
        assert PEOPLE.acts(of, MORNING, MONDAY + DAY + 3 * HOUR) is None
    assert any(PEOPLE.acts(given(n, BANNER, night, clock=ClockClass.LIFE), night, night + HOUR) for n in range(MANY))


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN])
def test_nobody_acts_on_what_is_over(status: Status) -> None:
    assert not any(PEOPLE.acts(given(n, status=status), MORNING, MORNING + 6 * HOUR) for n in range(MANY))


def test_an_action_names_its_assignment_its_actor_and_what_was_done() -> None:
    done = next(done for number in range(MANY) if (done := end(given(number))) and done.action is Action.RESOLVE)

    assert done.assignment == 1
    assert done.action_id == "resolve-1"
    assert done.actor in {"400011", "400012"}
    assert done.note


def test_the_same_case_is_treated_the_same_and_with_another_seed_perhaps_otherwise() -> None:
    here = [end(given(number)) for number in range(50)]

    assert here == [end(given(number)) for number in range(50)]
    assert here != [end(given(number), people=People.of(2, MEMBERS)) for number in range(50)]


def test_where_nobody_is_known_somebody_acts_all_the_same() -> None:
    times = [MORNING + n * HOUR for n in range(1, 14)]

    assert any(acts(1, given(number), MORNING, at) for number in range(9) for at in times)


def test_whoever_is_away_does_nothing_and_a_deputy_from_above_comes_later() -> None:
    away = People.of(1, MEMBERS, [Leave(staff, MONDAY, MONDAY + 5 * DAY) for staff in ("400011", "400012")])
    late = [end(given(number), people=away) for number in range(MANY)]
    actors = {done.actor for done in late if done}

    assert actors == {"300011"}
    assert not any(away.acts(given(n), MORNING, MORNING + 6 * HOUR) for n in range(MANY))


def test_some_grid_members_are_away_for_some_days_of_each_week() -> None:
    staff = {f"4{n:04}1": f"150623103200{n:03}" for n in range(1, 401)} | {"100011": BANNER.code}
    away = leaves(1, MONDAY, 21, staff)

    assert 20 < len(away) < 120
    assert away == leaves(1, MONDAY, 21, staff)
    assert {leave.staff for leave in away} < set(staff) - {"100011"}
    assert all(DAY <= leave.until - leave.since <= 4 * DAY for leave in away)
    assert {(leave.since - MONDAY).days // 7 for leave in away} == {0, 1, 2}
    assert away[0].row()[1].startswith("2026-03-0")


def hall(*cases: Case) -> TownHall:
    found = TownHall(PEOPLE)
    for of in cases:
        found.hear(case_event(of, at=MORNING))
    return found


def test_the_hall_goes_by_the_newest_it_has_heard_in_whatever_order() -> None:
    older = [given(number, version=1) for number in range(60)]
    newer = [of.model_copy(update={"version": 2, "status": Status.ACCEPTED}) for of in older]
    at = MORNING + 10 * HOUR

    assert list(hall(*older, *newer).actions(at)) == list(hall(*newer, *reversed(older)).actions(at))
    assert not any(done.action is Action.ACCEPT for done in hall(*newer, *older).actions(at))


def test_actions_come_in_the_order_of_the_cases_and_not_for_those_that_are_touched() -> None:
    at = MORNING + 10 * HOUR
    done = list(hall(*(given(number) for number in range(60))).actions(at))
    ids = [one.case_id for one in done]

    assert ids == sorted(ids)
    rest = hall(*(given(number) for number in range(60))).actions(at, {ids[0]})
    assert [one.case_id for one in rest] == ids[1:]


def test_where_lives_are_in_danger_the_hall_says_when_somebody_acts() -> None:
    grave = hall(*(given(number, BANNER, clock=ClockClass.LIFE) for number in range(20)))
    first = grave.soonest(MORNING)

    assert first
    assert MORNING < first < MORNING + timedelta(minutes=10)
    assert list(grave.actions(first))
    assert hall(given(1)).soonest(MORNING) is None


def test_lives_are_seen_to_within_the_hour() -> None:
    for number in range(MANY):
        of = given(number, BANNER, clock=ClockClass.LIFE)
        done = PEOPLE.acts(of, MORNING, MORNING + HOUR)
        assert done
        assert done.action is Action.RESOLVE


def test_a_case_that_only_actions_have_named_has_no_actions() -> None:
    found = TownHall(PEOPLE)
    found.hear(case_event().model_copy(update={"case": None, "case_id": UUID(int=1)}))

    assert list(found.actions(MORNING + 9 * HOUR)) == []
