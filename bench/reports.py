"""The reports that are sent: the virtual banner's, each of which opens a case that somebody has to accept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from services.gis.boundaries import Boundaries
from simulation.reports import reports
from simulation.sent import CASE, OPENED, Sent

A_DAY: Final = 160
"""Reports that a banner has on a day: so many of those sent are about one day, the next about the day before."""


def made(seed: int, count: int) -> Iterator[Sent]:
    """So many reports. What came in one burst would be about one place and hour otherwise, as never happens."""
    boundaries, now, left, day = Boundaries.load(), datetime.now(UTC), count, 0
    while left:
        start = now - timedelta(days=day)
        some = (one for one in reports(seed + day, 10**9, boundaries, start) if _opens(one))
        for one in islice(some, min(left, A_DAY)):
            left -= 1
            yield one
        day += 1


def _opens(one: Sent) -> bool:
    return one.expect == CASE and one.revision == 1 and one.outcomes == OPENED
