"""What a clock owes and what it said: nothing early, nothing missed, nothing twice, no breach of timely work."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contracts.case import Action, AssignedBecause, CaseAction, CaseEvent, CaseEventKind
from contracts.deadline import DeadlineEvent, DeadlineKind
from tests.year.desk import Told
from tests.year.facts import works_at
from tests.year.life import Life
from tests.year.truth import Clock, Stage

SLACK: Final = timedelta(seconds=2)
"""A turn of looking for what is due, and a hop."""
MOMENT: Final = timedelta(milliseconds=1)
SHARES: Final[Mapping[DeadlineKind, float]] = {
    # what it says              when so much of its time is over
    DeadlineKind.WARNED:        0.8,
    DeadlineKind.PRESSING:      0.95,
    DeadlineKind.BREACHED:      1.0,
}  # fmt: skip
ENDING: Final = frozenset({Action.RESOLVE, Action.HAND_UP, Action.APPROVE})
"""What a handler or the unit above may do so that a clock does not breach."""


class Offence(NamedTuple):
    """``kind``: early, missed, double, false or wrong."""

    kind: str
    case: str
    what: str

    def line(self) -> str:
        return f"{self.kind}: case {self.case}: {self.what}"


@dataclass(slots=True)
class Judge:
    """One case, lived to its end."""

    life: Life
    _rings: dict[int, list[Told]] = field(default_factory=dict)

    def offences(self) -> Iterator[Offence]:
        """Everything that is wrong."""
        for told in self.life.deadlines:
            self._rings.setdefault(_said(told).assignment, []).append(told)
        if self.life.left:
            yield self._offence("missed", "it never came to its end")
        if stuck := self.life.routing.stuck + self.life.escalation.stuck:
            yield self._offence("wrong", f"{stuck} timers were due still after they rang")
        for number, rings in self._rings.items():
            clock = self.life.truth.clock(number)
            if clock is None:
                yield self._offence("false", f"assignment {number} has a clock, and nobody to act on it")
                continue
            for told in rings:
                yield from self._rang(clock, told)
            yield from self._doubles(rings)
        for clock in self.life.truth.clocks:
            yield from self._owed(clock)
        yield from self._moves()

    def late(self) -> list[timedelta]:
        """How long after it could have, each breach was first said."""
        return [
            told.handled - self._could(clock, stage, clock.due(stage))
            for number, rings in self._rings.items()
            if (clock := self.life.truth.clock(number))
            for told in rings
            if _said(told).kind is DeadlineKind.BREACHED and _said(told).n == 1
            for stage in [clock.at(told.handled)]
        ]

    def _rang(self, clock: Clock, told: Told) -> Iterator[Offence]:
        """Early, when it had ended or stood still, or by another due time than is true."""
        said, timer = _said(told), told.given is None
        stage = clock.at(told.handled if timer else told.at)
        name = f"{said.kind.value} {said.n} of assignment {clock.number} at {told.handled}"
        if stage.silent and timer:
            yield self._offence("false", f"{name}: it had ended, or stood still, since {stage.told}")
            return
        due = clock.due(stage, works_at(told.handled))
        if abs(said.due_at - due) > MOMENT:
            early = told.handled < due and said.kind in SHARES
            yield self._offence("early" if early else "wrong", f"{name}: due {said.due_at}, in truth {due}")
        at = clock.when(stage, SHARES.get(said.kind, 0.0), works_at(told.handled))
        if said.kind is DeadlineKind.OVERDUE:
            at = due
        if timer and said.kind is not DeadlineKind.RESCHEDULED and told.handled < at - MOMENT:
            yield self._offence("early", f"{name}, before {at}")

    def _doubles(self, rings: list[Told]) -> Iterator[Offence]:
        names = Counter((_said(told).kind, _said(told).n) for told in rings)
        once = Counter(
            (_said(told).kind, _said(told).due_at)
            for told in rings
            if _said(told).kind in {DeadlineKind.WARNED, DeadlineKind.PRESSING, DeadlineKind.SCHEDULED}
        )
        for (kind, which), times in (*names.items(), *once.items()):
            if times > 1:
                number = _said(rings[0]).assignment
                yield self._offence("double", f"{kind.value} ({which}) of assignment {number} {times} times")

    def _owed(self, clock: Clock) -> Iterator[Offence]:
        """In each stage: what it had to say, as soon as somebody was there to say it, unless the stage was over."""
        following = [*(stage.told for stage in clock.stages[1:]), None]
        for stage, over in zip(clock.stages, following, strict=True):
            if stage.silent:
                continue
            for kind, share in SHARES.items():
                at = clock.when(stage, share)
                could = self._could(clock, stage, at)
                if over is not None and over <= could + SLACK:
                    continue
                least = at if at > stage.told else clock.stages[0].told
                if not any(least - MOMENT <= told.handled <= could + SLACK for told in self._of(clock, kind)):
                    yield self._offence("missed", f"assignment {clock.number} was to be {kind.value} at {could}")
            if over is None:
                yield self._offence("missed", f"assignment {clock.number} never ended")

    def _could(self, clock: Clock, stage: Stage, at: datetime) -> datetime:
        """When it could first be said: escalation was there, and had heard of the assignment."""
        weather = self.life.escalation.weather
        return weather.back(max(at, stage.told, weather.back(clock.stages[0].told)))

    def _of(self, clock: Clock, kind: DeadlineKind) -> list[Told]:
        return [told for told in self._rings.get(clock.number, ()) if _said(told).kind is kind]

    def _moves(self) -> Iterator[Offence]:
        """No breach has moved a case away from who had sent in time what ends its clock; each is answered."""
        answers = {event.answers: (told, event) for told, event in self._events() if event.answers}
        for told in self.life.deadlines:
            said = _said(told)
            clock = self.life.truth.clock(said.assignment)
            if said.kind is not DeadlineKind.BREACHED or clock is None:
                continue
            if (answer := answers.get(told.event.id)) is None:
                yield self._offence("missed", f"breach {said.n} of assignment {said.assignment} was never answered")
            elif answer[1].kind is CaseEventKind.ASSIGNED:
                yield from self._moved(clock, told, *answer)
                yield from self._overtook(clock, answer[0])

    def _moved(self, clock: Clock, breach: Told, told: Told, answer: CaseEvent) -> Iterator[Offence]:
        """Only a clock that runs, and by all that was approved was over when it breached, moves its case, and once."""
        stage, given = clock.at(told.handled), answer.case.assignment if answer.case else None
        once = given is not None and given.number == clock.number + 1
        if stage.silent or clock.due(stage) > breach.handled or not once:
            yield self._offence("false", f"a breach of assignment {clock.number} has moved the case at {told.handled}")
        if given is None or given.because is not AssignedBecause.ESCALATED:
            yield self._offence("wrong", f"a breach of assignment {clock.number} has made something else of the case")

    def _events(self) -> Iterator[tuple[Told, CaseEvent]]:
        for told in self.life.cases:
            if isinstance(told.event.body, CaseEvent):
                yield told, told.event.body

    def _overtook(self, clock: Clock, moved: Told) -> Iterator[Offence]:
        """Who has sent in time what ends the clock keeps the case, however late that is read."""
        for one in list(self.life.routing.done.values())[moved.read :]:
            asked, at = one.body, one.record.time
            if at > moved.handled:
                return
            if not isinstance(asked, CaseAction) or asked.action not in ENDING or asked.assignment != clock.number:
                continue
            if at < clock.due(clock.at(at)):
                what = f"assignment {clock.number} was taken away by a breach, though {asked.action.value} was sent"
                yield self._offence("false", f"{what} at {at}, in time")

    def _offence(self, kind: str, what: str) -> Offence:
        return Offence(kind, str(self.life.located.report.reference), what)


def _said(told: Told) -> DeadlineEvent:
    body = told.event.body
    assert isinstance(body, DeadlineEvent)
    return body
