"""Documents and their history against the topics: what was told stands in both, what was settled stands in an inbox."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from contracts.topics import ALERTS, CASES, DEADLINES, NORMALISED, NOTICES, OUTCOMES, TOPICS
from services.chassis.ports import Document, Past
from services.chassis.values import Outcome
from yiwang.check.cases import Cases
from yiwang.check.clocks import Clocks
from yiwang.check.glances import AlertSeen
from yiwang.check.letters import READERS, Letters
from yiwang.check.log import Log, Moment, Name, Ref, known_as, moment
from yiwang.check.notices import Notices
from yiwang.check.reports import Reports
from yiwang.check.rules import offence
from yiwang.check.states import IntakeSeen, LedgerSeen, NotificationSeen, RoutingSeen
from yiwang.check.values import Offence

INBOX: Final = {"intake": 1, "routing": 2, "escalation": 4, "notification": 8}
"""The mark on a record that stands in the inbox of a service's document."""
REMEMBERED: Final = 16
"""The mark on an event that stands in a history."""
UNRECORDED: Final = 32
"""The mark on an event about nothing that has a document: it has no history."""
NEEDLESS: Final = {"escalation": 64, "notification": 128}
"""The mark on a record of which a service may make nothing at all, not even an entry in an inbox."""
TOLD: Final = frozenset(topic.name for topic in (NORMALISED, CASES, DEADLINES, NOTICES, ALERTS, OUTCOMES))
"""The topics whose events stand in a history."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a history whose event was not heard when the row was read."""

    service: str
    subject: str
    name: Name
    topic: str
    version: int
    at: Moment
    waits: bool
    """Whether it is of an alert that had not ended when the documents were read."""


@dataclass(slots=True)
class Stores:
    """The documents' inboxes, outboxes and versions, and their histories, while they are read."""

    log: Log
    letters: Letters
    reports: Reports
    cases: Cases
    clocks: Clocks
    notices: Notices
    figures: Counter[str] = field(default_factory=Counter)
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    _remembered: set[str] = field(default_factory=set)
    _unheard: list[Row] = field(default_factory=list)
    _outboxes: list[tuple[str, Document]] = field(default_factory=list)
    _unknown: list[tuple[str, str, UUID]] = field(default_factory=list)
    _noted: set[tuple[str, str]] = field(default_factory=set)
    _strange: list[Offence] = field(default_factory=list)

    def keep(self, service: str, document: Document) -> None:
        """Take a document."""
        self._kept.add(service)
        for name, outcome in document.inbox.items():
            self._settled(service, document.subject, name, outcome)
        unheard = [message for message in document.outbox if self.log.find(known_as(message.topic, message.id)) is None]
        if unheard:
            self._outboxes.append((service, document))
        for message in unheard:
            self.notices.outbox(message)
        self._read(service, document)

    def note(self, service: str, subjects: list[str]) -> None:
        """Take a note of documents whose outboxes a sweep will look at."""
        self._noted |= {(service, subject) for subject in subjects}

    def remember(self, service: str, subject: str, past: Past) -> None:
        """Take a row of a document's history."""
        self._remembered.add(service)
        ref = self.log.find(past.id.int)
        if ref is None:
            self._unheard.append(self._row(service, subject, past))
        else:
            self._compare(service, subject, past, ref)

    def judge(self) -> Iterator[Offence]:
        """Everything in which stores and topics differ."""
        yield from self._strange
        for row in self._unheard:
            yield from self._unpublished(row)
        for service, document in self._outboxes:
            yield from self._unsent(service, document)
        for service, subject, entry in self._unknown:
            if self.log.find(entry.int) is None:
                what = f"{service}'s document has applied {entry}, which was never heard"
                yield offence("inbox-uncaused", subject, what)
        for name, ref in self.log.names():
            yield from self._event(name, ref)

    def _settled(self, service: str, subject: str, name: UUID, outcome: Outcome) -> None:
        ref = self.log.find(name.int)
        if ref is None:
            if self._sees(service):
                self._unknown.append((service, subject, name))
            else:
                self.figures["out_of_sight"] += 1
            return
        if self.log.mark(ref, INBOX[service]) & INBOX[service]:
            what = f"{service} has applied {self.log.where(ref)} ({name}) to two documents"
            self._strange.append(offence("input-twice", subject, what))
        parked = self.letters.parked(service, ref)
        if parked and outcome is not Outcome.PARKED:
            what = f"{self.log.where(ref)} was {outcome.name.lower()} by {service}, and parked too"
            self._strange.append(offence("parked-and-processed", subject, what))
        if outcome is Outcome.PARKED and not parked and self.log.settled(service, ref):
            what = f"{self.log.where(ref)} was parked by {service}, and there is no dead letter"
            self._strange.append(offence("parked-missing", subject, what))

    def _read(self, service: str, document: Document) -> None:
        try:
            self._look(service, document)
        except (ValidationError, ValueError) as fault:
            what = f"{service}'s document cannot be read: {str(fault).splitlines()[0]}"
            self._strange.append(offence("state-unreadable", document.subject, what))

    def _look(self, service: str, document: Document) -> None:
        subject, text = document.subject, document.state
        if text is None:
            return
        if service == "intake":
            self._version(service, subject, IntakeSeen.model_validate_json(text).version, OUTCOMES.name)
        elif service == "routing":
            state = RoutingSeen.model_validate_json(text)
            self._version(service, subject, state.version, CASES.name)
            self._stands(subject, state)
        elif service == "escalation":
            ledger = LedgerSeen.model_validate_json(text)
            self._version(service, subject, ledger.version, DEADLINES.name)
            self._follows(subject, ledger)
        elif service == "notification":
            self._notified(subject, NotificationSeen.model_validate_json(text))

    def _stands(self, subject: str, state: RoutingSeen) -> None:
        """The case in the document is that of its newest event; only its due time may have come since."""
        told = self.cases.stand(UUID(subject).int, state.version)
        kept = state.case
        if (
            told
            and kept
            and (told.status, told.number, told.revision)
            != (
                kept.status,
                kept.assignment.number,
                kept.revision,
            )
        ):
            what = f"routing's document has the case as {kept.status.value}, version {state.version} as {told.status}"
            self._strange.append(offence("state-differs", subject, what))

    def _follows(self, subject: str, ledger: LedgerSeen) -> None:
        """Escalation's snapshot is no older than what it has settled."""
        newest = self.cases.newest_snapshot(UUID(subject).int, self._heard)
        if ledger.case.version < newest:
            what = f"escalation has settled version {newest}, and knows version {ledger.case.version}"
            self._strange.append(offence("snapshot-behind", subject, what))

    def _heard(self, ref: Ref) -> bool:
        """Whether escalation has settled the record, and used it."""
        return self.log.settled("escalation", ref) and not self.letters.parked("escalation", ref)

    def _notified(self, subject: str, state: NotificationSeen) -> None:
        if state.watch:
            self._version("notification", subject, state.watch.version, NOTICES.name)
        if self.notices.waiting is None:
            self.notices.waiting = set()
        if state.tray:
            self._versions["notification", subject] = 0
            self.notices.waiting.update(state.tray.waiting())

    def _version(self, service: str, subject: str, version: int, topic: str) -> None:
        """A document that was read after the topic can be newer than it, never older."""
        self._versions[service, subject] = version
        newest = self._newest(service, UUID(subject))
        if version < newest:
            what = f"{service}'s document is of version {version}; {topic} has version {newest}"
            self._strange.append(offence("state-behind", subject, what))

    def _newest(self, service: str, subject: UUID) -> int:
        books = {
            "intake": self.reports.newest,
            "routing": self.cases.newest,
            "escalation": self.clocks.newest,
            "notification": self.notices.newest,
        }
        return books[service](subject.int)

    def _row(self, service: str, subject: str, past: Past) -> Row:
        waits = past.topic == ALERTS.name and self._waits(AlertSeen.model_validate_json(past.value))
        return Row(service, subject, past.id.int, past.topic, past.version, moment(past.at), waits)

    def _waits(self, alert: AlertSeen) -> bool:
        """Whether the trays, as they were read, still had this alert or did not have it yet: it ended after that."""
        told = (alert.alert_id.int, alert.recipient, alert.channel)
        notice = self.notices.notice(told)
        taken = notice is not None and self.log.marks(notice) & INBOX["notification"]
        return not taken or told in (self.notices.waiting or ())

    def _compare(self, service: str, subject: str, past: Past, ref: Ref) -> None:
        self.log.mark(ref, REMEMBERED)
        if past.topic != self.log.topic(ref) or not self.log.holds(ref, past.value.encode()):
            what = f"{service}'s history has {past.id} with other content than {self.log.where(ref)}"
            self._strange.append(offence("history-altered", subject, what))

    def _unpublished(self, row: Row) -> Iterator[Offence]:
        ref = self.log.find(row.name)
        if ref is not None:
            self.log.mark(ref, REMEMBERED)
            return
        if not self.log.whole(row.topic, row.at):
            self.figures["out_of_sight"] += 1
            return
        document = self._versions.get((row.service, row.subject))
        newer = document is None or (row.topic != ALERTS.name and row.version > document)
        in_outbox = any(
            service == row.service and one.subject == row.subject and any(m.id.int == row.name for m in one.outbox)
            for service, one in self._outboxes
        )
        if newer or row.waits or in_outbox:
            self.figures["unsent"] += 1
            return
        what = f"{row.service}'s history has {UUID(int=row.name)} of {row.topic}, which was never published"
        yield offence("history-unpublished", row.subject, what)

    def _unsent(self, service: str, document: Document) -> Iterator[Offence]:
        """What is in an outbox and in no topic must come back: by an unsettled input, or by a note for the sweep."""
        missing = [message for message in document.outbox if self.log.find(known_as(message.topic, message.id)) is None]
        seen = [message for message in missing if self.log.whole(message.topic, moment(message.time))]
        self.figures["out_of_sight"] += len(missing) - len(seen)
        if not seen:
            return
        if (service, document.subject) in self._noted or any(self._comes(service, name.int) for name in document.inbox):
            self.figures["unsent"] += 1
            return
        told = ", ".join(f"{message.type} {message.id}" for message in seen)
        yield offence("outbox-unpublished", document.subject, f"{service} has written and never published {told}")

    def _comes(self, service: str, name: Name) -> bool:
        """Whether an input will be delivered again."""
        ref = self.log.find(name)
        return not self.log.settled(service, ref) if ref is not None else self._sees(service)

    def _sees(self, service: str) -> bool:
        """Whether all that the service has read is in sight."""
        return all(self.log.whole(topic) for topic, readers in READERS.items() if service in readers)

    def _event(self, name: Name, ref: Ref) -> Iterator[Offence]:
        topic, marks = self.log.topic(ref), self.log.marks(ref)
        told = topic in TOLD and not marks & UNRECORDED
        if told and not marks & REMEMBERED and self._expects(topic, ref):
            what = f"{self.log.where(ref)} stands in no history"
            yield offence("history-missing", UUID(int=name), what)
        for service in READERS[topic]:
            there = marks & (INBOX.get(service, 0) | NEEDLESS.get(service, 0))
            wanted = service in self._kept and self.log.settled(service, ref) and not there
            if wanted and not self.letters.parked(service, ref):
                what = f"{service} has settled {self.log.where(ref)}, and no document has it in its inbox"
                yield offence("inbox-missing", UUID(int=name), what)

    def _expects(self, topic: str, ref: Ref) -> bool:
        """Whether the histories of all who write to the topic were read, and this event before them."""
        return WRITERS[topic] <= self._remembered and not self.log.late(ref)


WRITERS: Final = {
    topic.name: {name.removeprefix("services/") for name in topic.producers if name.startswith("services/")}
    for topic in TOPICS
}
"""The services that write to each topic."""
