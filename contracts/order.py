"""Orders: what an official decides about clocks that run already."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.deadletter import WHO
from contracts.identity import order_cause
from contracts.wire import Body, Count, Moment


class TermsOrder(Body):
    """Reckon the running clock of one assignment by the table of terms that is in force.

    It is refused where another table is in force than the one that it names, and moot where the assignment has ended,
    or its time is over. ``version`` counts nothing here; ``application`` is the run of the command that orders the same
    of many cases.
    """

    version: Count = 0
    case_id: UUID
    assignment: Annotated[int, Field(ge=1, le=2**53, description="the assignment whose clock is meant")]
    application: Annotated[UUID, Field(description="all orders of one decision have the same")]
    table: Annotated[str, Field(min_length=1, max_length=200, description="the version of the table of terms")]
    by: Annotated[str, Field(pattern=WHO, description="who has decided it: a staff number or account")]
    why: Annotated[str, Field(min_length=1, max_length=500, description="the reason, in the words of who decided")]
    at: Annotated[Moment, Field(description="when it was ordered")]

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.terms.ordered.v1"

    @property
    def subject(self) -> str:
        """The case's id."""
        return str(self.case_id)

    @property
    def cause(self) -> UUID:
        """The identity of this order, whoever delivers it and how often."""
        return order_cause(self.application, self.case_id, self.assignment)
