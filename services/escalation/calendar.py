"""The working calendar: which days are worked by a published notice, which provisionally, and at which hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts.territory import SHANGHAI
from services.chassis import tables
from services.chassis.tables import Part

FILE: Final = Path(__file__).parent / "data" / "calendar.toml"
DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
YEARS_END: Final = (12, 25)
"""From this day on the next year's notice may take a day of this one: its days off have begun on 30 December."""


def _days(given: object) -> tuple[date, ...]:
    first, _, last = str(given).partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError('a day, such as "2026-01-01", or days, such as "2026-01-01..2026-01-03"') from None
    if end < start:
        raise ValueError("days of which the last one is not before the first")
    return tuple(start + n * DAY for n in range((end - start).days + 1))


def _month_day(given: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{given}")
    except ValueError:
        raise ValueError('a month and a day, such as "05-01"') from None
    return day.month, day.day


def _hours(given: object) -> tuple[time, time]:
    try:
        first, last = map(time.fromisoformat, str(given).split("-"))
    except ValueError:
        raise ValueError('hours of a day, such as "08:30-12:00"') from None
    if first >= last:
        raise ValueError("hours that end after they begin")
    return first, last


Days = Annotated[tuple[date, ...], BeforeValidator(_days)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Notice(Part):
    """What the State Council's office has published for a year; days off may begin in the December before."""

    year: Year
    number: Annotated[str, Field(min_length=1)]
    off: tuple[Days, ...]
    work: tuple[date, ...]

    @property
    def days_off(self) -> tuple[date, ...]:
        """Each day off."""
        return tuple(day for days in self.off for day in days)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        off = self.days_off
        for day in (*off, *self.work):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise ValueError(f"days of {self.year} or of the December before, not {day}")
        if len({*off, *self.work}) < len(off) + len(self.work):
            raise ValueError("each day once")
        if wrong := [day for day in self.work if day.weekday() < SATURDAY]:
            raise ValueError(f"days of weekends that are worked, not {wrong[0]}, which is none")
        return self


class Statutory(Part):
    """The days that the law gives: dates, and days counted from the lunar new year's."""

    dates: tuple[MonthDay, ...]
    new_year: tuple[int, ...]


class Festivals(Part):
    """Where the statutory days that have no date of their own lie in a year."""

    year: Year
    new_year: date
    others: tuple[date, ...]


class Sheet(Part):
    """The whole file."""

    version: Annotated[str, Field(min_length=1)]
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    notice: Annotated[tuple[Notice, ...], Field(min_length=1)]
    statutory: Statutory
    festivals: tuple[Festivals, ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        years = [notice.year for notice in self.notice]
        if any(following != year + 1 for year, following in pairwise(years)):
            raise ValueError(f"a notice for each year in order, not {years}")
        if any(end >= start for (_, end), (start, _) in pairwise(self.hours)):
            raise ValueError("hours in their order")
        return self


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar made ready; days are the banner's (Asia/Shanghai)."""

    version: str
    hours: tuple[tuple[time, time], ...]
    years: frozenset[int]
    off: frozenset[date]
    work: frozenset[date]
    dates: frozenset[tuple[int, int]]
    festivals: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether the day is worked, by a notice or provisionally."""
        if day in self.work or day in self.off:
            return day in self.work
        return day.weekday() < SATURDAY and (self.published(day) or not self._statutory(day))

    def published(self, day: date) -> bool:
        """Whether a notice says so; in the last days of a year the next one's has the last word."""
        decided = day.year if (day.month, day.day) < YEARS_END else day.year + 1
        return {day.year, decided} <= self.years or day in self.off or day in self.work

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The day's working hours; none of a day that is not worked."""
        if self.works(day):
            for first, last in self.hours:
                yield datetime.combine(day, first, SHANGHAI), datetime.combine(day, last, SHANGHAI)

    def days_off(self, first: date, last: date) -> int:
        """How many of the days after the first, up to the last, are not worked."""
        return sum(not self.works(first + n * DAY) for n in range(1, (last - first).days + 1))

    def provisional(self, first: date, last: date) -> bool:
        """Whether no notice covers some day of these."""
        return any(not self.published(first + n * DAY) for n in range((last - first).days + 1))

    def days_left(self, today: date) -> int:
        """How many days from today on a notice covers, today included; 0 past the last one."""
        end = date(max(self.years) + 1, 1, 1)
        return max(0, (end - today).days)

    def _statutory(self, day: date) -> bool:
        return (day.month, day.day) in self.dates or day in self.festivals


def load(file: Path = FILE) -> Calendar:
    """The calendar of a file, a hash of whose text is added to the version; raises BrokenTableError."""
    sheet, digest = tables.read(file, Sheet)
    return Calendar(
        version=f"{sheet.version}+{digest}",
        hours=sheet.hours,
        years=frozenset(notice.year for notice in sheet.notice),
        off=frozenset(day for notice in sheet.notice for day in notice.days_off),
        work=frozenset(day for notice in sheet.notice for day in notice.work),
        dates=frozenset(sheet.statutory.dates),
        festivals=frozenset(_festivals(sheet)),
    )


def _festivals(sheet: Sheet) -> Iterator[date]:
    for year in sheet.festivals:
        yield from (year.new_year + n * DAY for n in sheet.statutory.new_year)
        yield from year.others


def day_of(moment: datetime) -> date:
    """The banner's day of a moment (aware)."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """When the day begins in the banner."""
    return datetime.combine(day, time(), SHANGHAI)
