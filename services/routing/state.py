"""A case's document: what is kept of it, by which fields it is found, and when it closes or goes on by itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from contracts.case import Case, Extension, Pause, Status
from contracts.relation import CaseRelation
from contracts.territory import Level
from contracts.wire import Value
from services.chassis.pages import LAST, place
from services.routing.nearby import Cell
from services.routing.waiting import resumes_at

ROUTING: Final = "routing"
ESCALATION: Final = "escalation"
"""Who a case's events are by where no person acted."""
CLOSES_AFTER: Final = timedelta(days=7)
"""How long after it was resolved a case closes, if nobody objects."""

PATIENCE: Final = timedelta(minutes=10)
"""How long a source's word that its report is of the same waits for the other report's case."""

BY_UNIT: Final = (("unit", 1), ("status", 1), ("turn", 1))
BY_LEVEL: Final = (("level", 1), ("status", 1), ("turn", 1))
BY_STATUS: Final = (("status", 1), ("turn", 1))
"""For lists of the whole banner, such as what is overdue in it: four levels at once are four ranges to be merged."""


class Breach(Value):
    """What escalation asked for by the event ``cause``, appended ``at``, knowing these extensions and pauses."""

    cause: UUID
    at: AwareDatetime
    assignment: int
    extended: tuple[Extension, ...] = ()
    pauses: tuple[Pause, ...] = ()


class Ask(Value):
    """What another case asked by the word ``cause``, appended ``at``, before this one was opened."""

    cause: UUID
    at: AwareDatetime
    said: CaseRelation


class State(Value):
    """The newest version and the case; ``case`` is None while only actions or deadlines have named its id.

    Or one cell of the map, whose document has neither.

    ``raised`` is the level at which people or a deadline have put it, below which no correction takes it;
    ``clocked`` the newest version of escalation's ledger by which it is due when it is. ``breaches`` would move the
    case, and wait until all is read that was sent before them: a tick comes no sooner (law 2). ``asks`` wait for the
    case to be opened, ``PATIENCE`` at the most. ``same_as`` is what its source has said to be of the same: it is asked
    to follow that once, however often it is said.
    """

    version: int = 0
    case: Case | None = None
    raised: Level = Level.GRID
    clocked: int = 0
    cell: Cell | None = None
    breaches: tuple[Breach, ...] = ()
    asks: tuple[Ask, ...] = ()
    same_as: UUID | None = None


def wake(state: State) -> datetime | None:
    """When the case closes or is resumed by itself, if it is resolved or suspended; at once if a breach waits, and at
    the end of patience if somebody asks for a case that is not there.
    """
    case = state.case
    if state.breaches:
        return state.breaches[0].at
    if state.asks:
        return state.asks[0].at + PATIENCE
    if case and (resumes := resumes_at(case)):
        return resumes
    if case is None or case.status is not Status.RESOLVED or case.resolved_at is None:
        return None
    return case.resolved_at + CLOSES_AFTER


def soon(state: State) -> bool:
    """Whether more is likely to come within seconds: the time an open case is due, or one more case to a cell."""
    return state.cell is not None or (state.case is not None and state.case.status.open and state.case.due_at is None)


def facets(state: State) -> Mapping[str, str | datetime]:
    """The fields that queries use; none while no report has opened the case."""
    case = state.case
    if case is None:
        return {}
    found: dict[str, str | datetime] = {
        "unit": case.assignment.unit.code,
        "level": case.assignment.unit.level.value,
        "status": case.status.value,
        "turn": turn(case),
        "opened_at": case.opened_at,
    }
    return found | ({"due_at": case.due_at} if case.due_at else {})


def turn(case: Case) -> str:
    """The case's place in the one order of lists: by due time, then by id; cases without one are the last."""
    return place(case.due_at or LAST, case.case_id)
