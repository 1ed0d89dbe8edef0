"""Decides what each located report, action, deadline and passing of time makes of a case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.case import Action, AssignedBecause, Case, CaseAction, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import timer_cause
from contracts.relation import CaseRelation, RelationKind
from contracts.report import ReportLocated
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.routing import corrections, moves, opening, relating, relations
from services.routing.refusals import refusal
from services.routing.ruling import reason, routed
from services.routing.sighting import is_cell, sighted, sightings
from services.routing.state import CLOSES_AFTER, ESCALATION, ROUTING, Breach, State, wake
from services.routing.table import Table
from services.routing.turn import Turn
from services.routing.waiting import resumed

EXPIRED: Final = "挂账期满，恢复办理"
UNOPPOSED: Final = f"办结满{CLOSES_AFTER.days}日，无异议，结案"

NEEDLESS: Final = frozenset(
    f"yiwang.deadline.{kind}.v1" for kind in (DeadlineKind.WARNED, DeadlineKind.PRESSING, DeadlineKind.OVERDUE)
)
"""What a clock says to people alone."""


def opens(located: ReportLocated) -> bool:
    """Whether it most likely makes its case: the first revision does, unless what came after overtook it."""
    return located.report.revision == 1


def decide(table: Table, state: State | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[State]:
    """What the input makes of the case; timers close what is resolved, resume what rests, and answer breaches."""
    known = state or State()
    if isinstance(given, Tick):
        return _ticked(known, given.at)
    if isinstance(given, Input) and isinstance(given.body, CaseRelation) and is_cell(given.subject):
        return sighted(table, known, given.body, given.id, context.now)
    if isinstance(given, Input):
        return _heard(table, Turn(known, UUID(given.subject), given.id, context.now), given.body)
    return _nothing(known)


def _heard(table: Table, turn: Turn, body: object) -> Decision[State]:
    match body:
        case ReportLocated() as located:
            return _located(table, turn, located)
        case CaseAction() as asked:
            return _acted(table, turn, asked)
        case CaseRelation() as said:
            return relating.hear(turn, said)
        case DeadlineEvent(kind=DeadlineKind.SCHEDULED | DeadlineKind.RESCHEDULED) as clock:
            return _scheduled(turn.state, clock)
        case DeadlineEvent(kind=DeadlineKind.BREACHED) as clock:
            return _breached(turn, clock)
    return _nothing(turn.state)


def _located(table: Table, turn: Turn, located: ReportLocated) -> Decision[State]:
    case = turn.state.case
    if case is None:
        return _open(table, turn, located)
    if located.report.revision <= case.revision:
        return Decision(outcome=Outcome.STALE)
    kind, after, why, how = corrections.change(table, case, located, turn.state.raised, turn.now)
    return _same(turn.tell(kind, after, by=ROUTING, why=why, routed=how), located).end()


def _open(table: Table, turn: Turn, located: ReportLocated) -> Decision[State]:
    how = routed(table, located, turn.now)
    case = opening.opened(located, how, turn.now)
    if case.status is Status.WITHDRAWN:
        why = corrections.why_withdrawn(located.report)
        return relating.answered(turn.tell(CaseEventKind.WITHDRAWN, case, by=ROUTING, why=why, routed=how)).end()
    why = reason(located.location.why, how, case.path, case.about)
    turn = turn.tell(CaseEventKind.OPENED, case, by=ROUTING, why=why, routed=how)
    if case.status is Status.RESOLVED:
        turn = turn.tell(CaseEventKind.RESOLVED, case, by=ROUTING, why=f"立报立结：{case.resolution}")
    return relating.answered(_same(sightings(table, turn, located), located)).end()


def _same(turn: Turn, located: ReportLocated) -> Turn:
    """Where the source says that the report is of the same as an earlier one, its case asks to follow that one's.

    Once: people may have undone it since, and most revisions say again what the first one said.
    """
    case, other = turn.state.case, located.report.same_as
    if case is None or other is None or other in {case.case_id, turn.state.same_as}:
        return turn
    if (case.status, Action.LINK) not in moves.MOVES or relations.barrier(case, Action.LINK):
        return turn
    turn = replace(turn, state=turn.state.model_copy(update={"same_as": other}))
    why = "来源注明与另一事项为同一事件，申请并案"
    asking = relations.asking(case, other, turn.now, ROUTING)
    told = turn.tell(CaseEventKind.RELATED, asking, by=ROUTING, why=why)
    return told.relate(relations.Word(RelationKind.ASKED, other, {"why": why, "waits": True}))


def _acted(table: Table, turn: Turn, asked: CaseAction) -> Decision[State]:
    case = turn.state.case
    if case is None:
        return _refused(turn, asked, "该事项尚未生成，请稍后再操作")
    if hindrance := refusal(case, asked, table.limits, turn.now):
        return _refused(turn, asked, hindrance, moves.lawful(case, asked.capacity, table.limits, turn.now))
    after, tells = moves.moved(case, asked, turn.now, table.limits), moves.tells(case, asked)
    why = moves.reason(case, after, asked)
    told = turn.tell(tells, after, by=asked.actor, why=why, answers=turn.cause, sender=asked.sender)
    return told.relate(*relations.words(case, asked, relations.split_off(case, asked, turn.now))).end()


def _refused(turn: Turn, asked: CaseAction, why: str, could: Sequence[Action] = ()) -> Decision[State]:
    told = turn.tell(
        CaseEventKind.REFUSED,
        turn.state.case,
        by=asked.actor,
        why=why,
        answers=turn.cause,
        sender=asked.sender,
        lawful=tuple(action.value for action in could),
    )
    return told.end(Outcome.REFUSED)


def _scheduled(state: State, clock: DeadlineEvent) -> Decision[State]:
    case = state.case
    if case is None or clock.assignment != case.assignment.number:
        return _nothing(state)
    if clock.version <= state.clocked:
        return Decision(state=state, outcome=Outcome.STALE)
    due = case.model_copy(update={"due_at": clock.due_at})
    return Decision(state=state.model_copy(update={"case": due, "clocked": clock.version}))


def _breached(turn: Turn, clock: DeadlineEvent) -> Decision[State]:
    known = clock.case.assignment
    breach = Breach(
        cause=turn.cause, at=turn.now, assignment=clock.assignment, extended=known.extended, pauses=known.pauses
    )
    if _answer(turn.state.case, breach)[0] is not CaseEventKind.ASSIGNED:
        return _answered(turn, breach).end()
    return Decision(state=turn.state.model_copy(update={"breaches": (*turn.state.breaches, breach)}))


def _answered(turn: Turn, breach: Breach) -> Turn:
    kind, after, why = _answer(turn.state.case, breach)
    turn = replace(turn, cause=breach.cause, now=breach.at)
    return turn.tell(kind, after, by=ESCALATION, why=why, answers=breach.cause)


def _answer(case: Case | None, breach: Breach) -> tuple[CaseEventKind, Case | None, str]:
    """Law 3: a breach is a request; it moves the case only while its own assignment is the current one."""
    number = f"第{breach.assignment}次指派"
    if case is None:
        return CaseEventKind.MOOT, None, "该事项尚未生成，不提级"
    if why := _overtaken(case, breach, number):
        return CaseEventKind.MOOT, case, why
    if case.above() is None:
        return CaseEventKind.KEPT, case, f"{number}已超期，{moves.in_charge(case)}为最高一级，继续办理并列入督办"
    after = moves.climbed(case, AssignedBecause.ESCALATED, breach.at)
    return CaseEventKind.ASSIGNED, after, f"{number}已超期，提级至{moves.in_charge(after)}"


def _overtaken(case: Case, breach: Breach, number: str) -> str | None:
    """Why the breach asks for nothing any more, in Chinese; None if it does."""
    if not case.status.open:
        return f"事项{case.status.zh}，不再提级"
    if case.status is Status.SUSPENDED:
        return f"事项{case.status.zh}，暂不提级"
    if breach.assignment != case.assignment.number:
        return f"{number}已不是当前指派，不再提级"
    if (breach.extended, breach.pauses) != (case.assignment.extended, case.assignment.pauses):
        return f"{number}的时限已调整，不提级"
    return None


def _ticked(state: State, at: datetime) -> Decision[State]:
    case = state.case
    if case is None:
        return _asked_in_vain(state, at)
    turn = Turn(state.model_copy(update={"breaches": ()}), case.case_id, case.case_id, at)
    for breach in state.breaches:
        turn = _answered(turn, breach)
    due, case = wake(turn.state), turn.state.case
    if case and due and due <= at:
        turn = _by_itself(turn, case, at)
    return turn.end() if turn.events else _nothing(state)


def _asked_in_vain(state: State, at: datetime) -> Decision[State]:
    """Nobody has opened the case that others have asked to follow, and their time is over."""
    due = wake(state)
    if due is None or due > at:
        return _nothing(state)
    case_id = UUID(state.asks[0].said.to)
    return relating.answered(Turn(state, case_id, case_id, at)).end()


def _by_itself(turn: Turn, case: Case, at: datetime) -> Turn:
    """What a case whose time has come does without anybody: it goes on after its rest, or closes."""
    if case.status is Status.SUSPENDED:
        kind, after, why, n = CaseEventKind.RESUMED, resumed(case, at), EXPIRED, len(case.assignment.pauses)
    else:
        kind, after, why, n = CaseEventKind.CLOSED, case.model_copy(update={"status": Status.CLOSED}), UNOPPOSED, 1
    cause = timer_cause(str(case.case_id), case.assignment.number, kind, n)
    return replace(turn, cause=cause, now=at).tell(kind, after, by=ROUTING, why=why)


def _nothing(state: State) -> Decision[State]:
    # The state goes along so that an id heard of for the first time gets its document, and with it its inbox.
    return Decision(state=state, outcome=Outcome.NOTHING)
