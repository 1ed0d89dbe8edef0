"""Who is told of what: the table as it stands in its file, checked, and looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from contracts.case import AssignedBecause, ClockClass
from contracts.territory import Level
from services.chassis import tables
from services.chassis.tables import Part
from services.notification.hours import Hours
from services.notification.row import Happened, Role, Row

FILE: Final = Path(__file__).parent / "data" / "policy.toml"


class Storm(Part):
    """From when on single messages become a digest, and how long one may be."""

    minutes: Annotated[int, Field(ge=1, le=1440)]
    at_once: Annotated[int, Field(ge=0, le=1000)]
    lines: Annotated[int, Field(ge=1, le=50)]
    alerts: Annotated[int, Field(ge=2, le=100)]

    @property
    def window(self) -> timedelta:
        """How long a window is."""
        return timedelta(minutes=self.minutes)


class _Quiet(Part):
    start: Annotated[time, Field(alias="from")]
    end: Annotated[time, Field(alias="to")]

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.start == self.end:
            raise ValueError("from equals to; right is hours that end at another time than they begin")
        return self


class _Sms(Part):
    segments: Annotated[int, Field(ge=1, le=10)]


class _Table(Part):
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
    """Read the table; raises BrokenTableError."""
    table, version = tables.read(file, _Table)
    quiet = Hours(table.quiet.start, table.quiet.end)
    return Policy(table.row, quiet, table.storm, table.sms.segments, version)
