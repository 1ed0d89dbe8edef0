"""Outcomes: what became of each report, told to its source by its own reference."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.problem import Problem
from contracts.territory import UnitRef
from contracts.wire import Body, Count, Moment


class OutcomeKind(StrEnum):
    """A stage in the life of a report, as its source sees it."""

    RECEIVED = "received"
    REPEAT = "repeat"
    PARKED = "parked"
    OPENED = "opened"
    ASSIGNED = "assigned"
    LINKED = "linked"
    RESOLVED = "resolved"
    CLOSED = "closed"


class ReportOutcome(Body):
    """Intake or routing tells a report's source what became of it.

    ``parked`` lists what is wrong, in English and Chinese; where the record could not be read at all, ``reference``
    is missing and ``record`` (topic/partition/offset) tells which one it was. ``opened`` names the first unit,
    ``assigned`` each later one; ``linked``: it is handled together with another case. A kind that a reader does not
    know is to be passed over; ``said`` tells it in words.
    """

    version: Annotated[
        Count,
        Field(description="counts per sender (ce_source); do not order one sender's against another's"),
    ]
    kind: OutcomeKind
    department: str
    at: Moment
    reference: str | None = None
    revision: Count | None = None
    report_id: UUID | None = None
    record: str | None = None
    problems: tuple[Problem, ...] = ()
    unit: UnitRef | None = None
    said: Annotated[str, Field(description="the same in a Chinese sentence")]

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.report.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The report's id, or the unreadable record's position."""
        return str(self.report_id) if self.report_id else str(self.record)
