"""Who is told of what: the table as it stands in its file, checked, and looked up."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.case import AssignedBecause, ClockClass
from contracts.problem import problems
from contracts.territory import Level
from services.notification.hours import Hours
from services.notification.row import Happened, Role, Row

FILE: Final = Path(__file__).parent / "data" / "policy.toml"


class BrokenPolicyError(ValueError):
    """A table that cannot be used: names the place, what was found and what is right."""

    def __init__(self, file: Path, place: str, wrong: str) -> None:
        """Put the three into one line."""
        super().__init__(f"{file.name}, {place}: {wrong}")


class Storm(BaseModel):
    """From when on single messages become a digest, and how long one may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=1440)]
    at_once: Annotated[int, Field(ge=0, le=1000)]
    lines: Annotated[int, Field(ge=1, le=50)]
    alerts: Annotated[int, Field(ge=2, le=100)]

    @property
    def window(self) -> timedelta:
        """How long a window is."""
        return timedelta(minutes=self.minutes)


class _Quiet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Annotated[time, Field(alias="from")]
    end: Annotated[time, Field(alias="to")]

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.start == self.end:
            raise ValueError("from equals to; right is hours that end at another time than they begin")
        return self


class _Sms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    segments: Annotated[int, Field(ge=1, le=10)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    quiet: _Quiet
    storm: Storm
    sms: _Sms
    row: tuple[Row, ...]


Case = tuple[Happened, Level, ClockClass, AssignedBecause, Role]
"""What a row is looked up by."""

DIMENSIONS: Final[tuple[Sequence[StrEnum], ...]] = tuple(
    tuple(words) for words in (Happened, Level, ClockClass, AssignedBecause, Role)
)


@dataclass(frozen=True)
class Policy:
    """The table, whole: rows in order, quiet hours, the storm rule, the longest text message."""

    rows: tuple[Row, ...]
    quiet: Hours
    storm: Storm
    segments: int
    version: str

    @cached_property
    def table(self) -> Mapping[Case, Row]:
        """The first row of each input that one fits."""
        found: dict[Any, Row] = {}
        for row in reversed(self.rows):
            found |= dict.fromkeys(product(row.event, row.level, row.clock, row.because, row.role), row)
        return found

    @cached_property
    def named(self) -> Mapping[str, Row]:
        """The rows by name."""
        return {row.name: row for row in self.rows}

    @cached_property
    def told(self) -> frozenset[Happened]:
        """The events of which anybody may be told."""
        return frozenset(one for row in self.rows if row.channels for one in row.event)


def load(file: Path = FILE) -> Policy:
    """Read the table; raises BrokenPolicyError."""
    try:
        raw = file.read_bytes()
        table = _Table.model_validate(tomllib.loads(raw.decode()))
    except OSError as error:
        raise BrokenPolicyError(file, "as a whole", f"found {error.strerror}; right is a file to read") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenPolicyError(file, "as a whole", f"found no TOML ({error}); right is the table") from error
    except ValidationError as error:
        first = problems(error)[0]
        place = first.path.replace("row.", "row ")
        raise BrokenPolicyError(file, place, f"found {first.found}; right is {first.expected}") from error
    names = [row.name for row in table.row]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BrokenPolicyError(file, f"row {min(twice)}", "found the name twice; right is a name of its own")
    quiet = Hours(table.quiet.start, table.quiet.end)
    return Policy(table.row, quiet, table.storm, table.sms.segments, hashlib.sha256(raw).hexdigest()[:8])
