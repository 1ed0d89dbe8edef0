"""The driver at the broker: it publishes, hears everything, and asks how far each service has read."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import BaseModel

from contracts.case import CaseAction, CaseEvent
from contracts.topics import ACTIONS, SUBMITTED
from contracts.topics import TOPICS as REGISTERED
from contracts.wire import Topic, text_headers
from services.chassis.ports import Partition
from simulation.sent import Sent
from yiwang.demo.book import HEARD, Book, Delivered
from yiwang.demo.quiet import Offsets

PARTITIONS: Final = 1
"""Of each topic: one member of each service reads them all, and each costs a round of its own (two: a quarter more)."""
TOPICS: Final = tuple(replace(topic, partitions=PARTITIONS) for topic in REGISTERED)
STOP_SECONDS: Final = 5.0
"""How long leaving the broker may take."""
FETCH_MS: Final = 50
"""A fetch that waits at the broker for longer would hold up what comes after it."""


class Broker:
    """Publishes and hears under a namespace; ``groups`` are the topics that each consumer group reads."""

    def __init__(self, servers: list[str], namespace: str, groups: Mapping[str, Sequence[Topic]]) -> None:
        """Take where it is and who reads there; ``connected`` opens it."""
        self._space, self._groups = namespace, groups
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers, auto_offset_reset="earliest", fetch_max_wait_ms=FETCH_MS
        )
        # A consumer of its own that fetches nothing: what asks for ends would wait behind a fetch on its connection.
        self._watcher = AIOKafkaConsumer(bootstrap_servers=servers)
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        self._coordinators: dict[str, int] = {}
        self._places = {
            TopicPartition(namespace + topic.name, number): (topic, number)
            for topic in REGISTERED
            for number in range(PARTITIONS)
        }
        self._heard = [wire for wire, (topic, _) in self._places.items() if topic in HEARD]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Open for as long as the context lasts."""
        clients = (self._producer, self._consumer, self._watcher)
        ends = (*(client.stop for client in clients), self._admin.close)
        try:
            await asyncio.gather(*(client.start() for client in clients), self._admin.start())
            self._consumer.assign(self._heard)
            self._watcher.assign(list(self._places))
            self._watcher.pause(*self._places)
            yield
        finally:
            await asyncio.gather(*(asyncio.wait_for(end(), STOP_SECONDS) for end in ends), return_exceptions=True)

    async def publish(
        self, reports: Sequence[Sent], actions: Sequence[CaseAction], moment: datetime
    ) -> list[Delivered]:
        """Publish all together; the reports' places, once every one of both is acknowledged."""
        sent = [await self._send(SUBMITTED[one.department], one.reference, one.body) for one in reports]
        acted = [await self._send(ACTIONS, act.key, act.model_dump_json(exclude_none=True).encode()) for act in actions]
        taken = await asyncio.gather(*sent)
        await asyncio.gather(*acted)
        return [self._delivered(one, at, moment) for one, at in zip(reports, taken, strict=True)]

    async def hear(self, book: Book) -> list[CaseEvent]:
        """Read everything that was written since, to its end; answer what happened to cases."""
        ends, events = await self._watcher.end_offsets(self._heard), list[CaseEvent]()
        while any([await self._consumer.position(wire) < ends[wire] for wire in self._heard]):
            events += await self.hear_some(book, FETCH_MS)
        return events

    async def hear_some(self, book: Book, milliseconds: int) -> list[CaseEvent]:
        """Read what has come, or comes within so many milliseconds; answer what happened to cases."""
        found = await self._consumer.getmany(timeout_ms=milliseconds)
        heard = (self._hear(book, record) for records in found.values() for record in records)
        return [body for body in heard if isinstance(body, CaseEvent)]

    def _hear(self, book: Book, record: Any) -> BaseModel | None:
        topic, _ = self._places[TopicPartition(record.topic, record.partition)]
        name = text_headers(record.headers).get("ce_id", "")
        return book.hear(topic, name, _moment(record.timestamp), record.value)

    async def ends(self) -> Offsets:
        """The offset that the next record of each partition will get."""
        found = await self._watcher.end_offsets(list(self._places))
        return {self._place(wire): end for wire, end in found.items()}

    async def settled(self, group: str) -> Offsets:
        """What a group has settled; a partition of which it has settled nothing is read from its beginning."""
        name = self._space + group
        if group not in self._coordinators:
            self._coordinators[group] = await self._admin.find_coordinator(name)
        found = await self._admin.list_consumer_group_offsets(name, self._coordinators[group])
        known = {(wire.topic.removeprefix(self._space), wire.partition): at.offset for wire, at in found.items()}
        places = [(topic.name, number) for topic in self._groups[group] for number in range(PARTITIONS)]
        return {place: known.get(place, 0) for place in places}

    async def _send(self, topic: Topic, key: str, body: bytes) -> Any:
        return await self._producer.send(self._space + topic.name, body, key=key.encode())

    def _place(self, wire: TopicPartition) -> Partition:
        topic, number = self._places[wire]
        return topic.name, number

    def _delivered(self, sent: Sent, taken: Any, moment: datetime) -> Delivered:
        position = f"{SUBMITTED[sent.department].name}/{taken.partition}/{taken.offset}"
        return Delivered(sent, position, _moment(taken.timestamp), moment)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
