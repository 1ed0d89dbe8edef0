"""Tells the map's cells of a case that opens, and decides what a cell that was told of one makes of it."""

from datetime import datetime
from uuid import UUID

from contracts.relation import CaseRelation, RelationKind
from contracts.report import ReportLocated
from contracts.topics import RELATIONS
from contracts.wire import event
from services.chassis.values import Decision, Outcome
from services.routing import nearby, relations
from services.routing.nearby import Cell
from services.routing.state import State
from services.routing.table import Table
from services.routing.turn import Turn


def is_cell(subject: str) -> bool:
    """Whether a document is a cell's, not a case's."""
    return subject.startswith("cell/")


def sightings(table: Table, turn: Turn, located: ReportLocated) -> Turn:
    """The turn in which the cells around an open case hear of it; what was solved at once is nobody's duplicate."""
    case = turn.state.case
    if case is None or not case.status.open:
        return turn
    for place in nearby.places(table.near, located.report, case.summary, turn.now):
        turn = turn.relate(
            relations.Word(RelationKind.SIGHTED, place.cell, {"at": place.sighting, "group": place.group})
        )
    return turn


def sighted(table: Table, state: State, said: CaseRelation, cause: UUID, now: datetime) -> Decision[State]:
    """The cell with one case more; it tells that case what is like it there."""
    if said.kind is not RelationKind.SIGHTED or said.at is None:
        return Decision(state=state, outcome=Outcome.NOTHING)
    new = nearby.at(said.at, said.case_id, now)
    cell, similar = nearby.seen(table.near, said.group, state.cell or Cell(), new)
    to, version = str(said.case_id), cell.version
    body = CaseRelation(
        version=version,
        kind=RelationKind.NEARBY,
        case_id=said.case_id,
        to=to,
        cause=cause,
        why=f"提示表{table.near.version}",
        similar=similar,
    )
    events = (event(RELATIONS, body, cause=cause, discriminator=f"{to}/{version}"),) if similar else ()
    return Decision(state=state.model_copy(update={"cell": cell}), events=events)
