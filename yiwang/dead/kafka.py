"""Kafka behind the commands' port: it joins no group, commits nothing, and every wait has an end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.wire import Message, Topic
from services.chassis import lenient
from services.chassis.ports import Partition
from services.chassis.publisher import BATCH, MAX_REQUEST
from services.chassis.values import Record, Unavailable
from yiwang.dead.logs import Out
from yiwang.dead.values import Place

SECONDS: Final = 30.0
"""How long the broker may take for one thing."""
STOP_SECONDS: Final = 5.0
"""How long leaving it may take: an idempotent producer would wait for one that is away for ever."""
POLL_MS: Final = 200
AGAIN_SECONDS: Final = 0.2
"""How long a question waits that is asked again."""

T = TypeVar("T")


class KafkaLogs:
    """Topics under one namespace; the producer connects when something is to be written, and not before."""

    def __init__(self, servers: list[str], namespace: str) -> None:
        """Take the brokers, and what stands before every topic's and group's name; ``connected`` opens it."""
        self._servers, self._space = servers, namespace
        self._asking = self._consumer()
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        self._producer: AIOKafkaProducer | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["KafkaLogs"]:
        """Open for as long as the context lasts; raises Unavailable."""
        lenient.read_leniently()
        try:
            await self._ask(self._asking.start())
            await self._ask(self._admin.start())
            yield self
        finally:
            ends = [self._asking.stop(), self._admin.close(), *([self._producer.stop()] if self._producer else [])]
            await asyncio.gather(*(asyncio.wait_for(end, STOP_SECONDS) for end in ends), return_exceptions=True)

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Partition, int]:
        """See the port."""
        names = {self._space + topic.name for topic in topics}
        there = await self._there(names)
        if missing := sorted(names - {wire.topic for wire in there}):
            raise Unavailable(f"topics are missing, or not yours to read, run 'yiwang init' first: {missing[0]} …")
        ends = await self._ask(self._asking.end_offsets(there))
        return {self._place(wire): end for wire, end in ends.items()}

    async def read(self, begins: Mapping[Partition, int], ends: Mapping[Partition, int]) -> AsyncIterator[Record]:
        """See the port."""
        left = {self._wire(place): end for place, end in ends.items() if begins.get(place, 0) < end}
        if not left:
            return
        consumer = self._consumer()
        try:
            await self._ask(consumer.start())
            consumer.assign(list(left))
            for wire in left:
                if offset := begins.get(self._place(wire)):
                    consumer.seek(wire, offset)
            while left := await self._unread(consumer, left):
                for raw in await self._polled(consumer, left):
                    yield self._record(raw)
        finally:
            await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=STOP_SECONDS)

    async def _unread(self, consumer: Any, ends: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        return {wire: end for wire, end in ends.items() if await self._ask(consumer.position(wire)) < end}

    async def _polled(self, consumer: Any, ends: Mapping[TopicPartition, int]) -> list[Any]:
        """The next records before these ends; none if nothing but marks of transactions was left."""
        async with self._timely("records"):
            while not (found := await consumer.getmany(*ends, timeout_ms=POLL_MS)):
                if len(await self._unread(consumer, ends)) < len(ends):
                    return []
        return [raw for wire, records in found.items() for raw in records if raw.offset < ends[wire]]

    async def at(self, place: Place) -> Record | None:
        """See the port."""
        where = (place.topic, place.partition)
        wire = self._wire(where)
        if wire not in await self._there({wire.topic}):
            return None
        begins = await self._ask(self._asking.beginning_offsets([wire]))
        ends = await self._ask(self._asking.end_offsets([wire]))
        found = None
        if begins[wire] <= place.offset < ends[wire]:
            async for record in self.read({where: place.offset}, {where: place.offset + 1}):
                found = record
        return found

    async def publish(self, messages: Sequence[Out]) -> Sequence[Place]:
        """See the port."""
        producer = await self._writing()
        async with self._timely("an acknowledgement; whether it was written is not known: look, then repeat"):
            sent = [await self._send(producer, *out) for out in messages]
            taken = await asyncio.gather(*sent)
        return [Place(one.topic, at.partition, at.offset) for (one, _), at in zip(messages, taken, strict=True)]

    async def _send(self, producer: AIOKafkaProducer, out: Message, partition: int | None) -> asyncio.Future[Any]:
        topic = self._space + out.topic
        if partition is not None and partition not in await producer.partitions_for(topic):
            raise Unavailable(f"{topic} has no partition {partition}")
        sent: asyncio.Future[Any] = await producer.send(
            topic, out.value, key=out.key.encode(), headers=list(out.headers), partition=partition
        )
        return sent

    async def settled(self, service: str) -> Mapping[Partition, int]:
        """See the port."""
        found = await self._ask(self._committed(self._space + service))
        return {self._place(wire): at.offset for wire, at in found.items()}

    async def _committed(self, group: str) -> Mapping[TopicPartition, Any]:
        """Asked again while the cluster is choosing who coordinates the group, as at a group's first use."""
        while True:
            try:
                found: Mapping[TopicPartition, Any] = await self._admin.list_consumer_group_offsets(group)
            except KafkaError as fault:
                if not fault.retriable:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return found

    async def _there(self, names: set[str]) -> list[TopicPartition]:
        """The partitions of those topics that exist; of others nothing is asked, because asking may create them."""
        known = sorted(names & set(await self._ask(self._admin.list_topics())))
        found = await self._ask(self._admin.describe_topics(known)) if known else []
        return [TopicPartition(one["topic"], part["partition"]) for one in found for part in one["partitions"]]

    async def _writing(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                acks="all",
                enable_idempotence=True,
                max_batch_size=BATCH,
                max_request_size=MAX_REQUEST,
            )
            self._producer = producer
            await self._ask(producer.start())
        return self._producer

    async def _ask(self, work: Awaitable[T]) -> T:
        async with self._timely("an answer"):
            return await work

    @asynccontextmanager
    async def _timely(self, what: str) -> AsyncIterator[None]:
        """Kafka's faults, and waits for ``what`` that are too long, as Unavailable with one line."""
        where = f"Kafka at {','.join(self._servers)}"
        try:
            async with asyncio.timeout(SECONDS):
                yield
        except TimeoutError:
            raise Unavailable(f"{where}: waited {SECONDS:.0f} s for {what}") from None
        except (KafkaError, lenient.Unreadable) as fault:
            raise Unavailable(f"{where}: {type(fault).__name__}: {fault}") from None

    def _consumer(self) -> Any:
        return AIOKafkaConsumer(
            bootstrap_servers=self._servers, auto_offset_reset="earliest", isolation_level="read_committed"
        )

    def _wire(self, place: Partition) -> TopicPartition:
        return TopicPartition(self._space + place[0], place[1])

    def _place(self, wire: TopicPartition) -> Partition:
        return wire.topic.removeprefix(self._space), wire.partition

    def _record(self, raw: Any) -> Record:
        return Record(
            topic=raw.topic.removeprefix(self._space),
            partition=raw.partition,
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=tuple(raw.headers),
            time=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
        )
