"""What notification remembers of one alert: its words, and for each recipient how far the sending is."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.identity import event_id, name_id
from contracts.wire import Value
from services.chassis.values import Effect
from services.notification.roster import Recipient
from services.notification.templates import Words


class SendState(StrEnum):
    """How far a send is; the last three end it, under the names that the contract has for them."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self not in (SendState.PENDING, SendState.SENDING)


class Send(Value):
    """One alert to one recipient over one channel; ``key`` is the same for every attempt.

    ``wake_at`` is when it is to be tried, or while it is being sent to be looked at; ``looks`` counts those at this
    attempt, ``detail`` says why the last one came to nothing.
    """

    recipient: str
    channel: str
    address: str
    key: UUID
    state: SendState = SendState.PENDING
    attempts: int = 0
    wake_at: AwareDatetime | None = None
    looks: int = 0
    detail: str | None = None


class Alert(Value):
    """The alert about one event; ``version`` counts the sends that have ended."""

    alert_id: UUID
    version: int = 0
    event_id: UUID
    case_id: UUID
    template: str
    subject: str
    text: str
    sends: tuple[Send, ...]

    def effect(self, send: Send) -> Effect:
        """The call that makes this attempt."""
        payload = {
            "to": send.address,
            "recipient": send.recipient,
            "alert": str(self.alert_id),
            "case": str(self.case_id),
            "template": self.template,
            "subject": self.subject,
            "text": self.text,
            "attempt": send.attempts,
        }
        return Effect(channel=send.channel, key=str(send.key), payload=payload)


def alert_id(event: UUID) -> UUID:
    """The id of the alert about an event."""
    return event_id(event, "yiwang.alert.v1")


def new_send(alert: UUID, to: Recipient, due: datetime) -> Send:
    """A send that has not been tried, due at once."""
    key = name_id(f"send/{alert}/{to.staff}/{to.channel}")
    return Send(recipient=to.staff, channel=to.channel, address=to.address, key=key, wake_at=due)


def new_alert(event: UUID, case: UUID, template: str, words: Words, sends: tuple[Send, ...]) -> Alert:
    """An alert of which nothing has ended."""
    return Alert(
        alert_id=alert_id(event),
        event_id=event,
        case_id=case,
        template=template,
        subject=words.subject,
        text=words.text,
        sends=sends,
    )


def wake(alert: Alert) -> datetime | None:
    """When the first of its sends wants attention; None: all have ended."""
    return min((send.wake_at for send in alert.sends if send.wake_at is not None), default=None)
