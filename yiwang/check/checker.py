"""The checker: a fold over all records, documents and histories of a run, and the verdict on it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from services.chassis.ports import Document, Intent, Partition, Past
from services.chassis.values import Record
from yiwang.check.actions import Actions
from yiwang.check.cases import Cases
from yiwang.check.clocks import Clocks
from yiwang.check.documents import Documents
from yiwang.check.ends import Ends
from yiwang.check.hearing import Hearing
from yiwang.check.histories import Histories
from yiwang.check.inboxes import Inboxes
from yiwang.check.letters import Letters
from yiwang.check.log import Log
from yiwang.check.notices import Notices
from yiwang.check.relations import Relations
from yiwang.check.reports import Reports
from yiwang.check.rules import RULES, Harm
from yiwang.check.sends import Sends
from yiwang.check.values import End, Offence, Verdict


class Checker:
    """Evidence goes in, in this order: what was settled, where logs begin, records, documents, histories; then judge.

    It keeps compact indexes and no bodies. On a live system records may follow once more after the histories: they
    only tell which rows, read meanwhile, were published since.
    """

    def __init__(self, skew: timedelta = timedelta(0)) -> None:
        """Begin with nothing known; ``skew`` is how far the broker's and the database's clocks may lie apart."""
        self.log = Log(skew)
        self._letters = Letters(self.log)
        self._cases = Cases(self.log, self._letters)
        self._reports = Reports(self.log, self._letters, self._cases)
        self._ends = Ends(self.log, self._letters, self._reports, self._cases)
        self._actions = Actions(self.log, self._letters, self._cases)
        self._relations = Relations(self.log, self._letters, self._cases)
        self._clocks = Clocks(self.log, self._letters, self._cases)
        self._notices = Notices(self.log, self._letters)
        self._sends = Sends(self.log, self._notices)
        self._stored: Counter[str] = Counter()
        self._inboxes = Inboxes(self.log, self._letters, self._stored)
        self._documents = Documents(self.log, self._letters, self._reports, self._cases, self._clocks, self._notices)
        self._histories = Histories(self.log, self._notices, self._inboxes, self._documents, self._stored)
        self._hearing = Hearing(
            self.log,
            self._letters,
            self._reports,
            self._actions,
            self._cases,
            self._relations,
            self._clocks,
            self._notices,
        )

    def settle(self, service: str, offsets: Mapping[Partition, int]) -> None:
        """The group's committed offsets, sampled before any record is read."""
        self.log.settle(service, offsets)

    def begin(self, begins: Mapping[Partition, int]) -> None:
        """Where each log begins: 0, unless retention has cut it."""
        self.log.begin(begins)

    def hear(self, record: Record) -> None:
        """Every record of every topic, each partition in its order."""
        self._hearing.hear(record)

    def keep(self, service: str, document: Document) -> None:
        """Every stored document, read after the records."""
        self._close()
        for book in (self._inboxes, self._documents, self._histories):
            book.keep(service, document)

    def note(self, service: str, intent: Intent) -> None:
        """Every note of what a timer is about to send, read after the documents."""
        self._histories.note(service, list(intent.revs))

    def remember(self, service: str, subject: str, past: Past) -> None:
        """Every row of the histories, read after the documents."""
        self._close()
        self._histories.remember(service, subject, past)

    def whole(self, service: str) -> None:
        """All documents and the whole history of this service were given: what is not among them is missing."""
        self._inboxes.whole.add(service)
        self._histories.whole.add(service)

    def receive(self, channel: str, key: str) -> None:
        """What physically reached a person's channel."""
        self._sends.receive(channel, key)

    def ends(self) -> Iterator[tuple[str, End]]:
        """What each record that was sent has come to, by its position."""
        return ((self.log.where(ref), end) for ref, end in self._ends.all())

    def verdict(self) -> Verdict:
        """All that is wrong, and the figures."""
        self._close()
        found: dict[Harm, list[Offence]] = {harm: [] for harm in Harm}
        for offence in self._judged():
            found[RULES[offence.rule].harm].append(offence)
        lost, duplicated, unlawful = (tuple(found[harm]) for harm in Harm)
        return Verdict(lost, duplicated, unlawful, self._figures())

    def _close(self) -> None:
        self._hearing.close()
        self.log.close()

    def _judged(self) -> Iterator[Offence]:
        books: Sequence[Iterator[Offence]] = (
            self._hearing.judge(),
            self._reports.judge(),
            self._cases.judge(),
            self._actions.judge(),
            self._relations.judge(),
            self._clocks.judge(),
            self._notices.judge(),
            self._sends.judge(),
            self._letters.judge(),
            self._inboxes.judge(),
            self._documents.judge(),
            self._histories.judge(),
        )
        for book in books:
            yield from book

    def _figures(self) -> Mapping[str, int]:
        ends = Counter(end for _, end in self._ends.all())
        figures = {
            "records": self.log.records,
            "reports": sum(ends.values()) - ends[End.REVISION],
            "cases": ends[End.CASE],
            "revisions": ends[End.REVISION],
            "repeats": ends[End.REPEAT],
            "parked": ends[End.PARKED],
            "discarded": ends[End.DISCARDED],
            "letters": self._letters.count,
            "unreadable": sum(1 for _ in self._letters.refused),
            "pending": ends[End.PENDING],
            "reports_out_of_sight": ends[End.OUT_OF_SIGHT],
            "breaches": self._clocks.breaches,
            **self._notices.figures(),
            "resent": self._sends.resent,
            "redelivered": self._hearing.redelivered,
        }
        return figures | self._stored
