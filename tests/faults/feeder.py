"""A steady load: reports of every shape at a given rate, and people's actions; what was acknowledged is noted."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from random import Random
from typing import Any, Final
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.case import Action, CaseAction
from contracts.identity import report_id
from contracts.topics import ACTIONS, SUBMITTED
from services.chassis.ports import Partition
from services.gis.boundaries import Boundaries
from simulation.reports import reports
from simulation.sent import CASE, SOLVED, Sent

TURN: Final = 0.1
"""Seconds from one handful of reports to the next."""
OUTSTANDING: Final = 500
"""Records that may be under way to the broker; while it is away, no more come."""
ACTED: Final = 0.5
"""The share of open cases that people act on within seconds, unless told otherwise: far more than in life."""
ACTS: Final = ((3.0, Action.ACCEPT), (5.0, Action.HAND_UP), (7.0, Action.RESOLVE))
"""After how many seconds they do what."""
TWICE: Final = 0.1
"""The share of actions that are sent twice."""
STOP_SECONDS: Final = 60.0
AHEAD_SECONDS: Final = 150.0
"""The reports of so long are made before the first is sent: each takes 0.5 ms of the machine that is measured."""


@dataclass(slots=True)
class Feeder:
    """Feeds one namespace; ``rate`` (reports a second) may be changed at any time."""

    servers: list[str]
    space: str
    rate: float
    seed: int
    acted: float = ACTED
    reports: int = 0
    """Reports that the broker has acknowledged."""
    acknowledged: dict[Partition, dict[int, int]] = field(default_factory=dict)
    """The checksum of each acknowledged record's value, by partition and offset."""
    refused: list[str] = field(default_factory=list)
    """What the producer gave up on."""
    _made: Iterator[Sent] = field(default_factory=lambda: iter(()))
    _under_way: set[asyncio.Future[Any]] = field(default_factory=set)
    _acts: deque[tuple[float, CaseAction]] = field(default_factory=deque)

    def prepare(self) -> None:
        """Make the first reports; the others are made as they are sent."""
        made = reports(self.seed, 10**9, Boundaries.load(), datetime.now(UTC))
        self._made = chain(_spent(deque(islice(made, round(self.rate * AHEAD_SECONDS)))), made)

    async def run(self, producer: AIOKafkaProducer) -> None:
        """For ever."""
        random, owed, clock = Random(self.seed), 0.0, asyncio.get_running_loop().time
        before = clock()
        while True:
            await asyncio.sleep(TURN)
            now = clock()
            owed, before = min(owed + self.rate * (now - before), self.rate * 2 + 1), now
            while owed >= 1 and len(self._under_way) < OUTSTANDING:
                owed -= 1
                await self._report(producer, next(self._made), random, now)
            await self._act(producer, random, now)

    def state(self) -> str:
        """How it does, for a message."""
        return f"{self.reports} acknowledged, {len(self._under_way)} under way, refused: {self.refused[-3:]}"

    async def finish(self) -> None:
        """Wait until all that is under way is acknowledged."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=STOP_SECONDS)
        if self._under_way:
            self.refused.append(f"{len(self._under_way)} records were not acknowledged in {STOP_SECONDS:.0f} s")

    async def _report(self, producer: AIOKafkaProducer, sent: Sent, random: Random, now: float) -> None:
        await self._send(producer, SUBMITTED[sent.department].name, sent.reference, sent.body)
        if sent.expect == CASE and sent.outcomes != SOLVED and random.random() < self.acted:
            case = report_id(sent.department, sent.reference)
            self._acts.append((now, _action(case, 0)))

    async def _act(self, producer: AIOKafkaProducer, random: Random, now: float) -> None:
        for _ in range(len(self._acts)):
            at, action = self._acts.popleft()
            n = int(action.action_id)
            if now - at < ACTS[n][0]:
                self._acts.append((at, action))
                continue
            for _ in range(1 + (random.random() < TWICE)):
                await self._send(producer, ACTIONS.name, action.key, action.model_dump_json(exclude_none=True).encode())
            if n + 1 < len(ACTS):
                self._acts.append((at, _action(action.case_id, n + 1)))

    async def _send(self, producer: AIOKafkaProducer, topic: str, key: str, value: bytes) -> None:
        sent = await _taken(producer, self.space + topic, key, value)
        self._under_way.add(sent)
        sent.add_done_callback(lambda ended: self._ended(ended, topic, value))

    def _ended(self, ended: asyncio.Future[Any], topic: str, value: bytes) -> None:
        self._under_way.discard(ended)
        if ended.cancelled() or ended.exception():
            self.refused.append(f"{topic}: {'cancelled' if ended.cancelled() else ended.exception()}")
            return
        taken = ended.result()
        self.acknowledged.setdefault((topic, taken.partition), {})[taken.offset] = crc32(value)
        self.reports += topic != ACTIONS.name


async def _taken(producer: AIOKafkaProducer, topic: str, key: str, value: bytes) -> asyncio.Future[Any]:
    """Hand a record to the producer; a broker that has just come back may not know its topics yet."""
    while True:
        try:
            sent: asyncio.Future[Any] = await producer.send(topic, value=value, key=key.encode())
        except KafkaError:
            await asyncio.sleep(TURN)
        else:
            return sent


def _spent(some: deque[Sent]) -> Iterator[Sent]:
    """One after the other, each let go as it is given."""
    while some:
        yield some.popleft()


def _action(case: Any, n: int) -> CaseAction:
    return CaseAction(case_id=case, action=ACTS[n][1], sender="app", action_id=str(n), actor="900100", note="处理中")


@asynccontextmanager
async def feeding(feeder: Feeder) -> AsyncIterator[Feeder]:
    """Feed for as long as the context lasts, then wait for what is under way."""
    producer = AIOKafkaProducer(
        bootstrap_servers=feeder.servers, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=256 * 1024
    )
    await asyncio.to_thread(feeder.prepare)
    await producer.start()
    topics = [*(topic.name for topic in SUBMITTED.values()), ACTIONS.name]
    await asyncio.gather(*(producer.partitions_for(feeder.space + topic) for topic in topics))
    work = asyncio.create_task(feeder.run(producer))
    try:
        yield feeder
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await feeder.finish()
        with suppress(TimeoutError):
            await asyncio.wait_for(producer.stop(), 10)
