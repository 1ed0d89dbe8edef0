"""What the checker looks at in each body: the same contracts, without the fields that it compares with nothing."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts import topics
from contracts.alert import AlertKind
from contracts.case import AssignedBecause, CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.outcome import OutcomeKind
from contracts.relation import RelationKind
from contracts.territory import Level
from contracts.wire import Count, Value

FAR: Final = 100_000
"""No document comes to such a version; versions are remembered as bits."""


class ReportSeen(Value):
    """Of a report."""

    report_id: UUID
    department: str
    reference: str
    revision: int
    received_at: AwareDatetime


class ReportEventSeen(Value):
    """Of ``report.normalised`` and ``report.located``."""

    version: int
    report: ReportSeen


class OutcomeSeen(Value):
    """Of an outcome."""

    version: Annotated[int, Field(ge=0, le=FAR)]
    kind: OutcomeKind
    department: str
    at: AwareDatetime
    reference: str | None = None
    revision: int | None = None
    report_id: UUID | None = None
    record: str | None = None


class UnitSeen(Value):
    """Of a unit."""

    code: str
    level: Level


class PauseSeen(Value):
    """Of a pause."""

    since: AwareDatetime
    until: AwareDatetime | None = None
    minutes: int


class AssignmentSeen(Value):
    """Of an assignment."""

    number: int
    pauses: tuple[PauseSeen, ...] = ()
    unit: UnitSeen
    assigned_at: AwareDatetime
    because: AssignedBecause


class LinkSeen(Value):
    """Of the case that another one follows."""

    case_id: UUID


class RelatedSeen(Value):
    """Of another case."""

    case_id: UUID
    status: Status


class RulingSeen(Value):
    """Of what a row of the routing table decides."""

    rule: str
    unit: UnitSeen
    lead: str | None = None
    clock: str = ""
    cooperating: tuple[str, ...] = ()


class RoutedSeen(Value):
    """Of a decision of the routing table."""

    chosen: RulingSeen


class SnapshotSeen(Value):
    """Of a case as an event or a document has it."""

    case_id: UUID
    version: int
    status: Status
    assignment: AssignmentSeen
    department: str
    reference: str
    revision: int
    opened_at: AwareDatetime
    parent: UUID | None = None
    main: LinkSeen | None = None
    duplicates: tuple[RelatedSeen, ...] = ()
    parts: tuple[RelatedSeen, ...] = ()
    resolved_at: AwareDatetime | None = None
    lead: str | None = None
    clock: str = ""
    cooperating: tuple[str, ...] = ()


class CaseEventSeen(Value):
    """Of a case's event."""

    version: int
    case_id: UUID
    kind: CaseEventKind
    at: AwareDatetime
    case: SnapshotSeen | None = None
    answers: UUID | None = None
    routed: RoutedSeen | None = None


class RelationSeen(Value):
    """Of what one case tells another."""

    version: Count
    kind: RelationKind
    case_id: UUID
    to: str
    cause: UUID


class ActionSeen(Value):
    """Of what people ask to be done."""

    case_id: UUID
    sender: str
    action_id: str


class VersionSeen(Value):
    """Of a snapshot that is named only."""

    version: int


class OrderedSeen(Value):
    """Of an order by which a clock goes."""

    application: UUID
    at: AwareDatetime


class BasisSeen(Value):
    """Of why a clock is due when it is."""

    ordered: OrderedSeen | None = None


class DeadlineSeen(Value):
    """Of what a clock says."""

    version: int
    case_id: UUID
    kind: DeadlineKind
    assignment: int
    n: int = 1
    at: AwareDatetime
    started_at: AwareDatetime
    warn_at: AwareDatetime
    due_at: AwareDatetime
    press_at: AwareDatetime | None = None
    basis: BasisSeen | None = None
    case: VersionSeen


class NoticeSeen(Value):
    """Of a notice."""

    version: Count
    case_id: UUID
    event_id: UUID
    alert_id: UUID
    staff: str
    channels: tuple[str, ...]
    template: str
    not_before: AwareDatetime


class AlertSeen(Value):
    """Of the end of an alert."""

    alert_id: UUID
    kind: AlertKind
    case_id: UUID
    recipient: str
    channel: str
    digest: UUID | None = None


SEEN: Final[Mapping[str, type[Value]]] = {
    topics.NORMALISED.name: ReportEventSeen,
    topics.LOCATED.name: ReportEventSeen,
    topics.CASES.name: CaseEventSeen,
    topics.RELATIONS.name: RelationSeen,
    topics.DEADLINES.name: DeadlineSeen,
    topics.NOTICES.name: NoticeSeen,
    topics.ALERTS.name: AlertSeen,
    topics.OUTCOMES.name: OutcomeSeen,
}
"""By topic; an internal record that does not fit is one that its consumers must have parked."""
