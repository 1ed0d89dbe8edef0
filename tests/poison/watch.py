"""Watches the services from outside while poison flows: how long partitions stand still, memory, lives, logs.

A partition stands still as long as its group's committed offset stays where it is while records lie behind it that
the broker had acknowledged. It is looked at many times a second: what is told is the span from the first look that
found it so to the last one, counted from before the one was asked to after the other was answered.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contracts.topics import TOPICS
from services.chassis.ports import Partition
from tests.faults.offsets import Committed, Ends, Offsets
from tests.pipeline import SERVICES, Pipeline

LOOK_SECONDS: Final = 0.1
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    topic.name: tuple(name for name in SERVICES if f"services/{name}" in topic.consumers) for topic in TOPICS
}
"""Who reads each topic."""
Stand = tuple[str, Partition]
"""A group and a partition that it reads."""


@dataclass(frozen=True, slots=True)
class Still:
    """A partition stood still at ``offset`` for so many seconds of the clock.

    Its reader had a processor for ``worked`` of them, and for ``waited`` it wanted one that something else had.
    """

    seconds: float = 0.0
    worked: float = 0.0
    waited: float = 0.0
    offset: int = -1

    @property
    def stretch(self) -> float:
        """How many times longer everything took because the machine had other work, by the reader's own waits."""
        return (self.worked + self.waited) / self.worked if self.worked else 1.0

    @property
    def own(self) -> float:
        """How long it would have been on a machine that does nothing else; on such a one, the seconds of the clock."""
        return self.seconds / self.stretch


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at once: between two moments, and how long each service had worked and waited for a processor."""

    committed: Committed
    ends: Ends
    asked: float
    answered: float
    worked: Mapping[str, tuple[float, float]]


@dataclass(slots=True)
class Stands:
    """Since when each group stands at each partition, and the longest that it stood with records unread."""

    since: dict[Stand, tuple[int, float, tuple[float, float]]] = field(default_factory=dict)
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
        worked, waited = look.worked.get(stand[0], (0.0, 0.0))
        before, since, then = self.since.get(stand, (-1, 0.0, (0.0, 0.0)))
        if before != at:
            self.since[stand] = (at, look.asked, (worked, waited))
            return
        still = Still(look.answered - since, worked - then[0], waited - then[1], at)
        if still.own > self.longest.get(stand, Still()).own:
            self.longest[stand] = still

    def of(self, topic: str) -> tuple[Stand, Still]:
        """Where at the topic it was longest, and how long."""
        mine = [(stand, still) for stand, still in self.longest.items() if stand[1][0] == topic]
        return max(mine, key=lambda one: one[1].own, default=(("", (topic, 0)), Still()))


@dataclass(slots=True)
class Watch:
    """Looks for as long as it is let; ``lag`` is of the newest look."""

    pipeline: Pipeline
    offsets: Offsets
    stands: Stands = field(default_factory=Stands)
    committed: Committed = field(default_factory=dict)
    ends: Ends = field(default_factory=dict)
    looks: int = 0
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep_looking(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            ends = await self.offsets.ends()
            asked = clock()
            self.committed = await self.offsets.committed()
            self.stands.look(Look(self.committed, ends, asked, clock(), self._worked()))
            self.ends, self.looks = ends, self.looks + 1
            self.looked.set()
            await asyncio.sleep(max(0.0, LOOK_SECONDS - (clock() - asked)))

    def _worked(self) -> Mapping[str, tuple[float, float]]:
        return {name: processor(self.pipeline.processes[name].pid) for name in SERVICES}

    async def look(self) -> None:
        """Wait for a look that began after this call."""
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


def processor(pid: int) -> tuple[float, float]:
    """Seconds that a process had a processor, and that it waited for one though it could have worked."""
    worked, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(worked) / 1e9, int(waited) / 1e9


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
