"""Hours of the day: what lies in them, where they end, and time that does not count while they last."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.territory import SHANGHAI
from services.notification.hours import Hours, Shift
from tests.unit.notification.desk import at

NIGHT = Hours(time(22), time(7))
DAY = Hours(time(7), time(22))
HOUR = timedelta(hours=1)
BOUNDS = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
MOMENTS = st.datetimes(*BOUNDS, timezones=st.just(SHANGHAI))


@pytest.mark.parametrize(
    ("moment", "within"), [(at(21, 59), False), (at(22), True), (at(0), True), (at(6, 59), True), (at(7), False)]
)
def test_hours_past_midnight_hold_their_start_and_not_their_end(moment: datetime, within: bool) -> None:
    assert NIGHT.holds(moment) is within
    assert DAY.holds(moment) is not within


@pytest.mark.parametrize(
    ("moment", "over"),
    [(at(21), at(21)), (at(22), at(7, day=6)), (at(3), at(7)), (at(7), at(7)), (at(23), at(7, day=6))],
)
def test_what_falls_into_hours_of_quiet_moves_to_their_end(moment: datetime, over: datetime) -> None:
    assert NIGHT.over(moment) == over


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(9), 1, at(10)),
        (at(21), 1, at(7, day=6)),
        (at(21), 2, at(8, day=6)),
        (at(23), 1, at(8, day=6)),
        (at(9), 20, at(14, day=6)),
        (at(9), 0, at(9)),
        (at(23), 0, at(7, day=6)),
    ],
)
def test_hours_of_quiet_do_not_count(start: datetime, hours: int, end: datetime) -> None:
    assert NIGHT.after(start, hours * HOUR) == end


@given(start=MOMENTS, minutes=st.integers(0, 5000), more=st.integers(1, 500))
def test_later_steps_are_later_and_none_falls_into_hours_of_quiet(start: datetime, minutes: int, more: int) -> None:
    first, second = (NIGHT.after(start, timedelta(minutes=span)) for span in (minutes, minutes + more))
    assert start <= first < second
    assert not NIGHT.holds(first)
    assert first - start >= timedelta(minutes=minutes)


def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    thursday = Shift(frozenset({4}), Hours(time(20), time(8)))  # the 5th of March 2026 is a Thursday
    assert [thursday.holds(moment) for moment in (at(19), at(20), at(7, day=6), at(8, day=6))] == [
        False,
        True,
        True,
        False,
    ]
    assert not thursday.holds(at(7))


def test_a_shift_that_ends_when_it_began_lasts_a_day() -> None:
    thursday = Shift(frozenset({4}), Hours(time(8), time(8)))
    assert [thursday.holds(moment) for moment in (at(7), at(8), at(7, 59, 6), at(8, day=6))] == [
        False,
        True,
        True,
        False,
    ]
