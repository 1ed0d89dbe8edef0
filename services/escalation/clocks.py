"""The deadlines of the four levels by class of clock, and the arithmetic of clocks."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal

from contracts.case import ClockClass
from contracts.territory import SHANGHAI, Level

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
WARN_SHARE: Final = 0.8
"""The part of the span after which a clock warns, and its light turns amber."""

Term = timedelta | Literal["same day"]
SAME_DAY: Final = "same day"
STANDARD, URGENT, LIFE = ClockClass.STANDARD, ClockClass.URGENT, ClockClass.LIFE
GRID, VILLAGE, TOWN, BANNER = Level.GRID, Level.VILLAGE, Level.TOWN, Level.BANNER

TERMS: Final[Mapping[tuple[ClockClass, Level], Term]] = {
    # The banner's four-level closed loop; days are spans of 24 hours.
    (STANDARD, GRID):     SAME_DAY,
    (STANDARD, VILLAGE):  3 * DAY,
    (STANDARD, TOWN):     5 * DAY,
    (STANDARD, BANNER):   7 * DAY,
    # Illustrative: the banner says that life has a short clock of its own, and not how short.
    (URGENT,   GRID):     4 * HOUR,
    (URGENT,   VILLAGE):  DAY,
    (URGENT,   TOWN):     2 * DAY,
    (URGENT,   BANNER):   3 * DAY,
    # The table of routing sends life to the banner alone; the other rows are there for one that does not.
    (LIFE,     GRID):     15 * MINUTE,
    (LIFE,     VILLAGE):  30 * MINUTE,
    (LIFE,     TOWN):     45 * MINUTE,
    (LIFE,     BANNER):   HOUR,
}  # fmt: skip

SUPERVISED: Final[Mapping[ClockClass, timedelta]] = {
    # How often the banner's centre is told of what is overdue there. Illustrative but for the first.
    STANDARD:  DAY,
    URGENT:    DAY,
    LIFE:      HOUR,
}  # fmt: skip

FIRST_PAUSE: Final = MINUTE
LONGEST_PAUSE: Final = HOUR


class Light(StrEnum):
    """The traffic light of a clock."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def due_at(clock: ClockClass, level: Level, started_at: datetime) -> datetime:
    """When an assignment to this level that starts now (aware) is due, in UTC; never later than an ordinary one is."""
    start = started_at.astimezone(UTC)
    return min(_end(TERMS[each, level], start) for each in (clock, STANDARD))


def term_zh(clock: ClockClass, level: Level) -> str:
    """The rule by which such an assignment is due, in Chinese: 普通，嘎查村/社区应在3日内办结."""
    term = TERMS[clock, level]
    capped = "（不过当日）" if term != TERMS[STANDARD, level] == SAME_DAY else ""
    return f"{clock.zh}，{level.zh}应{_span_zh(term)}{capped}办结"


def warn_at(started_at: datetime, due: datetime) -> datetime:
    """When a clock warns, in UTC: after 80 % of its span, or when due if that was before it started."""
    start, end = started_at.astimezone(UTC), due.astimezone(UTC)
    return min(start + WARN_SHARE * (end - start), end)


def pause(asked: int) -> timedelta:
    """How long to wait for an answer after having asked so often: 1 min, 2 min, 4 min …, at most an hour."""
    doublings = min(asked - 1, 6)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def light(now: datetime, warn: datetime, due: datetime) -> Light:
    """Green until the clock warns, amber until it is due, then red."""
    if now < warn:
        return Light.GREEN
    return Light.AMBER if now < due else Light.RED


def _end(term: Term, start: datetime) -> datetime:
    return _end_of_day(start) if term == SAME_DAY else start + term


def _end_of_day(moment: datetime) -> datetime:
    tomorrow = moment.astimezone(SHANGHAI).date() + DAY
    return datetime.combine(tomorrow, time(), SHANGHAI).astimezone(UTC)


def _span_zh(term: Term) -> str:
    if term == SAME_DAY:
        return "当日"
    units = ((DAY, "日"), (HOUR, "小时"), (MINUTE, "分钟"))
    return next(f"在{term // unit}{zh}内" for unit, zh in units if not term % unit)
