"""Examples of cases: what people ask, what routing answers, and what the clocks say."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from contracts.case import Action, AssignedBecause, Assignment, Case, CaseAction, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.examples.scene import (
    ACCEPTED,
    ACTED,
    CATEGORY,
    DEPARTMENT,
    GRID,
    MEMBER,
    MIDNIGHT,
    OCCURRED,
    PATH,
    PLACE,
    RECEIVED,
    REFERENCE,
    REPAIRED,
    REPORT_ID,
    TEXT,
    TITLE,
    VILLAGE,
    led_to,
)
from contracts.identity import timer_cause
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER

DAY = timedelta(days=1)


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


ACCEPT = _action(Action.ACCEPT, 1)
HAND_UP = _action(Action.HAND_UP, 2, "水泵须由嘎查统一采购")
RESOLVE = _action(Action.RESOLVE, 3, REPAIRED)

ACTIONS: Mapping[str, BaseModel] = {"accept": ACCEPT, "hand-up": HAND_UP, "resolve": RESOLVE}

FIRST = Assignment(number=1, unit=GRID, assigned_at=RECEIVED, because=AssignedBecause.OPENED)
NEW = Case(
    case_id=REPORT_ID,
    version=1,
    status=Status.ASSIGNED,
    path=PATH,
    assignment=FIRST,
    department=DEPARTMENT,
    reference=REFERENCE,
    revision=1,
    summary=TEXT,
    title=TITLE,
    category=CATEGORY,
    urgency=Urgency.URGENT,
    located=LocationOutcome.LOCATED,
    occurred_at=OCCURRED,
    opened_at=RECEIVED,
    place_name=PLACE,
)


def _then(before: Case, version: int, **changes: object) -> Case:
    return before.model_copy(update={"version": version} | changes)


# A new assignment has no due time until escalation's clock has started: "scheduled" tells it.
TAKEN = _then(NEW, 2, status=Status.ACCEPTED, due_at=MIDNIGHT)
DONE = _then(TAKEN, 3, status=Status.RESOLVED, resolution=REPAIRED)
SECOND = Assignment(number=2, unit=VILLAGE, assigned_at=ACTED, because=AssignedBecause.HANDED_UP)
AT_VILLAGE = _then(NEW, 3, assignment=SECOND)
FOURTH = Assignment(number=4, unit=BANNER, assigned_at=MIDNIGHT + 8 * DAY, because=AssignedBecause.ESCALATED)
AT_BANNER = _then(NEW, 5, assignment=FOURTH, due_at=MIDNIGHT + 15 * DAY)


def _breach(assignment: int) -> UUID:
    cause = timer_cause(str(REPORT_ID), assignment, DeadlineKind.BREACHED, 1)
    return led_to(cause, "yiwang.deadline.breached.v1")


def _event(kind: CaseEventKind, case: Case, at: datetime, by: str, why: str, answers: UUID | None = None) -> CaseEvent:
    return CaseEvent(
        version=case.version, case_id=REPORT_ID, kind=kind, at=at, by=by, why=why, case=case, answers=answers
    )


def _acted(kind: CaseEventKind, case: Case, at: datetime, why: str, asked: CaseAction) -> CaseEvent:
    return _event(kind, case, at, MEMBER, why, asked.cause)


def _breached(kind: CaseEventKind, case: Case, at: datetime, why: str, assignment: int) -> CaseEvent:
    return _event(kind, case, at, "escalation", why, _breach(assignment))


_WHY = "坐标位于昂素镇昂素嘎查第3网格，交该网格办理"
_UP = "已由昂素镇昂素嘎查第3网格上报至昂素镇昂素嘎查：水泵须由嘎查统一采购"
_SOLVED = f"已由昂素镇昂素嘎查第3网格办结：{REPAIRED}"
_LATE = ACTED + timedelta(minutes=5)

CASES: Mapping[str, BaseModel] = {
    "opened": _event(CaseEventKind.OPENED, NEW, RECEIVED, "routing", _WHY),
    "accepted": _acted(CaseEventKind.ACCEPTED, TAKEN, ACCEPTED, "已由昂素镇昂素嘎查第3网格签收", ACCEPT),
    "assigned": _acted(CaseEventKind.ASSIGNED, AT_VILLAGE, ACTED, _UP, HAND_UP),
    "resolved": _acted(CaseEventKind.RESOLVED, DONE, ACTED, _SOLVED, RESOLVE),
    "refused": _acted(CaseEventKind.REFUSED, _then(DONE, 4), _LATE, "事项已办结，不能上报，不再接受操作", HAND_UP),
    "moot": _breached(
        CaseEventKind.MOOT,
        _then(AT_VILLAGE, 4, due_at=ACTED + 3 * DAY),
        MIDNIGHT,
        "第1次指派已不是当前指派，不再提级",
        1,
    ),
    "kept": _breached(
        CaseEventKind.KEPT,
        AT_BANNER,
        MIDNIGHT + 15 * DAY,
        "第4次指派已超期，旗综治中心为最高一级，继续办理并列入督办",
        4,
    ),
}


def _deadline(kind: DeadlineKind, version: int, case: Case, at: datetime, due_at: datetime) -> DeadlineEvent:
    start = case.assignment.assigned_at
    return DeadlineEvent(
        version=version,
        case_id=REPORT_ID,
        kind=kind,
        assignment=case.assignment.number,
        at=at,
        started_at=start,
        warn_at=start + 0.8 * (due_at - start),
        due_at=due_at,
        case=case,
    )


_WARN = RECEIVED + 0.8 * (MIDNIGHT - RECEIVED)

DEADLINES: Mapping[str, BaseModel] = {
    "scheduled": _deadline(DeadlineKind.SCHEDULED, 1, NEW, RECEIVED, MIDNIGHT),
    "warned": _deadline(DeadlineKind.WARNED, 2, NEW, _WARN, MIDNIGHT),
    "breached": _deadline(DeadlineKind.BREACHED, 3, NEW, MIDNIGHT, MIDNIGHT),
    "overdue": _deadline(DeadlineKind.OVERDUE, 13, AT_BANNER, MIDNIGHT + 16 * DAY, MIDNIGHT + 15 * DAY),
}
