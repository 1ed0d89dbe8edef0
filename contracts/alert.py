"""Alerts: what became of each message to a person."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.wire import Body


class AlertKind(StrEnum):
    """How a send ended."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class AlertEvent(Body):
    """One alert, to one recipient over one channel, has ended; ``failed`` and ``unknown`` say why.

    An alert is identified by (event, recipient, channel); ``alert_id`` is the notification of the event that all
    its recipients share, and the event's subject.
    """

    alert_id: UUID
    kind: AlertKind
    case_id: UUID
    event_id: UUID
    recipient: str
    channel: str
    template: str
    attempt: int
    at: AwareDatetime
    detail: str | None = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.alert.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The alert's id."""
        return str(self.alert_id)

    @property
    def key(self) -> str:
        """The case's id: alerts travel with their case."""
        return str(self.case_id)
