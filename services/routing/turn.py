"""One input's or timer's turn at a case: collects what is told about it, counting versions without a gap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.case import AssignedBecause, Case, CaseEvent, CaseEventKind, Routed
from contracts.masking import masked
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.relation import CaseRelation
from contracts.territory import Level
from contracts.topics import CASES, OUTCOMES, RELATIONS
from contracts.wire import Event, event
from services.chassis.values import Decision, Outcome
from services.routing import relations
from services.routing.moves import in_charge
from services.routing.relations import Word
from services.routing.state import State

HEARD: Final[Mapping[CaseEventKind, OutcomeKind]] = {
    # what happens to a case     what its report's source hears of; of all else nothing
    CaseEventKind.OPENED:        OutcomeKind.OPENED,
    CaseEventKind.ASSIGNED:      OutcomeKind.ASSIGNED,
    CaseEventKind.LINKED:        OutcomeKind.LINKED,
    CaseEventKind.RESOLVED:      OutcomeKind.RESOLVED,
    CaseEventKind.WITHDRAWN:     OutcomeKind.CLOSED,
    CaseEventKind.CANCELLED:     OutcomeKind.CLOSED,
    CaseEventKind.CONFIRMED:     OutcomeKind.CLOSED,
    CaseEventKind.CLOSED:        OutcomeKind.CLOSED,
}  # fmt: skip
"""Of a part of a case its source hears nothing: it hears of the case."""

GIVEN: Final[Mapping[AssignedBecause, str]] = {
    # why a unit has the case      what the source hears
    AssignedBecause.OPENED:        "已生成事项",
    AssignedBecause.HANDED_UP:     "事项已上报",
    AssignedBecause.HANDED_BACK:   "事项已退回",
    AssignedBecause.TRANSFERRED:   "事项已转办",
    AssignedBecause.REOPENED:      "事项已返工",
    AssignedBecause.LIFTED:        "事项多次流转，已提级",
    AssignedBecause.ESCALATED:     "事项超期提级",
    AssignedBecause.CORRECTED:     "按来源更正重新指派",
    AssignedBecause.UNLINKED:      "已解除并案，恢复单独办理",
    AssignedBecause.SPLIT:         "事项已拆分",
}  # fmt: skip

TOGETHER: Final = "与另一事项并案，一并办理，办结后告知。"

PLACED: Final = frozenset(
    {
        AssignedBecause.HANDED_UP,
        AssignedBecause.HANDED_BACK,
        AssignedBecause.TRANSFERRED,
        AssignedBecause.LIFTED,
        AssignedBecause.ESCALATED,
        AssignedBecause.SPLIT,
    }
)
"""By these a case is at a level because people or a deadline have put it there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The state so far and the events that the cause has brought about; frozen: each step gives the next turn."""

    state: State
    case_id: UUID
    cause: UUID
    now: datetime
    events: tuple[Event, ...] = ()

    def tell(
        self,
        kind: CaseEventKind,
        case: Case | None,
        *,
        by: str,
        why: str,
        answers: UUID | None = None,
        routed: Routed | None = None,
        sender: str | None = None,
        lawful: tuple[str, ...] = (),
    ) -> "Turn":
        """Tell of the case, which is now this one, in its next version; its report's source hears what concerns it, and
        so do the cases that are joined with it.
        """
        version, words = self.state.version + 1, tuple[Word, ...]()
        if case:
            case, words = relations.settled(self.state.case, case)
        snapshot = case.model_copy(update={"version": version}) if case else None
        body = CaseEvent(
            version=version,
            case_id=self.case_id,
            kind=kind,
            at=self.now,
            by=by,
            why=why,
            case=snapshot,
            answers=answers,
            routed=routed,
            sender=sender,
            lawful=lawful,
        )
        events = [event(CASES, body, cause=self.cause)]
        if case and kind in HEARD and case.parent is None:
            events.append(self._outcome(HEARD[kind], case, version, why))
        changes = {"version": version, "case": snapshot, "raised": _raised(self.state, case)}
        state = self.state.model_copy(update=changes)
        turn = replace(self, state=state, events=(*self.events, *events))
        return turn.relate(*words)

    def relate(self, *words: Word) -> "Turn":
        """Tell other cases, in the version that the case has by now."""
        return replace(self, events=(*self.events, *map(self._relation, words)))

    def _relation(self, word: Word) -> Event:
        case, version = self.state.case, self.state.version
        known = relations.told_of(case, in_charge(case)) if case else {}
        fields = {**known, **word.fields, "kind": word.kind, "case_id": self.case_id, "to": str(word.to)}
        body = CaseRelation(version=version, cause=self.cause, **fields)
        return event(RELATIONS, body, cause=self.cause, discriminator=f"{word.to}/{version}")

    def end(self, outcome: Outcome = Outcome.APPLIED) -> Decision[State]:
        """The decision."""
        return Decision(state=self.state, events=self.events, outcome=outcome)

    def _outcome(self, kind: OutcomeKind, case: Case, version: int, why: str) -> Event:
        """The same for the report's source, in the version of the case event that it goes with.

        Every department may read it, so numbers in an officer's note are masked, a hand-up's note stays inside, and so
        do the words of the report that another one is linked with.
        """
        if kind in {OutcomeKind.OPENED, OutcomeKind.ASSIGNED}:
            said = f"{GIVEN[case.assignment.because]}，由{in_charge(case)}办理。"
        else:
            said = TOGETHER if kind is OutcomeKind.LINKED else masked(why)
        body = ReportOutcome(
            version=version,
            kind=kind,
            department=case.department,
            at=self.now,
            reference=case.reference,
            revision=case.revision,
            report_id=case.case_id,
            unit=case.assignment.unit,
            said=said,
        )
        return event(OUTCOMES, body, cause=self.cause)


def _raised(state: State, case: Case | None) -> Level:
    """The level at which people or a deadline have put the case."""
    if case is None or case.assignment.because not in PLACED:
        return state.raised
    return case.assignment.unit.level
