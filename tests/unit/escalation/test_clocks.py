"""Clocks: the deadlines of the four levels, to the second, in the banner's own time zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.territory import Level
from services.escalation.clocks import TERMS, Light, due_at, light, pause, warn_at

SOME_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


TABLE = (
    # level          assigned               warns                  due
    (Level.GRID,     "03-05T09:00:00",      "03-05T21:00:00",      "03-06T00:00:00"),
    (Level.GRID,     "03-05T00:00:00",      "03-05T19:12:00",      "03-06T00:00:00"),
    (Level.GRID,     "03-05T23:59:50",      "03-05T23:59:58",      "03-06T00:00:00"),
    (Level.GRID,     "12-30T12:00:00",      "12-30T21:36:00",      "12-31T00:00:00"),
    (Level.VILLAGE,  "03-05T09:00:00",      "03-07T18:36:00",      "03-08T09:00:00"),
    (Level.TOWN,     "03-05T09:00:00",      "03-09T09:00:00",      "03-10T09:00:00"),
    (Level.BANNER,   "03-05T09:00:00",      "03-10T23:24:00",      "03-12T09:00:00"),
)  # fmt: skip


@pytest.mark.parametrize(("level", "assigned", "warns", "due"), TABLE)
def test_each_level_has_its_deadline(level: Level, assigned: str, warns: str, due: str) -> None:
    assert due_at(level, local(assigned)) == local(due)
    assert warn_at(local(assigned), local(due)) == local(warns)


def test_every_level_has_a_term() -> None:
    assert set(TERMS) == set(Level) == {row[0] for row in TABLE}


def test_the_day_ends_in_the_banner_wherever_the_time_was_written() -> None:
    before_midnight_in_the_banner = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)
    after_midnight_in_the_banner = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    assert due_at(Level.GRID, before_midnight_in_the_banner) == local("03-06T00:00:00")
    assert due_at(Level.GRID, after_midnight_in_the_banner) == local("03-07T00:00:00")


@given(st.sampled_from(Level), SOME_TIME)
def test_a_clock_warns_after_its_start_and_before_it_is_due(level: Level, start: datetime) -> None:
    due = due_at(level, start)
    assert start <= warn_at(start, due) <= due
    assert start < due <= start + timedelta(days=7)


LIGHTS = (
    ("03-05T09:00:00", Light.GREEN),
    ("03-05T20:59:59", Light.GREEN),
    ("03-05T21:00:00", Light.AMBER),
    ("03-05T23:59:59", Light.AMBER),
    ("03-06T00:00:00", Light.RED),
)


@pytest.mark.parametrize(("now", "shown"), LIGHTS)
def test_the_light_changes_when_the_clock_warns_and_when_it_is_due(now: str, shown: Light) -> None:
    assert light(local(now), local("03-05T21:00:00"), local("03-06T00:00:00")) is shown


def test_pauses_between_questions_double_up_to_an_hour() -> None:
    minutes = [pause(asked) / timedelta(minutes=1) for asked in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(pause(asked) <= pause(following) for asked, following in pairwise(range(1, 2_000)))
