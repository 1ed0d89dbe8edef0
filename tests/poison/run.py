"""One run: poison to each topic in turn on real servers, then everything that must hold is looked at."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from contracts.wire import Topic
from services.chassis.ports import Partition
from services.chassis.values import Service
from tests.contract.story import NOWHERE
from tests.contract.story import services as composed
from tests.faults.offsets import looking
from tests.pipeline import SERVICES, Pipeline, pipeline
from tests.poison.flow import RIGHT, Sent, flow, heap
from tests.poison.kept import Kept
from tests.poison.mending import mendable, replay, unmended, waves
from tests.poison.sender import Sender, sender
from tests.poison.verdict import unanswered, untidy
from tests.poison.watch import GROUPS, Still, Watch, memory, watching
from tests.servers import Servers
from yiwang.check.broker import Broker

BATCH: Final = 50
"""Records that are sent at once."""
BYTES: Final = 4_000_000
"""Bytes of large records at once, so that this program stays small."""
WINDOW: Final = 60
"""Records of all topics that a group may have unread before more are sent: a load that the services hold, no heap."""
READ_SECONDS: Final = 120.0
QUIET_SECONDS: Final = 180.0
STILL_SECONDS: Final = 1.0
"""Longer than this no partition may stand still with records unread."""
MEMORY_MB: Final = 600
"""More than this no service may ever have had."""
SETTINGS: Final = {"YIWANG_QUOTA_RATE": "10000", "YIWANG_QUOTA_BURST": "100000"}
"""A quota holds a flood back on purpose; here is to be seen what rubbish does, not what a quota does."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which topics, how many records of poison to each, by which seed."""

    topics: Sequence[Topic]
    count: int
    seed: int = 1
    large: int = 0
    """So many records of 1 MB more for the first topic, sent as fast as the broker takes them."""
    mended: int = 1000
    """So many of the parked records come back, of as many services and kinds as there are."""
    still: float = STILL_SECONDS


@dataclass(slots=True)
class Row:
    """How it went with one topic."""

    topic: str
    sent: int = 0
    right: int = 0
    still: Still = field(default_factory=Still)
    memory: int = 0


@dataclass(slots=True)
class Run:
    """What runs, what was sent, and what was found wrong."""

    plan: Plan
    pipeline: Pipeline
    sender: Sender
    watch: Watch
    say: Say
    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def feed(self, topic: Topic, rest: Iterator[Sent], most: int) -> None:
        """One topic, to the end of what is sent there, with so many unread at the most."""
        clock, row = asyncio.get_running_loop().time, self.row(topic)
        began = clock()
        while batch := list(islice(rest, BATCH)):
            for part in portions(batch):
                await self.sender.send(part)
            await self.read({}, most)
        await self.read(self.sender.ends(topic.name), 0)
        stands = [each for place, each in self.sender.stands.items() if place[0] == topic.name]
        row.sent = sum(map(len, stands)) + self.sender.refused[topic.name]
        row.right = sum(one.kind is RIGHT for each in stands for one in each.values())
        row.memory = max(memory(self.pipeline.processes[name].pid)[0] for name in GROUPS[topic.name])
        self.say(f"{topic.name}: {row.sent} sent, the last in {clock() - began:.0f} s, {self.told(topic.name)}")

    def row(self, topic: Topic) -> Row:
        """The topic's row, new or that of an earlier feed."""
        if topic.name not in (row.topic for row in self.rows):
            self.rows.append(Row(topic.name))
        return next(row for row in self.rows if row.topic == topic.name)

    async def read(self, ends: dict[Partition, int], most: int, seconds: float = READ_SECONDS) -> None:
        """Wait until no group has more than so many of these to read, or of all there is; an ended service fails."""
        limit = asyncio.get_running_loop().time() + seconds
        while True:
            await self.watch.look()
            if (left := self.watch.unread(ends or dict(self.watch.ends))) <= most:
                return
            self.alive()
            if asyncio.get_running_loop().time() > limit:
                raise AssertionError(f"{left} records still unread after {seconds:.0f} s")

    def told(self, topic: str) -> str:
        """The longest stand-still at a topic, in words."""
        (group, place), still = self.watch.stands.of(topic)
        stood = self.sender.stands.get(place, {})
        there = [one.kind.name for offset in range(still.offset, still.offset + 12) if (one := stood.get(offset))]
        return (
            f"longest stand-still {still.seconds:.2f} s ({still.own:.2f} s on a machine of its own) "
            f"at {place[1]}/{still.offset} by {group}; there: {', '.join(there)}"
        )

    def alive(self) -> None:
        for name in SERVICES:
            code = self.pipeline.processes[name].poll()
            assert code is None, f"{name} ended with {code}:\n{self.pipeline.log(name)}"

    async def quiet(self) -> None:
        """Wait until everything that follows is read, too."""
        clock = asyncio.get_running_loop().time
        limit, calm = clock() + QUIET_SECONDS, 0
        while calm < 10:
            await self.watch.look()
            self.alive()
            assert clock() < limit, "what follows from the poison is not read"
            calm = 0 if self.watch.unread(dict(self.watch.ends)) else calm + 1


def portions(batch: Sequence[Sent]) -> Iterator[list[Sent]]:
    """The batch in parts of not much more than ``BYTES``."""
    part, size = list[Sent](), 0
    for one in batch:
        part.append(one)
        size += one.sample.size
        if size >= BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


async def run(plan: Plan, servers: Servers, folder: Path, say: Say) -> Run:
    """Send all of it and look at everything; ``wrong`` of the answer is what did not hold."""
    async with (
        pipeline(servers, folder, **SETTINGS) as found,
        sender(servers.brokers, found.space) as sending,
        looking(servers.brokers, found.space) as offsets,
        watching(found, offsets) as watch,
    ):
        one = Run(plan, found, sending, watch, say)
        pids = {name: found.processes[name].pid for name in SERVICES}
        for topic in plan.topics:
            await one.feed(topic, flow(topic, plan.seed, plan.count), WINDOW)
        if plan.large:
            await one.feed(plan.topics[0], heap(plan.topics[0], plan.seed, plan.large), plan.large)
        await one.quiet()
        for row in one.rows:
            row.still = watch.stands.of(row.topic)[1]
            if row.still.own > plan.still:
                one.wrong.append(f"{row.topic}: {one.told(row.topic)}")
        for name, pid in pids.items():
            now, most = memory(pid)
            say(f"{name}: {now} MB now, {most} MB at the most")
            if most > MEMORY_MB:
                one.wrong.append(f"{name} had {most} MB")
        await judge(one)
    return one


async def judge(one: Run) -> None:
    """Letters, outcomes, what comes back mended, logs, and the checker's word on all of it."""
    kept, broker = Kept(one.sender.stands), Broker(one.pipeline.servers.brokers, one.pipeline.space)
    five = services(one.pipeline)
    async with broker.connected():
        await kept.read(broker)
        mended = mendable(kept.letters, one.sender, one.plan.mended)
        for wave in waves(mended):
            await replay(wave, one.sender)
            await one.quiet()
        one.wrong += await unmended(mended, five, broker)
    one.say(f"{len(mended)} of {kept.parked.total()} parked records came back mended, of {len(kept.kinds)} kinds")
    one.wrong += kept.wrong + untidy(one.pipeline, kept.parked.total())
    one.wrong += await unanswered(one.pipeline, five, one.sender.stands)
    table(one, kept)


def services(found: Pipeline) -> Sequence[Service]:
    """The five as they are set up here, composed but not run."""
    return composed(NOWHERE.model_copy(update={"policy": found.policy}))


def table(one: Run, kept: Kept) -> None:
    """A row for each topic; of the longest stand-still the seconds of the clock, and on a machine of its own."""
    one.say(
        f"{'topic':38}{'sent':>7}{'refused':>8}{'right':>7}{'still':>7}{'own':>6}{'MB':>5}  parked by reader, reason"
    )
    for row in one.rows:
        mine = {key[1:]: count for key, count in kept.parked.items() if key[0] == row.topic}
        parked = ", ".join(f"{service} {count} {reason}" for (service, reason), count in sorted(mine.items()))
        counts = f"{row.sent:7}{one.sender.refused[row.topic]:8}{row.right:7}"
        one.say(f"{row.topic:38}{counts}{row.still.seconds:7.2f}{row.still.own:6.2f}{row.memory:5}  {parked}")
