"""Reckoning with days: on and back, across the end of what is published, in any zone, at every minute of a week."""

from bisect import bisect_left
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Case
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.territory import SHANGHAI
from services.chassis.values import Tick
from services.escalation import domain
from services.escalation.calendar import Calendar, midnight
from services.escalation.ledger import Ledger
from services.escalation.obligation import Due, Tables, obligation
from services.escalation.terms import Row, SameDay, Term, term
from tests.builders import DAY, HOUR, VILLAGE, arrived, assignment, case, case_event, context
from tests.unit.escalation.timebook import SHEET, TABLES, published_up_to

MINUTE = timedelta(minutes=1)
CALENDAR = TABLES.calendar
LAW = {
    *(date(year, month, day) for year in range(2027, 2037) for month, day in SHEET.statutory.dates),
    *(one.new_year + n * DAY for one in SHEET.festivals for n in SHEET.statutory.new_year),
    *(day for one in SHEET.festivals for day in one.others),
}
"""Statutory days, as the file has them; ``test_calendar`` compares them with the law's."""
LATE = SameDay.model_validate({"cut_off": "18:00", "least": "1 hour"})


@cache
def by(within: str, days: Calendar = CALENDAR) -> Tables:
    """Tables that give everybody this term, by these days."""
    row = Row.model_validate({"name": "all", "zh": "所有事项", "within": within})
    return Tables(replace(TABLES.terms, rows=(row,), same_day=LATE), days)


def given_at(start: datetime) -> Case:
    return case(assignment=assignment(1, VILLAGE, assigned_at=start))


def due(within: str, start: datetime, days: Calendar = CALENDAR) -> Due:
    return obligation(by(within, days), given_at(start))


def ends(number: int, day: date) -> date:
    """The last day of so many working days that were given on this day."""
    at = due(f"{number} working day{'s' if number > 1 else ''}", midnight(day) + 9 * HOUR).at
    return at.astimezone(SHANGHAI).date() - DAY


DAYS = st.dates(date(2024, 1, 1), date(2027, 3, 1))
NUMBERS = st.integers(1, 60)


@given(DAYS, NUMBERS)
def test_so_many_working_days_on_are_as_many_back_and_end_on_a_worked_day(day: date, number: int) -> None:
    last = ends(number, day)
    assert CALENDAR.works(last)
    assert (last - day).days - CALENDAR.days_off(day, last) == number
    assert [CALENDAR.works(day + n * DAY) for n in range(1, (last - day).days + 1)].count(True) == number


@given(DAYS, NUMBERS, NUMBERS)
def test_working_days_add_up(day: date, some: int, more: int) -> None:
    assert ends(some + more, day) == ends(more, ends(some, day))


@given(DAYS, NUMBERS)
def test_more_days_or_a_later_beginning_never_end_sooner(day: date, number: int) -> None:
    assert ends(number, day) < ends(number + 1, day)
    assert ends(number, day) <= ends(number, day + DAY)


@given(st.dates(date(2024, 1, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_working_days_are_those_of_the_published_notices(day: date, number: int) -> None:
    last, left = day, number
    while left:
        last += DAY
        left -= chinese_calendar.is_workday(last)
    assert ends(number, day) == last


@given(st.dates(date(2027, 1, 1), date(2036, 12, 31)))
def test_a_year_without_a_notice_has_the_days_off_of_the_law(day: date) -> None:
    assert CALENDAR.works(day) == (day.weekday() < 5 and day not in LAW)


def minutes(first: datetime, last: datetime) -> list[datetime]:
    return [first + n * MINUTE for n in range((last - first) // MINUTE)]


def worked(day: date) -> list[datetime]:
    """The minutes that are worked on a day, by the published facts and the hours as they stand in the file."""
    if not chinese_calendar.is_workday(day):
        return []
    hours = (each.partition("-") for each in ("08:30-12:00", "14:30-18:00"))
    found = []
    for first, _, last in hours:
        begin, end = (datetime.fromisoformat(f"{day}T{hour}+08:00") for hour in (first, last))
        found += minutes(begin, end)
    return found


WEEKS = (
    # begins             its weekend                          behind it
    (date(2026, 10, 5),  "Saturday the 10th is worked, after the days off of 1 to 7 October"),
    (date(2024, 2, 12),  "Sunday the 18th is worked, after the days off of 10 to 17 February"),
)  # fmt: skip


@pytest.mark.parametrize("monday", [week for week, _ in WEEKS], ids=str)
def test_every_minute_of_a_week_with_a_weekend_day_that_is_worked_is_counted_minute_by_minute(monday: date) -> None:
    days = [monday + n * DAY for n in range(21)]
    assert any(chinese_calendar.is_workday(day) and day.weekday() > 4 for day in days[:7])
    ticks, on = [minute for day in days for minute in worked(day)], [d for d in days if chinese_calendar.is_workday(d)]
    week = minutes(midnight(monday), midnight(days[7]))
    assert len(week) == 10_080
    for start in week:
        here = start.astimezone(SHANGHAI)
        hours = ticks[bisect_left(ticks, start) + 5 * 60 - 1] + MINUTE
        third = [day for day in on if day > here.date()][2]
        last = here.date() + (2 if here.hour >= 18 else 1) * DAY
        assert due("5 working hours", start).at == hours
        assert due("3 working days", start).at == midnight(third) + DAY
        assert due("same day", start).at == max(midnight(last), start + HOUR)


ZONES = st.sampled_from(
    ["UTC", "Asia/Urumqi", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]
)
TERMS = st.sampled_from(["same day", "90 minutes", "3 days", "3 days, whole", "2 working days", "9 working hours"])
BEGIN = datetime(2024, 1, 1, tzinfo=SHANGHAI)
MOMENTS = st.timedeltas(timedelta(), datetime(2027, 2, 1, tzinfo=SHANGHAI) - BEGIN).map(BEGIN.__add__)


@given(MOMENTS, ZONES, TERMS)
def test_the_same_moment_written_in_any_zone_is_due_at_the_same_moment(start: datetime, zone: str, within: str) -> None:
    there = start.astimezone(ZoneInfo(zone))
    one, other = due(within, start), due(within, there)
    assert (one.at, one.basis) == (other.at, other.basis)
    assert one.at.utcoffset() == timedelta()


YEARS = (2025, 2026)
"""Years whose notices were published later than clocks began that ran into them."""
TURNS = st.builds(
    lambda year, before, seconds: midnight(date(year, 1, 1)) - before * DAY + timedelta(seconds=seconds),
    st.sampled_from(YEARS),
    st.integers(1, 20),
    st.integers(0, 86_399),
)
"""Moments of the December before."""


@given(TURNS, st.integers(1, 25))
def test_a_clock_that_runs_into_a_year_without_a_notice_says_so_and_no_other_does(start: datetime, number: int) -> None:
    before = published_up_to(start.year)
    found = due(f"{number} working days", start, before)
    last = found.at.astimezone(SHANGHAI).date() - DAY
    assert found.basis.provisional == (last >= date(start.year, 12, 25) or not before.published(start.date()))
    days = [start.date() + n * DAY for n in range(1, (last - start.date()).days + 1)]
    assert sum(before.works(day) for day in days) == number


def ledger(using: Tables, start: datetime) -> Ledger:
    decision = domain.decide(using, None, arrived(case_event(given_at(start)), start), context(start))
    assert decision.state
    return decision.state


@given(TURNS, st.integers(1, 25), st.floats(0, 1), st.sampled_from(["working day", "working hour"]))
def test_once_the_notice_is_there_a_clock_is_due_as_if_it_had_been_there_at_first_or_when_it_could_be_known(
    start: datetime, number: int, share: float, measure: str
) -> None:
    within = f"{number} {measure}{'s' if number > 1 else ''}"
    early, late = by(within, published_up_to(start.year)), by(within, published_up_to(start.year + 1))
    before = ledger(early, start).running
    assert before
    assert before.basis
    seen = start + share * (before.due_at - start)
    decision = domain.decide(late, ledger(early, start), Tick(seen), context(seen))
    after = (decision.state or ledger(early, start)).running
    assert after
    at_first = obligation(late, given_at(start)).at
    known = min(before.due_at, midnight(seen.astimezone(SHANGHAI).date() + DAY))
    right = max(at_first, known) if before.basis.provisional and at_first < before.due_at else at_first
    assert after.due_at == right
    told = [one.body for one in decision.events if isinstance(one.body, DeadlineEvent)]
    moved = [body.due_at for body in told if body.kind is DeadlineKind.RESCHEDULED]
    assert moved == ([right] if right != before.due_at else [])


def test_a_provisional_clock_looks_at_the_calendar_at_each_midnight_and_no_more_once_there_is_a_notice() -> None:
    start = datetime(2025, 12, 29, 9, tzinfo=SHANGHAI)
    early, late = (by("9 working days", published_up_to(year)) for year in YEARS)
    known, looks = ledger(early, start), list[datetime]()
    while len(looks) < 3 and (at := domain.wake(known)):
        looks.append(at.astimezone(SHANGHAI))
        known = domain.decide(early, known, Tick(at), context(at)).state or known
    assert looks == [datetime(2025, 12, day, tzinfo=SHANGHAI) for day in (30, 31)] + [
        datetime(2026, 1, 1, tzinfo=SHANGHAI)
    ]
    sure = domain.decide(late, known, Tick(looks[-1] + HOUR), context(looks[-1] + HOUR)).state
    assert sure
    assert sure.running
    assert domain.wake(sure) == sure.running.warn_at
    assert all(one < other for one, other in pairwise(looks))


def test_the_terms_of_these_tests_are_the_tables_own() -> None:
    assert term("5 working hours") == Term(by("5 working hours").terms.rows[0].within.measure, 5)
