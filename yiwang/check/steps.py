"""One case's events as the steps of a walk, each with the cause from which its id must follow."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from contracts.case import CaseEventKind
from contracts.identity import event_id, report_cause, timer_cause
from contracts.topics import LOCATED, NORMALISED
from yiwang.check.glances import AssignmentSeen, CaseEventSeen
from yiwang.check.log import Moment, Name, moment
from yiwang.check.moves import Stand

(NORMALISED_TYPE,) = NORMALISED.types
(LOCATED_TYPE,) = LOCATED.types


class Step(NamedTuple):
    """One event of a case."""

    name: Name
    cause: Name
    kind: CaseEventKind
    at: Moment
    stand: Stand | None
    """How the case stands after it; None while no report has opened it."""
    timed: bool = False
    """Whether a timer of routing's brought it about."""


class CaseSeen:
    """The events of a case by version, and what its source was told in each version."""

    __slots__ = ("newest", "opening", "place", "steps", "told")

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.steps: dict[int, Step] = {}
        self.told: dict[int, Name] = {}
        self.newest = 0
        self.opening: int | None = None
        self.place: tuple[str, int] | None = None


def _rests_until(assignment: AssignmentSeen) -> Moment | None:
    """When the newest pause is over by itself."""
    if not assignment.pauses:
        return None
    last = assignment.pauses[-1]
    return moment(last.since + timedelta(minutes=last.minutes))


def step_of(name: Name, said: CaseEventSeen) -> Step:
    """The event as a step of its case."""
    snapshot = said.case
    stand = None
    if snapshot:
        unit, because = snapshot.assignment.unit, snapshot.assignment.because
        stand = Stand(
            snapshot.status, snapshot.assignment.number, unit.level, because, snapshot.revision,
            moment(snapshot.assignment.assigned_at), moment(snapshot.resolved_at) if snapshot.resolved_at else None,
            _rests_until(snapshot.assignment), snapshot.parent is not None,
        )  # fmt: skip
    return Step(name, _cause(said).int, said.kind, moment(said.at), stand, _timed(said))


def _timed(said: CaseEventSeen) -> bool:
    return said.answers is None and said.kind in {CaseEventKind.CLOSED, CaseEventKind.RESUMED}


def _cause(said: CaseEventSeen) -> UUID:
    """What brought the event about, as law 9 has it: the action or breach that it answers, a timer, or a revision."""
    if said.answers:
        return said.answers
    if said.case is None:
        return said.case_id
    if _timed(said):
        given = said.case.assignment
        n = len(given.pauses) if said.kind is CaseEventKind.RESUMED else 1
        return timer_cause(str(said.case_id), given.number, said.kind.value, n)
    report = report_cause(said.case.department, said.case.reference, said.case.revision)
    return event_id(event_id(report, NORMALISED_TYPE), LOCATED_TYPE)
