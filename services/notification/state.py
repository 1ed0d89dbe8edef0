"""The two kinds of document that notification keeps: a case's watch, and a person's tray of a day."""

from datetime import datetime

from contracts.wire import Value
from services.notification.tray import Tray
from services.notification.watch import Watch


class State(Value):
    """One document: either of the two."""

    watch: Watch | None = None
    tray: Tray | None = None


def wake(state: State) -> datetime | None:
    """When the document wants a tick."""
    if state.watch:
        return state.watch.ladder.wake_at if state.watch.ladder else None
    return state.tray.wake() if state.tray else None


def soon(state: State) -> bool:
    """Whether more is likely to come within seconds, as to a tray: the ends of what goes out, and further notices."""
    return state.tray is not None
