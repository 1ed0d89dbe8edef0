"""Decides for both kinds of document: what is heard of a case goes to its watch, a notice to its recipient's tray."""

from typing import Any

from contracts.notice import Notice
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.notification import delivery, watching
from services.notification.rules import Rules
from services.notification.state import State


def decide(rules: Rules, state: State | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[State]:
    """What becomes of the document; ``rules`` are those of this moment."""
    watch, tray = (state.watch, state.tray) if state else (None, None)
    if isinstance(given, Input):
        if isinstance(given.body, Notice):
            return delivery.take(rules, tray, given.body, context)
        return watching.hear(rules, watch, given.body, given.id, context.now)
    if isinstance(given, Tick) and watch:
        return watching.climb(rules, watch, given.at)
    if tray:
        if isinstance(given, Done):
            return delivery.answer(rules, tray, given)
        return delivery.tick(rules, tray, given.at, context)
    # A document of an earlier form is neither: written once more, it has no timer and rings no more.
    return Decision(state=state, outcome=Outcome.NOTHING)
