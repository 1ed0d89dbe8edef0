"""The states of documents against the topics: none is older than what was told of it, or tells something else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from contracts.topics import CASES, DEADLINES, NOTICES, OUTCOMES
from services.chassis.ports import Document
from services.routing.sighting import is_cell
from yiwang.check.cases import Cases
from yiwang.check.clocks import Clocks
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Ref
from yiwang.check.notices import Notices
from yiwang.check.reports import Reports
from yiwang.check.rules import offence
from yiwang.check.states import IntakeSeen, LedgerSeen, NotificationSeen, RoutingSeen
from yiwang.check.values import Offence


@dataclass(slots=True)
class Documents:
    """The versions of all documents."""

    log: Log
    letters: Letters
    reports: Reports
    cases: Cases
    clocks: Clocks
    notices: Notices
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def keep(self, service: str, document: Document) -> None:
        """Take a document's state."""
        if document.state is None:
            return
        try:
            self._look(service, document.subject, document.state)
        except ValueError as fault:
            what = f"{service}'s document cannot be read: {str(fault).splitlines()[0]}"
            self._strange.append(offence("state-unreadable", document.subject, what))

    def version(self, service: str, subject: str) -> int | None:
        """The version of a document as it was read: 0 for one that counts none, None if there was none."""
        return self._versions.get((service, subject))

    def judge(self) -> Iterator[Offence]:
        """What is wrong with states."""
        return iter(self._strange)

    def _look(self, service: str, subject: str, text: str) -> None:
        match service:
            case "intake":
                version = IntakeSeen.model_validate_json(text).version
                self._compare(service, subject, version, self.reports.newest(UUID(subject).int), OUTCOMES.name)
            case "routing":
                self._routing(subject, RoutingSeen.model_validate_json(text))
            case "escalation":
                self._escalation(subject, LedgerSeen.model_validate_json(text))
            case "notification":
                self._notification(subject, NotificationSeen.model_validate_json(text))

    def _compare(self, service: str, subject: str, version: int, newest: int, topic: str) -> None:
        """A document that was read after the topic can be newer than it, never older."""
        self._versions[service, subject] = version
        if version < newest:
            what = f"{service}'s document is of version {version}; {topic} has version {newest}"
            self._strange.append(offence("state-behind", subject, what))

    def _routing(self, subject: str, state: RoutingSeen) -> None:
        """The case in the document, if it is none of a cell, is that of its newest event, but for its due time."""
        if is_cell(subject):
            return
        case, kept = UUID(subject).int, state.case
        self._compare("routing", subject, state.version, self.cases.newest(case), CASES.name)
        if self.cases.waiting is None:
            self.cases.waiting = set()
        self.cases.waiting.update(one.cause.int for one in (*state.breaches, *state.asks))
        if state.version > self.cases.newest(case):
            self.cases.ahead.add(case)
        told = self.cases.stand(case, state.version)
        if told is None or kept is None:
            return
        if (told.status, told.number, told.revision) != (kept.status, kept.assignment.number, kept.revision):
            what = f"routing's document has {kept.status.value}, its version {state.version} was {told.status.value}"
            self._strange.append(offence("state-differs", subject, what))

    def _escalation(self, subject: str, ledger: LedgerSeen) -> None:
        """Escalation's snapshot is no older than what it has settled."""
        case = UUID(subject).int
        self._compare("escalation", subject, ledger.version, self.clocks.newest(case), DEADLINES.name)
        newest = self.cases.newest_snapshot(case, self._heard)
        if ledger.case.version < newest:
            what = f"escalation has settled version {newest}, and knows version {ledger.case.version}"
            self._strange.append(offence("snapshot-behind", subject, what))

    def _notification(self, subject: str, state: NotificationSeen) -> None:
        if state.watch:
            newest = self.notices.newest(UUID(subject).int)
            self._compare("notification", subject, state.watch.version, newest, NOTICES.name)
        if self.notices.waiting is None:
            self.notices.waiting = set()
        if state.tray:
            self._versions["notification", subject] = 0
            self.notices.waiting.update(state.tray.waiting())

    def _heard(self, ref: Ref) -> bool:
        """Whether escalation has settled the record, and used it."""
        return self.log.settled("escalation", ref) and not self.letters.parked("escalation", ref)
