"""One message to one person over one channel: tried, tried again, ended; "sending" is written before each call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import AwareDatetime

from contracts.wire import Value
from services.chassis.values import Done, Effect

# after the first attempt, the second, … ; then it has failed
PAUSES: Final = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 600, 1800, 3600, 7200))
ATTEMPTS: Final = len(PAUSES) + 1
LOOK: Final = timedelta(seconds=15)
LOOKS: Final = 3
"""An attempt without an answer is looked at every 15 s; at the third look, after 45 s, a crash has cut it off.

One look proves nothing: an attempt's time is that of its record or of its tick, which in a backlog lie long before the
call. But a tick's time is taken after the tick before it was decided, so the second look is surely later than the
call, and the third by 15 s more; channels give up after 10 s.
"""
DETAIL_LIMIT: Final = 300


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


class Item(Value):
    """One alert that a message carries; ``line`` is what a digest says of it, if it says anything."""

    alert_id: UUID
    case_id: UUID
    event_id: UUID
    template: str
    line: str | None = None


class Send(Value):
    """A message with one alert, or as a digest with several; ``key`` is the same for every attempt.

    ``wake_at`` is when it is to be tried, or while it is being sent to be looked at; ``looks`` counts those at this
    attempt, ``detail`` says why the last one came to nothing.
    """

    key: UUID
    channel: str
    address: str
    subject: str
    text: str
    items: tuple[Item, ...]
    digest: UUID | None = None
    segments: int | None = None
    urgent: bool = False
    state: SendState = SendState.PENDING
    attempts: int = 0
    wake_at: AwareDatetime | None = None
    looks: int = 0
    detail: str | None = None

    def effect(self, staff: str) -> Effect:
        """The call that makes this attempt."""
        payload: dict[str, Any] = {
            "to": self.address,
            "recipient": staff,
            **self._carried(),
            "subject": self.subject,
            "text": self.text,
            **({"segments": self.segments} if self.segments else {}),
            "attempt": self.attempts,
        }
        return Effect(channel=self.channel, key=str(self.key), payload=payload, weight=len(self.items))

    def _carried(self) -> dict[str, Any]:
        if self.digest:
            alerts = [{"alert": str(item.alert_id), "case": str(item.case_id)} for item in self.items]
            return {"alert": str(self.digest), "alerts": alerts, "template": "digest"}
        (item,) = self.items
        return {"alert": str(item.alert_id), "case": str(item.case_id), "template": item.template}


def due(send: Send, at: datetime, free: dict[str, int], again: frozenset[str]) -> Send:
    """The send after its wake time, if that has come: tried, looked at, or given up."""
    if send.wake_at is None or send.wake_at > at:
        return send
    if send.state is SendState.PENDING:
        return attempt(send, at, free)
    if send.looks + 1 < LOOKS:
        return send.model_copy(update={"looks": send.looks + 1, "wake_at": at + LOOK})
    if send.channel in again and send.attempts < ATTEMPTS:
        return attempt(send, at, free)
    return end(send, SendState.UNKNOWN, "no answer: the attempt was cut off")


def attempt(send: Send, at: datetime, free: dict[str, int]) -> Send:
    """Make an attempt if the channel can take it, else wait for a turn."""
    if free.get(send.channel, 0) <= 0:
        return _wait(send, at + _turn(send))
    free[send.channel] -= 1
    changes = {"state": SendState.SENDING, "attempts": send.attempts + 1, "wake_at": at + LOOK, "looks": 0}
    return send.model_copy(update=changes)


def _turn(send: Send) -> timedelta:
    """One to five seconds, by the key: so many as wait for a busy channel do not come back all at once."""
    return timedelta(milliseconds=1000 + send.key.int % 4001)


def answered(send: Send, done: Done, calm: Callable[[datetime], datetime]) -> Send:
    """Take the end of one of its attempts; what is no answer to the newest says nothing, unless that it was taken.

    ``calm`` moves the next attempt out of hours in which nobody is to be disturbed.
    """
    if send.state.ended:
        return send
    if done.error is None:
        return end(send, SendState.SENT, None)
    if done.effect.payload["attempt"] != send.attempts:
        return send
    why = done.error[:DETAIL_LIMIT]
    if done.lasting or send.attempts >= ATTEMPTS:
        return end(send, SendState.FAILED, why)
    again_at = done.at + PAUSES[send.attempts - 1]
    waiting = _wait(send, again_at if send.urgent else calm(again_at))
    return waiting.model_copy(update={"detail": why})


def _wait(send: Send, until: datetime) -> Send:
    return send.model_copy(update={"state": SendState.PENDING, "wake_at": until})


def end(send: Send, state: SendState, why: str | None) -> Send:
    """The send, ended so."""
    return send.model_copy(update={"state": state, "wake_at": None, "detail": why})
