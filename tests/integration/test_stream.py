"""The stream's adapter on a real Kafka: delivery, offsets, headers, rebalances, and records that are gone."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.consumer import fetcher
from faststream.kafka.message import KafkaAckableMessage

from contracts.wire import Message
from services.chassis import kafka, lenient
from services.chassis.kafka import KafkaStream, Lost
from services.chassis.lenient import Fetched
from services.chassis.topics import create_topics, missing_topics
from services.chassis.values import Record
from tests.raw import Header, Name, builder
from tests.servers import Servers, namespace
from tests.toy import IN, MORE, OUT, TOPICS

DEADLINE = 30.0


class Reader:
    """A loop in eight lines: it keeps what it is given and commits it."""

    def __init__(self, stream: KafkaStream, *, commit: bool = True) -> None:
        self.stream, self.commit = stream, commit
        self.records: list[Record] = []
        self.batches = 0

    async def take(self, records: Sequence[Record]) -> None:
        self.batches += 1
        self.records.extend(records)
        after = {(r.topic, r.partition): r.offset + 1 for r in records}
        if self.commit:
            await self.stream.commit(after)

    async def release(self) -> None:
        """Nothing is under way."""


async def until(holds: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """Wait for something to hold, or fail with what did not."""
    limit = asyncio.get_running_loop().time() + DEADLINE
    while True:
        held = holds()
        if held if isinstance(held, bool) else await held:
            return
        assert asyncio.get_running_loop().time() < limit, f"not within {DEADLINE} s: {what}"
        await asyncio.sleep(0.05)


@pytest.fixture
async def space(servers: Servers) -> str:
    found = namespace()
    await create_topics(servers.brokers, found, TOPICS, replication=1)
    return found


@asynccontextmanager
async def member(
    servers: Servers, space: str, *, commit: bool = True, name: str | None = None, kind: type[Reader] = Reader
) -> AsyncIterator[Reader]:
    stream = KafkaStream(servers.brokers, namespace=space, group="toy", topics=(IN, MORE), member=name, batch=100)
    reader = kind(stream, commit=commit)
    await stream.start(reader.take, reader.release)
    try:
        yield reader
    finally:
        await stream.stop()


def note(n: int, topic: str = IN.name) -> Message:
    return Message(
        id=uuid4(),
        topic=topic,
        type="toy.put.v1",
        key=f"k{n}",
        subject=f"k{n}",
        version=0,
        time=datetime.now(UTC),
        source="toy",
        traceparent="",
        value=str(n).encode(),
    )


async def test_what_is_published_is_read_with_the_brokers_time(servers: Servers, space: str) -> None:
    before = datetime.now(UTC)
    async with member(servers, space) as reader:
        await reader.stream.publish([note(n) for n in range(300)])
        await until(lambda: len(reader.records) == 300, "300 records")
    assert {int(record.value or b"") for record in reader.records} == set(range(300))
    assert {record.topic for record in reader.records} == {IN.name}, "the namespace stays outside"
    assert all(abs((record.time - before).total_seconds()) < 60 for record in reader.records)


async def test_what_was_begun_in_a_batch_and_goes_on_keeps_none_of_its_records(servers: Servers, space: str) -> None:
    lasting = list[asyncio.Task[None]]()

    class Beginner(Reader):
        """As with a connection that is opened for a batch and kept."""

        async def take(self, records: Sequence[Record]) -> None:
            lasting.append(asyncio.create_task(asyncio.sleep(2 * DEADLINE)))
            await super().take(records)

    async with member(servers, space, kind=Beginner) as reader:
        for count in range(1, 6):
            await reader.stream.publish([note(count)])
            await until(partial(_has_read, reader, count), "a batch of its own")
        gc.collect()
        kept = [one for one in gc.get_objects() if type(one) is KafkaAckableMessage and _is_of(one, space)]
        for task in lasting:
            task.cancel()
    assert len(lasting) == 5
    assert len(kept) <= 1, "the newest batch's, if it is still in hand"


def _is_of(message: Any, space: str) -> bool:
    """Whether its records are this test's: other tests may have left messages of theirs in the process."""
    return any(raw.topic.startswith(space) for raw in message.raw_message)


def _has_read(reader: Reader, count: int) -> bool:
    return len(reader.records) == count


async def test_after_slow_batches_records_gather_at_the_broker_until_there_is_much_or_the_rest_is_over(
    servers: Servers, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "rest", lambda _took: 2 * DEADLINE)
    async with member(servers, space) as reader:
        await reader.stream.publish([note(0)])
        await until(lambda: reader.batches > 0, "a batch, behind which records gather")
        for n in range(60):
            await reader.stream.publish([note(n)])
        much = replace(note(60), value=bytes(lenient.MUCH))
        await reader.stream.publish([much])
        await until(lambda: len(reader.records) == 62, "every record, as there is much, long before the rest is over")
    assert reader.batches <= 4, "the first, what was asked for before it, the rest; one more if much came by itself"


async def test_after_quick_batches_nothing_gathers(
    servers: Servers, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "rest", lambda _took: 0.0)
    monkeypatch.setattr(lenient, "CALM_MS", round(2 * DEADLINE * 1000))
    async with member(servers, space) as reader:
        for count in range(1, 6):
            await reader.stream.publish([note(count)])
            await until(partial(_has_read, reader, count), "a record by itself, before the broker's time is up")


async def test_null_and_undecodable_headers_keys_and_values_reach_the_loop_as_they_are(
    servers: Servers, space: str
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers.brokers)
    await producer.start()
    odd = [("n", None), ("b", b"\xff\xfe")]
    await producer.send_and_wait(space + IN.name, value=None, key=b"k", headers=odd, partition=1)
    await producer.send_and_wait(space + IN.name, value=b"\xff", key=None, partition=1)
    await producer.stop()
    async with member(servers, space) as reader:
        await until(lambda: len(reader.records) == 2, "both records")
    first, second = reader.records
    assert (first.key, first.value, first.headers) == (b"k", None, (("n", None), ("b", b"\xff\xfe")))
    assert (second.key, second.value) == (None, b"\xff")


async def test_a_header_name_that_is_no_utf8_stops_nobody_and_its_record_arrives_with_the_name_escaped(
    servers: Servers, space: str
) -> None:
    good, bad = [("n", b"x")], [("n", b"x"), (Name(b"n\xff\xfe"), b"y")]
    batches = [(0, [good] * 2), (1, [good]), (1, [good, bad, good]), (1, [bad]), (1, [good]), (2, [good] * 2)]
    producer = AIOKafkaProducer(bootstrap_servers=servers.brokers)
    await producer.start()
    for partition, batch in batches:
        await _send(producer, space + IN.name, partition, batch)
    await producer.stop()
    async with member(servers, space) as reader:
        await until(lambda: len(reader.records) == 10, "all ten")
        assert await reader.stream.read_to() == await reader.stream.ends()
    found = {(record.partition, record.offset): record.headers for record in reader.records}
    assert found.keys() == {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 0), (2, 1)}
    escaped = (("n", b"x"), ("n\\xff\\xfe", b"y"))
    assert {place: headers for place, headers in found.items() if len(headers) > 1} == {
        (1, 2): escaped,
        (1, 4): escaped,
    }


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, headers: Sequence[Sequence[Header]]) -> None:
    """One batch, built by the builder that takes any bytes."""
    batch = producer.create_batch()
    batch._builder = builder()
    for each in headers:
        assert batch.append(key=b"k", value=b"v", timestamp=None, headers=list(each))
    await (await producer.send_batch(batch, topic, partition=partition))


async def test_a_batch_that_cannot_be_read_ends_the_stream_and_nothing_polled_with_it_counts_as_read(
    servers: Servers, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with member(servers, space) as reader:
        await until(lambda: len(reader.stream.owned()) == 6, "all partitions")
        await reader.stream.read_to()
        monkeypatch.setattr(fetcher, "MemoryRecords", lambda data: Fetched(data[:-1] + b"?"[: len(data)]))
        await reader.stream.publish([note(n) for n in range(20)])
        with pytest.raises(Lost, match=rf"Unreadable: cannot read {space}{IN.name}/\d/0: CorruptRecordException"):
            await asyncio.wait_for(asyncio.shield(reader.stream.lost), DEADLINE)
        monkeypatch.undo()
        assert set((await reader.stream.read_to()).values()) == {0}
    async with member(servers, space) as reader:
        await until(lambda: len(reader.records) == 20, "all of them, after a restart")


async def test_what_was_not_committed_is_delivered_again_and_what_was_is_not(servers: Servers, space: str) -> None:
    async with member(servers, space, commit=False) as reader:
        await reader.stream.publish([note(n) for n in range(10)])
        await until(lambda: len(reader.records) == 10, "10 records")
    async with member(servers, space) as reader:
        await until(lambda: len(reader.records) == 10, "the same 10 again")
        await reader.stream.publish([note(10)])
        await until(lambda: len(reader.records) == 11, "one more")
    async with member(servers, space) as reader:
        await reader.stream.publish([note(11)])
        await until(lambda: len(reader.records) == 1, "the newest alone")
    assert [record.value for record in reader.records] == [b"11"]


async def test_a_rewound_partition_is_read_again_from_there(servers: Servers, space: str) -> None:
    async with member(servers, space, commit=False) as reader:
        await reader.stream.publish([note(1)])
        await until(lambda: len(reader.records) == 1, "the record")
        record = reader.records[0]
        reader.stream.rewind({(record.topic, record.partition): record.offset})
        await until(lambda: len(reader.records) == 2, "the record again")
    assert reader.records[0] == reader.records[1]


async def test_read_to_reaches_the_ends_when_all_is_committed(servers: Servers, space: str) -> None:
    async with member(servers, space) as reader:
        await until(lambda: len(reader.stream.owned()) == 6, "all partitions of both topics")
        assert set((await reader.stream.read_to()).values()) == {0}
        await reader.stream.publish([note(n) for n in range(50)])
        await until(lambda: len(reader.records) == 50, "50 records")
        ends = await reader.stream.ends()
        assert sum(ends.values()) == 50
        assert await reader.stream.read_to() == ends
    async with member(servers, space) as reader:
        await until(lambda: len(reader.stream.owned()) == 6, "all partitions again")
        assert await reader.stream.read_to() == ends, "a new member knows from the group's offsets"


async def test_equal_partition_numbers_of_all_topics_come_to_one_member(servers: Servers, space: str) -> None:
    async with member(servers, space, name="one") as one, member(servers, space, name="two") as two:
        await until(lambda: 0 < len(one.stream.owned()) < 6 and 0 < len(two.stream.owned()) < 6, "a shared assignment")
        for reader in (one, two):
            numbers = {topic: {n for t, n in reader.stream.owned() if t == topic} for topic in (IN.name, MORE.name)}
            assert numbers[IN.name] == numbers[MORE.name]


async def test_members_that_come_and_go_in_peace_repeat_nothing(servers: Servers, space: str) -> None:
    total = 2000
    async with member(servers, space) as one:
        publishing = asyncio.create_task(_slowly(one, total))
        async with member(servers, space) as two:
            await until(lambda: len(two.records) > 100, "some records for the second member")
        await publishing
        await until(lambda: len(one.records) + len(two.records) >= total, "all records")
    seen = [record.position for reader in (one, two) for record in reader.records]
    assert len(seen) == len(set(seen)) == total


async def _slowly(reader: Reader, total: int) -> None:
    for at in range(0, total, 20):
        await reader.stream.publish([note(n) for n in range(at, at + 20)])
        await asyncio.sleep(0.05)


async def test_records_that_are_gone_before_they_were_read_end_the_process_and_are_not_passed_over(
    servers: Servers, space: str
) -> None:
    async with member(servers, space) as reader:
        await until(lambda: len(reader.stream.owned()) == 6, "all partitions")
        await reader.stream.publish([note(1)])
        await until(lambda: len(reader.records) == 1, "the record")
        await reader.stream.publish([note(1)] * 3)
        await until(lambda: len(reader.records) == 4, "three more")
        await reader.stream.read_to()
        place = reader.records[0].partition
        settled = {(IN.name, place): 1}
        reader.stream._settled.update(settled)
        reader.stream.rewind(settled)
        await _delete(servers, space + IN.name, place, before=3)
        with pytest.raises(Lost, match=f"{IN.name}/{place}: records 1 to 2 are gone"):
            await asyncio.wait_for(reader.stream.lost, DEADLINE)


async def _delete(servers: Servers, topic: str, partition: int, before: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.brokers)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, partition): RecordsToDelete(before_offset=before)})
    await admin.close()


async def test_topics_are_created_once_and_those_that_are_missing_are_named(servers: Servers) -> None:
    space = namespace()
    assert await missing_topics(servers.brokers, space, [IN, OUT]) == [space + IN.name, space + OUT.name]
    assert len(await create_topics(servers.brokers, space, [IN], replication=1)) == 1
    assert await create_topics(servers.brokers, space, [IN], replication=1) == []
    assert await missing_topics(servers.brokers, space, [IN, OUT]) == [space + OUT.name]
