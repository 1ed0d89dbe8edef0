"""Decides which clocks start and end with what routing says of a case, and what they say as time passes."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.case import Case, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import timer_cause
from contracts.order import TermsOrder
from contracts.topics import DEADLINES
from contracts.wire import Event, event
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.escalation.account import VOID, holdings
from services.escalation.ledger import (
    Entry,
    Ledger,
    Step,
    approved,
    checked,
    ended,
    entry,
    explained,
    informed,
    latest,
    look_at,
    next_step,
    taken,
)
from services.escalation.obligation import Tables
from services.escalation.orders import hindrance, obeyed

DATED: Final = frozenset({DeadlineKind.SCHEDULED, DeadlineKind.RESCHEDULED})
"""What says when a clock is due, and why."""


def opens(said: CaseEvent) -> bool:
    """Whether it most likely makes its case's ledger."""
    return said.kind is CaseEventKind.OPENED


def decide(tables: Tables, state: Ledger | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[Ledger]:
    """What the input makes of the case's clocks. The newest snapshot alone counts, not which event brought it."""
    if isinstance(given, Tick) and state:
        return _tick(tables, state, given.at)
    if isinstance(given, Input) and isinstance(given.body, CaseEvent) and given.body.case:
        return _heard(tables, state, given.body, given.body.case, context.now, given.id)
    if isinstance(given, Input) and isinstance(given.body, TermsOrder):
        return _ordered(tables, state, given.body, context.now)
    return Decision(outcome=Outcome.NOTHING)


def wake(state: Ledger) -> datetime | None:
    """When the running clock has something to say, or is to be looked at."""
    running = state.running
    if running is None:
        return None
    wakes = [None if running.rests else next_step(running).at, look_at(running)]
    return min((at for at in wakes if at), default=None)


def _heard(
    tables: Tables, state: Ledger | None, said: CaseEvent, case: Case, now: datetime, cause: UUID
) -> Decision[Ledger]:
    kept = case.assignment.number if said.kind is CaseEventKind.KEPT else None
    if state and case.version <= state.case.version:
        return Decision(state=_keep(state, kept), outcome=Outcome.STALE)
    ledger = _end(state, case, said.at) if state else Ledger(case=case)
    if not _starts(ledger, case):
        ledger, events = _approved(ledger, case, now)
        return Decision(state=_keep(ledger, kept), events=tuple(events))
    clock = entry(tables, case)
    ledger, scheduled = _tell(ledger.started(clock), clock, Step(now, DeadlineKind.SCHEDULED, 1), now, cause)
    return Decision(state=_keep(ledger, kept), events=(scheduled,))


def _starts(ledger: Ledger, case: Case) -> bool:
    known = ledger.entries[-1].assignment if ledger.entries else 0
    return case.assignment.number > known and case.status.open


def _end(ledger: Ledger, case: Case, at: datetime) -> Ledger:
    """The ledger of the newer snapshot; a later assignment or the case's end has ended the running clock."""
    running, current = ledger.running, case.assignment
    newer = ledger.model_copy(update={"case": case})
    if running and current.number > running.assignment:
        return newer.with_last(ended(running, current.assigned_at, current.because.value))
    if running and not case.status.open:
        how = case.status if case.status.value in VOID else Status.RESOLVED
        return newer.with_last(ended(informed(running, current), case.resolved_at or at, how.value))
    return newer


def _keep(ledger: Ledger, number: int | None) -> Ledger:
    """The ledger with routing's answer from the banner; even late it ends the asking, and moves nothing back."""
    running = ledger.running
    if running is None or running.assignment != number:
        return ledger
    return ledger.with_last(running.model_copy(update={"kept": True}))


def _tick(tables: Tables, ledger: Ledger, at: datetime) -> Decision[Ledger]:
    ledger, events = _looked(tables, ledger, at)
    clock = ledger.running
    while clock and not clock.rests and (step := next_step(clock)).at <= at:
        step = latest(clock, step, at)
        cause = timer_cause(str(ledger.case.case_id), clock.assignment, step.kind.value, step.n)
        clock = taken(clock, step, at)
        ledger, told = _tell(ledger.with_last(clock), clock, step, at, cause)
        events.append(told)
    return Decision(state=ledger, events=tuple(events), outcome=Outcome.APPLIED if events else Outcome.NOTHING)


def _looked(tables: Tables, ledger: Ledger, at: datetime) -> tuple[Ledger, list[Event]]:
    """First of all by the calendar of this moment: a clock that days published since have moved must not ring."""
    before = ledger.running
    return _rescheduled(ledger, checked(tables, ledger.case, before, at), at) if before else (ledger, [])


def _ordered(tables: Tables, state: Ledger | None, order: TermsOrder, now: datetime) -> Decision[Ledger]:
    """The running clock by the table in force, if the order is about it and comes in time."""
    if state is None:
        return Decision(outcome=Outcome.STALE)
    ledger, events = _looked(tables, state, now)
    clock, hindered = ledger.running, hindrance(tables, ledger, order, now)
    if clock is None or hindered:
        return Decision(state=ledger, events=tuple(events), outcome=hindered or Outcome.STALE)
    ledger, told = _rescheduled(ledger, obeyed(tables, ledger.case, clock, order, now), now)
    return Decision(state=ledger, events=(*events, *told))


def _approved(ledger: Ledger, case: Case, now: datetime) -> tuple[Ledger, list[Event]]:
    """What the newer snapshot of the same assignment says that was approved."""
    before = ledger.running
    return _rescheduled(ledger, approved(before, case.assignment, now), now) if before else (ledger, [])


def _rescheduled(ledger: Ledger, clock: Entry, at: datetime) -> tuple[Ledger, list[Event]]:
    """The ledger with its running clock in this form, and what is told if it is due at another time by that."""
    before, ledger = ledger.running, ledger.with_last(clock)
    if before is None or clock.moved == before.moved:
        return ledger, []
    step = Step(at, DeadlineKind.RESCHEDULED, clock.moved)
    cause = timer_cause(str(ledger.case.case_id), clock.assignment, step.kind.value, step.n)
    ledger, told = _tell(ledger, clock, step, at, cause)
    return ledger, [told]


def _tell(ledger: Ledger, clock: Entry, step: Step, now: datetime, cause: UUID) -> tuple[Ledger, Event]:
    """The ledger that has counted one event more, and the event."""
    body = DeadlineEvent(
        version=ledger.version + 1,
        case_id=ledger.case.case_id,
        kind=step.kind,
        assignment=clock.assignment,
        n=step.n,
        at=now,
        started_at=clock.started_at,
        warn_at=clock.warn_at,
        due_at=clock.due_at,
        press_at=clock.press_at,
        case=ledger.case,
        basis=explained(clock) if step.kind in DATED else None,
        held=holdings(ledger) if step.kind is DeadlineKind.OVERDUE else None,
    )
    return ledger.model_copy(update={"version": body.version}), event(DEADLINES, body, cause=cause)
