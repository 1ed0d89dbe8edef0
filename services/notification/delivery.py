"""Decides what becomes of a person's notices: which go out when, which sends are tried, what is told of their ends."""

from collections.abc import Iterator
from datetime import datetime

from contracts.alert import AlertEvent, AlertKind
from contracts.notice import Notice
from contracts.topics import ALERTS
from contracts.wire import Event, event
from services.chassis.values import Context, Decision, Done, Outcome
from services.notification import sending
from services.notification.placing import mature, place
from services.notification.rules import Rules
from services.notification.sending import Send
from services.notification.state import State
from services.notification.tray import Tally, Tray, held


def take(rules: Rules, tray: Tray | None, notice: Notice, context: Context) -> Decision[State]:
    """Take a notice, on each of its channels; what is new in the tray and may go out is tried at once."""
    before = tray or Tray(staff=notice.staff)
    after = mature(rules, before, context.now)
    for channel in dict.fromkeys(notice.channels):
        after = place(rules, after, held(notice, channel), context.now)
    known = {send.key for send in before.sends}
    free = dict(context.free)
    sends = tuple(
        send if send.key in known else sending.due(send, context.now, free, rules.again) for send in after.sends
    )
    return _settle(before, after.model_copy(update={"sends": sends}), context.now)


def tick(rules: Rules, tray: Tray, at: datetime, context: Context) -> Decision[State]:
    """Let go out what is due, and try or look at the sends whose time has come."""
    after, free = mature(rules, tray, at), dict(context.free)
    sends = tuple(sending.due(send, at, free, rules.again) for send in after.sends)
    return _settle(tray, after.model_copy(update={"sends": sends}), at)


def answer(rules: Rules, tray: Tray, done: Done) -> Decision[State]:
    """Take the end of an attempt."""
    sends = tuple(sending.answered(send, done, rules.policy.quiet.over) for send in tray.sends)
    return _settle(tray, tray.model_copy(update={"sends": sends}), done.at)


def _settle(before: Tray, after: Tray, at: datetime) -> Decision[State]:
    """Tell what has changed: a call for each new attempt, an event for each alert whose send has ended."""
    if before == after:
        return Decision(outcome=Outcome.NOTHING)
    attempts = {send.key: send.attempts for send in before.sends}
    tried = [send for send in after.sends if send.attempts > attempts.get(send.key, 0)]
    ended = [send for send in after.sends if send.state.ended]
    changes = {"sends": tuple(send for send in after.sends if not send.state.ended), "ended": _tally(after, ended)}
    return Decision(
        state=State(tray=after.model_copy(update=changes)),
        events=tuple(told for send in ended for told in _ended(after.staff, send, at)),
        effects=tuple(send.effect(after.staff) for send in tried if not send.state.ended),
    )


def _tally(tray: Tray, ended: list[Send]) -> Tally:
    counts = tray.ended.model_dump()
    for send in ended:
        counts[send.state.value] += 1
    return Tally(**counts)


def _ended(staff: str, send: Send, at: datetime) -> Iterator[Event]:
    """One event for each alert that the send carried."""
    for item in send.items:
        told = AlertEvent(
            version=1,
            alert_id=item.alert_id,
            kind=AlertKind(send.state.value),
            case_id=item.case_id,
            event_id=item.event_id,
            recipient=staff,
            channel=send.channel,
            template=item.template,
            attempt=send.attempts,
            at=at,
            detail=send.detail,
            digest=send.digest,
            segments=send.segments,
        )
        yield event(ALERTS, told, cause=item.alert_id, discriminator=f"{staff}/{send.channel}")
