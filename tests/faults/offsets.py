"""How far every service has read, seen from outside: its group's committed offsets against the ends of the logs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.topics import TOPICS
from services.chassis.ports import Partition
from tests.pipeline import SERVICES

READS: Mapping[str, tuple[str, ...]] = {
    service: tuple(topic.name for topic in TOPICS if f"services/{service}" in topic.consumers) for service in SERVICES
}
"""The topics that each service reads, by the registry."""
PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}
LOOK_SECONDS = 10.0
"""How long one look may take: the broker may be about to die."""

Ends = Mapping[Partition, int]
Committed = Mapping[str, Ends]
"""By service."""


@dataclass(slots=True)
class Offsets:
    """Looks at one namespace, over connections of its own."""

    space: str
    consumer: AIOKafkaConsumer
    admin: AIOKafkaAdminClient

    async def ends(self) -> Ends:
        """For each partition of every topic, the offset that its next record will get."""
        found = await asyncio.wait_for(self.consumer.end_offsets(places(self.space)), LOOK_SECONDS)
        return {(wire.topic.removeprefix(self.space), wire.partition): end for wire, end in found.items()}

    async def committed(self) -> Committed:
        """What each service's group has committed; a partition that it never committed is missing."""
        async with asyncio.timeout(LOOK_SECONDS):
            found = await asyncio.gather(*map(self._committed, SERVICES))
        return dict(zip(SERVICES, found, strict=True))

    async def _committed(self, service: str) -> Ends:
        found = await self.admin.list_consumer_group_offsets(self.space + service)
        return {
            (wire.topic.removeprefix(self.space), wire.partition): at.offset
            for wire, at in found.items()
            if at.offset >= 0
        }

    async def lags(self) -> Mapping[str, int]:
        """By service, how many records stand between what it has committed and the ends, which are asked for last."""
        committed, ends = await self.committed(), await self.ends()
        return {service: behind(service, committed[service], ends) for service in SERVICES}


def places(space: str) -> list[TopicPartition]:
    """All partitions, by their names on the broker."""
    return [TopicPartition(space + name, number) for name, count in PARTITIONS.items() for number in range(count)]


def behind(service: str, committed: Ends, ends: Ends) -> int:
    """Records that a service has not settled, of those before ``ends``."""
    return sum(max(0, end - committed.get(place, 0)) for place, end in ends.items() if place[0] in READS[service])


@asynccontextmanager
async def looking(servers: list[str], space: str) -> AsyncIterator[Offsets]:
    """Connected for as long as the context lasts."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, request_timeout_ms=5000)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=5000)
    await consumer.start()
    consumer.assign(places(space))  # all topics' metadata are asked for at once, not one after the other
    consumer.pause(*places(space))
    try:
        await admin.start()
        yield Offsets(space, consumer, admin)
    finally:
        await admin.close()
        await consumer.stop()
