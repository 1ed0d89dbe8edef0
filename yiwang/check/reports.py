"""From the record that a department sent to the located report: one end for each, nothing without its cause."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.identity import event_id, report_cause
from contracts.outcome import OutcomeKind
from contracts.topics import LOCATED, NORMALISED, OUTCOMES, SUBMITTED
from yiwang.check.cases import Cases
from yiwang.check.glances import OutcomeSeen, ReportEventSeen
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref, moment, shown
from yiwang.check.revision import Revision
from yiwang.check.rules import offence
from yiwang.check.values import Offence

(TAKEN,) = NORMALISED.types
(FOUND,) = LOCATED.types
RECEIVED: Final = "yiwang.report.received.v1"
REFUSED: Final = "yiwang.report.parked.v1"
REPEATED: Final = "yiwang.report.repeat.v1"


@dataclass(slots=True)
class Reports:
    """All revisions by their causes."""

    log: Log
    letters: Letters
    cases: Cases
    _known: dict[Name, Revision] = field(default_factory=dict)
    _versions: dict[Name, int] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def send(self, ref: Ref, department: str, reference: str, revision: int, digest: str) -> None:
        """Take a record that a department sent."""
        one = self._revision(department, reference, revision)
        one.sent.append(ref)
        if not one.digests or digest not in one.digests:
            one.digests.append(digest)

    def tell(self, ref: Ref, name: Name, said: OutcomeSeen) -> None:
        """Take what intake told of a record."""
        one = self._revision(said.department, said.reference or "", said.revision or 0)
        one.told = ref
        self._count(ref, said, one)
        if said.kind is OutcomeKind.RECEIVED:
            one.received += 1
            one.received_at = moment(said.at)
            self._identify(ref, name, event_id(one.cause, RECEIVED), one)
        elif said.kind is OutcomeKind.REPEAT:
            one.repeats += 1
            self._identify(ref, name, event_id(one.cause, REPEATED, "repeat"), one)
        else:
            one.conflicts.append((ref, name))

    def hear(self, ref: Ref, name: Name, said: ReportEventSeen) -> None:
        """Take what intake made of a revision, or where gis has found it."""
        report = said.report
        one = self._revision(report.department, report.reference, report.revision)
        normalised = event_id(one.cause, TAKEN)
        if self.log.topic(ref) == NORMALISED.name:
            one.normalised = name
            self._identify(ref, name, normalised, one)
        else:
            one.located = name
            self._identify(ref, name, event_id(normalised, FOUND), one)
        if report.report_id != one.report:
            what = f"{self.log.where(ref)} has the report's id as {report.report_id}; it follows as {one.report}"
            self._strange.append(offence("event-identity", one, what))

    def newest(self, report: Name) -> int:
        """The newest version of intake's document that was told of."""
        return self._versions.get(report, 1).bit_length() - 1

    def _count(self, ref: Ref, said: OutcomeSeen, one: Revision) -> None:
        """Note the version as a bit, so that a report takes one number."""
        report, bit = one.report.int, 1 << said.version
        versions = self._versions.get(report, 1)
        if versions & bit:
            what = f"{self.log.where(ref)} has version {said.version} of intake's document once more"
            self._strange.append(offence("version-twice", one, what))
        self._versions[report] = versions | bit

    def _identify(self, ref: Ref, name: Name, expected: UUID, one: Revision) -> None:
        if name != expected.int:
            what = f"{self.log.where(ref)} has id {UUID(int=name)}; from its cause follows {expected}"
            self._strange.append(offence("event-identity", one, what))

    def _revision(self, department: str, reference: str, number: int) -> Revision:
        cause = report_cause(department, reference, number).int
        known = self._known.get(cause)
        if known is None:
            known = self._known[cause] = Revision(department, reference, number)
        return known

    def known(self) -> Iterator[Revision]:
        """All revisions."""
        return iter(self._known.values())

    def judge(self) -> Iterator[Offence]:
        """Everything that is missing, doubled or from nowhere."""
        yield from self._strange
        yield from self._complete()
        for one in self._known.values():
            taken = [ref for ref in one.sent if self.letters.taken("intake", ref)]
            settled = [ref for ref in taken if self.log.settled("intake", ref)]
            yield from self._told(one, taken, settled)
            yield from self._passed_on(one, settled)
            if one.conflicts and self._sends_in_sight(one):
                yield from self._contradicted(one)

    def _complete(self) -> Iterator[Offence]:
        if not self.log.whole(OUTCOMES.name):
            return
        for report, versions in self._versions.items():
            if versions & (versions + 1):
                missing = [n for n in range(versions.bit_length()) if not versions >> n & 1]
                what = f"versions {missing} of intake's document were told to nobody"
                yield offence("version-gap", UUID(int=report), what)

    def _told(self, one: Revision, taken: list[Ref], settled: list[Ref]) -> Iterator[Offence]:
        said = f"told {one.received} times as received, {one.repeats} times as a repeat"
        places = ", ".join(map(self.log.where, taken))
        sight = one.department in SUBMITTED and self.log.whole(SUBMITTED[one.department].name)
        untold = settled and self.log.whole(OUTCOMES.name, min(map(self.log.time, settled)))
        if one.received > 1:
            yield offence("received-twice", one, f"sent as {places}, and {said}")
        elif sight and self._old(one) and one.received + one.repeats > len(taken):
            yield offence("told-uncaused", one, f"sent {len(taken)} times ({places}), and {said}")
        if untold and not one.received and not one.repeats:
            for ref in settled:
                yield offence("outcome-missing", one, f"{self.log.where(ref)} is settled, and came to no end")
        elif untold and one.received and not one.repeats and len(settled) > 1:
            yield offence("repeat-untold", one, f"sent as {places}, and {said}")
        if len(one.digests) > 1 and len(taken) == len(one.sent) == len(settled):
            yield offence("conflict-taken", one, f"sent as {places} with different contents, and none was parked")
        if one.received_at is not None and taken and sight:
            yield from self._timed(one, taken)

    def _timed(self, one: Revision, taken: list[Ref]) -> Iterator[Offence]:
        at = one.received_at
        if at is not None and at not in {self.log.time(ref) for ref in taken}:
            what = f"received at {shown(at)}, when none of its records was appended"
            yield offence("wrong-time", one, what)

    def _contradicted(self, one: Revision) -> Iterator[Offence]:
        """A source is told of each other content of a revision, under an id that follows from it."""
        causes = {event_id(one.cause, REFUSED, f"conflict/{digest}").int for digest in one.digests}
        for ref, name in one.conflicts:
            if name not in causes and not self.log.late(ref):
                what = f"{self.log.where(ref)} tells of a conflict with a content that was never sent"
                yield offence("event-identity", one, what)

    def _passed_on(self, one: Revision, settled: list[Ref]) -> Iterator[Offence]:
        if one.received and one.normalised is None and settled and self._sees(NORMALISED.name, settled[0]):
            yield offence("normalised-missing", one, f"{self.log.where(settled[0])} was received and not passed on")
        yield from self._located(one)
        located = None if one.located is None else self.log.find(one.located)
        if located is None or not self.log.settled("routing", located) or self.letters.parked("routing", located):
            return
        yield from self.cases.heard_of(one.report, one.number, one.located or 0, located)

    def _located(self, one: Revision) -> Iterator[Offence]:
        ref = None if one.normalised is None else self.log.find(one.normalised)
        settled = ref is not None and self.log.settled("gis", ref) and not self.letters.parked("gis", ref)
        if ref is not None and settled and one.located is None and self._sees(LOCATED.name, ref):
            yield offence("located-missing", one, f"{self.log.where(ref)} is settled, and was not located")
        if one.normalised is not None and not one.sent and self._sends_in_sight(one):
            yield offence("event-uncaused", one, "it was normalised, and never sent")
        known = one.normalised is not None or one.located is None or self.log.new(one.located)
        if not known and self.log.whole(NORMALISED.name):
            yield offence("event-uncaused", one, "it was located, and never normalised")

    def _sends_in_sight(self, one: Revision) -> bool:
        topic = SUBMITTED.get(one.department)
        return topic is not None and self.log.whole(topic.name) and not self.log.new(one.normalised or 0)

    def _old(self, one: Revision) -> bool:
        """Whether what was told of it was told before the documents were read, so that its records are heard."""
        return one.told is None or not self.log.late(one.told)

    def _sees(self, topic: str, cause: Ref) -> bool:
        return self.log.whole(topic, self.log.time(cause))
