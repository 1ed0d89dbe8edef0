"""When services are away in the simulated year: for hours now and then, for days twice, and when much is due."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, Self

from simulation.chance import chance
from tests.year.facts import DAY, HERE, HOUR

SHORT, LONG, MIDNIGHTS = 14, 2, 20
"""How often each service is away for hours, for a day or two, and over a midnight, at which much is due."""
MOMENTS: Final = (
    datetime(2024, 10, 7, 23, 30, tzinfo=HERE),
    datetime(2024, 11, 12, 9, tzinfo=HERE),
    datetime(2024, 12, 31, 23, 40, tzinfo=HERE),
    datetime(2025, 1, 26, 17, tzinfo=HERE),
    datetime(2025, 2, 4, 23, 50, tzinfo=HERE),
)
"""An outage begins: the holiday's last minutes, the notice's day, the year's end, make-up days, the festival's end."""

Away = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Weather:
    """The outages of one service, in order and apart; it is there at the end of one, not at its beginning."""

    away: Sequence[Away]

    @classmethod
    def of(cls, seed: int, service: str, start: datetime, days: int) -> Self:
        """Those of this seed, from ``start`` (a midnight, aware) on; the same for all cases."""
        random = chance(seed, "weather", service)
        found = [_away(random, start + random.uniform(0, days) * DAY, 0.2, 7) for _ in range(SHORT)]
        found += [_away(random, start + random.uniform(0, days) * DAY, 20, 50) for _ in range(LONG)]
        nights = (start + random.randrange(days) * DAY - random.uniform(0, 2) * HOUR for _ in range(MIDNIGHTS))
        found += [_away(random, night, 0.5, 4) for night in nights]
        found += [_away(random, moment, 1, 10) for moment in MOMENTS]
        return cls(_apart(sorted(found)))

    def back(self, moment: datetime) -> datetime:
        """When the service is there, at ``moment`` or next after it."""
        at = bisect_right(self.away, moment, key=lambda one: one[0])
        return max(moment, self.away[at - 1][1]) if at else moment


def _away(random: Random, since: datetime, least: float, most: float) -> Away:
    return since, since + random.uniform(least, most) * HOUR


def _apart(found: Sequence[Away]) -> Sequence[Away]:
    """Those that overlap, as one."""
    apart: list[Away] = []
    for since, until in found:
        if apart and since <= apart[-1][1] + timedelta(minutes=1):
            apart[-1] = (apart[-1][0], max(until, apart[-1][1]))
        else:
            apart.append((since, until))
    return apart
