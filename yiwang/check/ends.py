"""The end of each record that a department sent: exactly one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.topics import CASES, LOCATED, NORMALISED, OUTCOMES
from services.intake.reading import DEPARTMENT_OF
from yiwang.check.cases import Cases
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Ref
from yiwang.check.reports import Reports
from yiwang.check.revision import Revision
from yiwang.check.values import End

ON_ITS_WAY: Final = (NORMALISED.name, LOCATED.name, CASES.name)
"""The topics in which a report goes from its record to its case."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known of revisions, letters and cases, read as ends."""

    log: Log
    letters: Letters
    reports: Reports
    cases: Cases

    def all(self) -> Iterator[tuple[Ref, End]]:
        """What each record that was sent has come to; a replay stands for the record that it brings again."""
        for ref in self.letters.refused:
            if self.log.topic(ref) in DEPARTMENT_OF and not self.letters.gone(ref):
                yield ref, self._parked(ref)
        for one in self.reports.known():
            yield from ((ref, self._parked(ref)) for ref in one.sent if self.letters.parked("intake", ref))
            taken = [ref for ref in one.sent if self.letters.taken("intake", ref)]
            first = self._first(one, taken)
            yield from ((ref, self._end(one, ref) if ref == first else self._again(one, ref)) for ref in taken)

    def _parked(self, ref: Ref) -> End:
        if self.letters.parked("intake", ref):
            return End.DISCARDED if self.letters.discarded("intake", ref) else End.PARKED
        return End.LOST if self.log.settled("intake", ref) else End.PENDING

    def _first(self, one: Revision, taken: list[Ref]) -> Ref | None:
        """The record by which the revision became known: of several the one whose time it was received at."""
        if not one.received:
            return None
        timed = (ref for ref in taken if self.log.time(ref) == one.received_at)
        return next(timed, next(iter(taken), None))

    def _end(self, one: Revision, ref: Ref) -> End:
        opening = self.cases.opening(one.report)
        if opening is not None:
            return End.CASE if opening == one.number else End.REVISION
        return self._on_its_way(one, ref)

    def _on_its_way(self, one: Revision, sent: Ref) -> End:
        """The end of a revision of which there is no case: parked between services, not there yet, or lost."""
        for service, name in (("gis", one.normalised), ("routing", one.located)):
            ref = None if name is None else self.log.find(name)
            if ref is not None and self.letters.parked(service, ref):
                return End.PARKED
        name = one.located or one.normalised
        ref = None if name is None else self.log.find(name)
        reader = "routing" if one.located else "gis" if one.normalised else "intake"
        last = sent if ref is None else ref
        if not all(self.log.whole(topic, self.log.time(last)) for topic in ON_ITS_WAY):
            return End.OUT_OF_SIGHT
        return End.LOST if self.log.settled(reader, last) else End.PENDING

    def _again(self, one: Revision, ref: Ref) -> End:
        if one.repeats:
            return End.REPEAT
        if not self.log.whole(OUTCOMES.name, self.log.time(ref)):
            return End.OUT_OF_SIGHT
        return End.LOST if self.log.settled("intake", ref) else End.PENDING
