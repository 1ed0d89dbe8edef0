"""The reference model of escalation: what it has heard of a case, and the clocks that it keeps for that."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.lives.clock import Book, Clock, Said, missed, running
from tests.lives.model import Model


@dataclass(kw_only=True)
class Clocks:
    """The newest case that was heard of, and all its clocks."""

    book: Book
    newest: Model | None = None
    clocks: list[Clock] = field(default_factory=list)

    @property
    def running(self) -> Clock | None:
        return running(self.clocks)

    def hears(self, kind: str, case: Model | None, at: datetime, now: datetime) -> list[Said]:
        """What is said when an event brings this snapshot: a new assignment starts a clock, and nothing else does."""
        said: list[Said] = []
        if case and (self.newest is None or case.version > self.newest.version):
            self.newest = case
            self._end(case, at)
            said = self._begin(case, now) or self._follow(case, now)
        if kind == "kept" and case and self.running and self.running.number == case.number:
            self.clocks[-1] = replace(self.running, kept=True)
        return said

    def rings(self, now: datetime) -> list[Said]:
        """What is said by now, in the order in which it was due."""
        said = []
        while (clock := self.running) and not clock.resting and clock.next().at <= now:
            said.append(missed(clock, clock.next(), now))
            self.clocks[-1] = clock.says(said[-1], now)
        return said

    def wakes(self) -> datetime | None:
        clock = self.running
        return clock.next().at if clock and not clock.resting else None

    def _end(self, case: Model, at: datetime) -> None:
        clock = self.running
        if clock and case.number > clock.number:
            self.clocks[-1] = clock.stops(case.given, case.because)
        elif clock and not case.open:
            how = case.status if case.status in ("withdrawn", "cancelled", "linked", "joined") else "resolved"
            told = replace(clock, longer=case.longer, rests=case.rests)
            self.clocks[-1] = told.stops(case.done or at, how)

    def _begin(self, case: Model, now: datetime) -> list[Said]:
        if not case.open or (self.clocks and case.number <= self.clocks[-1].number):
            return []
        clock = Clock(
            number=case.number,
            unit=case.unit,
            start=case.given,
            base=self.book.ends(case.clock, case.unit, case.given, case.due_by),
            every=self.book.supervises(case.clock),
            longer=case.longer,
            rests=case.rests,
        )
        self.clocks.append(clock)
        return [Said(now, "scheduled", 1)]

    def _follow(self, case: Model, now: datetime) -> list[Said]:
        clock = self.running
        if clock is None or (clock.longer, clock.rests) == (case.longer, case.rests):
            return []
        after = replace(clock, longer=case.longer, rests=case.rests)
        self.clocks[-1] = after if after.resting else after.ahead(now)
        return [] if after.resting else [Said(now, "rescheduled", self.clocks[-1].moved)]
