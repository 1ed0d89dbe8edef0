"""Deadlines: what escalation says of the clock of each assignment."""

from enum import StrEnum
from uuid import UUID

from contracts.case import Case
from contracts.wire import Body, Count, Moment


class DeadlineKind(StrEnum):
    """What a clock says."""

    SCHEDULED = "scheduled"
    WARNED = "warned"
    BREACHED = "breached"
    OVERDUE = "overdue"


class DeadlineEvent(Body):
    """The clock of one assignment: scheduled, warned at 80 %, breached when due, overdue daily at the banner.

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
    case: Case

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.deadline.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The case's id."""
        return str(self.case_id)
