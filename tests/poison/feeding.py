"""Feeds topics with poison at a load that the services hold, and waits until it is read and what follows of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from contracts.wire import Topic
from services.chassis.ports import Partition
from tests.pipeline import SERVICES, Pipeline
from tests.poison.flow import RIGHT, Sent
from tests.poison.sender import Sender
from tests.poison.watch import GROUPS, Still, Watch, memory

BATCH: Final = 200
"""Records that are sent at once, and that may be unread when the next ones are: a load that goes on, no heap."""
TELLING: Final = 30
"""The same where each record may be told to many people, each of whom costs more than the record."""
BYTES: Final = 4_000_000
"""Bytes of large records at once, so that this program stays small."""
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
    parked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By topic, service and reason."""

    async def feed(self, topic: Topic, rest: Iterator[Sent], most: int) -> None:
        """One topic, to the end of what is sent there, with so many of all topics unread at the most."""
        clock, row = asyncio.get_running_loop().time, self.row(topic)
        began = clock()
        while batch := list(islice(rest, load(topic))):
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


def load(topic: Topic) -> int:
    """How many records are sent at once."""
    return TELLING if "notification" in GROUPS[topic.name] else BATCH


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
