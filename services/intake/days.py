"""Says which days may be meant with a day that was written without a year, as a word, or not at all."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Final, TypeAlias

from services.intake.notations import DAY_WORDS, WEEKDAYS, WEEKS_BACK

Parts: TypeAlias = Mapping[str, str | None]
"""What was written, by the name of the part."""

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(weeks=1)
MONTHS: Final = 12
LEAP: Final = 4
"""Years within which every day of a year has been, up to the end of 2103."""


def days_meant(parts: Parts, today: date) -> Iterator[date]:
    """The days that may be meant, the latest first; raises ValueError if there never is such a day.

    Days that come again begin with tomorrow, for clocks that go ahead at midnight.
    """
    for part, days in _BY_PART:
        if parts.get(part) is not None:
            return days(parts, today)
    return iter((today + DAY, today, today - DAY))


def _number(parts: Parts, part: str) -> int:
    return int(parts[part] or 0)


def _of_any_year(parts: Parts, today: date) -> Iterator[date]:
    month, day = _number(parts, "month"), _number(parts, "day")
    date(2000, month, day)  # a leap year: what it lacks exists in none
    for year in range(today.year + 1, today.year - LEAP - 1, -1):
        if day <= monthrange(year, month)[1]:
            yield date(year, month, day)


def _of_any_month(parts: Parts, today: date) -> Iterator[date]:
    day = _number(parts, "day")
    date(2000, 1, day)  # a month of 31 days
    latest = today + DAY
    for months in count(latest.year * MONTHS + latest.month - 1, -1):
        year, month = divmod(months, MONTHS)
        if day <= monthrange(year, month + 1)[1]:
            yield date(year, month + 1, day)


def _counted_back(parts: Parts, today: date) -> Iterator[date]:
    yield today - DAY * DAY_WORDS[parts["relative"] or ""]


def _of_a_week(parts: Parts, today: date) -> Iterator[date]:
    weekday = WEEKDAYS.index((parts["weekday"] or "").replace("天", "日"))
    if weeks := parts["weeks"]:
        yield today - DAY * today.weekday() - WEEK * WEEKS_BACK[weeks] + DAY * weekday
        return
    latest = today + DAY
    newest = latest - DAY * ((latest.weekday() - weekday) % len(WEEKDAYS))
    yield from (newest, newest - WEEK)


def _days_ago(parts: Parts, today: date) -> Iterator[date]:
    yield today - DAY * _number(parts, "days")


_BY_PART: Final[tuple[tuple[str, Callable[[Parts, date], Iterator[date]]], ...]] = (
    ("month", _of_any_year),
    ("day", _of_any_month),
    ("relative", _counted_back),
    ("weekday", _of_a_week),
    ("days", _days_ago),
)
"""How the days are found, by the first of these parts that was written."""
