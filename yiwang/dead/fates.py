"""What became of replays: known from outside, by the service's committed offsets and its newer letters alone.

A service publishes a dead letter before it commits. So once it has committed behind a replay, a letter with the
replay's id stands before the end that its topic has now, or it will never come: then the record has taken its place.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.topics import DEAD
from services.chassis.ports import Partition
from yiwang.dead.logs import Logs
from yiwang.dead.reading import letter_of, parked_of
from yiwang.dead.values import Item, Parked, Place

BREATH: Final = 0.2
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A replay that the broker has: of which letter, under which id, where."""

    item: Item
    replay: UUID
    place: Place


@dataclass(slots=True)
class Fates:
    """The replays of one service that were read, and those that came back as letters; of others nobody knows yet."""

    service: str
    seen: dict[Partition, int]
    """Up to where the service's letters are known."""
    read: set[UUID] = field(default_factory=set)
    again: dict[UUID, Parked] = field(default_factory=dict)

    async def look(self, logs: Logs, sent: Sequence[Sent]) -> bool:
        """Look once; answers whether each of these was read."""
        settled = await logs.settled(self.service)
        read = {one.replay for one in sent if settled.get((one.place.topic, one.place.partition), 0) > one.place.offset}
        if read - self.read:
            await self._hear(logs, {one.replay for one in sent})
        self.read |= read
        return len(self.read) == len({one.replay for one in sent})

    async def _hear(self, logs: Logs, replays: set[UUID]) -> None:
        ends = dict(await logs.ends([DEAD[self.service]]))
        async for record in logs.read(self.seen, ends):
            letter = letter_of(record)
            if letter and letter.replay in replays:
                self.again[letter.replay] = parked_of(letter, record)
        self.seen = ends

    def tell(self, one: Sent) -> str:
        """What became of it, in words."""
        if one.replay in self.again:
            back = self.again[one.replay]
            return f"parked again as {back.id}: {back.problem}"
        return "taken" if one.replay in self.read else "not read yet: the service is down, paused or behind"

    def taken(self, one: Sent) -> bool:
        """Whether its record has taken its place."""
        return one.replay in self.read and one.replay not in self.again


async def before(logs: Logs, services: Sequence[str]) -> Mapping[str, Fates]:
    """Begin to watch services, before anything is sent to them."""
    return {name: Fates(name, dict(await logs.ends([DEAD[name]]))) for name in services}


async def follow(logs: Logs, fates: Mapping[str, Fates], sent: Sequence[Sent], seconds: float) -> None:
    """Look until all were read, or so many seconds have passed."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while True:
        looks = [
            await one.look(logs, [each for each in sent if each.item.parked.service == name])
            for name, one in fates.items()
        ]
        if all(looks) or loop.time() >= limit:
            return
        await asyncio.sleep(min(BREATH, max(0.0, limit - loop.time())))
