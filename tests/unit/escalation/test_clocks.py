"""Clocks: when they warn, which light they show, how long they wait for an answer."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.escalation.clocks import Light, light, pause, press_at, warn_at

SOME_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


@given(SOME_TIME, SOME_TIME)
def test_a_clock_that_was_due_before_it_started_warns_and_presses_no_later_than_that(
    start: datetime, due: datetime
) -> None:
    assert warn_at(start, due) <= due
    assert press_at(start, due) <= due


@given(SOME_TIME, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_warns_before_it_presses_and_presses_before_it_is_due(start: datetime, span: timedelta) -> None:
    assert start <= warn_at(start, start + span) <= press_at(start, start + span) <= start + span


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
