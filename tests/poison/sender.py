"""Sends records as any client could: to a partition of its choice, under header names of any bytes, of any size."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from contracts.wire import MIB
from services.chassis.ports import Partition
from tests.poison.flow import RIGHT, Sent
from tests.poison.sample import Sample
from tests.raw import Name, builder

LARGEST: Final = 16 * MIB
"""What this client itself would refuse: far above the broker's door."""


@dataclass(slots=True)
class Sender:
    """One client of one namespace: what the broker took, where it stands, and what it refused."""

    producer: AIOKafkaProducer
    space: str
    stands: dict[Partition, dict[int, Sent]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    """By topic, what was too large for the broker."""

    def ends(self, topic: str) -> dict[Partition, int]:
        """Behind the last record of each partition that the broker has acknowledged."""
        return {place: max(stands) + 1 for place, stands in self.stands.items() if place[0] == topic}

    async def send(self, batch: list[Sent]) -> None:
        """Send all of these, and return when each is taken or refused.

        They are made beside the event loop, so that whoever looks at the services meanwhile is not kept from it.
        """
        samples = await asyncio.to_thread(lambda: [one.sample for one in batch])
        await asyncio.gather(*[self._send(at, *each) for at, each in enumerate(zip(batch, samples, strict=True))])

    async def _send(self, at: int, one: Sent, sample: Sample) -> None:
        name = one.topic.name
        try:
            taken = await self._deliver(self.space + name, sample, at % one.topic.partitions, right=one.kind is RIGHT)
        except MessageSizeTooLargeError:
            self.refused[name] += 1
            return
        self.stands.setdefault((name, taken.partition), {})[taken.offset] = one

    async def _deliver(self, wire: str, sample: Sample, partition: int, *, right: bool) -> Any:
        """A right record goes where its key says, as its producer's would."""
        empty = sample.key is None and sample.value is None
        if empty or any(isinstance(name, Name) for name, _ in sample.headers):
            batch = self.producer.create_batch()
            batch._builder = builder()
            assert batch.append(key=sample.key, value=sample.value, timestamp=None, headers=list(sample.headers))
            return await (await self.producer.send_batch(batch, wire, partition=partition))
        place = None if right else partition
        headers = list(sample.headers)
        return await (await self.producer.send(wire, sample.value, key=sample.key, partition=place, headers=headers))


@asynccontextmanager
async def sender(brokers: list[str], space: str) -> AsyncIterator[Sender]:
    """Connected for as long as the context lasts."""
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", max_request_size=LARGEST)
    await producer.start()
    try:
        yield Sender(producer, space)
    finally:
        await producer.stop()
