"""Whether the pipeline is quiet, exactly: nothing unread, no timer due, nothing about to be sent, no call under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.ports import Partition

DEADLINE_SECONDS: Final = 60.0
NAMED: Final = 5
"""Of what is not quiet, how much an error names."""

Offsets = Mapping[Partition, int]
Pause = Callable[[], Awaitable[None]]
"""What is done between two looks; it takes the time that lies between them."""


class NotQuiet(Exception):
    """The pipeline has not come to rest in time; names what stirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What can be asked of the running pipeline."""

    ends: Callable[[], Awaitable[Offsets]]
    """The offset that the next record of each partition will get."""
    settled: Callable[[], Awaitable[Mapping[str, Offsets]]]
    """By consumer group, what it has settled of the partitions that it reads."""
    timers: Callable[[datetime], Awaitable[Sequence[str]]]
    """Documents that are due by then, and notes of what is about to be sent, each by name."""
    calls: Callable[[], Awaitable[Sequence[str]]]
    """Calls to the outside whose ends are not settled, by name."""

    async def stirring(self, now: datetime) -> Sequence[str]:
        """What is not quiet at the virtual time ``now``; empty only if there was a moment at which nothing stirred.

        All that goes on is a record unread, a timer due, a timer's note, or a call. While one is looked at another may
        become it, but it leaves a record or a call behind: so both are asked for before and after timers and notes.
        """
        ends = await self.ends()
        if found := _unread(ends, await self.settled()) or await self.calls() or await self.timers(now):
            return found
        after, calls = await asyncio.gather(self.ends(), self.calls())
        return calls or [f"{_name(place)} grows" for place, end in after.items() if end != ends.get(place)]


async def settle(pipeline: Pipeline, now: datetime, pause: Pause, seconds: float = DEADLINE_SECONDS) -> int:
    """Return once the pipeline is quiet, with the number of looks that it took; raises NotQuiet after ``seconds``."""
    limit, looks = time.monotonic() + seconds, 1
    while found := await pipeline.stirring(now):
        if time.monotonic() > limit:
            rest = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            raise NotQuiet(f"not quiet within {seconds:g} s: {'; '.join(found[:NAMED])}{rest}")
        await pause()
        looks += 1
    return looks


def _unread(ends: Offsets, settled: Mapping[str, Offsets]) -> list[str]:
    return [
        f"{group} has read {_name(place)} to {offset} of {ends[place]}"
        for group, offsets in settled.items()
        for place, offset in offsets.items()
        if offset < ends[place]
    ]


def _name(place: Partition) -> str:
    return f"{place[0]}/{place[1]}"
