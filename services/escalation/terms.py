"""Reads the table of terms: how long a level has for a case of a class and category, in words that officials check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from contracts.case import ClockClass
from contracts.categories import CATEGORIES, named, within
from contracts.spans import span_zh
from contracts.territory import Level
from services.chassis import tables
from services.chassis.tables import Part

FILE: Final = Path(__file__).parent / "data" / "terms.toml"


class Measure(StrEnum):
    """By what a term is measured."""

    SAME_DAY = "same day"
    MINUTES = "minute"
    HOURS = "hour"
    DAYS = "day"
    WORKING_DAYS = "working day"
    WORKING_HOURS = "working hour"

    @property
    def zh(self) -> str:
        """What is counted, in Chinese."""
        return _ZH[self.value]


_ZH: Final[Mapping[str, str]] = {
    "same day": "当日",
    "minute": "分钟",
    "hour": "小时",
    "day": "日",
    "working day": "个工作日",
    "working hour": "个工作小时",
}

SPANS: Final[Mapping[Measure, timedelta]] = {
    # what is measured       one of them
    Measure.MINUTES:         timedelta(minutes=1),
    Measure.HOURS:           timedelta(hours=1),
    Measure.DAYS:            timedelta(days=1),
    Measure.WORKING_HOURS:   timedelta(hours=1),
}  # fmt: skip


class Term(NamedTuple):
    """How long somebody has; ``whole``: to the end of the last day."""

    measure: Measure
    number: int = 1
    whole: bool = False

    def __str__(self) -> str:
        """As the table has it."""
        if self.measure is Measure.SAME_DAY:
            return self.measure.value
        return f"{self.number} {self.measure.value}{'s' if self.number > 1 else ''}{', whole' if self.whole else ''}"

    @property
    def zh(self) -> str:
        """The same in Chinese: 当日, 在3日内, 在5个工作日内."""
        if self.measure is Measure.SAME_DAY:
            return self.measure.zh
        return f"在{self.number}{self.measure.zh}内{'（至末日24时）' if self.whole else ''}"

    @property
    def span(self) -> timedelta:
        """Its length where it has one: that of minutes, hours, days and working hours."""
        return self.number * SPANS[self.measure]


TERM: Final = re.compile(r"([1-9]\d{0,3}) (minute|hour|day|working day|working hour)s?(, whole)?")


def term(text: object) -> Term:
    """The term that a word of the table means; raises ValueError."""
    if text == Measure.SAME_DAY:
        return Term(Measure.SAME_DAY)
    found = TERM.fullmatch(str(text))
    if not found or (found[3] and found[2] != Measure.DAYS):
        raise ValueError('"same day", or a number of minutes, hours, days (also "3 days, whole") or of working ones')
    return Term(Measure(found[2]), int(found[1]), bool(found[3]))


def _span(text: object) -> timedelta:
    found = term(text)
    if found.measure not in {Measure.MINUTES, Measure.HOURS, Measure.DAYS} or found.whole:
        raise ValueError("a number of minutes, hours or days")
    return found.span


def _cut_off(text: object) -> timedelta:
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", str(text))
    span = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else timedelta()
    if not timedelta() < span <= timedelta(days=1):
        raise ValueError('an hour of the day after 00:00, such as "18:00", at the latest "24:00"')
    return span


def _category(code: str) -> str:
    if code not in CATEGORIES:
        raise ValueError("a code of the tree of categories")
    return code


Within = Annotated[Term, BeforeValidator(term)]
Span = Annotated[timedelta, BeforeValidator(_span)]
CutOff = Annotated[timedelta, BeforeValidator(_cut_off)]
Category = Annotated[str, AfterValidator(_category)]


class When(Part):
    """The conditions of a row, all of which must hold; what is left out does not matter."""

    clock: Annotated[tuple[ClockClass, ...], Field(min_length=1)] | None = None
    level: Annotated[tuple[Level, ...], Field(min_length=1)] | None = None
    category: Annotated[tuple[Category, ...], Field(min_length=1)] | None = None


class Row(Part):
    """One row; its name never changes its meaning, its Chinese is what officials read."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    zh: Annotated[str, Field(min_length=1)]
    when: When = When()
    within: Within

    def fits(self, clock: ClockClass, level: Level, category: str | None) -> bool:
        """Whether every condition holds."""
        asked = self.when
        return (
            (asked.clock is None or clock in asked.clock)
            and (asked.level is None or level in asked.level)
            and (asked.category is None or any(within(category, code) for code in asked.category))
        )


class SameDay(Part):
    """When a day's work is due: at its end, if it was given before ``cut_off``; ``least`` is the least that one has."""

    cut_off: CutOff
    least: Span


class Sheet(Part):
    """The whole file."""

    version: Annotated[str, Field(min_length=1)]
    same_day: SameDay
    supervise: Mapping[ClockClass, Span]
    term: Annotated[tuple[Row, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := set(ClockClass) - set(self.supervise):
            raise ValueError(f"a span under [supervise] for each class, {min(missing)} too")
        return self


@dataclass(frozen=True, slots=True)
class Terms:
    """The table made ready."""

    version: str
    rows: tuple[Row, ...]
    same_day: SameDay
    supervise: Mapping[ClockClass, timedelta]

    def row(self, clock: ClockClass, level: Level, category: str | None) -> Row:
        """The first row that fits; a table that was proven has one."""
        return next(row for row in self.rows if row.fits(clock, level, category))


def load(file: Path = FILE) -> Terms:
    """The table of a file, a hash of whose text is added to the version; raises BrokenTableError.

    Whether each case has its row, and each row its case, is another question (``validate``).
    """
    sheet, digest = tables.read(file, Sheet)
    return Terms(f"{sheet.version}+{digest}", sheet.term, sheet.same_day, sheet.supervise)


TABLE_HEAD: Final = (
    "| row | class | level | category | resolve by | 办理时限 | overdue at the banner |\n" + 7 * "| --- " + "|"
)


def table(terms: Terms) -> str:
    """The rows as a table for people, in Markdown, in the order in which they are compared."""
    return "\n".join((TABLE_HEAD, *(_shown(terms, row) for row in terms.rows)))


def _shown(terms: Terms, row: Row) -> str:
    clocks, levels = row.when.clock or tuple(ClockClass), row.when.level or tuple(Level)
    categories = "、".join(f"`{code}` {named(code)}" for code in row.when.category or ()) or "all"
    told = "、".join(dict.fromkeys(f"每{span_zh(terms.supervise[clock])}督办" for clock in clocks))
    columns = (
        f"`{row.name}`",
        "、".join(clock.zh for clock in clocks),
        "、".join(level.zh for level in levels),
        categories,
        str(row.within),
        row.within.zh,
        told if Level.BANNER in levels else "",
    )
    return f"| {' | '.join(columns)} |"
