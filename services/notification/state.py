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
