"""Alerts: what became of each message to a person."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.wire import Body, Count, Moment


class AlertKind(StrEnum):
    """How a send ended."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class AlertEvent(Body):
    """One alert, to one recipient over one channel, has ended; ``failed`` and ``unknown`` say why.

    An alert is identified by (event, recipient, channel), and ends once: its version is 1. ``alert_id`` is what all
    recipients of the event share; ``digest`` names the message that carried it together with others, if one did.
    """

    alert_id: UUID
    kind: AlertKind
    case_id: UUID
    event_id: UUID
    recipient: str
    channel: str
    template: str
    attempt: Count
    at: Moment
    detail: str | None = None
    digest: Annotated[UUID | None, Field(description="the message that carried this alert together with others")] = None
    segments: Annotated[int | None, Field(description="SMS segments that the message took")] = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.alert.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The alert to this recipient over this channel."""
        return f"{self.alert_id}/{self.recipient}/{self.channel}"

    @property
    def key(self) -> str:
        """The case's id: alerts travel with their case."""
        return str(self.case_id)
