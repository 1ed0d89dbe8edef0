"""Small complete values for tests: each builder gives a lawful one, and takes by name what a test cares about."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from contracts.case import Action, AssignedBecause, Assignment, Case, CaseAction, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import name_id, report_id
from contracts.order import TermsOrder
from contracts.report import Location, LocationMethod, LocationOutcome, Report, ReportLocated
from contracts.territory import BANNER, SHANGHAI, Level, Path, UnitRef
from contracts.topics import ACTIONS, CASES, DEADLINES, LOCATED, NORMALISED, ORDERS, RELATIONS
from contracts.wire import Topic
from services.chassis.values import Context, Decision, Input, Record

MORNING = datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TOWN = UnitRef(code="150623103", name="昂素镇", level=Level.TOWN)
VILLAGE = UnitRef(code="150623103200", name="昂素嘎查", level=Level.VILLAGE)
GRID = UnitRef(code="150623103200001", name="昂素嘎查第1网格", level=Level.GRID)
OTHER_GRID = UnitRef(code="150623103200002", name="昂素嘎查第2网格", level=Level.GRID)
PATH: Path = (BANNER, TOWN, VILLAGE, GRID)
OTHER_PATH: Path = (BANNER, TOWN, VILLAGE, OTHER_GRID)

DEPARTMENT, REFERENCE = "water", "2026-0001"
CASE_ID = report_id(DEPARTMENT, REFERENCE)
OFFICER = "1001"

B = TypeVar("B", bound=BaseModel)
_TOPICS: dict[str, Topic] = {
    topic.model.__name__: topic for topic in (ACTIONS, CASES, DEADLINES, LOCATED, NORMALISED, ORDERS, RELATIONS)
}


def report(reference: str = REFERENCE, department: str = DEPARTMENT, **fields: object) -> Report:
    """Revision 1 of a report from the water department, in the morning."""
    usual = {
        "report_id": report_id(department, reference),
        "department": department,
        "reference": reference,
        "revision": 1,
        "occurred_at": MORNING - HOUR,
        "received_at": MORNING,
        "text": "牧区机井损坏，无法取水。",
    }
    return Report.model_validate(usual | fields)


PLACES: Mapping[LocationOutcome, tuple[LocationMethod, Path, tuple[Path, ...]]] = {
    LocationOutcome.LOCATED:     (LocationMethod.POINT, PATH,        ()),
    LocationOutcome.TWO_FIT:     (LocationMethod.POINT, PATH[:-1],   (PATH, OTHER_PATH)),
    LocationOutcome.NOT_LOCATED: (LocationMethod.NONE,  (BANNER,),   ()),
    LocationOutcome.OUTSIDE:     (LocationMethod.POINT, (BANNER,),   ()),
}  # fmt: skip


def location(outcome: LocationOutcome = LocationOutcome.LOCATED, **fields: object) -> Location:
    """Where gis put a report: in the grid of ``PATH``, unless told otherwise."""
    method, path, candidates = PLACES[outcome]
    usual = {
        "outcome": outcome,
        "method": method,
        "path": path,
        "candidates": candidates,
        "boundary_version": "2026.1",
        "why": "坐标落在网格内",
    }
    return Location.model_validate(usual | fields)


def located(of: Report | None = None, at: Location | None = None) -> ReportLocated:
    """A report with its location."""
    of = of or report()
    return ReportLocated(version=of.revision, report=of, location=at or location())


def assignment(number: int = 1, unit: UnitRef = GRID, **fields: object) -> Assignment:
    """The ``number``-th assignment, made in the morning."""
    because = AssignedBecause.OPENED if number == 1 else AssignedBecause.HANDED_UP
    usual = {"number": number, "unit": unit, "assigned_at": MORNING, "because": because}
    return Assignment.model_validate(usual | fields)


def case(version: int = 1, status: Status = Status.ASSIGNED, **fields: object) -> Case:
    """A case in its grid, at its first assignment."""
    usual = {
        "case_id": CASE_ID,
        "version": version,
        "status": status,
        "path": PATH,
        "assignment": assignment(),
        "department": DEPARTMENT,
        "reference": REFERENCE,
        "revision": 1,
        "summary": "牧区机井损坏，无法取水。",
        "located": LocationOutcome.LOCATED,
        "occurred_at": MORNING - HOUR,
        "opened_at": MORNING,
    }
    return Case.model_validate(usual | fields)


def case_event(of: Case | None = None, kind: CaseEventKind = CaseEventKind.OPENED, **fields: object) -> CaseEvent:
    """Routing's event with this snapshot; its version is the snapshot's."""
    of = of or case()
    usual = {"version": of.version, "case_id": of.case_id, "kind": kind, "at": MORNING, "by": "routing", "why": "测试"}
    return CaseEvent.model_validate(usual | {"case": of} | fields)


def action(what: Action = Action.ACCEPT, **fields: object) -> CaseAction:
    """An officer's action on the case, from the app."""
    usual = {"case_id": CASE_ID, "action": what, "sender": "app", "action_id": f"{what.value}-1", "actor": OFFICER}
    return CaseAction.model_validate(usual | fields)


def deadline(kind: DeadlineKind = DeadlineKind.BREACHED, number: int = 1, **fields: object) -> DeadlineEvent:
    """Escalation's event about the clock of the ``number``-th assignment, due at the end of the day."""
    usual = {
        "version": 1,
        "case_id": CASE_ID,
        "kind": kind,
        "assignment": number,
        "at": MORNING,
        "started_at": MORNING,
        "warn_at": MORNING + 12 * HOUR,
        "due_at": MORNING + 15 * HOUR,
        "case": case(),
    }
    return DeadlineEvent.model_validate(usual | fields)


def order(table: str, number: int = 1, **fields: object) -> TermsOrder:
    """An official's order to put the clock of the ``number``-th assignment under this version of the table."""
    usual = {
        "case_id": CASE_ID,
        "assignment": number,
        "application": name_id("one decision"),
        "table": table,
        "by": "900017",
        "why": "旗综治中心会议决定",
        "at": MORNING,
    }
    return TermsOrder.model_validate(usual | fields)


def record(
    body: BaseModel | bytes | None,
    topic: Topic = LOCATED,
    *,
    time: datetime = MORNING,
    partition: int = 0,
    offset: int = 0,
    key: bytes | None = None,
    headers: tuple[tuple[str, bytes | None], ...] = (),
) -> Record:
    """The body as the broker gives it, appended in the morning."""
    value = body.model_dump_json(exclude_none=True).encode() if isinstance(body, BaseModel) else body
    return Record(
        topic=topic.name, partition=partition, offset=offset, key=key, value=value, headers=headers, time=time
    )


_INPUTS: Iterator[int] = count(1)


def arrived(
    body: B, at: datetime = MORNING, *, cause: UUID | None = None, subject: object = CASE_ID, topic: Topic | None = None
) -> Input[B]:
    """The body as an input that was appended at this time; an action's id is its cause, others count on."""
    own = body.cause if isinstance(body, CaseAction | TermsOrder) else name_id(f"input/{next(_INPUTS)}")
    topic = topic or _TOPICS[type(body).__name__]
    return Input(id=cause or own, subject=str(subject), body=body, record=record(body, topic, time=at))


def context(at: datetime = MORNING, **free: int) -> Context:
    """What a decision knows at this time."""
    return Context(now=at, free=free)


def kinds(decision: Decision[Any]) -> list[str]:
    """The types of the events of a decision, in order, without prefix and version: ``case.opened``."""
    return [event.body.type.removeprefix("yiwang.").removesuffix(".v1") for event in decision.events]
