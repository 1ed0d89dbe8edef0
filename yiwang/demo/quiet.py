"""Whether the pipeline is quiet, exactly: nothing unread, no timer due, nothing about to be sent, no call under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from services.chassis.ports import Partition

DEADLINE_SECONDS: Final = 60.0
NAMED: Final = 5
"""Of what is not quiet, how much an error names."""

Offsets = Mapping[Partition, int]
Question = Callable[[], Awaitable[Sequence[str]]]
"""Answers what stirs of one thing, by name."""
Pause = Callable[[], Awaitable[None]]
"""What is done between two looks; it takes the time that lies between them."""


class NotQuiet(Exception):
    """The pipeline has not come to rest in time; names what stirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What can be asked of the running pipeline."""

    ends: Callable[[], Awaitable[Offsets]]
    """The offset that the next record of each partition will get."""
    settled: Mapping[str, Callable[[], Awaitable[Offsets]]]
    """By consumer group, what it has settled of the partitions that it reads."""
    timers: Mapping[str, Callable[[datetime], Awaitable[Sequence[str]]]]
    """By service, its documents that are due by then, and its notes of what is about to be sent, each by name."""
    calls: Question
    """Calls to the outside whose ends are not settled, by name."""

    async def stirring(self, now: datetime) -> tuple[Sequence[str], Question]:
        """What is not quiet at the virtual time ``now``, and the question that found it.

        Nothing is found only if there was a moment at which nothing stirred. All that goes on is a record unread, a
        timer due, a timer's note, or a call. While one is looked at another may become it, but it leaves a record or a
        call behind: so both are asked for before and after timers and notes.
        """
        ends = await self.ends()
        questions: tuple[Question, ...] = (
            *(partial(_unread, group, settled, ends) for group, settled in self.settled.items()),
            self.calls,
            *(partial(timers, now) for timers in self.timers.values()),
        )
        for question in questions:
            if found := await question():
                return found, question
        after, calls = await asyncio.gather(self.ends(), self.calls())
        return calls or [f"{_name(place)} grows" for place, end in after.items() if end != ends[place]], self.calls


async def settle(pipeline: Pipeline, now: datetime, pause: Pause, seconds: float = DEADLINE_SECONDS) -> int:
    """Return once the pipeline is quiet, with the number of looks that it took; raises NotQuiet after ``seconds``.

    While what was found last still stirs, nothing else is asked: looking must not be what keeps the machine busy.
    """
    limit, looks = time.monotonic() + seconds, 1
    found, question = await pipeline.stirring(now)
    while found:
        if time.monotonic() > limit:
            rest = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            raise NotQuiet(f"not quiet within {seconds:g} s: {'; '.join(found[:NAMED])}{rest}")
        await pause()
        looks += 1
        found = await question()
        if not found:
            found, question = await pipeline.stirring(now)
    return looks


async def _unread(group: str, settled: Callable[[], Awaitable[Offsets]], ends: Offsets) -> Sequence[str]:
    return [
        f"{group} has read {_name(place)} to {offset} of {ends[place]}"
        for place, offset in (await settled()).items()
        if offset < ends[place]
    ]


def _name(place: Partition) -> str:
    return f"{place[0]}/{place[1]}"
