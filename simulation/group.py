"""A consumer group: who owns which partitions, how shares move, and members that are replaced before they know it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.chassis.ports import Partition
from services.chassis.values import Record
from simulation.chaos import SESSION_SECONDS, Chaos
from simulation.consumer import Consumer
from simulation.stream import Broker

REJOIN_SECONDS = 60.0
"""How long a rebalance waits for a member to end its step; then it goes on without."""
HEARTBEAT_SECONDS = 3.0
"""How often a member hears from its group, and learns that it was replaced."""


@dataclass(slots=True)
class Group:
    """The coordinator of one service's members; it gives equal partition numbers of all topics to one member."""

    name: str
    broker: Broker
    chaos: Chaos
    members: list[Consumer] = field(default_factory=list)
    owners: dict[Partition, Consumer] = field(default_factory=dict)
    readers: list[Consumer] = field(default_factory=list)
    """Who lives, replaced or not."""
    delivered: dict[Partition, int] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, member: Consumer) -> None:
        """A process asks for its share."""
        if member not in self.readers:
            self.readers.append(member)
            member.process.stalled = self._soon
            asyncio.get_running_loop().create_task(self._watch(member))
        self.members.append(member)
        self.changed.set()

    def leave(self, member: Consumer) -> None:
        """A process says goodbye."""
        if member in self.members:
            self.members.remove(member)
            self.changed.set()

    def take(self, member: Consumer, after: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Remember offsets of those partitions that this member really owns; answers them."""
        mine = {place: offset for place, offset in after.items() if self.owners.get(place) is member}
        if len(mine) < len(after):
            self.chaos.note("zombie's commit refused", member.process.life.name)
        self.broker.offsets.update({(self.name, place): offset for place, offset in mine.items()})
        return mine

    def settled(self, place: Partition) -> int:
        """Up to where the group has settled a partition."""
        return self.broker.offsets.get((self.name, place), 0)

    def stir(self, record: Record) -> None:
        """A record was appended: whoever reads its partition, rightly or not, has something to fetch."""
        for member in self.readers:
            if (record.topic, record.partition) in member.owned():
                member.news.set()

    def given(self, records: Sequence[Record]) -> None:
        """Count those of the records that some member was given before."""
        for record in records:
            place = record.topic, record.partition
            if record.offset < self.delivered.get(place, 0):
                self.chaos.note("redelivered")
            self.delivered[place] = max(record.offset + 1, self.delivered.get(place, 0))

    async def coordinate(self) -> None:
        """For ever: share anew whenever somebody comes, goes or stops answering."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            await self._rebalance()

    async def _watch(self, member: Consumer) -> None:
        await member.process.life.over.wait()
        self.readers.remove(member)
        await asyncio.sleep(self.chaos.random.uniform(0, SESSION_SECONDS))
        self.leave(member)

    def _soon(self) -> None:
        """A member stands still: if it still does after its session's time, the group goes on without it."""
        asyncio.get_running_loop().call_later(SESSION_SECONDS, self.changed.set)

    def _silent(self, member: Consumer) -> bool:
        """Whether a member has stood still for longer than its session lasts, or is dead."""
        process = member.process
        return not process.life.alive or process.stands_still_for(SESSION_SECONDS)

    async def _rebalance(self) -> None:
        """Everybody gives back; who does not in time is replaced; the rest shares."""
        self.chaos.note("rebalance", self.name)
        silent = [member for member in self.members if self._silent(member)]
        answering = [member for member in self.members if not self._silent(member)]
        given = {asyncio.ensure_future(member.revoke()): member for member in answering}
        if given:
            await asyncio.wait(given, timeout=REJOIN_SECONDS)
        for giving, member in given.items():
            if not giving.done():
                giving.cancel()
                silent.append(member)
        self.members = [member for member in self.members if member not in silent]
        self._share()
        for member in silent:
            self._replace(member)

    def _share(self) -> None:
        numbers = sorted({place[1] for place in self.broker.logs})
        self.owners.clear()
        for at, member in enumerate(self.members):
            first, last = (len(numbers) * each // len(self.members) for each in (at, at + 1))
            mine = [
                place for place in self.broker.logs if place[0] in member.topics and place[1] in numbers[first:last]
            ]
            self.owners.update(dict.fromkeys(mine, member))
            member.own(frozenset(mine))
            self.chaos.tell(member.process.life.name, f"owns {numbers[first:last]}")

    def _replace(self, member: Consumer) -> None:
        """Its share, if it has one, is given away; while it lives, it goes on in the belief that it is its own."""
        if not member.process.life.alive:
            return
        if member.owned():
            member.process.replaced = True
            self.chaos.note("zombie", member.process.life.name)
        member.process.life.start(self._tell(member))

    async def _tell(self, member: Consumer) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, member.process.wakes_at - loop.time()))
        await asyncio.sleep(self.chaos.random.uniform(0, HEARTBEAT_SECONDS))
        await member.revoke()
        member.process.replaced = False
        self.join(member)
