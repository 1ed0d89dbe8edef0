"""Decides what each located report, action and deadline makes of a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.case import AssignedBecause, Case, CaseAction, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.outcome import OutcomeKind
from contracts.report import ReportLocated
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.routing import moves, opening
from services.routing.state import ESCALATION, ROUTING, State
from services.routing.turn import Turn


def decide(state: State | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[State]:
    """What the input makes of the case; routing sets no timers and calls nobody, so only inputs count."""
    known = state or State()
    if not isinstance(given, Input):
        return _nothing(known)
    turn = Turn(known, given, context.now)
    match given.body:
        case ReportLocated() as located:
            return _located(turn, located)
        case CaseAction() as asked:
            return _acted(turn, asked)
        case DeadlineEvent(kind=DeadlineKind.SCHEDULED) as clock:
            return _scheduled(known, clock)
        case DeadlineEvent(kind=DeadlineKind.BREACHED) as clock:
            return _breached(turn, clock)
    return _nothing(known)


def _located(turn: Turn, located: ReportLocated) -> Decision[State]:
    case = turn.state.case
    if case is None:
        return _open(turn, located)
    corrects = located.report.revision > case.revision
    return _nothing(turn.state) if corrects else Decision(outcome=Outcome.STALE)


def _open(turn: Turn, located: ReportLocated) -> Decision[State]:
    case = opening.opened(located.report, located.location, turn.now)
    turn = turn.tell(CaseEventKind.OPENED, case, by=ROUTING, why=opening.reason(located.location, case))
    turn = turn.report(OutcomeKind.OPENED, case, f"已生成事项，由{moves.in_charge(case)}办理。")
    if case.status is Status.RESOLVED:
        turn = _tell(turn, CaseEventKind.RESOLVED, case, by=ROUTING, why=f"立报立结：{case.resolution}")
    return turn.end()


def _acted(turn: Turn, asked: CaseAction) -> Decision[State]:
    case = turn.state.case
    if case is None:
        return _refused(turn, asked, "该事项尚未生成，请稍后再操作")
    if hindrance := moves.refusal(case, asked):
        return _refused(turn, asked, hindrance)
    after, tells = moves.moved(case, asked, turn.now), moves.MOVES[case.status, asked.action].tells
    return _tell(turn, tells, after, by=asked.actor, why=moves.reason(case, after, asked), answers=turn.cause.id).end()


def _refused(turn: Turn, asked: CaseAction, why: str) -> Decision[State]:
    told = turn.tell(CaseEventKind.REFUSED, turn.state.case, by=asked.actor, why=why, answers=turn.cause.id)
    return told.end(Outcome.REFUSED)


def _scheduled(state: State, clock: DeadlineEvent) -> Decision[State]:
    case = state.case
    if case is None or clock.assignment != case.assignment.number:
        return _nothing(state)
    return Decision(state=state.model_copy(update={"case": case.model_copy(update={"due_at": clock.due_at})}))


def _breached(turn: Turn, clock: DeadlineEvent) -> Decision[State]:
    case = turn.state.case
    kind, after, why = _answer(case, clock, turn.now)
    return turn.tell(kind, after, by=ESCALATION, why=why, answers=turn.cause.id).end()


def _answer(case: Case | None, clock: DeadlineEvent, now: datetime) -> tuple[CaseEventKind, Case | None, str]:
    """Law 3: a breach is a request; it moves the case only while its own assignment is the current one."""
    number = f"第{clock.assignment}次指派"
    if case is None:
        return CaseEventKind.MOOT, None, "该事项尚未生成，不提级"
    if case.status is Status.RESOLVED:
        return CaseEventKind.MOOT, case, "事项已办结，不再提级"
    if clock.assignment != case.assignment.number:
        return CaseEventKind.MOOT, case, f"{number}已不是当前指派，不再提级"
    if case.above() is None:
        return CaseEventKind.KEPT, case, f"{number}已超期，{moves.in_charge(case)}为最高一级，继续办理并列入督办"
    after = moves.climbed(case, AssignedBecause.ESCALATED, now)
    return CaseEventKind.ASSIGNED, after, f"{number}已超期，提级至{moves.in_charge(after)}"


def _tell(turn: Turn, kind: CaseEventKind, case: Case, *, by: str, why: str, answers: UUID | None = None) -> Turn:
    """Tell of the case; the report's source hears of its end."""
    told = turn.tell(kind, case, by=by, why=why, answers=answers)
    return told.report(OutcomeKind.RESOLVED, case, why) if kind is CaseEventKind.RESOLVED else told


def _nothing(state: State) -> Decision[State]:
    # The state goes along so that an id heard of for the first time gets its document, and with it its inbox.
    return Decision(state=state, outcome=Outcome.NOTHING)
