"""The deadlines of the four levels, and the arithmetic of clocks."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal

from contracts.territory import SHANGHAI, Level

DAY: Final = timedelta(days=1)
WARN_SHARE: Final = 0.8
"""The part of the span after which a clock warns, and its light turns amber."""

TERMS: Final[Mapping[Level, timedelta | Literal["same day"]]] = {
    # The banner's four-level closed loop; days are spans of 24 hours.
    Level.GRID:     "same day",
    Level.VILLAGE:  3 * DAY,
    Level.TOWN:     5 * DAY,
    Level.BANNER:   7 * DAY,
}  # fmt: skip

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)


class Light(StrEnum):
    """The traffic light of a clock."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def due_at(level: Level, started_at: datetime) -> datetime:
    """When an assignment to this level that starts now (aware) is due, in UTC."""
    term = TERMS[level]
    start = started_at.astimezone(UTC)
    return _end_of_day(start) if term == "same day" else start + term


def warn_at(started_at: datetime, due: datetime) -> datetime:
    """When a clock warns: after 80 % of its span, in UTC."""
    start = started_at.astimezone(UTC)
    return start + WARN_SHARE * (due.astimezone(UTC) - start)


def pause(asked: int) -> timedelta:
    """How long to wait for an answer after having asked so often: 1 min, 2 min, 4 min …, at most an hour."""
    doublings = min(asked - 1, 6)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def light(now: datetime, warn: datetime, due: datetime) -> Light:
    """Green until the clock warns, amber until it is due, then red."""
    if now < warn:
        return Light.GREEN
    return Light.AMBER if now < due else Light.RED


def _end_of_day(moment: datetime) -> datetime:
    tomorrow = moment.astimezone(SHANGHAI).date() + DAY
    return datetime.combine(tomorrow, time(), SHANGHAI).astimezone(UTC)
