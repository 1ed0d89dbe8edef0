"""Decides what an official's order makes of a running clock: nothing, where its time is over or the table another."""

from datetime import datetime

from contracts.case import Case
from contracts.deadline import Ordered
from contracts.order import TermsOrder
from services.chassis.values import Outcome
from services.escalation.ledger import Entry, Ledger, reordered
from services.escalation.obligation import Tables, chosen


def hindrance(tables: Tables, ledger: Ledger, order: TermsOrder, now: datetime) -> Outcome | None:
    """How the order ends without an effect; None if it has one.

    ``STALE``: the assignment has ended, or its time is over, which no order undoes. ``REFUSED``: another table than the
    ordered one is in force here. ``NOTHING``: the clock goes by it already.
    """
    clock = ledger.running
    if clock is None or clock.assignment != order.assignment:
        return Outcome.STALE
    if order.table != tables.terms.version:
        return Outcome.REFUSED
    if goes_by(clock, order.table):
        return Outcome.NOTHING
    return Outcome.STALE if over(clock, now) else None


def goes_by(clock: Entry, table: str) -> bool:
    """Whether this version of the table counts for the clock already."""
    return clock.basis is not None and clock.basis.table == table


def over(clock: Entry, now: datetime) -> bool:
    """Whether its time had passed: a breach is not undone by paper."""
    return clock.asked_at is not None or (not clock.rests and clock.due_at <= now)


def obeyed(tables: Tables, case: Case, clock: Entry, order: TermsOrder, now: datetime) -> Entry:
    """The clock by the table that is in force, with whose order that is."""
    ordered = Ordered(application=order.application, by=order.by, why=order.why, at=now)
    mine = case.model_copy(update={"clock": clock.clock})
    basis = chosen(tables, mine).model_copy(update={"ordered": ordered})
    return reordered(tables, mine, clock, basis, now)
