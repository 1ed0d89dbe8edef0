"""Reads the routing table from its file: rows of conditions and what follows, in the words that officials check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from contracts.case import ClockClass
from contracts.categories import CATEGORIES
from contracts.departments import DEPARTMENTS
from contracts.report import LocationOutcome, Urgency
from contracts.territory import Level
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


class When(Part):
    """The conditions of a row, all of which must hold; what is left out does not matter.

    A category is met by its own code and all below it. A number of people that is not known meets neither bound.
    """

    category: Categories | None = None
    not_category: Categories | None = None
    urgency: Annotated[tuple[Urgency, ...], Field(min_length=1)] | None = None
    people_min: Number | None = None
    people_max: Number | None = None
    located: Annotated[tuple[LocationOutcome, ...], Field(min_length=1)] | None = None
    source: Annotated[tuple[Department, ...], Field(min_length=1)] | None = None
    solved: Annotated[bool, Field(strict=True)] | None = None


class Then(Part):
    """What follows: the lowest level that may have the case, the department in the lead if it is the row that says
    so, and which deadlines count.
    """

    level: Level
    lead: Department | None = None
    clock: ClockClass = ClockClass.STANDARD


class Rule(Part):
    """One row; its name never changes its meaning, its Chinese is what officials read as the reason."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    zh: Annotated[str, Field(min_length=1)]
    when: When = When()
    then: Then


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
