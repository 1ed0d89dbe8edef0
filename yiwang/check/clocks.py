"""The clocks of assignments: one for each, never early, asking until answered, silent once the assignment has ended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from contracts.case import Status
from contracts.deadline import DeadlineKind
from contracts.identity import event_id, order_cause, timer_cause
from contracts.topics import CASES, DEADLINES, ORDERS
from yiwang.check.cases import Cases
from yiwang.check.clock import Clock, Ledger
from yiwang.check.gaps import gaps
from yiwang.check.glances import DeadlineSeen
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Moment, Name, Ref, moment, shown
from yiwang.check.moves import Stand
from yiwang.check.rules import offence
from yiwang.check.steps import Step
from yiwang.check.values import Offence

GIVING: Final = frozenset({DeadlineKind.SCHEDULED, DeadlineKind.RESCHEDULED})
"""What says when a clock is due."""


@dataclass(slots=True)
class Clocks:
    """The clocks of all cases."""

    log: Log
    letters: Letters
    cases: Cases
    _known: dict[Name, Ledger] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def hear(self, ref: Ref, name: Name, said: DeadlineSeen) -> None:
        """Take what a clock says, each once."""
        ledger = self._known.setdefault(said.case_id.int, Ledger())
        clock = ledger.clocks.get(said.assignment)
        if clock is None:
            clock = ledger.clocks[said.assignment] = Clock(said)
        self._count(ref, name, said, ledger)
        self._compare(ref, said, clock)
        at = moment(said.at)
        if said.kind is DeadlineKind.SCHEDULED:
            self._start(ref, name, said, clock)
            if self.log.before(at, ledger.ticked):
                what = f"{self.log.where(ref)} starts a clock at {shown(at)}, after a timer of {shown(ledger.ticked)}"
                self._strange.append(offence("time-before-inputs", said.case_id, what))
            return
        self._ring(ref, name, said, clock)
        if said.kind is not DeadlineKind.RESCHEDULED or said.n not in clock.ordered:
            ledger.ticked = max(ledger.ticked, at)

    def newest(self, case: Name) -> int:
        """The newest version of the ledger that was heard."""
        known = self._known.get(case)
        return known.newest if known else 0

    @property
    def breaches(self) -> int:
        """How many assignments were breached."""
        return sum(bool(clock.breaches) for ledger in self._known.values() for clock in ledger.clocks.values())

    def judge(self) -> Iterator[Offence]:
        """Everything that is missing, doubled or unlawful."""
        yield from self._strange
        for case, ledger in self._known.items():
            yield from self._complete(UUID(int=case), ledger)
            for number, clock in ledger.clocks.items():
                yield from self._clock(UUID(int=case), number, clock)
        for case, steps in self.cases.known():
            yield from self._assignments(UUID(int=case), sorted(steps.items()))

    def _count(self, ref: Ref, name: Name, said: DeadlineSeen, ledger: Ledger) -> None:
        where = self.log.where(ref)
        if ledger.versions.setdefault(said.version, name) != name:
            other = UUID(int=ledger.versions[said.version])
            what = f"version {said.version} of its ledger is event {other} and event {UUID(int=name)} ({where})"
            self._strange.append(offence("version-twice", said.case_id, what))
        if said.version < ledger.newest:
            what = f"{where}, version {said.version} of its ledger, comes after version {ledger.newest}"
            self._strange.append(offence("order", said.case_id, what))
        ledger.newest = max(ledger.newest, said.version)

    def _compare(self, ref: Ref, said: DeadlineSeen, clock: Clock) -> None:
        """A clock never starts anew; when it is due is said by what schedules it, and by nothing else."""
        if moment(said.started_at) != clock.started_at:
            what = f"{self.log.where(ref)}: assignment {said.assignment} has started {said.started_at}, and before"
            self._strange.append(offence("clock-moved", said.case_id, f"{what} {shown(clock.started_at)}"))
        due = moment(said.due_at)
        if said.kind in GIVING:
            clock.dues.add(due)
        elif due not in clock.dues:
            clock.spoken.setdefault(due, ref)

    def _start(self, ref: Ref, name: Name, said: DeadlineSeen, clock: Clock) -> None:
        if clock.scheduled is not None:
            what = f"{self.log.where(ref)} starts the clock of assignment {said.assignment} once more"
            self._strange.append(offence("clock-twice", said.case_id, what))
        clock.scheduled, clock.scheduled_at, clock.snapshot = name, moment(said.at), said.case.version

    def _ring(self, ref: Ref, name: Name, said: DeadlineSeen, clock: Clock) -> None:
        cause = timer_cause(str(said.case_id), said.assignment, said.kind.value, said.n)
        expected = event_id(cause, f"yiwang.deadline.{said.kind.value}.v1")
        if name != expected.int:
            what = f"{self.log.where(ref)}, {said.kind.value} {said.n}, has id {UUID(int=name)}; expected {expected}"
            self._strange.append(offence("event-identity", said.case_id, what))
        at, due = moment(said.at), self._when(said)
        if said.kind is not DeadlineKind.RESCHEDULED and at < moment(due):
            what = f"{self.log.where(ref)} is {said.kind.value} at {said.at}, before {due}"
            self._strange.append(offence("clock-early", said.case_id, what))
        ordered = said.basis.ordered if said.basis else None
        if ordered and moment(ordered.at) == at:
            clock.ordered[said.n] = order_cause(ordered.application, said.case_id, said.assignment).int
        if self._take(name, said, clock, at):
            what = f"{self.log.where(ref)}: {said.kind.value} {said.n} of assignment {said.assignment} once more"
            self._strange.append(offence("clock-twice", said.case_id, what))

    def _when(self, said: DeadlineSeen) -> AwareDatetime:
        """From when on it may say so."""
        at = {DeadlineKind.WARNED: said.warn_at, DeadlineKind.PRESSING: said.press_at}.get(said.kind)
        return at or said.due_at

    def _take(self, name: Name, said: DeadlineSeen, clock: Clock, at: Moment) -> bool:
        """Note what it said; answers whether it had said so before."""
        if said.kind is DeadlineKind.BREACHED:
            return clock.breaches.setdefault(said.n, (name, at)) != (name, at)
        counted = clock.counted(said.kind)
        known = said.n in counted
        counted[said.n] = at
        return known

    def _complete(self, case: UUID, ledger: Ledger) -> Iterator[Offence]:
        first = 1 if self.log.whole(DEADLINES.name) else min(ledger.versions, default=1)
        if missing := gaps(ledger.versions, first):
            yield offence("version-gap", case, f"versions {missing} of {ledger.newest} of its ledger are missing")

    def _clock(self, case: UUID, number: int, clock: Clock) -> Iterator[Offence]:
        if clock.scheduled is None:
            if self.log.whole(DEADLINES.name):
                yield offence("event-uncaused", case, f"the clock of assignment {number} speaks, and was never started")
        else:
            yield from self._started(case, number, clock)
        for due in sorted(clock.spoken.keys() - clock.dues) if clock.scheduled is not None else ():
            what = f"{self.log.where(clock.spoken[due])}: assignment {number} is due {shown(due)}, and was given"
            yield offence("clock-moved", case, f"{what} {', '.join(map(shown, sorted(clock.dues)))}")
        if self.log.whole(DEADLINES.name):
            yield from self._counts(case, number, clock)
        for n, cause in clock.ordered.items():
            yield from self._obeyed(case, f"rescheduled {n} of assignment {number}", cause, clock.moved[n])
        for n, (name, _) in clock.breaches.items():
            yield from self._answered(case, f"breach {n} of assignment {number}", name)

    def _obeyed(self, case: UUID, what: str, cause: Name, at: Moment) -> Iterator[Offence]:
        """What an official has ordered was ordered, and is of the time at which the order came."""
        times = self.log.times(cause)
        if not times and self.log.whole(ORDERS.name):
            yield offence("event-uncaused", case, f"{what} obeys the order {UUID(int=cause)}, which was never given")
        elif times and at not in times:
            told = f"{what} is of {shown(at)}; its order was appended {shown(min(times))}"
            yield offence("wrong-time", case, told)

    def _counts(self, case: UUID, number: int, clock: Clock) -> Iterator[Offence]:
        """Of each kind it counts from one on, and warns once for each time that it was due."""
        once = {"warnings": clock.warned.keys(), "second warnings": clock.pressed.keys()}
        for kind, told in {**once, "breaches": clock.breaches.keys(), "other due times": clock.moved.keys()}.items():
            counted = sorted(told)
            if counted != list(range(1, len(counted) + 1)):
                yield offence("breach-count", case, f"assignment {number} has the {kind} {counted}")
        for kind, told in once.items():
            if len(told) > 1 + len(clock.moved):
                yield offence("clock-twice", case, f"assignment {number} has {len(told)} {kind}")

    def _started(self, case: UUID, number: int, clock: Clock) -> Iterator[Offence]:
        cause = self.cases.event(case.int, clock.snapshot)
        if cause is None:
            if self.log.whole(CASES.name) and not self.log.new(clock.scheduled or 0):
                yield offence("event-uncaused", case, f"assignment {number} has a clock, and no event gave it")
            return
        expected = event_id(UUID(int=cause), "yiwang.deadline.scheduled.v1")
        if clock.scheduled != expected.int:
            found = UUID(int=clock.scheduled or 0)
            yield offence("event-identity", case, f"scheduled {number} has id {found}; expected {expected}")
        times = self.log.times(cause)
        if times and clock.scheduled_at not in times:
            what = f"scheduled {number} is of {shown(clock.scheduled_at)}; its cause was appended {shown(min(times))}"
            yield offence("wrong-time", case, what)

    def _answered(self, case: UUID, what: str, name: Name) -> Iterator[Offence]:
        times, ref = self.cases.answers(name), self.log.find(name)
        if times > 1:
            yield offence("answered-twice", case, f"{what}, {UUID(int=name)}, has {times} answers")
        if ref is None or times or not self.log.settled("routing", ref) or self.letters.parked("routing", ref):
            return
        held = self.cases.waiting
        if held is None or name in held or case.int in self.cases.ahead:
            return
        if self.log.whole(CASES.name, self.log.time(ref)):
            yield offence("answer-missing", case, f"{what}, {self.log.where(ref)}, is settled, and has no answer")

    def _assignments(self, case: UUID, steps: list[tuple[int, Step]]) -> Iterator[Offence]:
        """For each assignment that somebody has to act on a clock, for no other one; none that speaks after its end."""
        begun, opened = dict[int, Step](), set[int]()
        for _, step in steps:
            if step.stand:
                begun.setdefault(step.stand.number, step)
                opened |= {step.stand.number} if step.stand.status.open else set()
        ledger = self._known.get(case.int, Ledger())
        for number in opened:
            if number not in ledger.clocks and self._due(begun[number]) and not self._passed(number, steps):
                yield offence("clock-missing", case, f"assignment {number} has no clock")
        if self.log.whole(CASES.name):
            for number in ledger.clocks.keys() - opened:
                if not self.log.new(ledger.clocks[number].scheduled or 0):
                    what = f"assignment {number} has a clock, and nobody had to act on it"
                    yield offence("clock-uncaused", case, what)
        yield from self._silent(case, ledger, steps)

    def _due(self, step: Step) -> bool:
        ref = self.log.find(step.name)
        if ref is None or not self.log.settled("escalation", ref) or self.letters.parked("escalation", ref):
            return False
        return self.log.whole(DEADLINES.name, self.log.time(ref))

    def _passed(self, number: int, steps: list[tuple[int, Step]]) -> bool:
        """Whether escalation had parked all that told of the assignment, and by their replays it had ended."""
        told = [step for _, step in steps if step.stand and step.stand.number == number and step.stand.status.open]
        return all(map(self._kept, told)) and any(step.stand and ends(step.stand, number) for _, step in steps)

    def _kept(self, step: Step) -> bool:
        ref = self.log.find(step.name)
        return ref is not None and self.letters.kept("escalation", ref)

    def _rests(self, number: int, steps: list[tuple[int, Step]]) -> Iterator[tuple[Moment, Moment]]:
        """From when, and until when, the assignment was known to rest: by when what says so was appended."""
        since: Moment | None = None
        for _, step in steps:
            ref = self.log.find(step.name)
            if ref is None or step.stand is None or step.stand.number != number:
                continue
            if step.stand.status is Status.SUSPENDED and since is None and not self._kept(step):
                since = self.log.time(ref)
            elif step.stand.status is not Status.SUSPENDED and since is not None:
                yield since, step.at
                since = None

    def _silent(self, case: UUID, ledger: Ledger, steps: list[tuple[int, Step]]) -> Iterator[Offence]:
        """Orders come from another topic than what ends an assignment: which of the two is read first is no offence."""
        for number, clock in ledger.clocks.items():
            end, rests = self._end(number, steps), list(self._rests(number, steps))
            rung = {
                "rescheduled": [at for n, at in clock.moved.items() if n not in clock.ordered],
                "warned": clock.warned.values(),
                "pressing": clock.pressed.values(),
                "breached": [at for _, at in clock.breaches.values()],
                "overdue": clock.overdue.values(),
            }
            for kind, times in rung.items():
                for at in times:
                    if end is not None and self.log.before(end, at):
                        what = f"assignment {number} is {kind} at {shown(at)}; its end was appended {shown(end)}"
                        yield offence("false-breach", case, what)
                    if any(self.log.before(since, at) and self.log.before(at, until) for since, until in rests):
                        what = f"assignment {number} is {kind} at {shown(at)}, while it rests"
                        yield offence("false-breach", case, what)

    def _end(self, number: int, steps: list[tuple[int, Step]]) -> Moment | None:
        """When the event that ended the assignment was appended; of what escalation had parked it knew nothing."""
        for _, step in steps:
            if step.stand and ends(step.stand, number) and not self._kept(step):
                ref = self.log.find(step.name)
                return None if ref is None else self.log.time(ref)
        return None


def ends(stand: Stand, number: int) -> bool:
    """Whether the assignment has ended where the case stands so."""
    return stand.number > number or (stand.number == number and not stand.status.open)
