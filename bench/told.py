"""What came through: when each case's first alert was appended, and when the last of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import ALERTS


@dataclass(frozen=True, slots=True)
class Told:
    """The first alert of each case, the last of all (seconds since 1970), and how many there are."""

    first: Mapping[UUID, float]
    last: float
    alerts: int


async def told(servers: list[str], space: str) -> Told:
    """All alerts so far; they need not be read, their keys and times are enough."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    first, last, alerts = dict[UUID, float](), 0.0, 0
    try:
        places = [TopicPartition(space + ALERTS.name, number) for number in range(ALERTS.partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    case, at = UUID(record.key.decode()), record.timestamp / 1000
                    first[case] = min(at, first.get(case, at))
                    last, alerts = max(last, at), alerts + 1
    finally:
        await consumer.stop()
    return Told(first, last, alerts)
