"""What a tick costs beside how much is stored: the service's own loop on real documents, one size after the other."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from contracts.topics import CASES
from contracts.wire import Message
from services.chassis.loop import TICK_LIMIT, Loop
from services.chassis.metrics import Metrics
from services.chassis.mongo import DatabaseClock, MongoStore, client
from services.chassis.ports import Partition
from tests.deadlines.ledgers import SERVICE, TOLD, ledger, load
from tests.deadlines.scenarios import open_ledgers
from tests.poison.watch import worked

TICKS: Final = 15
"""Of each kind; their median counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of a tick with nothing due and of one with as much as it takes, and what of the second is the
    server's processor time.
    """

    stored: int
    idle: float
    full: float
    server: float

    def line(self) -> str:
        said = f"{self.stored:>9} stored: a tick takes {self.idle:.1f} ms with nothing due, {self.full:.0f} ms with"
        return f"{said} {TICK_LIMIT} due, {self.server:.0f} ms of them the server's processor"


class Read:
    """A broker whose every record is read: ticks act on the time that it is."""

    def __init__(self) -> None:
        self.published = 0
        self._places = dict.fromkeys([(CASES.name, number) for number in range(CASES.partitions)], 0)

    async def publish(self, messages: Sequence[Message]) -> None:
        self.published += len(messages)

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """Nothing is read, so nothing is settled."""

    def take(self, most: int) -> None:
        """Nothing is handed over."""

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """Nothing was read."""

    def owned(self) -> frozenset[Partition]:
        return frozenset(self._places)

    async def read_to(self) -> Mapping[Partition, int]:
        return self._places

    async def ends(self) -> Mapping[Partition, int]:
        return self._places


async def costs(uri: str, pid: int, sizes: Sequence[int], say: Callable[[str], None]) -> list[Cost]:
    """What a tick costs with so many stored; the process that serves them is named for its processor time."""
    found = []
    for size in sizes:
        found.append(await _cost(uri, pid, size))
        say(found[-1].line())
    return found


async def _cost(uri: str, pid: int, size: int) -> Cost:
    motor = client(uri)
    store, clock = MongoStore(motor, f"cost-{size}", SERVICE), DatabaseClock(motor, asyncio.Event())
    await store.prepare()
    now = await clock.now()
    await load(store, open_ledgers(size, now))
    stream = Read()
    loop = Loop(SERVICE, stream=stream, clock=clock, metrics=Metrics(SERVICE.name), store=store)
    idle = [await _tick(loop) for _ in range(TICKS)]
    full, served = [], []
    for n in range(TICKS):
        await _add(store, f"{size}-{n}", now)
        before, used = stream.published, worked(pid)
        full.append(await _tick(loop))
        served.append(1000 * (worked(pid) - used))
        assert stream.published > before, "a tick that had something to say has said nothing"
        while loop.wanted.is_set():  # partitions have not equally much
            await loop.on_tick()
    await motor.drop_database(f"cost-{size}")
    motor.close()
    return Cost(size, median(idle), median(full), sum(served) / len(served))


async def _add(store: MongoStore, name: str, now: datetime) -> None:
    """As many as one tick takes fall due, and have said everything else."""
    due = now - timedelta(seconds=1)
    await load(store, (ledger(f"{name}-{n}", due, due - TOLD) for n in range(TICK_LIMIT)))


async def _tick(loop: Loop) -> float:
    began = time.perf_counter()
    await loop.on_tick()
    assert loop.paused is None, loop.paused
    return 1000 * (time.perf_counter() - began)
