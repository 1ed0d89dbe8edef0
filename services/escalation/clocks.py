"""What every clock does whatever its term: when it warns, which light it shows, how long it waits for an answer."""

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


def warn_at(started_at: datetime, due: datetime) -> datetime:
    """When a clock warns, in UTC: after 80 % of its span, or when due if that was before it started."""
    return _after(WARN_SHARE, started_at, due)


def press_at(started_at: datetime, due: datetime) -> datetime:
    """When it is pressing, in UTC: after 95 % of its span, or when due if that was before it started."""
    return _after(PRESS_SHARE, started_at, due)


def _after(share: float, started_at: datetime, due: datetime) -> datetime:
    start, end = started_at.astimezone(UTC), due.astimezone(UTC)
    return min(start + share * (end - start), end)


def pause(asked: int) -> timedelta:
    """How long to wait for an answer after having asked so often: 1 min, 2 min, 4 min …, at most an hour."""
    doublings = min(asked - 1, 6)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def light(now: datetime, warn: datetime, due: datetime) -> Light:
    """Green until the clock warns, amber until it is due, then red."""
    if now < warn:
        return Light.GREEN
    return Light.AMBER if now < due else Light.RED
