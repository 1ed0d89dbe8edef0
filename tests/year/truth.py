"""A case's clocks as they truly run: from what people did and when, by no code of the services."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.case import Action, CaseAction, CaseEvent, CaseEventKind
from tests.year.facts import MINUTE, Book, Works, known

ENDS: Final = frozenset({CaseEventKind.RESOLVED, CaseEventKind.CANCELLED, CaseEventKind.WITHDRAWN})
GIVEN: Final = frozenset({CaseEventKind.OPENED, CaseEventKind.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Rest:
    """The clock stands still; at most so many minutes, ``until`` is None while it does."""

    since: datetime
    minutes: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """How a clock runs from the moment on at which that is ``told``."""

    told: datetime
    extended: int = 0
    rests: tuple[Rest, ...] = ()
    ended: bool = False

    @property
    def silent(self) -> bool:
        """Whether it has nothing to say: it has ended, or stands still."""
        return self.ended or bool(self.rests and self.rests[-1].until is None)


@dataclass(slots=True)
class Clock:
    """The clock of one assignment: ``base`` is by its term alone, as days are known now."""

    number: int
    level: str
    kind: str
    category: str | None
    start: datetime
    book: Book
    stages: list[Stage]
    pending: tuple[Action, int] | None = None
    """What was asked for, and how many minutes of it."""

    def at(self, moment: datetime) -> Stage:
        """How it ran by then."""
        return next((one for one in reversed(self.stages) if one.told <= moment), self.stages[0])

    def when(self, stage: Stage, share: float, works: Works = known) -> datetime:
        """When this share of its time is over."""
        base = self.book.due(self.kind, self.level, self.category, self.start, works)
        at = self.start + share * (base + stage.extended * MINUTE - self.start)
        for rest in stage.rests:
            if rest.until and rest.since < at:
                at += rest.until - rest.since
        return at

    def due(self, stage: Stage, works: Works = known) -> datetime:
        """When all of it is."""
        return self.when(stage, 1.0, works)

    def turn(self, told: datetime, **changes: Any) -> None:
        """From then on it runs otherwise."""
        self.stages.append(replace(self.stages[-1], told=told, **changes))


@dataclass(slots=True)
class Truth:
    """All clocks of one case, the newest last."""

    book: Book
    clocks: list[Clock] = field(default_factory=list)

    def hear(self, event: CaseEvent, given: object, at: datetime, told: datetime) -> None:
        """What has happened at ``at`` and was told at ``told``; ``given`` is the action, where one was taken."""
        last = self.clocks[-1] if self.clocks else None
        if event.kind in GIVEN and event.case and event.case.status.open:
            if last and not last.stages[-1].ended:
                last.turn(told, ended=True)
            self.clocks.append(self._started(event, at, told))
        elif last and event.kind in ENDS and not last.stages[-1].ended:
            last.turn(told, ended=True)
        elif last:
            _moved(last, event.kind, given, at, told)

    def running(self) -> Clock | None:
        """The clock that runs now."""
        last = self.clocks[-1] if self.clocks else None
        return last if last and not last.stages[-1].silent else None

    def clock(self, number: int) -> Clock | None:
        """The clock of an assignment."""
        return next((one for one in self.clocks if one.number == number), None)

    def _started(self, event: CaseEvent, at: datetime, told: datetime) -> Clock:
        case = event.case
        assert case
        category = case.classified.code if case.classified else None
        given = case.assignment
        return Clock(given.number, given.unit.level.value, case.clock.value, category, at, self.book, [Stage(told)])


def _moved(clock: Clock, kind: CaseEventKind, given: object, at: datetime, told: datetime) -> None:
    rests = clock.stages[-1].rests
    match kind:
        case CaseEventKind.REQUESTED if isinstance(given, CaseAction):
            clock.pending = given.action, given.minutes or 0
        case CaseEventKind.EXTENDED if clock.pending:
            clock.turn(told, extended=clock.stages[-1].extended + clock.pending[1])
        case CaseEventKind.SUSPENDED if clock.pending:
            clock.turn(told, rests=(*rests, Rest(at, clock.pending[1])))
        case CaseEventKind.RESUMED if rests:
            last = rests[-1]
            until = min(at, last.since + timedelta(minutes=last.minutes))
            clock.turn(told, rests=(*rests[:-1], replace(last, until=until)))
