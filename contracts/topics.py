"""The registry: one row for each topic; schemas, AsyncAPI, examples and the cluster's topics follow from it."""

from enum import StrEnum

from contracts.alert import AlertEvent, AlertKind
from contracts.case import CaseAction, CaseEvent, CaseEventKind
from contracts.deadletter import DeadLetter, Disposition, DispositionKind, Replay
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.departments import DEPARTMENTS, Department
from contracts.notice import Notice
from contracts.order import TermsOrder
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.relation import CaseRelation, RelationKind
from contracts.report import ReportLocated, ReportNormalised, Submission
from contracts.wire import KIB, MIB, Topic

INTAKE, GIS, ROUTING = "services/intake", "services/gis", "services/routing"
ESCALATION, NOTIFICATION = "services/escalation", "services/notification"
SERVICES = (INTAKE, GIS, ROUTING, ESCALATION, NOTIFICATION)


def _types(noun: str, kinds: type[StrEnum]) -> tuple[str, ...]:
    return tuple(f"yiwang.{noun}.{kind.value}.v1" for kind in kinds)


def _submitted(department: Department) -> Topic:
    return Topic(
        name=f"report.submitted.{department.code}.v1",
        about=f"Reports as {department.zh} writes them; headers are optional, a bare JSON body is enough.",
        model=Submission,
        types=("yiwang.report.submitted.v1",),
        producers=(f"departments/{department.code}", INTAKE),
        consumers=(INTAKE,),
        key="the source's reference; nothing relies on it",
        max_bytes=MIB + 64 * 1024,
    )


SUBMITTED = {department.code: _submitted(department) for department in DEPARTMENTS}

NORMALISED = Topic(
    name="report.normalised.v1",
    about="Reports with text, times and coordinates in one form, without the reporter's contact.",
    model=ReportNormalised,
    types=("yiwang.report.normalised.v1",),
    producers=(INTAKE,),
    consumers=(GIS,),
    key="report id",
)

LOCATED = Topic(
    name="report.located.v1",
    about="Reports with the units that they belong to, or why none was found.",
    model=ReportLocated,
    types=("yiwang.report.located.v1",),
    producers=(GIS,),
    consumers=(ROUTING,),
    key="report id",
)

ACTIONS = Topic(
    name="case.actions.v1",
    about="What people ask to be done with a case: accept, hand up or back, transfer, resolve, reopen and the like.",
    model=CaseAction,
    types=("yiwang.case.action.v1",),
    producers=("apps", ROUTING),
    consumers=(ROUTING,),
    key="case id",
)

CASES = Topic(
    name="case.events.v1",
    about="Everything that happened to a case, each event with the case as it stands after it.",
    model=CaseEvent,
    types=_types("case", CaseEventKind),
    producers=(ROUTING,),
    consumers=(ESCALATION, NOTIFICATION, "apps"),
    key="case id",
)

RELATIONS = Topic(
    name="case.relations.v1",
    about="What cases tell each other: duplicates that follow a main case, parts of a case, cases nearby.",
    model=CaseRelation,
    types=_types("relation", RelationKind),
    producers=(ROUTING,),
    consumers=(ROUTING,),
    key="the document that it is for: a case id, or a cell of the map",
)

DEADLINES = Topic(
    name="case.deadlines.v1",
    about="The clocks of assignments: scheduled, warned, breached, overdue.",
    model=DeadlineEvent,
    types=_types("deadline", DeadlineKind),
    producers=(ESCALATION,),
    consumers=(ROUTING, NOTIFICATION),
    key="case id",
)

ORDERS = Topic(
    name="deadline.orders.v1",
    about="What officials order of clocks that run already: to go by the table of terms in force. They do not expire.",
    model=TermsOrder,
    types=("yiwang.terms.ordered.v1",),
    producers=("ops",),
    consumers=(ESCALATION,),
    key="case id",
    retention=None,
    max_bytes=64 * KIB,
)

NOTICES = Topic(
    name="notification.notices.v1",
    about="What one person is to be told, before it is known when and together with what else.",
    model=Notice,
    types=("yiwang.notice.issued.v1",),
    producers=(NOTIFICATION,),
    consumers=(NOTIFICATION,),
    key="staff number",
)

ALERTS = Topic(
    name="notification.events.v1",
    about="What became of each alert to a person.",
    model=AlertEvent,
    types=_types("alert", AlertKind),
    producers=(NOTIFICATION,),
    consumers=("ops",),
    key="case id",
)

OUTCOMES = Topic(
    name="report.outcomes.v1",
    about="What became of each report, told to its source by its own reference.",
    model=ReportOutcome,
    types=_types("report", OutcomeKind),
    producers=(INTAKE, ROUTING),
    consumers=("departments",),
    key="report id",
)


def _dead(service: str) -> Topic:
    name = service.removeprefix("services/")
    return Topic(
        name=f"dead.{name}.v1",
        about=f"Records that {name} could not use, raw, with where and why; they do not expire.",
        model=DeadLetter,
        types=("yiwang.dead-letter.v1",),
        producers=(service,),
        consumers=("ops",),
        key="dead letter id",
        retention=None,
    )


def _replay(service: str) -> Topic:
    name = service.removeprefix("services/")
    return Topic(
        name=f"replay.{name}.v1",
        about=f"Records that {name} has parked, on their way back to it, as they were or mended.",
        model=Replay,
        types=("yiwang.replay.v1",),
        producers=("ops",),
        consumers=(service,),
        key="dead letter id; the partition is that of the parked record",
    )


DEAD = {service.removeprefix("services/"): _dead(service) for service in SERVICES}
REPLAYS = {service.removeprefix("services/"): _replay(service) for service in SERVICES}

DISPOSITIONS = Topic(
    name="dead.dispositions.v1",
    about="What people did about dead letters: revealed, edited, replayed, discarded; with who, when and why.",
    model=Disposition,
    types=_types("disposition", DispositionKind),
    producers=("ops",),
    consumers=("ops",),
    key="dead letter id",
    retention=None,
)

TOPICS = (
    *SUBMITTED.values(),
    NORMALISED,
    LOCATED,
    ACTIONS,
    CASES,
    RELATIONS,
    DEADLINES,
    ORDERS,
    NOTICES,
    ALERTS,
    OUTCOMES,
    *DEAD.values(),
    *REPLAYS.values(),
    DISPOSITIONS,
)


def written_by(service: str) -> tuple[Topic, ...]:
    """What a service writes to."""
    return tuple(topic for topic in TOPICS if f"services/{service}" in topic.producers)
