"""Deadlines: what escalation says of the clock of each assignment."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.case import Case
from contracts.territory import UnitRef
from contracts.wire import Body, Count, Many, Moment, Value


class DeadlineKind(StrEnum):
    """What a clock says."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    WARNED = "warned"
    PRESSING = "pressing"
    BREACHED = "breached"
    OVERDUE = "overdue"


class Ordered(Value):
    """By whose order a clock that ran already goes by a newer table of terms."""

    application: Annotated[UUID, Field(description="the decision, which may be about many cases")]
    by: Annotated[str, Field(description="who has decided it")]
    why: Annotated[str, Field(description="the reason, in the words of who decided")]
    at: Annotated[Moment, Field(description="since when it counts for this clock")]


class Basis(Value):
    """Why a clock is due when it is: the row of the table of terms, and the calendar where that has a say."""

    rule: Annotated[str, Field(description="the row's stable name")]
    zh: Annotated[str, Field(description="the row in Chinese, as the table has it")]
    within: Annotated[Many[str], Field(description="the row's term, and one that comes before it; the sooner counts")]
    table: Annotated[str, Field(description="the version of the table of terms")]
    calendar: Annotated[str | None, Field(description="the version of the calendar of working days")] = None
    provisional: Annotated[bool, Field(description="a day counts whose year has no published notice yet")] = False
    why: Annotated[str, Field(description="why it is due then, in Chinese")]
    why_en: Annotated[str, Field(description="the same in English")]
    ordered: Annotated[
        Ordered | None, Field(description="the order by which this table counts, if not from the start")
    ] = None


class Holding(Value):
    """The time in which a unit had the case; ``late``: it let its deadline pass."""

    assignment: Count
    unit: UnitRef
    since: Moment
    until: Annotated[Moment | None, Field(description="None: it has it still")] = None
    due_at: Moment
    late: bool = False
    how: Annotated[str | None, Field(description="resolved, or why another unit was given the case")] = None


class DeadlineEvent(Body):
    """The clock of one assignment: scheduled, warned at 80 %, pressing at 95 %, breached when due, overdue after that.

    ``rescheduled``: the same clock is due at another time, by days that were published, time that was approved, or an
    official's order.

    ``breached`` is a request to move the case up. It names its assignment and is asked again, ``n`` counting, until
    routing's event ends that assignment. ``version`` is that of escalation's ledger of the case.
    """

    case_id: UUID
    kind: DeadlineKind
    assignment: Count
    n: Count = 1
    at: Moment
    started_at: Moment
    warn_at: Moment
    due_at: Moment
    press_at: Annotated[Moment | None, Field(description="when the unit above is told that time is short")] = None
    case: Case
    basis: Annotated[Basis | None, Field(description="of what is scheduled and rescheduled: why it is due then")] = None
    held: Annotated[
        Many[Holding] | None, Field(description="of what is overdue: all who have held the case, in order")
    ] = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.deadline.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The case's id."""
        return str(self.case_id)
