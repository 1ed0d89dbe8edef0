"""Who sends: reports at the times of a plan, each noted with the time at which the broker appended it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaProducer

from contracts.identity import report_id
from contracts.topics import SUBMITTED
from simulation.sent import Sent

BATCH: Final = 256 * 1024
TURN: Final = 0.01
"""Seconds between two handfuls."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a plan: so many reports a second for so long; without a rate as fast as the broker takes them."""

    count: int
    rate: float | None = None


async def feed(servers: list[str], space: str, sent: Iterable[Sent], phases: Iterable[Phase]) -> dict[UUID, float]:
    """Send them; answers for each case when its report was appended (seconds since 1970)."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=BATCH
    )
    await producer.start()
    await asyncio.gather(*(producer.partitions_for(space + topic.name) for topic in SUBMITTED.values()))
    left, under_way = iter(sent), dict[UUID, asyncio.Future[Any]]()
    try:
        for phase in phases:
            async for count in _handfuls(phase):
                for one in islice(left, count):
                    case = report_id(one.department, one.reference)
                    under_way[case] = await producer.send(
                        space + SUBMITTED[one.department].name, one.body, key=str(case).encode()
                    )
        await asyncio.gather(*under_way.values())
    finally:
        await producer.stop()
    return {case: ended.result().timestamp / 1000 for case, ended in under_way.items()}


async def _handfuls(phase: Phase) -> AsyncIterator[int]:
    if phase.rate is None:
        yield phase.count
        return
    clock, given = asyncio.get_running_loop().time, 0
    began = clock()
    while given < phase.count:
        await asyncio.sleep(TURN)
        owed = min(phase.count, int((clock() - began) * phase.rate))
        yield owed - given
        given = owed
