"""Decides what becomes of a person's notices: which go out when, which sends are tried, what is told of their ends."""

from collections import Counter
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
    free = dict(context.free)
    tried = [sending.due(send, context.now, free, rules.again) for send in after.sends[len(before.sends) :]]
    after = after.model_copy(update={"sends": (*before.sends, *_left(tried))})
    return _told(after, [(send, 0) for send in tried], context.now)


def tick(rules: Rules, tray: Tray, at: datetime, context: Context) -> Decision[State]:
    """Let go out what is due, and try or look at the sends whose time has come."""
    after, free = mature(rules, tray, at), dict(context.free)
    sends = [sending.due(send, at, free, rules.again) for send in after.sends]
    changed = [(now, then.attempts) for then, now in zip(tray.sends, sends, strict=False) if now is not then]
    changed += [(now, 0) for now in sends[len(tray.sends) :]]
    if not changed and after == tray:
        return Decision(outcome=Outcome.NOTHING)
    return _told(after.model_copy(update={"sends": _left(sends)}), changed, at)


def answer(rules: Rules, tray: Tray, done: Done) -> Decision[State]:
    """Take the end of an attempt: of many that are under way the oldest mostly end first, and stand first."""
    key = UUID(done.effect.key).int
    here = next((n for n, send in enumerate(tray.sends) if send.key.int == key), None)
    if here is None:
        return Decision(outcome=Outcome.NOTHING)
    then = tray.sends[here]
    now = sending.answered(then, done, rules.policy.quiet.over)
    if now == then:
        return Decision(outcome=Outcome.NOTHING)
    sends = (*tray.sends[:here], *_left([now]), *tray.sends[here + 1 :])
    return _told(tray.model_copy(update={"sends": sends}), [(now, then.attempts)], done.at)


def _left(sends: Sequence[Send]) -> tuple[Send, ...]:
    """What stays in the tray."""
    return tuple(send for send in sends if not send.state.ended)


def _told(tray: Tray, changed: Sequence[tuple[Send, int]], at: datetime) -> Decision[State]:
    """The tray, with what has ended counted: a call for each new attempt, an event for each alert whose send has ended.

    ``changed`` are sends as they are now, with the attempts that they had; to look at all there are would cost the
    square where many end in one batch.
    """
    if ended := [send for send, _ in changed if send.state.ended]:
        tray = tray.model_copy(update={"ended": _tally(tray.ended, ended)})
    tried = (send for send, attempts in changed if send.attempts > attempts and not send.state.ended)
    return Decision(
        state=State(tray=tray),
        events=tuple(told for send in ended for told in _ended(tray.staff, send, at)),
        effects=tuple(send.effect(tray.staff) for send in tried),
    )


def _tally(before: Tally, ended: Sequence[Send]) -> Tally:
    counts = Counter(send.state.value for send in ended)
    return before.model_copy(update={state: getattr(before, state) + count for state, count in counts.items()})


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
