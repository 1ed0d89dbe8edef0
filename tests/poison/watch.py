"""Watches the services from outside while poison flows: how long partitions stand still, memory, lives, logs.

A partition stands still as long as its group's committed offset stays where it is while records lie behind it that
the broker had acknowledged. It is looked at many times a second: what is told is the span from the first look that
found it so to the last one, counted from before the one was asked to after the other was answered.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contracts.topics import TOPICS
from services.chassis.ports import Partition
from tests.faults.offsets import Committed, Ends, Offsets
from tests.pipeline import SERVICES, Pipeline

LOOK_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 60.0
"""How long two looks may take before the watch counts as dead."""
FAMILY_LOOKS: Final = 20
"""After so many looks it is looked again which processes there are."""
TICKS, CORES = os.sysconf("SC_CLK_TCK"), os.cpu_count() or 1
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    topic.name: tuple(name for name in SERVICES if f"services/{name}" in topic.consumers) for topic in TOPICS
}
"""Who reads each topic."""
Stand = tuple[str, Partition]
"""A group and a partition that it reads."""


@dataclass(frozen=True, slots=True)
class Still:
    """A partition stood still at ``offset`` for so many seconds of the clock.

    For the ``foreign`` part of them, from 0 to 1, the machine's processors worked for others than this run.
    """

    seconds: float = 0.0
    foreign: float = 0.0
    offset: int = -1

    @property
    def own(self) -> float:
        """How long it would have been on a machine that does nothing else; on such a one, the seconds of the clock."""
        return self.seconds * (1 - self.foreign)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at once: between two moments, and how many seconds processors had worked for others till then."""

    committed: Committed
    ends: Ends
    asked: float
    answered: float
    foreign: float = 0.0


@dataclass(slots=True)
class Stands:
    """Since when each group stands at each partition, and the longest that it stood with records unread."""

    since: dict[Stand, tuple[int, float, float]] = field(default_factory=dict)
    longest: dict[Stand, Still] = field(default_factory=dict)

    def look(self, look: Look) -> None:
        """Take one look; its ends were acknowledged before it asked for what is committed."""
        for place, end in look.ends.items():
            for group in GROUPS[place[0]]:
                at = look.committed.get(group, {}).get(place, 0)
                self._look((group, place), at, look, unread=at < end)

    def _look(self, stand: Stand, at: int, look: Look, *, unread: bool) -> None:
        if not unread:
            self.since.pop(stand, None)
            return
        before, since, then = self.since.get(stand, (-1, 0.0, 0.0))
        if before != at:
            self.since[stand] = (at, look.asked, look.foreign)
            return
        seconds = look.answered - since
        still = Still(seconds, min(1.0, max(0.0, look.foreign - then) / (seconds * CORES)), at)
        if still.own > self.longest.get(stand, Still()).own:
            self.longest[stand] = still

    def of(self, topic: str) -> tuple[Stand, Still]:
        """Where at the topic it was longest, and how long."""
        mine = [(stand, still) for stand, still in self.longest.items() if stand[1][0] == topic]
        return max(mine, key=lambda one: one[1].own, default=(("", (topic, 0)), Still()))


@dataclass(slots=True)
class Watch:
    """Looks for as long as it is let, and keeps what it saw last."""

    pipeline: Pipeline
    offsets: Offsets
    stands: Stands = field(default_factory=Stands)
    committed: Committed = field(default_factory=dict)
    ends: Ends = field(default_factory=dict)
    looks: int = 0
    family: Collection[int] = ()
    """The processes of this run."""
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held for each look; whoever needs this process for himself, while nothing flows, holds it instead."""

    async def keep_looking(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            async with self.looking:
                ends = await self.offsets.ends()
                asked = clock()
                self.committed = await self.offsets.committed()
            self.stands.look(Look(self.committed, ends, asked, clock(), self._foreign()))
            self.ends, self.looks = ends, self.looks + 1
            self.looked.set()
            await asyncio.sleep(max(0.0, LOOK_SECONDS - (clock() - asked)))

    def _foreign(self) -> float:
        if self.looks % FAMILY_LOOKS == 0:
            self.family = family()
        return busy() - sum(map(worked, self.family))

    async def look(self) -> None:
        """Wait for a look that began after this call."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(2):
                self.looked.clear()
                await self.looked.wait()

    def unread(self, ends: Ends) -> int:
        """Of these, the most that any group has still to read."""
        groups = {group for place in ends for group in GROUPS[place[0]]}
        return max((self._unread(group, ends) for group in groups), default=0)

    def _unread(self, group: str, ends: Ends) -> int:
        mine = {place: end for place, end in ends.items() if group in GROUPS[place[0]]}
        return sum(max(0, end - self.committed.get(group, {}).get(place, 0)) for place, end in mine.items())


@asynccontextmanager
async def watching(pipeline: Pipeline, offsets: Offsets) -> AsyncIterator[Watch]:
    """A watch that looks for as long as the context lasts."""
    watch = Watch(pipeline, offsets)
    task = asyncio.create_task(watch.keep_looking())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def busy() -> float:
    """Seconds that the machine's processors have worked since it started, or were taken from it by its host."""
    user, nice, system, _idle, _wait, irq, softirq, steal, *_ = (
        Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / TICKS


def worked(pid: int) -> float:
    """Seconds that a process and its ended children have worked; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def family() -> list[int]:
    """This process and all that come from it."""
    parents = dict[int, list[int]]()
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = each.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(each.parent.name))
    found = [os.getpid()]
    for pid in found:
        found += parents.get(pid, [])
    return found


def memory(pid: int) -> tuple[int, int]:
    """Megabytes that a process has now, and the most that it ever had."""
    text = Path(f"/proc/{pid}/status").read_text()
    now, most = (re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("VmRSS", "VmHWM"))
    assert now
    assert most
    return int(now[1]) // 1024, int(most[1]) // 1024


def events(log: Path) -> Counter[str]:
    """How many lines a service has logged of each event and level; a line that is no JSON object counts as such."""
    found = Counter[str]()
    with log.open(errors="replace") as lines:
        for line in lines:
            event = re.search(r'"event": "([^"]*)"', line)
            level = re.search(r'"level": "(\w+)"', line)
            found[f"{level[1]}: {event[1]}" if event and level else f"no event: {line[:100]}"] += 1
    return found
