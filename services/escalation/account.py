"""What became of each obligation: whether it was met in time, how much of its time was used, and how long it rested."""

from datetime import datetime, timedelta
from typing import Final

from contracts.case import Status
from contracts.deadline import Holding
from contracts.spans import MINUTE
from services.escalation.ledger import Entry, Ledger

HELD: Final = 50
"""Units that are told as those who have held a case: the newest ones."""
VOID: Final = frozenset(each.value for each in (Status.WITHDRAWN, Status.CANCELLED, Status.LINKED, Status.JOINED))
"""What ended so was neither met nor missed."""


def late(entry: Entry) -> bool:
    """Whether its deadline was let pass: a breach was told, or it ended after it was due."""
    return entry.asked_at is not None or (entry.ended_at is not None and entry.ended_at > entry.due_at)


def void(entry: Entry) -> bool:
    """Whether it was in time when nobody had to meet it any more."""
    return entry.ended_how in VOID and not late(entry)


def rested(entry: Entry, now: datetime) -> timedelta:
    """For how long it was suspended, up to its end or now."""
    end = entry.ended_at or now
    spans = (min(one.until or end, end) - one.since for one in entry.pauses)
    return sum((max(span, timedelta()) for span in spans), timedelta())


def used(entry: Entry, now: datetime) -> timedelta:
    """How much time was used up to its end or now, without that in which it was suspended."""
    return max(timedelta(), (entry.ended_at or now) - entry.started_at - rested(entry, now))


def share(entry: Entry, now: datetime) -> float:
    """That as a part of the time that it had, extensions included: 1 is all of it."""
    span = (entry.base_at or entry.due_at) - entry.started_at + entry.extended * MINUTE
    return used(entry, now) / span if span > timedelta() else 1.0


def holdings(ledger: Ledger) -> tuple[Holding, ...]:
    """All who have held the case, in order."""
    return tuple(
        Holding(
            assignment=entry.assignment,
            unit=entry.unit,
            since=entry.started_at,
            until=entry.ended_at,
            due_at=entry.due_at,
            late=late(entry),
            how=entry.ended_how,
        )
        for entry in ledger.entries[-HELD:]
    )
