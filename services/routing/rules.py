"""Reads the routing table from its file: rows of conditions and what follows, in the words that officials check."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.case import ClockClass
from contracts.categories import CATEGORIES
from contracts.departments import DEPARTMENTS
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER, Level
from services.chassis import tables
from services.chassis.tables import Part

FILE: Final = Path(__file__).parent / "data" / "rules.toml"

UNDECIDED: Final = "undecided"
"""The word by which a row's ``category`` means reports on whose category nothing could be decided."""

NAMES: Final[Mapping[str, str]] = {department.code: department.zh for department in DEPARTMENTS}
"""The Chinese name of each department."""


def _category(code: str) -> str:
    if code not in CATEGORIES:
        raise ValueError("a code of the tree of categories")
    return code


def _category_or_none(code: str) -> str:
    return code if code == UNDECIDED else _category(code)


def _department(code: str) -> str:
    if code not in NAMES:
        raise ValueError("a department's code")
    return code


Category = Annotated[str, AfterValidator(_category)]
Department = Annotated[str, AfterValidator(_department)]
Categories = Annotated[tuple[Annotated[str, AfterValidator(_category_or_none)], ...], Field(min_length=1)]
Number = Annotated[int, Field(ge=0, strict=True)]
Place = Annotated[str, Field(pattern=rf"^{BANNER.code}([0-9]{{3}}){{1,3}}$")]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

PLACED: Final = frozenset({LocationOutcome.LOCATED, LocationOutcome.TWO_FIT})
"""Of what is located otherwise no place within the banner is known."""


class When(Part):
    """The conditions of a row, all of which must hold; what is left out does not matter.

    A category is met by its own code and all below it, a place by its own code and all units in it. A number of people,
    of those who act together (``group``) or of yuan (``money``) that is not known meets neither bound. ``time_from`` is
    within, ``time_to`` is not; where it is the earlier one, the span crosses midnight.
    """

    category: Categories | None = None
    not_category: Categories | None = None
    urgency: Annotated[tuple[Urgency, ...], Field(min_length=1)] | None = None
    people_min: Number | None = None
    people_max: Number | None = None
    money_min: Number | None = None
    money_max: Number | None = None
    group_min: Number | None = None
    group_max: Number | None = None
    place: Annotated[tuple[Place, ...], Field(min_length=1)] | None = None
    time_from: ClockTime | None = None
    time_to: ClockTime | None = None
    located: Annotated[tuple[LocationOutcome, ...], Field(min_length=1)] | None = None
    source: Annotated[tuple[Department, ...], Field(min_length=1)] | None = None
    solved: Annotated[bool, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        times = self.time_from, self.time_to
        if (times[0] is None) != (times[1] is None):
            raise ValueError("one of time_from and time_to; right is both or neither")
        if times[0] is not None and times[0] == times[1]:
            raise ValueError(f"no time between {times[0]} and {times[1]}; right is two different times")
        if self.place and self.located and not PLACED & set(self.located):
            raise ValueError(f"a place of what is {' or '.join(self.located)}; right is {' or '.join(sorted(PLACED))}")
        return self


class Then(Part):
    """What follows: the lowest level that may have the case, the department in the lead if it is the row that says
    so, those that help it, and which deadlines count. The department in the lead answers for the matter: it is the
    first owner among them.
    """

    level: Level
    lead: Department | None = None
    cooperating: tuple[Department, ...] = ()
    clock: ClockClass = ClockClass.STANDARD

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        every = [*([self.lead] if self.lead else []), *self.cooperating]
        if twice := next((code for n, code in enumerate(every) if code in every[:n]), None):
            raise ValueError(f"{twice} twice; right is each department once, in the lead or cooperating")
        return self


class Standing(StrEnum):
    """Whether a row counts: it decides; it is tried, recorded and without effect; it is kept for the record alone."""

    ACTIVE = "active"
    SHADOW = "shadow"
    EXPIRED = "expired"


class Rule(Part):
    """One row; its name never changes its meaning, its Chinese is what officials read as the reason.

    ``since`` and ``until`` are the first and the last day, in Asia/Shanghai, on which a case is opened by it.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    zh: Annotated[str, Field(min_length=1)]
    state: Standing = Standing.ACTIVE
    since: date | None = None
    until: date | None = None
    when: When = When()
    then: Then

    @model_validator(mode="after")
    def _some_day(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until {self.until} before since {self.since}; right is since, then until")
        return self


class Limits(Part):
    """What bounds the moves of a case.

    So many hand-backs, transfers and re-works lift it: ``lift_after``. So often a handler may be given more time, each
    time so many hours at the most; so often a case may be suspended at a unit, each time for so many days at the
    most. Cases of the classes under ``never`` are neither.
    """

    lift_after: Annotated[int, Field(ge=1, le=100, strict=True)] = 3
    extend_times: Annotated[int, Field(ge=0, le=20, strict=True)] = 2
    extend_hours: Annotated[int, Field(ge=1, le=8760, strict=True)] = 120
    suspend_times: Annotated[int, Field(ge=0, le=20, strict=True)] = 2
    never: tuple[ClockClass, ...] = (ClockClass.LIFE,)
    suspend_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 90


class Rules(Part):
    """The whole file: the rows in order, and who leads in a category where its row does not say."""

    version: Annotated[str, Field(min_length=1)]
    limits: Limits = Limits()
    leads: Mapping[Category, Department] = {}
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]


def read(file: Path = FILE) -> Rules:
    """The table with its version, to which a hash of its text is added; raises BrokenTableError."""
    rules, digest = tables.read(file, Rules)
    return rules.model_copy(update={"version": f"{rules.version}+{digest}"})
