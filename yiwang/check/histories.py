"""Histories and outboxes against the topics: what was written was published, and what was published is remembered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.topics import ALERTS, CASES, DEADLINES, NORMALISED, NOTICES, OUTCOMES, RELATIONS, TOPICS
from contracts.wire import Message
from services.chassis.ports import Document, Past
from yiwang.check.documents import Documents
from yiwang.check.glances import AlertSeen
from yiwang.check.inboxes import Inboxes
from yiwang.check.log import Log, Moment, Name, Ref, known_as, moment
from yiwang.check.marks import INBOX, REMEMBERED, UNRECORDED
from yiwang.check.notices import Notices
from yiwang.check.rules import offence
from yiwang.check.values import Offence

TOLD: Final = frozenset(topic.name for topic in (NORMALISED, CASES, RELATIONS, DEADLINES, NOTICES, ALERTS, OUTCOMES))
"""The topics whose events stand in a history."""
WRITERS: Final = {
    topic.name: {name.removeprefix("services/") for name in topic.producers if name.startswith("services/")}
    for topic in TOPICS
}
"""The services that write to each topic."""


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
class Histories:
    """The rows as marks on the events that they are of, and what is unpublished yet."""

    log: Log
    notices: Notices
    inboxes: Inboxes
    documents: Documents
    figures: Counter[str]
    whole: set[str] = field(default_factory=set)
    """The services whose histories were all read."""
    _rows: list[Row] = field(default_factory=list)
    _outboxes: list[tuple[str, Document]] = field(default_factory=list)
    _unsent: set[Name] = field(default_factory=set)
    _noted: set[tuple[str, str]] = field(default_factory=set)
    _strange: list[Offence] = field(default_factory=list)

    def keep(self, service: str, document: Document) -> None:
        """Take a document's outbox."""
        if unheard := self._unheard(document):
            self._outboxes.append((service, document))
        for message in unheard:
            self._unsent.add(message.id.int)
            self.notices.outbox(message)

    def note(self, service: str, subjects: list[str]) -> None:
        """Take a note of documents whose outboxes a sweep will look at."""
        self._noted |= {(service, subject) for subject in subjects}

    def remember(self, service: str, subject: str, past: Past) -> None:
        """Take a row of a document's history."""
        ref = self.log.find(past.id.int)
        if ref is None:
            waits = past.topic == ALERTS.name and self._waits(AlertSeen.model_validate_json(past.value))
            row = Row(service, subject, past.id.int, past.topic, past.version, moment(past.at), waits)
            self._rows.append(row)
            return
        self.log.mark(ref, REMEMBERED)
        if past.topic != self.log.topic(ref) or not self.log.holds(ref, past.value.encode()):
            what = f"{service}'s history has {past.id} with other content than {self.log.where(ref)}"
            self._strange.append(offence("history-altered", subject, what))

    def judge(self) -> Iterator[Offence]:
        """Everything that was written and not published, or published and not remembered."""
        yield from self._strange
        for row in self._rows:
            yield from self._unpublished(row)
        for service, document in self._outboxes:
            yield from self._left(service, document)
        for name, ref in self.log.names():
            topic, marks = self.log.topic(ref), self.log.marks(ref)
            if topic in TOLD and not marks & (REMEMBERED | UNRECORDED) and self._expects(topic, ref):
                yield offence("history-missing", UUID(int=name), f"{self.log.where(ref)} stands in no history")

    def _unheard(self, document: Document) -> list[Message]:
        return [one for one in document.outbox if self.log.find(known_as(one.topic, one.id)) is None]

    def _waits(self, alert: AlertSeen) -> bool:
        """Whether the trays, as they were read, still had this alert or did not have it yet: it ended after that."""
        told = (alert.alert_id.int, alert.recipient, alert.channel)
        notice = self.notices.notice(told)
        taken = notice is not None and self.log.marks(notice) & INBOX["notification"]
        return not taken or told in (self.notices.waiting or ())

    def _unpublished(self, row: Row) -> Iterator[Offence]:
        """Whatever a later write has followed was published before it; so what is in no outbox must be in its topic."""
        ref, version = self.log.find(row.name), self.documents.version(row.service, row.subject)
        if ref is not None:
            self.log.mark(ref, REMEMBERED)
        elif not self.log.whole(row.topic, row.at):
            self.figures["out_of_sight"] += 1
        elif version is None or row.waits or row.name in self._unsent or self._newer(row, version):
            self.figures["unsent"] += 1
        else:
            what = f"{row.service}'s history has {UUID(int=row.name)} of {row.topic}, which was never published"
            yield offence("history-unpublished", row.subject, what)

    def _newer(self, row: Row, version: int) -> bool:
        """Whether the row was written after its document was read; an alert's version tells nothing of that."""
        return row.topic != ALERTS.name and row.version > version

    def _left(self, service: str, document: Document) -> Iterator[Offence]:
        """What is in an outbox and in no topic must come back: by an unsettled input, or by a note for the sweep."""
        missing = self._unheard(document)
        seen = [message for message in missing if self.log.whole(message.topic, moment(message.time))]
        self.figures["out_of_sight"] += len(missing) - len(seen)
        noted = (service, document.subject) in self._noted
        if seen and (noted or any(self.inboxes.comes(service, name.int) for name in document.inbox)):
            self.figures["unsent"] += 1
        elif seen:
            told = ", ".join(f"{message.type} {message.id}" for message in seen)
            what = f"{service} has written and never published {told}"
            yield offence("outbox-unpublished", document.subject, what)

    def _expects(self, topic: str, ref: Ref) -> bool:
        """Whether the histories of all who write to the topic were read, and this event before them."""
        return WRITERS[topic] <= self.whole and not self.log.late(ref)
