"""One process of a service: the real loop over ports that fail, driven as the real composition drives it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.chassis.effects import Calls
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.chassis.pace import Pace
from services.chassis.ports import Change, Channel
from services.chassis.values import Service, Unavailable
from simulation import virtual
from simulation.chaos import Chaos, Process
from simulation.consumer import Consumer
from simulation.flaky import FlakyStore, MemberClock
from simulation.group import Group
from simulation.store import MemoryStore
from simulation.virtual import Life

SHORT_TURN, LONG_TURN, CALM_TURN = 1.0, 10_800.0, 20.0
"""Seconds between two ticks: at least while something is due, at most in quiet spans, and when peace has come."""
BREATH = 0.1
"""Between two ticks lies at least this part of a short turn, however much is wanted."""
SOON = 20.0
"""About so many seconds after a timer's time a tick comes; more rarely, much later."""
PACE = Pace(portion=3, lane=1)
"""Batches are small here: so that they have portions and lanes at all."""
CALLS_SECONDS = 4.0
"""How long calls may take to end when the process is asked to stop."""


@dataclass(slots=True)
class Shop:
    """What the members of one service share: its decisions, documents and group."""

    service: Service
    store: MemoryStore
    group: Group

    members: list["Member"] = field(default_factory=list)

    def hear(self, change: Change) -> None:
        """A document was written: whoever sleeps beyond its timer wakes sooner."""
        if change.wake_at:
            for member in self.members:
                member.expect(change.wake_at)

    def unrest(self) -> list[str]:
        """What is left to do: partitions that are not settled to their ends, due timers, notes of intents."""
        now, topics = virtual.now(), {topic.name for topic in self.service.topics}
        unread = [
            place
            for place, log in self.group.broker.logs.items()
            if place[0] in topics and self.group.settled(place) < len(log)
        ]
        rows = self.store.rows.items() if self.service.wake else ()
        due = [name for name, row in rows if row.wake_at and row.wake_at <= now]
        found = (("unread", unread), ("due", due), ("noted", list(self.store.notes)))
        return [f"{what} {which}" for what, which in found if which]

    def soonest(self) -> datetime | None:
        """When the first timer is due."""
        times = (row.wake_at for row in self.store.rows.values() if row.wake_at)
        return min(times, default=None) if self.service.wake else None


ChannelsOf = Callable[[Process], Mapping[str, Channel]]


class Member:
    """A process from its start to its end; ``life`` is over when it has died, whatever of."""

    def __init__(self, shop: Shop, name: str, chaos: Chaos, off: timedelta, channels: ChannelsOf) -> None:
        """Take what it works on, and by how much its machine's clock is ahead."""
        self._shop, self._chaos = shop, chaos
        self.life = Life(name)
        self.process = Process(self.life, chaos)
        self.clock = MemberClock(self.process, off)
        topics = [topic.name for topic in shop.service.topics]
        group = shop.group
        self.stream = Consumer(group.broker, group.name, topics, self.process, group.take)
        self.calls = Calls(channels(self.process), self.clock)
        self.metrics = Metrics(shop.service.name)
        self.loop = Loop(
            shop.service,
            stream=self.stream,
            clock=self.clock,
            metrics=self.metrics,
            store=FlakyStore(shop.store, self.process) if shop.service.state else None,
            performer=self.calls,
            pace=PACE,
        )
        self.stream.release = self.loop.released
        self._asleep: asyncio.Timeout | None = None
        self.peaceful = False
        """Whether it came to its end by being asked to: nobody who did leaves anything unsaid."""

    def start(self) -> None:
        """Begin to live."""
        self.life.start(self._run())

    def faults(self) -> float:
        """How many exceptions of our own it has met."""
        samples = (sample for metric in self.metrics.faults.collect() for sample in metric.samples)
        return sum(sample.value for sample in samples if sample.name.endswith("_total"))

    def remembered(self) -> Mapping[str, int]:
        """How many documents it has decided on from memory, and of how many others had written a newer form by then."""
        value = self.metrics.registry.get_sample_value
        found = {what: value(f"yiwang_{what}_documents_total") for what in ("recalled", "outdated")}
        return {f"{what} document": int(times) for what, times in found.items() if times}

    async def stop(self) -> None:
        """End in peace, as after SIGTERM: take no more, end the step, let calls end, leave the group."""
        await self.loop.close()
        await self.calls.drain(CALLS_SECONDS)
        self.peaceful = True
        self.life.end()

    async def _run(self) -> None:
        """As ``run.py`` does: a process that finds no servers ends, and another one is started."""
        try:
            await self.clock.now()
        except Unavailable:
            self.life.end()
            return
        self._shop.group.join(self.stream)
        self.life.start(self._read())
        self.life.start(self._tick())
        self.life.start(self.calls.hand_back(self.loop.on_done))

    async def _read(self) -> None:
        while True:
            epoch, records = await self.stream.fetch()
            self._chaos.tell(self.life.name, f"polls {len(records)}: {records[0].position} …")
            self._shop.group.given(records)
            await self.process.linger("after poll")
            if epoch == self.stream.epoch:
                await self.loop.on_records(records)

    async def _tick(self) -> None:
        while True:
            await self.loop.on_tick()
            await asyncio.sleep(BREATH * SHORT_TURN)
            due, now = self._shop.soonest(), asyncio.get_running_loop().time()
            longest = now + (CALM_TURN if self._chaos.calm else self._chaos.random.uniform(SHORT_TURN, LONG_TURN))
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(longest, self._about(due) if due else longest)) as self._asleep:
                    await self.loop.wanted.wait()
            self._asleep = None

    def expect(self, due: datetime) -> None:
        """A timer is due then: a tick comes about that time, or sooner."""
        if self._asleep and (until := self._asleep.when()) and (about := self._about(due)) < until:
            self._asleep.reschedule(about)

    def _about(self, due: datetime) -> float:
        """Ticks come soon after something is due, and now and then; each second would be too many to simulate."""
        loop = asyncio.get_running_loop()
        late = 0.0 if self._chaos.calm else self._chaos.random.expovariate(1 / SOON)
        return loop.time() + max(SHORT_TURN, (due - virtual.now()).total_seconds() + late)
