"""Lets a moment come, waits until all is quiet, publishes its slice, waits again, hears what was said."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from contracts.case import CaseEvent, ClockClass, Status
from contracts.identity import report_id
from simulation.hall import TownHall
from simulation.sent import Sent
from yiwang.demo.book import Book
from yiwang.demo.quiet import settle
from yiwang.demo.servers import Servers

SOON: Final = timedelta(minutes=15)
"""For so long after a slice what cannot wait gets its time before the next: a digest, a case of life and death."""
GRAIN: Final = timedelta(minutes=5)
"""Such times are bundled to full five minutes."""
BRIEF: Final = timedelta(minutes=2)
"""What waits for less is an attempt made again: whether there is one depends on the machine, so it gets no time."""
TRAYS: Final = ("notification", "tray/")
"""The documents in which messages wait to go out: their service, and how their names begin."""
PAUSE_SECONDS: Final = 0.03
"""From one look whether all is quiet to the next."""
EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class Driver:
    """One run of the banner; ``steps`` and ``looks`` tell what it cost, ``told`` hears of each moment that is over."""

    servers: Servers
    hall: TownHall
    reports: Callable[[datetime], Sequence[Sent]]
    told: Callable[[datetime, Book], None]
    book: Book = field(default_factory=Book)
    steps: int = 0
    looks: int = 0

    async def run(self, moments: Iterable[datetime]) -> Book:
        """Let all moments come, in their order, and between them what cannot wait for the next."""
        planned = list(moments)
        await self.servers.step(planned[0])
        await self.servers.ticked(2)
        for moment, following in pairwise([*planned, planned[-1] + SOON]):
            await self._moment(moment)
            now = moment
            while between := await self._between(now, min(moment + SOON, following - GRAIN)):
                await self._moment(now := between)
            self.told(moment, self.book)
        return self.book

    async def _moment(self, moment: datetime) -> None:
        """First what clocks do at it, then what people and sources do."""
        await self.servers.step(moment)
        self.steps += 1
        await self._rest(moment)
        reports = self.reports(moment)
        corrected = {report_id(one.department, one.reference) for one in reports if one.revision > 1}
        actions = list(self.hall.actions(moment, corrected))
        if reports or actions:
            self.book.delivered += await self.servers.broker.publish(reports, actions, moment)
            await self._rest(moment)

    async def _rest(self, moment: datetime) -> None:
        self.looks += await settle(self.servers.pipeline, moment, self._pause)
        self._hear(await self.servers.broker.hear(self.book))

    async def _pause(self) -> None:
        """Hear what comes while the pipeline works, instead of all of it afterwards."""
        events, _ = await asyncio.gather(self.servers.broker.hear_some(self.book, 0), asyncio.sleep(PAUSE_SECONDS))
        self._hear(events)

    def _hear(self, events: Iterable[CaseEvent]) -> None:
        for event in events:
            self.hall.hear(event)

    async def _between(self, now: datetime, last: datetime) -> datetime | None:
        """The next time that does not wait for the following slice, if it is not after ``last``."""
        waits = any(
            case.clock is ClockClass.LIFE and case.status is Status.ASSIGNED for case in self.book.cases.values()
        )
        soonest = now + GRAIN if waits else await self.servers.soonest(*TRAYS, now + BRIEF, last)
        at = soonest and _up(soonest)
        return at if at and at <= last else None


def _up(at: datetime) -> datetime:
    """The next full five minutes."""
    return EPOCH - (EPOCH - at) // GRAIN * GRAIN
