"""Reads each record as far as the checker looks at it, knows copies, and hands each event to its book once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from contracts.case import CaseAction, CaseEventKind
from contracts.deadletter import DeadLetter, Disposition, Replay
from contracts.identity import name_id
from contracts.order import TermsOrder
from contracts.outcome import OutcomeKind
from contracts.report import Submission
from contracts.topics import (
    ACTIONS,
    ALERTS,
    CASES,
    DEAD,
    DEADLINES,
    DISPOSITIONS,
    LOCATED,
    NORMALISED,
    NOTICES,
    ORDERS,
    OUTCOMES,
    RELATIONS,
    REPLAYS,
    TOPICS,
)  # fmt: skip
from contracts.wire import Value, text_headers
from services.chassis.letters import again
from services.chassis.readers import header_id
from services.chassis.values import Invalid, Record
from services.intake.reading import BOM, DEPARTMENT_OF, IDEMPOTENCY_HEADER
from services.intake.submitted import digest
from yiwang.check.actions import Actions
from yiwang.check.cases import Cases
from yiwang.check.clocks import Clocks
from yiwang.check.glances import (
    SEEN,
    AlertSeen,
    CaseEventSeen,
    DeadlineSeen,
    NoticeSeen,
    OutcomeSeen,
    RelationSeen,
    ReportEventSeen,
)
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref, known_as
from yiwang.check.marks import NEEDLESS, UNREAD, UNRECORDED
from yiwang.check.notices import Notices
from yiwang.check.relations import Relations
from yiwang.check.reports import Reports
from yiwang.check.rules import offence
from yiwang.check.values import Offence

DEAD_TOPICS: Final = frozenset(topic.name for topic in DEAD.values())
REPLAY_TOPICS: Final = frozenset(topic.name for topic in REPLAYS.values())
MODELS: Final = {topic.name: topic.model for topic in TOPICS}
SNAPSHOTS: Final = frozenset({CASES.name, DEADLINES.name})
"""The topics of which some reader needs only some types."""
INTAKE_TELLS: Final = frozenset({OutcomeKind.RECEIVED, OutcomeKind.REPEAT, OutcomeKind.PARKED})
KEYS: Final[Mapping[str, Callable[[Any], str]]] = {
    # topic               what its records are keyed by
    NORMALISED.name:      lambda said: str(said.report.report_id),
    LOCATED.name:         lambda said: str(said.report.report_id),
    CASES.name:           lambda said: str(said.case_id),
    RELATIONS.name:       lambda said: str(said.to),
    DEADLINES.name:       lambda said: str(said.case_id),
    NOTICES.name:         lambda said: str(said.staff),
    ALERTS.name:          lambda said: str(said.case_id),
    OUTCOMES.name:        lambda said: str(said.report_id or said.record),
}  # fmt: skip


@dataclass(slots=True)
class Hearing:
    """The door through which records come to the books."""

    log: Log
    letters: Letters
    reports: Reports
    actions: Actions
    cases: Cases
    relations: Relations
    clocks: Clocks
    notices: Notices
    redelivered: int = 0
    _replayed: list[tuple[Ref, Record]] = field(default_factory=list)
    _strange: list[Offence] = field(default_factory=list)

    def hear(self, record: Record) -> None:
        """Take a record; one that its readers cannot use must have been parked."""
        ref = self.log.take(record)
        if record.topic in SNAPSHOTS:
            self.log.mark(ref, unread(record))
        try:
            self._read(ref, record)
        except (Invalid, ValueError, RecursionError):
            self.letters.unreadable(ref)

    def judge(self) -> Iterator[Offence]:
        """What was wrong with records as such."""
        return iter(self._strange)

    def close(self) -> None:
        """All originals are known by now: a replay has its record's id only where the record itself has none."""
        for ref, record in self._replayed:
            try:
                self._renew(ref, record)
            except (Invalid, ValueError, RecursionError):
                continue
        self._replayed.clear()

    def _read(self, ref: Ref, record: Record) -> None:
        topic = record.topic
        if topic in DEPARTMENT_OF:
            self._sent(ref, record)
        elif topic == ACTIONS.name:
            self.actions.hear(ref, CaseAction.model_validate_json(record.value or b""))
        elif topic == ORDERS.name:
            self.log.first(TermsOrder.model_validate_json(record.value or b"").cause.int, ref)
        elif topic in REPLAY_TOPICS:
            self.letters.replay(ref, Replay.model_validate_json(record.value or b""))
            self._replayed.append((ref, again(record)))
        elif topic == DISPOSITIONS.name:
            self.letters.dispose(Disposition.model_validate_json(record.value or b""))
        else:
            self._event(ref, record)

    def _sent(self, ref: Ref, record: Record) -> None:
        """A report as intake knows it: by department, reference and revision, and by its content."""
        found = from_json((record.value or b"").removeprefix(BOM), allow_inf_nan=False)
        key = text_headers(record.headers).get(IDEMPOTENCY_HEADER)
        if key and isinstance(found, dict) and found.get("reference") is None:
            found = {**found, "reference": f"idempotency-key:{key}"}
        submission = Submission.model_validate(found)
        content = digest(submission)
        self.log.know(name_id(f"sent/{record.position}/{content}").int, ref)
        self.reports.send(ref, DEPARTMENT_OF[record.topic], submission.reference, submission.revision, content)

    def _renew(self, ref: Ref, record: Record) -> None:
        if record.topic in DEPARTMENT_OF:
            self._sent(ref, record)
        elif record.topic == ACTIONS.name:
            self.log.know(CaseAction.model_validate_json(record.value or b"").cause.int, ref)
        elif record.topic == ORDERS.name:
            self.log.know(TermsOrder.model_validate_json(record.value or b"").cause.int, ref)
        else:
            self.log.know(header_id(record, None).int, ref)
            if record.topic == CASES.name:
                self.log.mark(ref, needless(CaseEventSeen.model_validate_json(record.value or b"")))

    def _event(self, ref: Ref, record: Record) -> None:
        given = header_id(record, None)
        name = known_as(record.topic, given)
        if not _ours(record):
            MODELS[record.topic].model_validate_json(record.value or b"")
        model: type[Value] = DeadLetter if record.topic in DEAD_TOPICS else SEEN[record.topic]
        said: Any = model.model_validate_json(record.value or b"")
        if not self.log.first(name, ref):
            self._again(name, ref)
            return
        self._keyed(ref, record, said)
        self._hand(ref, given.int, said)

    def _again(self, name: Name, ref: Ref) -> None:
        self.redelivered += 1
        first = self.log.find(name)
        if first is not None and (self.log.topic(first), self.log.print(first)) != (
            self.log.topic(ref),
            self.log.print(ref),
        ):
            what = f"{self.log.where(ref)} has other content than {self.log.where(first)}"
            self._strange.append(offence("event-altered", UUID(int=name), what))

    def _keyed(self, ref: Ref, record: Record, said: Any) -> None:
        key = KEYS[record.topic](said) if record.topic in KEYS else str(said.id)
        if record.key != key.encode("utf-8", "surrogatepass"):
            what = f"{self.log.where(ref)} has the key {record.key!r}"
            self._strange.append(offence("wrong-key", key, what))

    def _hand(self, ref: Ref, name: Name, said: object) -> None:
        match said:
            case CaseEventSeen() | RelationSeen():
                self._of_cases(ref, name, said)
            case DeadlineSeen():
                self.clocks.hear(ref, name, said)
                self.notices.clock(name, said)
            case NoticeSeen():
                self.notices.hear(ref, name, said)
            case AlertSeen():
                self.notices.end(ref, name, said)
            case OutcomeSeen():
                self._told(ref, name, said)
            case ReportEventSeen():
                self.reports.hear(ref, name, said)
            case DeadLetter():
                self.letters.hear(ref, name, said)

    def _of_cases(self, ref: Ref, name: Name, said: CaseEventSeen | RelationSeen) -> None:
        if isinstance(said, RelationSeen):
            self.relations.hear(ref, name, said)
            return
        self.log.mark(ref, needless(said))
        self.cases.hear(ref, name, said)
        self.relations.look(said)

    def _told(self, ref: Ref, name: Name, said: OutcomeSeen) -> None:
        if said.kind not in INTAKE_TELLS:
            self.cases.tell(ref, name, said)
        elif said.report_id is None:
            self.log.mark(ref, UNRECORDED)
            self.letters.reject(name, str(said.record))
        else:
            self.reports.tell(ref, name, said)


def _ours(record: Record) -> bool:
    """Whether the record says that one of our services wrote it: what a stranger wrote is read in full."""
    return any(name == "ce_source" and raw and raw.startswith(b"yiwang/") for name, raw in record.headers)


def unread(record: Record) -> int:
    """Marks for the services that may settle the record unread, by the one type that its headers name."""
    types = [raw or b"" for name, raw in record.headers if name == "ce_type"]
    return UNREAD.get(types[0].decode(errors="replace"), 0) if len(types) == 1 else 0


def needless(said: CaseEventSeen) -> int:
    """Marks for the services that may make nothing at all of the event, so that no inbox has it.

    Escalation needs a case; notification no document before a clock runs, nor for what was over at once.
    """
    if said.case is None:
        return NEEDLESS["escalation"] | NEEDLESS["notification"]
    over = not said.case.status.open
    return NEEDLESS["notification"] if over or said.kind is CaseEventKind.OPENED else 0
