"""The virtual banner's weeks: at which moments its time stands, and which reports are published at each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Final

from contracts.territory import SHANGHAI
from simulation.chance import chance
from simulation.desk import Desk, source
from simulation.draft import Ask, Draft
from simulation.follow import BROKEN, broken, fitting, follow, opening
from simulation.land import Land, Territory
from simulation.scenes import scenes
from simulation.sent import Sent

# At which hours time stands, and how many of a day's reports come then.
HOURS: Final[Mapping[int, int]] = {
    0: 1, 8: 25, 10: 25, 12: 17, 14: 20, 16: 21, 18: 14, 20: 10,
}  # fmt: skip
WEEKDAYS: Final = (1.12, 1.05, 1.0, 1.0, 1.05, 0.78, 0.68)
"""From Monday to Sunday."""
EBB: Final = 0.12
"""By how much one moment's reports may be fewer or more than usual."""
ECHOED: Final = 45
"""Of a thousand reports, those of whose matter another source tells too."""
NEXT: Final = (1, 12)
"""How many moments later a report is followed by a correction, a repeat or an echo."""
A_DAY: Final = 124
"""Openings on an ordinary day; with all that follows it is 120 to 160 records."""


@dataclass(frozen=True)
class Banner:
    """A banner's ``days`` from ``start`` (aware, a Monday's first moment in Shanghai); the same values, the same bytes.

    ``members``: the unit's code of each staff number. ``volume``: openings on an ordinary day.
    """

    seed: int
    start: datetime
    days: int
    boundaries: Territory
    members: Mapping[str, str]
    volume: int = A_DAY

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """The instants at which virtual time stands: the same hours every day, so that spans of days end on one."""
        first = self.start.astimezone(SHANGHAI)
        days = (first + timedelta(days=day) for day in range(self.days))
        return tuple(day.replace(hour=hour) for day in days for hour in HOURS)

    def reports(self, moment: datetime) -> Sequence[Sent]:
        """What is published at a moment, in order; nothing at any other time."""
        return self._published.get(moment.astimezone(SHANGHAI), ())

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self.seed, Land.of(self.boundaries, self.members))

    @cached_property
    def _published(self) -> Mapping[datetime, Sequence[Sent]]:
        found: defaultdict[datetime, list[Sent]] = defaultdict(list)
        asks = (*scenes(self.seed, self.moments[0], self.days, self._desk), *self._ordinary()) if self.moments else ()
        for ask in asks:
            for moment, sent in self._told(ask):
                found[moment].append(sent)
        return found

    def _ordinary(self) -> Iterator[Ask]:
        for moment in self.moments:
            for number in range(self._count(moment)):
                yield self._desk.any(f"{{department}}-{moment:%Y%m%d%H}-{number:04}", moment)

    def _count(self, moment: datetime) -> int:
        usual = self.volume * WEEKDAYS[moment.weekday()] * HOURS[moment.hour] / sum(HOURS.values())
        random = chance(self.seed, "count", moment.isoformat())
        return int(usual * random.uniform(1 - EBB, 1 + EBB) + random.random())

    def _told(self, ask: Ask) -> Iterator[tuple[datetime, Sent]]:
        """One matter's records, each with its moment: the report, and what follows it."""
        random = chance(self.seed, "follow", ask.department, ask.reference)
        draft = self._desk.draft(ask)
        if ask.echo_of is None and random.randrange(1000) < BROKEN:
            yield ask.sent_at, broken(random, draft)
            return
        yield ask.sent_at, opening(draft)
        yield from self._after(ask, draft, self._later(ask))

    def _after(self, ask: Ask, draft: Draft, later: Iterator[datetime]) -> Iterator[tuple[datetime, Sent]]:
        random = chance(self.seed, "after", ask.department, ask.reference)
        number = random.randrange(1000)
        for kind, weight in fitting(draft).items():
            number -= weight
            if number < 0:
                yield from zip(later, follow(kind, random, self._desk, draft), strict=False)
                return
        if number < ECHOED and ask.echo_of is None and ask.way != "outside":
            yield from self._echo(ask, random, later)

    def _echo(self, ask: Ask, random: Random, later: Iterator[datetime]) -> Iterator[tuple[datetime, Sent]]:
        """Another source tells of the same matter."""
        department, moment = source(random, ask.matter), next(later, None)
        if department == ask.department or moment is None:
            return
        told = replace(
            ask,
            reference=f"{department}-{ask.reference.removeprefix(ask.department)[1:]}-E",
            sent_at=moment,
            department=department,
            way=self._desk.way(random, department),
            solved=False,
            echo_of=ask.reference,
        )
        yield moment, opening(self._desk.draft(told))

    def _later(self, ask: Ask) -> Iterator[datetime]:
        """Moments after the report's, a few apart."""
        random = chance(self.seed, "later", ask.department, ask.reference)
        at = self._places[ask.sent_at]
        while (at := at + random.randint(*NEXT)) < len(self.moments):
            yield self.moments[at]

    @cached_property
    def _places(self) -> Mapping[datetime, int]:
        return {moment: number for number, moment in enumerate(self.moments)}
