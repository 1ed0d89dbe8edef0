"""A broker in memory behind the stream port: partitions, groups' offsets, redelivery, and faults where asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zlib import crc32

from contracts.wire import Message, Topic
from services.chassis.ports import Partition
from services.chassis.values import Record

Fault = Callable[[str], None]
"""Called at each named point; it may raise, as a server or a crash would."""


def no_fault(_point: str) -> None:
    """All goes well."""


@dataclass(slots=True)
class Broker:
    """The logs of all topics and the offsets of all groups; ``now`` stamps what is appended."""

    topics: Sequence[Topic]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    logs: dict[Partition, list[Record]] = field(default_factory=dict)
    offsets: dict[tuple[str, Partition], int] = field(default_factory=dict)
    heard: list[Callable[[Record], None]] = field(default_factory=list)
    """Told of every record that is appended."""

    def __post_init__(self) -> None:
        """Give every topic its empty partitions."""
        for topic in self.topics:
            for number in range(topic.partitions):
                self.logs[topic.name, number] = []

    def append(
        self,
        topic: str,
        key: str,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]] = (),
        partition: int | None = None,
    ) -> Record:
        """Append one record to its key's partition, or to the one given."""
        count = sum(1 for name, _ in self.logs if name == topic)
        place = (topic, crc32(key.encode("utf-8", "surrogatepass")) % count if partition is None else partition)
        log = self.logs[place]
        record = Record(
            topic=topic,
            partition=place[1],
            offset=len(log),
            key=key.encode("utf-8", "surrogatepass"),
            value=value,
            headers=tuple(headers),
            time=self.now(),
        )
        log.append(record)
        for hear in self.heard:
            hear(record)
        return record

    def read(self, topic: str) -> list[Record]:
        """All records of a topic, by partition."""
        return [record for (name, _), log in sorted(self.logs.items()) if name == topic for record in log]


class MemoryStream:
    """One group member on a broker in memory: ``poll`` gives what a consumer would be given next."""

    def __init__(self, broker: Broker, group: str, topics: Sequence[str], fault: Fault = no_fault) -> None:
        """Own every partition of the topics until told otherwise."""
        self._broker, self._group, self._fault = broker, group, fault
        self._owned = frozenset(place for place in broker.logs if place[0] in topics)
        self._positions = {place: self._start(place) for place in self._owned}
        self._settled = dict(self._positions)

    def own(self, places: frozenset[Partition]) -> None:
        """Take another share: read on from what the group has committed."""
        self._owned = places
        self._positions = {place: self._start(place) for place in places}
        self._settled = dict(self._positions)

    def poll(self, limit: int = 500) -> list[Record]:
        """The next records of the owned partitions, at most ``limit``."""
        batch: list[Record] = []
        for place in sorted(self._owned):
            batch.extend(self._next(place, limit - len(batch)))
        return batch

    def _next(self, place: Partition, limit: int) -> list[Record]:
        at = self._positions[place]
        taken = self._broker.logs[place][at : at + limit]
        self._positions[place] = at + len(taken)
        return taken

    async def publish(self, messages: Sequence[Message]) -> None:
        """See the port."""
        self._fault("before publish")
        for message in messages:
            self._broker.append(message.topic, message.key, message.value, message.headers)
        self._fault("after publish")

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """See the port."""
        self._fault("before commit")
        mine = {place: offset for place, offset in after.items() if place in self._owned}
        self._settled.update(mine)
        self._broker.offsets.update({(self._group, place): offset for place, offset in mine.items()})
        self._fault("after commit")

    def take(self, most: int) -> None:
        """See the port: whoever polls says how many."""

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """See the port."""
        self._positions.update({place: offset for place, offset in first.items() if place in self._owned})

    def owned(self) -> frozenset[Partition]:
        """See the port."""
        return self._owned

    async def read_to(self) -> Mapping[Partition, int]:
        """See the port."""
        return dict(self._settled)

    async def ends(self) -> Mapping[Partition, int]:
        """See the port."""
        self._fault("ends")
        return {place: len(self._broker.logs[place]) for place in self._owned}

    def _start(self, place: Partition) -> int:
        return self._broker.offsets.get((self._group, place), 0)
