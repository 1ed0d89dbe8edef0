"""Kafka behind the stream port: FastStream consumes in batches, a producer of our own publishes, offsets go last.

Settings that matter: manual acknowledgement; acks=all and idempotence; the range assignor, so that equal partition
numbers of all topics come to one member; a step under way ends before its partitions go to another one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from contracts.wire import Message, Topic
from services.chassis import lenient
from services.chassis.pace import rest
from services.chassis.ports import Partition
from services.chassis.publisher import ANSWER_MS, IDLE_MS, Publisher
from services.chassis.quota import Allowances
from services.chassis.timeline import Dated
from services.chassis.values import Quota, Record, Unavailable

REQUEST_SECONDS = 10.0
"""How long an offset request or a commit may take."""
COMMIT_SECONDS = 0.2
"""The group is told so long after a batch what is settled: of all batches that ended meanwhile at once."""
COMMITS = 3
"""Commits in a row that nobody answers, though the logs are there: the group's part of the client is dead."""
ISOLATION: Final = "read_committed"
"""A source's aborted transaction is no input, and an open one no end to read to."""
POLL_MS = 20
"""FastStream waits this long for a batch, and sleeps as long after an empty one: asked only once there is something."""
FETCH_BYTES = 1280 * 1024
"""What is fetched ahead of a partition: its longest record from outside waits for no turn to be asked for alone."""
AGAIN_SECONDS = 0.2
"""How long a batch waits to be read again that could not be checked or dated."""

log = structlog.get_logger()
T = TypeVar("T")


class Lost(Exception):
    """Records between the last one settled and the next one read are gone: never passed over in silence."""


OnRecords = Callable[[Sequence[Record]], Awaitable[None]]
OnRelease = Callable[[], Awaitable[None]]


class KafkaStream:
    """One group member: it hands batches to the loop and speaks for it to the broker."""

    def __init__(
        self,
        servers: list[str],
        *,
        namespace: str,
        group: str,
        topics: Sequence[Topic],
        writes: Sequence[Topic] = (),
        member: str | None,
        batch: int,
        quotas: Mapping[str, Quota] | None = None,
        dated: Dated | None = None,
    ) -> None:
        """Take the brokers and what to read; ``namespace`` stands before every topic's and the group's name.

        What it ``writes`` to is known before the first record comes: to ask topic by topic would keep that one waiting.
        ``quotas`` bound topics by name; ``dated`` gives records another time than the broker's append time.
        """
        self._servers, self._namespace = servers, namespace
        self._names = {namespace + topic.name: topic.name for topic in topics}
        self._owned: frozenset[Partition] = frozenset()
        self._settled: dict[Partition, int] = {}
        self._owed: dict[Partition, int] = {}
        self._telling: asyncio.Task[None] | None = None
        self._told = asyncio.Lock()
        self._epoch = 0
        self._portion, self._in_hand, self._unanswered = batch, False, 0
        self._release: OnRelease | None = None
        self._allowances, self._dated = Allowances(quotas or {}), dated
        self._held: dict[str, asyncio.TimerHandle] = {}
        self._publisher = Publisher(servers, namespace, writes)
        self._logs = _Logs(servers, f"yiwang-{group}", list(self._names))
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Ends with Lost when records are missing: the process must end, and a person look."""
        self.joined = False
        """Whether the group has given this member its share, be it empty."""
        self._broker = KafkaBroker(
            servers,
            client_id=f"yiwang-{group}",
            consumer_only=True,
            apply_types=False,  # a batch is handed over as it is: to look for what its types ask costs a thread's turn
            allow_auto_create_topics=False,
            logger=None,
            request_timeout_ms=ANSWER_MS,
            connections_max_idle_ms=IDLE_MS,
        )
        self._subscriber = self._broker.subscriber(
            *self._names,
            group_id=namespace + group,
            group_instance_id=member,
            batch=True,
            max_records=batch,
            batch_timeout_ms=POLL_MS,
            max_partition_fetch_bytes=FETCH_BYTES,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            parser=self._parse,
            decoder=_as_is,
            isolation_level=ISOLATION,
            no_reply=True,
            listener=_Listener(self),
            partition_assignment_strategy=[RangePartitionAssignor],
            max_poll_interval_ms=300_000,
            rebalance_timeout_ms=60_000,
        )
        common = frozenset(namespace + topic.name for topic in topics if topic.internal)
        lenient.install(self._subscriber, self._unreadable, lambda: self._portion, common)

    async def start(self, on_records: OnRecords, on_release: OnRelease) -> None:
        """Join the group and hand over batches, one at a time.

        Each in a context of its own: FastStream's has the batch in it, and a connection that is opened meanwhile keeps
        the context that it was opened in, and so all records of that batch for as long as it stands.
        """
        self._release, plain = on_release, copy_context()

        @self._subscriber
        async def batch(polled: Any) -> None:
            await asyncio.create_task(self._hand_over(polled, on_records), context=plain.copy())

        await self._publisher.start()
        await self._logs.start()
        await self._broker.start()

    async def _hand_over(self, polled: Any, on_records: OnRecords) -> None:
        epoch, records = polled
        began = time.monotonic()
        try:
            if ready := await self._ready(epoch, records):
                await on_records(ready)
        finally:
            self._in_hand = False
        if self._subscriber.consumer:
            lenient.gather(self._subscriber.consumer, rest(time.monotonic() - began))

    async def stop(self) -> None:
        """Leave the group; call it when no step is under way."""
        self._forget_held()
        await self._commit_owed()
        await self._broker.stop()
        await self._logs.stop()
        await self._publisher.stop()

    async def publish(self, messages: Sequence[Message]) -> None:
        """See the port."""
        await self._publisher.publish(messages)

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """See the port."""
        mine = {at: to for at, to in after.items() if at in self._owned and to > self._settled.get(at, -1)}
        self._settled.update(mine)
        self._owed.update(mine)
        if mine and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_soon())

    async def _tell_soon(self) -> None:
        await asyncio.sleep(COMMIT_SECONDS)
        await self._commit_owed()

    async def _commit_owed(self) -> None:
        """Tell the group what is settled; what it does not take now is owed until the next batch or tick."""
        async with self._told:  # of two commits under way the older one might come last
            owed, epoch = dict(self._owed), self._epoch
            if not owed or self._subscriber.consumer is None:
                return
            try:
                offsets = {self._wire(place): offset for place, offset in owed.items()}
                await asyncio.wait_for(self._consumer.commit(offsets), REQUEST_SECONDS)
            except (KafkaError, TimeoutError) as fault:
                log.warning("commit left to the next one", reason=f"{type(fault).__name__}: {fault}")
                self._unanswered = self._unanswered + 1 if isinstance(fault, TimeoutError) else 0
                if self._unanswered == COMMITS:
                    self._unreadable(f"{COMMITS} commits in a row were not answered: begin anew")
                return
            self._unanswered = 0
            if epoch == self._epoch:
                self._owed = {place: to for place, to in self._owed.items() if to > owed.get(place, -1)}

    def take(self, most: int) -> None:
        """See the port."""
        self._portion = most

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """See the port."""
        for place, offset in first.items():
            if place in self._owned:
                self._consumer.seek(self._wire(place), offset)

    def owned(self) -> frozenset[Partition]:
        """See the port."""
        return self._owned

    def held(self, topic: str) -> int:
        """How many of this topic's partitions are held back, because their source has used up its quota."""
        return len(self._places(topic)) if topic in self._held else 0

    async def read_to(self) -> Mapping[Partition, int]:
        """See the port."""
        await self._commit_owed()
        await self._know(self._owned)
        await self._pass_marks()
        return dict(self._settled)

    async def _know(self, places: Iterable[Partition]) -> None:
        """Ask the group for what it has settled of these partitions, where this member does not know yet."""
        epoch, missing = self._epoch, [place for place in places if place not in self._settled]
        if not missing:
            return
        found = await _ask(lenient.committed(self._consumer, [self._wire(place) for place in missing]))
        committed = {place: offset for place in missing if (offset := found[self._wire(place)]) is not None}
        begins = await self._begins([place for place in missing if place not in committed])
        if epoch == self._epoch:
            for place, offset in {**committed, **begins}.items():
                self._settled.setdefault(place, offset)

    async def ends(self) -> Mapping[Partition, int]:
        """See the port."""
        places = {self._wire(place): place for place in self._owned}
        if not places:
            return {}
        ends = await self._logs.ask("end_offsets", list(places))
        return {places[wire]: end for wire, end in ends.items()}

    async def revoke(self) -> None:
        """Let the step under way end and commit; then nothing is ours (334 repeats in a rebalance became 0)."""
        if self._release:
            await self._release()
        await self._commit_owed()
        self._forget_held()
        self._owned, self._epoch = frozenset(), self._epoch + 1

    async def assign(self, assigned: set[Any]) -> None:
        """Begin with what the group has given; what was polled before counts no more."""
        self._owned = frozenset(map(self._place, assigned))
        self._settled.clear()
        self._owed.clear()
        self._epoch += 1
        epoch = self._epoch
        try:
            begins = await _ask(lenient.begin(self._consumer))
        except Unavailable as fault:  # the client asks for itself, and so does who needs to know
            log.warning("not told where to begin", reason=str(fault))
            begins = {}
        if epoch == self._epoch:
            for wire, offset in begins.items():
                self._settled.setdefault(self._place(wire), offset)
            self.joined = True

    @property
    def _consumer(self) -> Any:
        if self._subscriber.consumer is None:
            raise Unavailable("broker: not connected")
        return self._subscriber.consumer

    def _place(self, wire: TopicPartition) -> Partition:
        return self._names[wire.topic], wire.partition

    def _wire(self, place: Partition) -> TopicPartition:
        return TopicPartition(self._namespace + place[0], place[1])

    async def _pass_marks(self) -> None:
        """Count as settled what lies before the place to read from and is no record, such as a transaction's mark.

        Only with no batch in hand: polling moves that place, and nothing can come between polling and ``_parse``.
        """
        if self._in_hand:
            return
        epoch, read = self._epoch, lenient.positions(self._consumer)
        known = {place: read.get(self._wire(place), -1) for place in self._owned if place in self._settled}
        ahead = {place: position for place, position in known.items() if position > self._settled[place]}
        begins = await self._begins(list(ahead))
        for place, begin in begins.items():
            self._check_begin(place, begin)
        if epoch == self._epoch and not self.lost.done():
            self._settled.update({place: max(at, self._settled[place]) for place, at in ahead.items()})

    async def _parse(self, batch: Sequence[Any]) -> KafkaAckableMessage:
        """Never raises: headers may be null or no UTF-8. The epoch tells a batch that was polled before a rebalance."""
        self._in_hand = True
        records = [self._record(raw) for raw in batch]
        return KafkaAckableMessage(
            body=(self._epoch, records),
            headers={},
            raw_message=tuple(batch),
            message_id="-",
            correlation_id="-",
            consumer=self._consumer,
        )

    def _record(self, raw: Any) -> Record:
        return Record(
            topic=self._names[raw.topic],
            partition=raw.partition,
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=tuple(raw.headers),
            time=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
        )

    async def _ready(self, epoch: int, records: Sequence[Record]) -> Sequence[Record]:
        """What of a batch may be handed over now: none of it after a rebalance, all of it in its time and quota.

        If a server that must be asked is away, all of it is read again.
        """
        if epoch != self._epoch or not records:
            return ()
        try:
            follows = await self._follows(records)
            records = await self._dated(records) if self._dated else records
        except Unavailable as fault:
            log.warning("read again", reason=str(fault))
            await asyncio.sleep(AGAIN_SECONDS)
            if epoch == self._epoch:
                self.rewind(_first(records))
            return ()
        return self._admitted(records) if follows and epoch == self._epoch else ()

    def _admitted(self, records: Sequence[Record]) -> Sequence[Record]:
        """What the quotas allow; the rest goes back, and its topics are held until there is room for a portion."""
        admission = self._allowances.admit(records, time.monotonic())
        self.rewind(admission.back)
        for topic, seconds in admission.waits.items():
            self._consumer.pause(*self._places(topic))
            self._held[topic] = asyncio.get_running_loop().call_later(seconds, self._let_go, topic)
        return admission.records

    def _let_go(self, topic: str) -> None:
        del self._held[topic]
        if self._subscriber.consumer:
            self._subscriber.consumer.resume(*self._places(topic))

    def _forget_held(self) -> None:
        """A new assignment begins with nothing held, and what is polled of it meets the same allowances."""
        for timer in self._held.values():
            timer.cancel()
        self._held.clear()

    def _places(self, topic: str) -> list[TopicPartition]:
        return [self._wire(place) for place in self._owned if place[0] == topic]

    async def _follows(self, records: Sequence[Record]) -> bool:
        """Whether nothing is missing between what was settled and what was read.

        A gap alone proves nothing, as the marks of a source's own transactions take offsets too: records are gone
        only where the log begins behind what was settled.
        """
        first = _first(records)
        await self._know(first)
        begins = await self._begins([place for place, offset in first.items() if offset > self._settled[place]])
        for place, begin in begins.items():
            self._check_begin(place, begin)
        return not self.lost.done()

    def _check_begin(self, place: Partition, begin: int) -> None:
        expected = self._settled.get(place, begin)
        if begin > expected and not self.lost.done():
            where = "/".join(map(str, place))
            text = f"{where}: records {expected} to {begin - 1} are gone; look, then reset the group"
            self.lost.set_exception(Lost(text))

    def _unreadable(self, why: str) -> None:
        if not self.lost.done():
            self.lost.set_exception(Lost(why))

    async def _begins(self, places: Sequence[Partition]) -> Mapping[Partition, int]:
        """Where the logs of these partitions begin."""
        if not places:
            return {}
        begins = await self._logs.ask("beginning_offsets", [self._wire(place) for place in places])
        return {place: begins[self._wire(place)] for place in places}


class _Logs:
    """Asks where logs begin and end, over a connection of its own: the group's one answers behind its long poll.

    Who owes an answer is asked over a new connection the next time: aiokafka gives up such a question before the
    connection that it waits for, and would ask over a silent one, half open, for ever.
    """

    def __init__(self, servers: list[str], client: str, topics: Sequence[str]) -> None:
        self._servers, self._name, self._topics = servers, client, topics
        self._consumer: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()

    async def start(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._consumer is None:
                new = AIOKafkaConsumer(
                    bootstrap_servers=self._servers,
                    isolation_level=ISOLATION,
                    client_id=self._name,
                    request_timeout_ms=ANSWER_MS,
                    connections_max_idle_ms=IDLE_MS,
                )
                try:
                    await _ask(new.start())
                    await _ask(lenient.know(new, self._topics))
                except Unavailable:
                    await new.stop()
                    raise
                self._consumer = new
            return self._consumer

    async def stop(self) -> None:
        if self._consumer:
            await self._consumer.stop()

    async def ask(self, question: str, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        """The answer to a question of ``AIOKafkaConsumer``; raises Unavailable."""
        consumer = await self.start()
        try:
            found: Mapping[TopicPartition, int] = await _ask(getattr(consumer, question)(places))
        except Unavailable:
            if self._consumer is consumer:
                self._consumer = None
            await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=1)
            raise
        return found


class _Listener(ConsumerRebalanceListener):
    """Tells the stream what the group takes and gives."""

    def __init__(self, stream: KafkaStream) -> None:
        self._stream = stream

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        if revoked:
            await self._stream.revoke()

    async def on_partitions_assigned(self, assigned: set[Any]) -> None:
        await self._stream.assign(assigned)


async def _ask(work: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(work, REQUEST_SECONDS)
    except (KafkaError, TimeoutError) as fault:
        raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault


def _first(records: Sequence[Record]) -> dict[Partition, int]:
    """The first offset of each partition in a batch."""
    return {(record.topic, record.partition): record.offset for record in reversed(records)}


async def _as_is(message: Any) -> Any:
    return message.body
