"""Decides what becomes of a person's notices: which go out when, which sends are tried, what is told of their ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.alert import AlertEvent, AlertKind
from contracts.deadletter import Reason
from contracts.notice import Notice
from contracts.problem import Problem
from contracts.topics import ALERTS
from contracts.wire import Event, event
from services.chassis.values import Context, Decision, Done, Outcome, Park
from services.notification import sending
from services.notification.placing import mature, place
from services.notification.rules import Rules
from services.notification.sending import Send
from services.notification.state import State
from services.notification.tray import Tally, Tray, held

UNREACHABLE: Final = Park(
    reason=Reason.INVALID,
    problems=(
        Problem(path="channels", found="none", expected="at least one channel", expected_zh="至少应有一个通知渠道"),
    ),
)
"""Somebody was to be told and would not be: that must be seen. The watch writes none such, as all have an address."""


def take(rules: Rules, tray: Tray | None, notice: Notice, context: Context) -> Decision[State]:
    """Take a notice, on each of its channels; what is new in the tray and may go out is tried at once."""
    if not notice.channels:
        return Decision(park=UNREACHABLE, outcome=Outcome.PARKED)
    before = tray or Tray(staff=notice.staff)
    after = mature(rules, before, context.now)
    for channel in dict.fromkeys(notice.channels):
        after = place(rules, after, held(notice, channel), context.now)
    free, known = dict(context.free), len(before.sends)
    fresh = tuple(sending.due(send, context.now, free, rules.again) for send in after.sends[known:])
    return _settle(before, after.model_copy(update={"sends": (*before.sends, *fresh)}), context.now)


def tick(rules: Rules, tray: Tray, at: datetime, context: Context) -> Decision[State]:
    """Let go out what is due, and try or look at the sends whose time has come."""
    after, free = mature(rules, tray, at), dict(context.free)
    sends = tuple(sending.due(send, at, free, rules.again) for send in after.sends)
    return _settle(tray, after.model_copy(update={"sends": sends}), at)


def answer(rules: Rules, tray: Tray, done: Done) -> Decision[State]:
    """Take the end of an attempt."""
    key = UUID(done.effect.key).int
    sends = tuple(
        sending.answered(send, done, rules.policy.quiet.over) if send.key.int == key else send for send in tray.sends
    )
    return _settle(tray, tray.model_copy(update={"sends": sends}), done.at)


def _settle(before: Tray, after: Tray, at: datetime) -> Decision[State]:
    """Tell what has changed: a call for each new attempt, an event for each alert whose send has ended.

    Sends keep their places from ``before`` to ``after``, and new ones come last; one that is the same has not changed.
    """
    if before == after:
        return Decision(outcome=Outcome.NOTHING)
    pairs = list(zip(before.sends, after.sends, strict=False))
    fresh = after.sends[len(pairs) :]
    changed = [(now, then.attempts) for then, now in pairs if now is not then] + [(now, 0) for now in fresh]
    tried = [now for now, attempts in changed if now.attempts > attempts]
    if ended := [now for now, _ in changed if now.state.ended]:
        left = tuple(send for send in after.sends if not send.state.ended)
        after = after.model_copy(update={"sends": left, "ended": _tally(after, ended)})
    return Decision(
        state=State(tray=after),
        events=tuple(told for send in ended for told in _ended(after.staff, send, at)),
        effects=tuple(send.effect(after.staff) for send in tried if not send.state.ended),
    )


def _tally(tray: Tray, ended: Sequence[Send]) -> Tally:
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
