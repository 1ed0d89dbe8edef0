"""Lives and deaths of members: kill -9 at moments and named points drawn from a seed, and a start after each."""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.faults.dying import points
from tests.pipeline import Pipeline
from tests.stable import Running

ANY: Final = "any moment"
"""A death from outside, wherever the process is."""
PASSINGS: Final = 12
"""An armed member dies at the first to the so manieth passing of its point."""
READY_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.05


@dataclass(slots=True)
class Deaths:
    """What has been done to the members so far."""

    kills: Counter[str] = field(default_factory=Counter)
    """By the way of death: a named point, or any moment."""
    surprises: list[str] = field(default_factory=list)
    """Members that ended otherwise, or did not become ready."""

    @property
    def total(self) -> int:
        return self.kills.total()


@dataclass(slots=True)
class Life:
    """One member, which dies once in each of ``deaths`` equal parts of ``seconds``."""

    pipeline: Pipeline
    name: str
    seed: int
    record: Deaths

    async def live(self, deaths: int, seconds: float) -> None:
        """Die as often as asked for, then live on."""
        random, clock = Random(f"{self.seed}/{self.name}"), asyncio.get_running_loop().time
        began, way = clock(), ANY
        for n in range(deaths):
            end = began + seconds * (n + random.uniform(0.1, 1.0)) / deaths
            await self._die(way, end)
            way = self._start(random, last=n + 1 == deaths)
        await self._ready(self.pipeline.processes[self.name])

    def _start(self, random: Random, *, last: bool) -> str:
        """Start again, every second time with a point at which to die."""
        service = self.name.partition(".")[0]
        if last or random.random() < 0.5:
            self.pipeline.start(self.name)
            return ANY
        point, passings = random.choice(points(service)), random.randint(1, PASSINGS)
        self.pipeline.start_as(self.name, "tests.faults.dying", service, point, str(passings))
        return point

    async def _die(self, way: str, end: float) -> None:
        """Wait until the member has died by itself, or kill it when its time has come and it has begun to work."""
        process, clock = self.pipeline.processes[self.name], asyncio.get_running_loop().time
        await self._ready(process)
        while process.poll() is None and clock() < end:
            await asyncio.sleep(LOOK_SECONDS)
        if process.poll() is None:
            await asyncio.to_thread(self.pipeline.kill, self.name)
            way = ANY
        if process.returncode != -signal.SIGKILL:
            self.record.surprises.append(f"{self.name} ended with {process.returncode}")
            return
        self.record.kills[way] += 1

    async def _ready(self, process: Running) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                while process.poll() is None and not await self.pipeline.says_ready(self.name):
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            self.record.surprises.append(f"{self.name} was not ready within {READY_SECONDS:.0f} s")


def shares(total: int, names: Sequence[str]) -> dict[str, int]:
    """The total in shares as equal as can be."""
    each, rest = divmod(total, len(names))
    return {name: each + (n < rest) for n, name in enumerate(names)}
