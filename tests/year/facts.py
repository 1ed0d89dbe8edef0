"""Days and terms reckoned a second time: by a public library's calendar and arithmetic of its own, for judging only.

Nothing of the services is used: the table of terms is read as plain TOML, so a mistake in how escalation reads or
reckons it is seen here.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import chinese_calendar

HERE: Final = timezone(timedelta(hours=8))
"""The banner's time: one offset all year."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PUBLISHED: Final = datetime(2024, 11, 12, 10, tzinfo=HERE)
"""When the notice of 2025's days off came."""
LAW_2025: Final = frozenset(
    date(2025, month, day)
    for month, day in (
        (1, 1), (1, 28), (1, 29), (1, 30), (1, 31), (4, 4), (5, 1), (5, 2), (5, 31), (10, 1), (10, 2), (10, 3), (10, 6)
    )
)  # fmt: skip
"""The statutory days of 2025, by which it counts until then."""

Works = Callable[[date], bool]


@cache
def known(day: date) -> bool:
    """Whether a day is worked, by the notices of its year."""
    worked: bool = chinese_calendar.is_workday(day)
    return worked


def guessed(day: date) -> bool:
    """The same as long as the notice of 2025 is not there."""
    return known(day) if day.year < 2025 else day.weekday() < 5 and day not in LAW_2025


def works_at(moment: datetime) -> Works:
    """What is known of days at this moment."""
    return known if moment >= PUBLISHED else guessed


@dataclass(frozen=True, slots=True)
class Book:
    """A table of terms as plain rows, and the hours of a working day."""

    rows: Sequence[Mapping[str, Any]]
    cut_off: timedelta
    least: timedelta
    hours: Sequence[tuple[time, time]]

    @classmethod
    def read(cls, terms: Path, calendar: Path) -> Self:
        """From the officials' files."""
        table, days = (tomllib.loads(file.read_text(encoding="utf-8")) for file in (terms, calendar))
        spans = [tuple(map(time.fromisoformat, span.split("-"))) for span in days["hours"]]
        hour, minute = map(int, table["same_day"]["cut_off"].split(":"))
        cut_off = timedelta(hours=hour, minutes=minute)
        return cls(table["term"], cut_off, _plain(table["same_day"]["least"]), [(a, b) for a, b in spans])

    def due(self, clock: str, level: str, category: str | None, start: datetime, works: Works) -> datetime:
        """When what was given to somebody at ``start`` is due: by its own row, no later than a standard case there."""
        words = {self._within(each, level, category) for each in (clock, "standard")}
        return min(self.reckoned(word, start.astimezone(HERE), works) for word in words).astimezone(UTC)

    def reckoned(self, word: str, start: datetime, works: Works) -> datetime:
        """When a term that begins at ``start`` (in the banner's time) ends."""
        if word == "same day":
            return self._same_day(start)
        count, _, what = word.partition(" ")
        if what.startswith("working day"):
            return _end(_nth(start.date(), int(count), works))
        if what.startswith("working hour"):
            return self._hours(start, int(count) * HOUR, works)
        end = start + _plain(word.removesuffix(", whole"))
        return _end(end.date()) if what.endswith("whole") else end

    def _within(self, clock: str, level: str, category: str | None) -> str:
        for row in self.rows:
            when = row.get("when", {})
            under = when.get("category")
            if (
                clock in when.get("clock", [clock])
                and level in when.get("level", [level])
                and (under is None or (category is not None and category.startswith(tuple(under))))
            ):
                word: str = row["within"]
                return word
        raise LookupError(f"no term for {clock}, {level}, {category}")

    def _same_day(self, start: datetime) -> datetime:
        passed = start - datetime.combine(start.date(), time(), HERE)
        day = start.date() + DAY if passed >= self.cut_off else start.date()
        return max(_end(day), start + self.least)

    def _hours(self, start: datetime, left: timedelta, works: Works) -> datetime:
        day = start.date()
        while True:
            for first, last in self.hours if works(day) else ():
                begin = max(start, datetime.combine(day, first, HERE))
                room = datetime.combine(day, last, HERE) - begin
                if left <= room:
                    return begin + left
                left -= max(room, timedelta())
            day += DAY


def _nth(day: date, count: int, works: Works) -> date:
    while count:
        day += DAY
        count -= works(day)
    return day


def _end(day: date) -> datetime:
    return datetime.combine(day + DAY, time(), HERE)


def _plain(word: str) -> timedelta:
    count, what = word.split()
    return int(count) * {"minute": MINUTE, "hour": HOUR, "day": DAY}[what.removesuffix("s")]
