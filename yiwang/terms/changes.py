"""What a table of terms would make of a running clock, by the very decision that an order meets in the service."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from contracts.case import ClockClass
from contracts.order import TermsOrder
from contracts.territory import UnitRef
from services.chassis.values import Outcome
from services.escalation.ledger import Entry, Ledger, checked, explained
from services.escalation.obligation import Tables, anew
from services.escalation.orders import hindrance, obeyed


class Effect(StrEnum):
    """What becomes of a clock."""

    SOONER = "sooner"
    LATER = "later"
    SAME = "same"
    OVER = "over"
    ALREADY = "already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A running clock before and after; ``after`` is None where an order would leave it as it is.

    ``passed``: counted from the assignment the new term would be over by now, so it counts from the order.
    """

    ledger: Ledger
    before: Entry
    after: Entry | None
    effect: Effect
    passed: bool = False

    @classmethod
    def of(cls, tables: Tables, ledger: Ledger, order: TermsOrder, now: datetime) -> Self | None:
        """What the order would do now under these tables, whose version it names; None if no clock runs."""
        if ledger.running is None:
            return None
        before = checked(tables, ledger.case, ledger.running, now)
        ledger = ledger.with_last(before)
        hindered = hindrance(tables, ledger, order, now)
        if hindered:
            effect = Effect.ALREADY if hindered is Outcome.NOTHING else Effect.OVER
            return cls(ledger=ledger, before=before, after=None, effect=effect)
        after = obeyed(tables, ledger.case, before, order, now)
        passed = after.basis is not None and anew(tables, ledger.case, after.basis).at <= now
        return cls(ledger=ledger, before=before, after=after, effect=_effect(before, after), passed=passed)

    @property
    def case_id(self) -> UUID:
        """The case."""
        return self.ledger.case.case_id

    @property
    def unit(self) -> UnitRef:
        """Who has it."""
        return self.before.unit

    @property
    def clock(self) -> ClockClass:
        """The class of its clock."""
        return self.before.clock


def _effect(before: Entry, after: Entry) -> Effect:
    """By the term alone: of a clock that rests, nobody knows yet when it is due."""
    was, is_now = before.base_at or before.due_at, after.base_at or after.due_at
    if is_now == was:
        return Effect.SAME
    return Effect.SOONER if is_now < was else Effect.LATER


def rule(entry: Entry | None) -> str:
    """The row by which a clock goes, and its term."""
    basis = explained(entry) if entry else None
    return f"{basis.rule} ({basis.within[0]})" if basis else "-"
