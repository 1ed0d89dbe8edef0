"""The events of each case: every version once and in order, lawful moves, each event from its cause."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.case import CaseEventKind
from contracts.identity import event_id
from contracts.outcome import OutcomeKind
from contracts.topics import ACTIONS, CASES, DEADLINES, LOCATED, OUTCOMES, RELATIONS
from services.routing.turn import HEARD
from yiwang.check.gaps import gaps
from yiwang.check.glances import CaseEventSeen, OutcomeSeen
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref, shown
from yiwang.check.moves import Stand, early, unlawful
from yiwang.check.rules import offence
from yiwang.check.rulings import otherwise
from yiwang.check.steps import CaseSeen, Step, step_of
from yiwang.check.values import Offence

CAUSES: Final = (LOCATED.name, ACTIONS.name, DEADLINES.name, RELATIONS.name)
"""The topics that routing reads."""
OPENING: Final = (CaseEventKind.OPENED, CaseEventKind.WITHDRAWN)


@dataclass(slots=True)
class Cases:
    """All cases by id."""

    log: Log
    letters: Letters
    waiting: set[Name] | None = None
    """Breaches, and what cases ask of others, that routing has settled and holds back; None while nobody has looked."""
    ahead: set[Name] = field(default_factory=set)
    """Cases of which routing had more to tell than was heard when its documents were looked at."""
    _known: dict[Name, CaseSeen] = field(default_factory=dict)
    _answers: dict[Name, int] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def hear(self, ref: Ref, name: Name, said: CaseEventSeen) -> None:
        """Take an event of routing, each once."""
        case = self._known.setdefault(said.case_id.int, CaseSeen())
        step = step_of(name, said)
        self._identify(ref, said, step)
        self._in_order(ref, said, case)
        if what := otherwise(said):
            self._strange.append(offence("ruled-otherwise", said.case_id, f"{self.log.where(ref)} {what}"))
        other = case.steps.setdefault(said.version, step)
        if other is not step:
            what = f"version {said.version} is event {UUID(int=other.name)} and event {UUID(int=name)}"
            self._strange.append(offence("version-twice", said.case_id, what))
        case.newest = max(case.newest, said.version)
        if step.stand and case.opening is None and said.kind in OPENING:
            case.opening = step.stand.revision
        self._answers[step.cause] = self._answers.get(step.cause, 0) + 1

    def tell(self, ref: Ref, name: Name, said: OutcomeSeen) -> None:
        """Take what routing told a case's source."""
        if said.report_id is None:
            return
        case = self._known.setdefault(said.report_id.int, CaseSeen())
        if case.told.setdefault(said.version, name) != name:
            what = f"{self.log.where(ref)} tells of version {said.version} once more"
            self._strange.append(offence("outcome-twice", said.report_id, what))

    def opening(self, case: UUID) -> int | None:
        """The revision that opened the case; None where none did."""
        known = self._known.get(case.int)
        return known.opening if known else None

    def newest(self, case: Name) -> int:
        """The newest version of the case that was heard of, be it as its source was told."""
        known = self._known.get(case)
        return max(known.newest, max(known.told, default=0)) if known else 0

    def event(self, case: Name, version: int) -> Name | None:
        """The id of the event with this version."""
        known = self._known.get(case)
        step = known.steps.get(version) if known else None
        return step.name if step else None

    def stand(self, case: Name, version: int) -> Stand | None:
        """How the case stands after the event with this version."""
        known = self._known.get(case)
        step = known.steps.get(version) if known else None
        return step.stand if step else None

    def newest_snapshot(self, case: Name, taken: Callable[[Ref], bool]) -> int:
        """The newest version with a snapshot whose record was taken."""
        steps = self._known[case].steps if case in self._known else {}
        refs = ((version, self.log.find(step.name)) for version, step in steps.items() if step.stand)
        return max((version for version, ref in refs if ref is not None and taken(ref)), default=0)

    def sees_causes(self) -> bool:
        """Whether all that routing reads is in sight."""
        return all(self.log.whole(topic) for topic in CAUSES)

    def answers(self, cause: Name) -> int:
        """How many events answer it."""
        return self._answers.get(cause, 0)

    @property
    def count(self) -> int:
        """How many cases have events."""
        return sum(bool(case.steps) for case in self._known.values())

    def known(self) -> Iterator[tuple[Name, Mapping[int, Step]]]:
        """All cases with their events."""
        return ((name, case.steps) for name, case in self._known.items())

    def heard_of(self, report: UUID, revision: int, cause: Name, ref: Ref) -> Iterator[Offence]:
        """Whether routing, which has settled this located revision, has made something of it."""
        if self.answers(cause) or not self.log.whole(CASES.name, self.log.time(ref)):
            return
        case = self._known.get(report.int)
        stands = [step.stand for step in case.steps.values() if step.stand] if case else []
        if not stands:
            yield offence("case-missing", report, f"{self.log.where(ref)} is settled, and there is no case")
        elif all(stand.revision < revision for stand in stands):
            what = f"{self.log.where(ref)}, revision {revision}, is settled, and the case knows no such revision"
            yield offence("revision-missing", report, what)

    def judge(self) -> Iterator[Offence]:
        """Everything that is missing, doubled or unlawful."""
        yield from self._strange
        for name, case in self._known.items():
            yield from self._complete(UUID(int=name), case)
            yield from self._walk(UUID(int=name), case)
            yield from self._outcomes(UUID(int=name), case)

    def _identify(self, ref: Ref, said: CaseEventSeen, step: Step) -> None:
        expected = event_id(UUID(int=step.cause), f"yiwang.case.{said.kind.value}.v1")
        if step.name != expected.int:
            what = f"{self.log.where(ref)}, {said.kind.value}, has id {UUID(int=step.name)}; expected {expected}"
            self._strange.append(offence("event-identity", said.case_id, what))
        if said.case and (said.case.version, said.case.case_id) != (said.version, said.case_id):
            what = f"{self.log.where(ref)}, version {said.version}, has the snapshot of version {said.case.version}"
            self._strange.append(offence("snapshot-wrong", said.case_id, what))

    def _in_order(self, ref: Ref, said: CaseEventSeen, case: CaseSeen) -> None:
        place = (self.log.topic(ref), self.log.partition(ref))
        if case.place not in (None, place):
            what = f"{self.log.where(ref)} is in another partition than the events before"
            self._strange.append(offence("order", said.case_id, what))
        if said.version < case.newest:
            what = f"{self.log.where(ref)}, version {said.version}, comes after version {case.newest}"
            self._strange.append(offence("order", said.case_id, what))
        case.place = place

    def _complete(self, name: UUID, case: CaseSeen) -> Iterator[Offence]:
        """Versions are counted from 1 without a gap; what lies before a log's beginning is out of sight."""
        first = 1 if self.log.whole(CASES.name) else min(case.steps, default=1)
        if missing := gaps(case.steps, first):
            yield offence("version-gap", name, f"versions {missing} of {case.newest} are missing")

    def _walk(self, name: UUID, case: CaseSeen) -> Iterator[Offence]:
        before: Stand | None = None
        told, ticked = 0, 0
        for version, step in sorted(case.steps.items()):
            follows = version == told + 1
            if follows and (why := unlawful(before, step.kind, step.stand)):
                yield offence("move-unlawful", name, f"version {version}, {step.kind.value}: {why}")
            if step.timed and early(step.kind, step.stand, step.at):
                yield offence("closed-early", name, f"version {version}, {step.kind.value}, is of {shown(step.at)}")
            yield from self._caused(name, version, step)
            if step.timed or self._moved_by_time(step):
                ticked = max(ticked, step.at)
            elif self.log.before(step.at, ticked) and not self._replayed(step):
                what = f"version {version} is of {shown(step.at)}, after a timer of {shown(ticked)}"
                yield offence("time-before-inputs", name, what)
            before, told = step.stand or before, version

    def _moved_by_time(self, step: Step) -> bool:
        """Whether a breach has given the case to another unit."""
        ref = self.log.find(step.cause)
        return step.kind is CaseEventKind.ASSIGNED and ref is not None and self.log.topic(ref) == DEADLINES.name

    def _replayed(self, step: Step) -> bool:
        """Whether routing had parked its cause: then it came later, at the time that it would have had at first."""
        ref = self.log.find(step.cause)
        return ref is not None and self.letters.kept("routing", ref)

    def _caused(self, name: UUID, version: int, step: Step) -> Iterator[Offence]:
        if step.timed:
            return
        times = self.log.times(step.cause)
        if not times and not self.log.new(step.name) and self.sees_causes():
            what = f"version {version}, {step.kind.value}, has no cause: {UUID(int=step.cause)} was never heard"
            yield offence("event-uncaused", name, what)
        elif times and step.at not in times:
            what = f"version {version} is of {shown(step.at)}; its cause was appended {shown(min(times))}"
            yield offence("wrong-time", name, what)

    def _outcomes(self, name: UUID, case: CaseSeen) -> Iterator[Offence]:
        """What concerns a case's source it was told, in the same version."""
        for version, step in case.steps.items():
            kind = HEARD.get(step.kind)
            told = case.told.get(version)
            if kind and step.stand and not step.stand.part:
                yield from self._told(name, case, version, step, kind)
            elif told is not None:
                yield offence("outcome-uncaused", name, f"its source was told of version {version}, {step.kind.value}")

    def _told(self, name: UUID, case: CaseSeen, version: int, step: Step, kind: OutcomeKind) -> Iterator[Offence]:
        told = case.told.get(version)
        expected = event_id(UUID(int=step.cause), f"yiwang.report.{kind.value}.v1")
        if told is None:
            if self._settled(step.cause) and self.log.whole(OUTCOMES.name, step.at):
                yield offence("outcome-untold", name, f"its source was not told of version {version}, {kind.value}")
        elif told != expected.int:
            what = f"its source was told of version {version} under {UUID(int=told)}; expected {expected}"
            yield offence("event-identity", name, what)

    def _settled(self, cause: Name) -> bool:
        ref = self.log.find(cause)
        return ref is not None and self.log.settled("routing", ref)
