"""All topics of an environment, read without joining a group: what is settled, where logs begin and end, records."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.topics import SERVICES, TOPICS
from services.chassis.kafka import ISOLATION
from services.chassis.lenient import read_leniently
from services.chassis.ports import Partition
from services.chassis.values import Record, Unavailable

FETCH_MS: Final = 200
"""How long a fetch may wait for records."""
RECORDS: Final = 2000
"""Records that are in hand at once."""
GROUPS: Final = tuple(service.removeprefix("services/") for service in SERVICES)

Offsets = Mapping[Partition, int]


class Broker:
    """A reader of everything, under a namespace; it commits nothing."""

    def __init__(self, servers: list[str], namespace: str) -> None:
        """Take where it is; ``connected`` opens it."""
        read_leniently()
        self._space = namespace
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            isolation_level=ISOLATION,
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_MS,
            client_id="yiwang-check",
        )
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        self._places: dict[TopicPartition, Partition] = {}

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Open for as long as the context lasts; raises Unavailable, at any time, where the broker is away."""
        try:
            await self._consumer.start()
            await self._admin.start()
            await self._find()
            yield
        except KafkaError as fault:
            raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault
        finally:
            await self._consumer.stop()
            await self._admin.close()

    async def settled(self) -> Mapping[str, Offsets]:
        """What each service has settled."""
        return {group: await self._committed(group) for group in GROUPS}

    async def begins(self) -> Offsets:
        """Where the logs begin."""
        return self._named(await self._consumer.beginning_offsets(list(self._places)))

    async def ends(self) -> Offsets:
        """Where they end now."""
        return self._named(await self._consumer.end_offsets(list(self._places)))

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that partitions have."""
        return frozenset(number for _, number in self._places.values())

    async def read(self, begins: Offsets, ends: Offsets) -> AsyncIterator[Record]:
        """Every record between these offsets, of each partition in its order."""
        left = {wire: ends[place] for wire, place in self._places.items() if ends[place] > begins[place]}
        self._consumer.assign(list(left))
        for wire in left:
            self._consumer.seek(wire, begins[self._places[wire]])
        while left:
            found = await self._consumer.getmany(timeout_ms=FETCH_MS, max_records=RECORDS)
            for raw in (raw for records in found.values() for raw in records):
                place = self._places[TopicPartition(raw.topic, raw.partition)]
                if raw.offset < ends[place]:
                    yield self._record(place, raw)
            for wire in [wire for wire, end in left.items() if await self._consumer.position(wire) >= end]:
                del left[wire]
                self._consumer.pause(wire)

    async def _find(self) -> None:
        """The partitions that there are: production may have more of them than the registry asks for."""
        topics = {self._space + topic.name: topic.name for topic in TOPICS}
        missing = sorted(topics.keys() - await self._consumer.topics())
        if missing:
            raise Unavailable(f"no such topic: {', '.join(missing)}")
        for wire, name in topics.items():
            for found in (await self._admin.describe_topics([wire]))[0]["partitions"]:
                self._places[TopicPartition(wire, found["partition"])] = (name, found["partition"])

    async def _committed(self, group: str) -> Offsets:
        found = await self._admin.list_consumer_group_offsets(self._space + group)
        named = {self._places[wire]: at.offset for wire, at in found.items() if wire in self._places}
        return {place: offset for place, offset in named.items() if offset >= 0}

    def _named(self, found: Mapping[Any, int]) -> Offsets:
        return {self._places[wire]: offset for wire, offset in found.items()}

    def _record(self, place: Partition, raw: Any) -> Record:
        return Record(
            topic=place[0],
            partition=place[1],
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=tuple(raw.headers),
            time=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
        )
