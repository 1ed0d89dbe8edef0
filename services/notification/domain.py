"""Decides what becomes of each send of an alert: tried, tried again, ended; "sending" is written before each call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.alert import AlertEvent, AlertKind
from contracts.topics import ALERTS
from contracts.wire import Event, event
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.notification.alert import Alert, Send, SendState, alert_id, new_alert, new_send
from services.notification.policy import Happening, Notice, notice
from services.notification.roster import Recipient, Roster
from services.notification.templates import render

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


@dataclass(frozen=True, slots=True)
class Rules:
    """What is settled before any event comes: who is told, and over which channels a lost attempt is made again."""

    roster: Roster
    again: frozenset[str]


def decide(rules: Rules, alert: Alert | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[Alert]:
    """Open an alert for an event, try what is due, or take the end of an attempt."""
    if isinstance(given, Input):
        told = notice(given.body) if alert is None else None
        return _open(rules, given, told, context) if told else Decision(outcome=Outcome.NOTHING)
    if alert is None:
        return Decision(outcome=Outcome.NOTHING)
    if isinstance(given, Done):
        return _settle(alert, tuple(_answered(send, given) for send in alert.sends), given.at)
    free = dict(context.free)
    return _settle(alert, tuple(_due(rules, send, given.at, free) for send in alert.sends), given.at)


def _open(rules: Rules, given: Input[Happening], told: Notice, context: Context) -> Decision[Alert]:
    sends = tuple(new_send(alert_id(given.id), to, context.now) for to in _recipients(rules.roster, told))
    words = render(told.template, told.clock, context.now)
    alert = new_alert(given.id, told.clock.case_id, told.template.value, words, sends)
    free = dict(context.free)
    return _settle(alert, tuple(_try(send, context.now, free) for send in sends), context.now)


def _recipients(roster: Roster, told: Notice) -> tuple[Recipient, ...]:
    """Everybody once for each channel, though two of the units may have the same people."""
    everybody = (one for unit in told.units for one in roster.staff(unit.code))
    return tuple({(one.staff, one.channel): one for one in everybody}.values())


def _due(rules: Rules, send: Send, at: datetime, free: dict[str, int]) -> Send:
    if send.wake_at is None or send.wake_at > at:
        return send
    if send.state is SendState.PENDING:
        return _try(send, at, free)
    if send.looks + 1 < LOOKS:
        return send.model_copy(update={"looks": send.looks + 1, "wake_at": at + LOOK})
    if send.channel in rules.again and send.attempts < ATTEMPTS:
        return _try(send, at, free)
    return _end(send, SendState.UNKNOWN, "no answer: the attempt was cut off")


def _try(send: Send, at: datetime, free: dict[str, int]) -> Send:
    """Make an attempt if the channel can take it, else wait for a turn."""
    if free.get(send.channel, 0) <= 0:
        return _wait(send, at + _turn(send))
    free[send.channel] -= 1
    changes = {"state": SendState.SENDING, "attempts": send.attempts + 1, "wake_at": at + LOOK, "looks": 0}
    return send.model_copy(update=changes)


def _turn(send: Send) -> timedelta:
    """One to five seconds, by the key: so many as wait for a busy channel do not come back all at once."""
    return timedelta(milliseconds=1000 + send.key.int % 4001)


def _answered(send: Send, done: Done) -> Send:
    """Take the answer to this send; of an attempt that another one has followed only success counts."""
    if str(send.key) != done.effect.key or send.state.ended:
        return send
    if done.error is None:
        return _end(send, SendState.SENT, None)
    if done.effect.payload["attempt"] != send.attempts:
        return send
    why = done.error[:DETAIL_LIMIT]
    if done.lasting or send.attempts >= ATTEMPTS:
        return _end(send, SendState.FAILED, why)
    return _wait(send, done.at + PAUSES[send.attempts - 1]).model_copy(update={"detail": why})


def _wait(send: Send, until: datetime) -> Send:
    return send.model_copy(update={"state": SendState.PENDING, "wake_at": until})


def _end(send: Send, state: SendState, why: str | None) -> Send:
    return send.model_copy(update={"state": state, "wake_at": None, "detail": why})


def _settle(alert: Alert, sends: tuple[Send, ...], at: datetime) -> Decision[Alert]:
    """Tell what has changed: a call for each new attempt, an event for each send that has ended."""
    pairs = [(before, after) for before, after in zip(alert.sends, sends, strict=True) if before != after]
    if not pairs:
        return Decision(outcome=Outcome.NOTHING)
    tried = [after for before, after in pairs if after.attempts > before.attempts]
    ended = [after for _, after in pairs if after.state.ended]
    now = alert.model_copy(update={"version": alert.version + len(ended), "sends": sends})
    return Decision(
        state=now,
        events=tuple(_ended(alert, send, alert.version + n, at) for n, send in enumerate(ended, start=1)),
        effects=tuple(now.effect(send) for send in tried),
    )


def _ended(alert: Alert, send: Send, version: int, at: datetime) -> Event:
    told = AlertEvent(
        version=version,
        alert_id=alert.alert_id,
        kind=AlertKind(send.state.value),
        case_id=alert.case_id,
        event_id=alert.event_id,
        recipient=send.recipient,
        channel=send.channel,
        template=alert.template,
        attempt=send.attempts,
        at=at,
        detail=send.detail,
    )
    return event(ALERTS, told, cause=alert.alert_id, discriminator=f"{send.recipient}/{send.channel}")
