"""Examples of cases: what people ask, what routing answers, and what the clocks say."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel

from contracts.case import Action, AssignedBecause, Assignment, Case, CaseAction, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.examples.scene import (
    CATEGORY,
    DEPARTMENT,
    GRID,
    MEMBER,
    OCCURRED,
    OPENED,
    PATH,
    REFERENCE,
    REPAIRED,
    REPORT_ID,
    TEXT,
    TITLE,
    VILLAGE,
)
from contracts.identity import timer_cause
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER, UnitRef

MIDNIGHT = OCCURRED.replace(hour=0, minute=0) + timedelta(days=1)


def _action(action: Action, number: int, note: str | None = None) -> CaseAction:
    return CaseAction(
        case_id=REPORT_ID,
        action=action,
        sender="app",
        action_id=f"{MEMBER}-{number:04}",
        actor=MEMBER,
        assignment=1,
        note=note,
    )


HAND_UP = _action(Action.HAND_UP, 2, "水泵须由嘎查统一采购")

ACTIONS: Mapping[str, BaseModel] = {
    "accept": _action(Action.ACCEPT, 1),
    "hand-up": HAND_UP,
    "resolve": _action(Action.RESOLVE, 3, REPAIRED),
}


def _case(status: Status, version: int, assignment: Assignment, resolution: str | None = None) -> Case:
    days = {GRID: MIDNIGHT - OPENED, VILLAGE: timedelta(days=3), BANNER: timedelta(days=7)}
    return Case(
        case_id=REPORT_ID,
        version=version,
        status=status,
        path=PATH,
        assignment=assignment,
        department=DEPARTMENT,
        reference=REFERENCE,
        revision=1,
        summary=TEXT,
        title=TITLE,
        category=CATEGORY,
        urgency=Urgency.URGENT,
        located=LocationOutcome.LOCATED,
        occurred_at=OCCURRED,
        opened_at=OPENED,
        due_at=None if resolution else assignment.assigned_at + days[assignment.unit],
        resolution=resolution,
    )


def _assignment(number: int, unit: UnitRef, because: AssignedBecause, days: int) -> Assignment:
    return Assignment(number=number, unit=unit, assigned_at=OPENED + timedelta(days=days), because=because)


FIRST = _assignment(1, GRID, AssignedBecause.OPENED, 0)
NEW = _case(Status.ASSIGNED, 1, FIRST)
AT_VILLAGE = _case(Status.ASSIGNED, 3, _assignment(2, VILLAGE, AssignedBecause.HANDED_UP, 0))
AT_BANNER = _case(Status.ASSIGNED, 5, _assignment(4, BANNER, AssignedBecause.ESCALATED, 8))
DONE = _case(Status.RESOLVED, 3, FIRST, REPAIRED)


def _event(kind: CaseEventKind, case: Case, by: str, why: str, answers: UUID | None = None) -> CaseEvent:
    at = case.assignment.assigned_at
    return CaseEvent(
        version=case.version, case_id=REPORT_ID, kind=kind, at=at, by=by, why=why, case=case, answers=answers
    )


def _breach(assignment: int) -> UUID:
    return timer_cause(str(REPORT_ID), assignment, DeadlineKind.BREACHED, 1)


_ROUTING, _ESCALATION = "services/routing", "services/escalation"

CASES: Mapping[str, BaseModel] = {
    "opened": _event(CaseEventKind.OPENED, NEW, _ROUTING, "新事项"),
    "assigned": _event(CaseEventKind.ASSIGNED, AT_VILLAGE, MEMBER, "水泵须由嘎查统一采购"),
    "accepted": _event(CaseEventKind.ACCEPTED, _case(Status.ACCEPTED, 2, FIRST), MEMBER, "已签收"),
    "resolved": _event(CaseEventKind.RESOLVED, DONE, MEMBER, REPAIRED),
    "refused": _event(CaseEventKind.REFUSED, DONE, MEMBER, "事项已办结，不能再上报", HAND_UP.cause),
    "moot": _event(CaseEventKind.MOOT, AT_VILLAGE, _ESCALATION, "该次指派已经结束", _breach(1)),
    "kept": _event(CaseEventKind.KEPT, AT_BANNER, _ESCALATION, "已在旗级，没有上级", _breach(4)),
}


def _deadline(kind: DeadlineKind, version: int, case: Case, of_allowed: float, n: int = 1) -> DeadlineEvent:
    start, due = case.assignment.assigned_at, case.due_at
    if due is None:
        message = "a resolved case has no clock"
        raise ValueError(message)
    return DeadlineEvent(
        version=version,
        case_id=REPORT_ID,
        kind=kind,
        assignment=case.assignment.number,
        n=n,
        at=start + of_allowed * (due - start),
        started_at=start,
        warn_at=start + 0.8 * (due - start),
        due_at=due,
        case=case,
    )


DEADLINES: Mapping[str, BaseModel] = {
    "scheduled": _deadline(DeadlineKind.SCHEDULED, 1, NEW, 0),
    "warned": _deadline(DeadlineKind.WARNED, 2, NEW, 0.8),
    "breached": _deadline(DeadlineKind.BREACHED, 3, NEW, 1),
    "overdue": _deadline(DeadlineKind.OVERDUE, 9, AT_BANNER, 8 / 7),
}
