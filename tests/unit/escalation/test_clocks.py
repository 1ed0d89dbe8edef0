"""Clocks: when they warn, which light they show, how long they wait for an answer."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.escalation.clocks import Light, light, pause, reached
from tests.unit.escalation.timebook import SOME_TIME


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))
RESTS = st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=500)), st.timedeltas(timedelta(0), timedelta(9))))


def pauses(start: datetime, rests: list[tuple[timedelta, timedelta]]) -> list[tuple[datetime, datetime]]:
    """One pause after the other."""
    at, found = start, []
    for after, lasts in rests:
        found.append((at + after, at + after + lasts))
        at = found[-1][1]
    return found


@given(SOME_TIME, SPANS, RESTS)
def test_a_clock_warns_before_it_presses_and_presses_before_it_is_due(
    start: datetime, span: timedelta, rests: list[tuple[timedelta, timedelta]]
) -> None:
    warns, presses, ends = (reached(share, start, span, pauses(start, rests)) for share in (0.8, 0.95, 1.0))
    assert warns <= presses <= ends
    assert ends >= start + span


@given(SOME_TIME, st.timedeltas(timedelta(1), timedelta(days=400)), RESTS)
def test_the_time_that_has_passed_when_a_clock_ends_is_its_span_and_what_was_paused_before(
    start: datetime, span: timedelta, rests: list[tuple[timedelta, timedelta]]
) -> None:
    end = reached(1.0, start, span, pauses(start, rests))
    rested = sum((until - since for since, until in pauses(start, rests) if since < end), timedelta())
    assert end == start + span + rested


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
