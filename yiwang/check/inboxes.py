"""The inboxes of documents against the topics: what was settled stands in one, and nothing else does."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from services.chassis.ports import Document
from services.chassis.values import Outcome
from yiwang.check.letters import READERS, Letters
from yiwang.check.log import Log, Name, Ref
from yiwang.check.marks import INBOX, NEEDLESS
from yiwang.check.rules import offence
from yiwang.check.values import Offence


@dataclass(slots=True)
class Inboxes:
    """All entries, as marks on the records that they are of."""

    log: Log
    letters: Letters
    figures: Counter[str]
    whole: set[str] = field(default_factory=set)
    """The services whose documents were all read."""
    _unknown: list[tuple[str, str, UUID]] = field(default_factory=list)
    _strange: list[Offence] = field(default_factory=list)

    def keep(self, service: str, document: Document) -> None:
        """Take a document's inbox."""
        for name, outcome in document.inbox.items():
            ref = self.log.find(name.int)
            if ref is not None:
                self._applied(service, document.subject, ref, outcome)
            elif self._sees(service):
                self._unknown.append((service, document.subject, name))
            else:
                self.figures["out_of_sight"] += 1

    def comes(self, service: str, name: Name) -> bool:
        """Whether an input will be delivered again."""
        ref = self.log.find(name)
        return not self.log.settled(service, ref) if ref is not None else self._sees(service)

    def judge(self) -> Iterator[Offence]:
        """Entries that are wrong, from nowhere, or missing."""
        yield from self._strange
        for service, subject, entry in self._unknown:
            if self.log.find(entry.int) is None:
                what = f"{service}'s document has applied {entry}, which was never heard"
                yield offence("inbox-uncaused", subject, what)
        for name, ref in self.log.names():
            yield from self._missing(name, ref)

    def _applied(self, service: str, subject: str, ref: Ref, outcome: Outcome) -> None:
        where, parked = self.log.where(ref), self.letters.parked(service, ref)
        if self.log.mark(ref, INBOX[service]) & INBOX[service]:
            self._strange.append(offence("input-twice", subject, f"{service} has applied {where} to two documents"))
        if parked and outcome is not Outcome.PARKED:
            what = f"{where} was {outcome.name.lower()} by {service}, and parked too"
            self._strange.append(offence("parked-and-processed", subject, what))
        if outcome is Outcome.PARKED and not self.letters.kept(service, ref) and self.log.settled(service, ref):
            what = f"{where} was parked by {service}, and there is no dead letter"
            self._strange.append(offence("parked-missing", subject, what))

    def _missing(self, name: Name, ref: Ref) -> Iterator[Offence]:
        marks = self.log.marks(ref)
        for service in READERS[self.log.topic(ref)]:
            there = marks & (INBOX.get(service, 0) | NEEDLESS.get(service, 0))
            wanted = service in self.whole and self.log.settled(service, ref) and not there
            if wanted and not self.letters.kept(service, ref):
                what = f"{service} has settled {self.log.where(ref)}, and no document has it in its inbox"
                yield offence("inbox-missing", UUID(int=name), what)

    def _sees(self, service: str) -> bool:
        """Whether all that the service has read is in sight."""
        return all(self.log.whole(topic) for topic, readers in READERS.items() if service in readers)
