"""One input's turn at a case: collects what is told about it, counting versions without a gap."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.case import Case, CaseEvent, CaseEventKind
from contracts.masking import masked
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.topics import CASES, OUTCOMES
from contracts.wire import Event, event
from services.chassis.values import Decision, Input, Outcome
from services.routing.state import State


@dataclass(frozen=True, slots=True)
class Turn:
    """The state so far and the events that the input has brought about; frozen: each step gives the next turn."""

    state: State
    cause: Input[Any]
    now: datetime
    events: tuple[Event, ...] = ()

    def tell(self, kind: CaseEventKind, case: Case | None, *, by: str, why: str, answers: UUID | None = None) -> "Turn":
        """Tell of the case, which is now this one, in its next version."""
        version = self.state.version + 1
        snapshot = case.model_copy(update={"version": version}) if case else None
        body = CaseEvent(
            version=version,
            case_id=UUID(self.cause.subject),
            kind=kind,
            at=self.now,
            by=by,
            why=why,
            case=snapshot,
            answers=answers,
        )
        told = event(CASES, body, cause=self.cause.id)
        return replace(self, state=State(version=version, case=snapshot), events=(*self.events, told))

    def report(self, kind: OutcomeKind, case: Case, said: str) -> "Turn":
        """Tell the report's source the same, in the version of the case event that goes with it.

        Every department may read it, so numbers in an officer's note are masked.
        """
        body = ReportOutcome(
            version=self.state.version,
            kind=kind,
            department=case.department,
            at=self.now,
            reference=case.reference,
            revision=case.revision,
            report_id=case.case_id,
            unit=case.assignment.unit,
            said=masked(said),
        )
        return replace(self, events=(*self.events, event(OUTCOMES, body, cause=self.cause.id)))

    def end(self, outcome: Outcome = Outcome.APPLIED) -> Decision[State]:
        """The decision."""
        return Decision(state=self.state, events=self.events, outcome=outcome)
