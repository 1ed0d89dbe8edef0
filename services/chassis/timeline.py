"""Stepped time for demonstrations: real moments stand for virtual ones, and virtual time stands still between steps.

Steps are written down where all members read them, so a record has the same time for everybody, however late it is
read and however often. Nothing may be appended while a step is being made: whoever drives steps when all is quiet.
"""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Protocol

from services.chassis.ports import Clock
from services.chassis.values import Record, Unavailable

FOLLOW_SECONDS = 0.08
MILLISECOND = timedelta(milliseconds=1)
"""The grain of a broker's append times and of the database's clock."""

Dated = Callable[[Sequence[Record]], Awaitable[Sequence[Record]]]
"""Gives records the time that they are decided at; may raise Unavailable."""


@dataclass(frozen=True, slots=True)
class Step:
    """From the moment ``real`` on, until the next step, the time is ``virtual``; both aware, in whole milliseconds."""

    real: datetime
    virtual: datetime


class Timeline(Protocol):
    """Where steps are written down."""

    known: tuple[Step, ...]
    """The steps as last read, in their order."""
    read_at: datetime
    """When that reading began."""

    async def read(self) -> tuple[Step, ...]:
        """All steps up to now; may raise Unavailable."""


def shifted(steps: Sequence[Step], moment: datetime) -> datetime:
    """The virtual time of the newest step not after ``moment``; before the first step, ``moment`` itself."""
    at = bisect_right(steps, moment, key=attrgetter("real"))
    return steps[at - 1].virtual if at else moment


class SteppedClock:
    """A clock whose ``now`` and ``wall`` are virtual; pauses and skew stay real."""

    def __init__(self, clock: Clock, steps: Timeline) -> None:
        """Take the real clock and the steps."""
        self._clock, self._steps = clock, steps
        self.skew, self.monotonic, self.sleep = clock.skew, clock.monotonic, clock.sleep

    async def now(self) -> datetime:
        """See the port: the moment is asked for before the steps, so that none up to it is missing."""
        moment = await self._clock.now()
        return shifted(await self._steps.read(), moment)

    def wall(self) -> datetime:
        """See the port."""
        return shifted(self._steps.known, self._clock.wall())


async def follow(steps: Timeline, stepped: Callable[[], None], clock: Clock) -> None:
    """For ever: tell of each new step, within ``FOLLOW_SECONDS``, so that nothing due waits for a tick's turn."""
    seen = len(steps.known)
    while True:
        with suppress(Unavailable):
            await steps.read()
        if len(steps.known) > seen:  # whoever has read it
            seen = len(steps.known)
            stepped()
        await clock.sleep(FOLLOW_SECONDS)


def dated(steps: Timeline) -> Dated:
    """Dates records by the steps, which are read again if one of the records may be younger than the last reading."""

    async def date(records: Sequence[Record]) -> Sequence[Record]:
        newest = max(record.time for record in records) + MILLISECOND  # append times are cut to milliseconds
        known = steps.known if newest <= steps.read_at else await steps.read()
        return [replace(record, time=shifted(known, record.time)) for record in records]

    return date
