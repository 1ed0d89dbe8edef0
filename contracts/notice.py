"""Notices: what one person is to be told about a case, on its way from the case's watch to the person's tray."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.wire import Body, Many, Moment, Value


class Words(Value):
    """One thing said in the lengths that the channels take, in Chinese."""

    subject: Annotated[str, Field(description="one line, for a mail's subject and a push")]
    text: Annotated[str, Field(description="the whole, for a mail and the app; begins with the subject")]
    sms: Annotated[str, Field(description="as short as a text message has to be")]
    line: Annotated[str, Field(description="the case in half a line, for a digest")]


class Notice(Body):
    """One person is to be told of one event over these channels; who it is was decided once and for all.

    ``version`` is that of the case's watch. ``urgent`` goes out at once, at night too and never in a digest; else it
    waits for ``not_before``, for the end of the recipient's quiet hours, and in a storm for the digest.
    """

    case_id: UUID
    event_id: Annotated[UUID, Field(description="the event that people are told of")]
    alert_id: UUID
    staff: Annotated[str, Field(description="staff number of the recipient")]
    role: Annotated[str, Field(description="why this person: in_charge, deputy, superior, informed, lead, banner")]
    rule: Annotated[str, Field(description="the row of the policy table")]
    channels: Many[str]
    template: str
    words: Words
    urgent: bool = False
    not_before: Moment
    why: Annotated[str, Field(description="why this person gets it, and now, in Chinese")]

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.notice.issued.v1"

    @property
    def subject(self) -> str:
        """The case's id: the watch's document."""
        return str(self.case_id)

    @property
    def key(self) -> str:
        """The recipient's staff number: all that one person is told travels in one partition."""
        return self.staff
