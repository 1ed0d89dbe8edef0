"""A group's member on the broker in memory, as a real client has it: late, cut off, repeated, or replaced unawares."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise

from contracts.wire import Message
from services.chassis.ports import Partition
from services.chassis.values import Record, Unavailable
from simulation.chaos import BROKER, Process
from simulation.stream import Broker, MemoryStream

BATCHES = (1, 2, 5, 50, 500)
"""How many records a poll brings at most."""
HELD = 0.25
"""The share of partitions that a poll has no answer from yet, though they have records."""

Committer = Callable[["Consumer", Mapping[Partition, int]], Mapping[Partition, int]]
"""The group's answer to a commit: those partitions for which it was taken."""


class Consumer(MemoryStream):
    """The stream port of one process; its group says what it owns."""

    def __init__(self, broker: Broker, group: str, topics: Sequence[str], process: Process, take: Committer) -> None:
        """Own nothing yet; ``take`` is the group's door for commits."""
        super().__init__(broker, group, topics)
        self.process, self.topics, self._take = process, frozenset(topics), take
        self.epoch, self.news = 0, asyncio.Event()
        self.release: Callable[[], Awaitable[None]] | None = None
        """Returns once no step is under way."""
        self._uncommitted: dict[Partition, int] = {}
        self.own(frozenset())

    async def revoke(self) -> None:
        """Let the step under way end and commit; then nothing is ours."""
        if self.release:
            await self.release()
        self.own(frozenset())

    def own(self, places: frozenset[Partition]) -> None:
        """Take another share; what was polled before counts no more."""
        super().own(places)
        self._uncommitted.clear()
        self.epoch += 1
        self.news.set()

    async def fetch(self) -> tuple[int, Sequence[Record]]:
        """The next records with the epoch that they were polled in; waits until there are some."""
        while True:
            await self.news.wait()
            try:
                await self.process.before(BROKER, "poll")
            except Unavailable:
                continue
            if records := self._drawn():
                return self.epoch, records
            if all(at >= len(self._broker.logs[place]) for place, at in self._positions.items()):
                self.news.clear()

    def _drawn(self) -> list[Record]:
        """What a poll brings: of some partitions, in any order of these, in order within each."""
        chaos = self.process.chaos
        places = sorted(place for place, at in self._positions.items() if at < len(self._broker.logs[place]))
        if chaos.calm:
            limit = BATCHES[-1]
        else:
            chaos.random.shuffle(places)
            places = [place for place in places if chaos.random.random() >= HELD]
            limit = chaos.random.choice(BATCHES)
        batch: list[Record] = []
        for place in places:
            batch.extend(self._next(place, limit - len(batch)))
        if any(later.time < one.time for one, later in pairwise(batch)):
            chaos.note("reordered across partitions")
        return batch

    async def publish(self, messages: Sequence[Message]) -> None:
        """See the port: what is given up may have arrived in part, or arrive later."""
        chaos = self.process.chaos
        try:
            await self.process.before(BROKER, "publish")
        except Unavailable:
            chaos.later("publish", lambda: self._append(messages))
            raise
        if chaos.strikes("partial", "publish"):
            await self._in_part(messages)
        self._append(messages)
        await self.process.after(BROKER, "publish")

    async def _in_part(self, messages: Sequence[Message]) -> None:
        """Some partitions take theirs, the others not, or later; then the answer is lost, or the process dies."""
        chaos = self.process.chaos
        taken = {key: chaos.heads() for key in dict.fromkeys((one.topic, one.key) for one in messages)}
        self._append([one for one in messages if taken[one.topic, one.key]])
        rest = [one for one in messages if not taken[one.topic, one.key]]
        chaos.later("publish", lambda: self._append(rest))
        if chaos.heads():
            chaos.note("crash amid publish", self.process.life.name)
            await self.process.life.die()
        raise Unavailable("no acknowledgement in time")

    def _append(self, messages: Sequence[Message]) -> None:
        for one in messages:
            self._broker.append(one.topic, one.key, one.value, one.headers)
        if messages and self.process.replaced:
            self.process.chaos.note("zombie published", self.process.life.name)

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """See the port: a commit that fails is left to the next one, as with the real client."""
        mine = {place: offset for place, offset in after.items() if place in self._owned}
        self._settled.update(mine)
        self._uncommitted.update(mine)
        await self._commit()

    async def _commit(self) -> None:
        try:
            await self.process.before(BROKER, "commit")
            if self.process.chaos.strikes("uncommitted"):
                return
            taken = self._take(self, self._uncommitted)
            await self.process.after(BROKER, "commit")
        except Unavailable:
            return
        for place, offset in taken.items():
            if self._uncommitted.get(place) == offset:
                del self._uncommitted[place]

    async def read_to(self) -> Mapping[Partition, int]:
        """See the port; a commit that was left is tried again here; the real adapter waits for a next record."""
        if self._uncommitted:
            await self._commit()
        await self.process.before(BROKER, "read_to")
        return await super().read_to()

    async def ends(self) -> Mapping[Partition, int]:
        """See the port."""
        await self.process.before(BROKER, "ends")
        found = await super().ends()
        await self.process.after(BROKER, "ends")
        return found

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """See the port."""
        super().rewind(first)
        self.news.set()
