"""Reads the routing table from its file: rows of conditions and what follows, in the words that officials check."""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contracts.case import ClockClass
from contracts.categories import CATEGORIES
from contracts.departments import DEPARTMENTS
from contracts.problem import shorten
from contracts.report import LocationOutcome, Urgency
from contracts.territory import Level

FILE: Final = Path(__file__).parent / "data" / "rules.toml"

UNDECIDED: Final = "undecided"
"""The word by which a row's ``category`` means reports on whose category nothing could be decided."""

NAMES: Final[Mapping[str, str]] = {department.code: department.zh for department in DEPARTMENTS}
"""The Chinese name of each department."""


class BrokenRulesError(ValueError):
    """A table that cannot be used: names file and place, what was found and what is right."""

    def __init__(self, file: Path, place: str, found: str, right: str) -> None:
        """Put the four into one line."""
        super().__init__(f"{file.name}, {place}: found {found}; right is {right}")


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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Part):
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


class Then(_Part):
    """What follows: the lowest level that may have the case, the department in the lead if it is the row that says
    so, and which deadlines count.
    """

    level: Level
    lead: Department | None = None
    clock: ClockClass = ClockClass.STANDARD


class Rule(_Part):
    """One row; its name never changes its meaning, its Chinese is what officials read as the reason."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    zh: Annotated[str, Field(min_length=1)]
    when: When = When()
    then: Then


class Rules(_Part):
    """The whole file: the rows in order, and who leads in a category where its row does not say."""

    version: Annotated[str, Field(min_length=1)]
    leads: Mapping[Category, Department] = {}
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]


def read(file: Path = FILE) -> Rules:
    """The table with its version, to which a hash of its text is added; raises BrokenRulesError, or OSError."""
    raw = file.read_bytes()
    try:
        given = tomllib.loads(raw.decode())
        rules = Rules.model_validate(given)
    except UnicodeDecodeError as fault:
        raise BrokenRulesError(file, f"byte {fault.start}", "what is no UTF-8", "text in UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise BrokenRulesError(file, _where(fault), str(fault), "TOML") from None
    except ValidationError as fault:
        raise _broken(file, given, fault) from None
    names = [rule.name for rule in rules.rule]
    if twice := next((name for n, name in enumerate(names) if name in names[:n]), None):
        raise BrokenRulesError(file, f"rule {twice}", "this name a second time", "a name of its own for each row")
    return rules.model_copy(update={"version": f"{rules.version}+{sha256(raw).hexdigest()[:8]}"})


def _where(fault: tomllib.TOMLDecodeError) -> str:
    line = re.search(r"line (\d+)", str(fault))
    return f"line {line[1]}" if line else "at its end"


def _broken(file: Path, given: Mapping[str, Any], error: ValidationError) -> BrokenRulesError:
    first = error.errors(include_url=False)[0]
    found = "nothing" if first["type"] == "missing" else shorten(first["input"])
    right = first["msg"].removeprefix("Value error, ")
    return BrokenRulesError(file, _place(given, first["loc"]), found, right[:1].lower() + right[1:])


def _place(given: Mapping[str, Any], loc: tuple[int | str, ...]) -> str:
    """Where in the file: rows by name, or counted from 1 where they have none."""
    match loc:
        case ("rule", int(n), *rest):
            row = given["rule"][n]
            name = row.get("name", n + 1) if isinstance(row, dict) else n + 1
            return ": ".join((f"rule {name}", *([".".join(map(str, rest))] if rest else [])))
    return ".".join(map(str, loc)) or "the file"
