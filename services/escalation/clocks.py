"""What every clock does whatever its term: when it warns, which light it shows, how long it waits for an answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

WARN_SHARE: Final = 0.8
"""The part of the span after which a clock warns, and its light turns amber."""
PRESS_SHARE: Final = 0.95
"""The part of it after which the unit above is told."""
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)


class Light(StrEnum):
    """The traffic light of a clock."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def reached(share: float, start: datetime, span: timedelta, pauses: Sequence[tuple[datetime, datetime]]) -> datetime:
    """When this share of a span has passed, in UTC; times in which the clock stood still do not count.

    Of a span that was over before it began, the end, whatever the share.
    """
    at = start.astimezone(UTC) + (share * span if span > timedelta() else span)
    for since, until in pauses:
        if since < at:
            at += until - since
    return at


def pause(asked: int) -> timedelta:
    """How long to wait for an answer after having asked so often: 1 min, 2 min, 4 min …, at most an hour."""
    doublings = min(asked - 1, 6)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def light(now: datetime, warn: datetime, due: datetime) -> Light:
    """Green until the clock warns, amber until it is due, then red."""
    if now < warn:
        return Light.GREEN
    return Light.AMBER if now < due else Light.RED
