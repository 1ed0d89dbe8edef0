"""The commands' port on a real Kafka: what it reads and writes, and that every trouble is one line and has an end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from contracts.topics import DEAD, DISPOSITIONS, REPLAYS, SUBMITTED
from contracts.wire import Message
from deploy.local.engines import free_ports
from services.chassis.topics import create_topics
from services.chassis.values import Unavailable
from simulation.clock import MemoryClock
from tests.raw import Name, builder
from tests.servers import Servers, namespace
from tests.unit.yiwang.dead_office import letter
from yiwang.dead.book import Book
from yiwang.dead.filters import Filter
from yiwang.dead.kafka import KafkaLogs
from yiwang.dead.values import Place

GIS, REPLAY, WATER = DEAD["gis"], REPLAYS["gis"], SUBMITTED["water"]


@pytest.fixture
async def space(servers: Servers) -> str:
    found = namespace()
    await create_topics(servers.brokers, found, (GIS, DISPOSITIONS, REPLAY, WATER), replication=1)
    return found


@asynccontextmanager
async def connected(servers: Servers, space: str) -> AsyncIterator[KafkaLogs]:
    async with KafkaLogs(servers.brokers, space).connected() as logs:
        yield logs


@asynccontextmanager
async def producer(servers: Servers, transactional_id: str | None = None) -> AsyncIterator[AIOKafkaProducer]:
    found = AIOKafkaProducer(bootstrap_servers=servers.brokers, transactional_id=transactional_id)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


def message(topic: str, value: bytes, key: str = "k") -> Message:
    return Message(
        id=uuid4(), topic=topic, type="t", key=key, subject=key, version=1, time=MemoryClock().time, source="s",
        traceparent="00-1", value=value,
    )  # fmt: skip


async def test_what_is_published_stands_where_it_is_said_to_and_is_read_again(servers: Servers, space: str) -> None:
    async with connected(servers, space) as logs:
        out = [(message(REPLAY.name, b"%d" % n), n % 3) for n in range(9)]
        places = await logs.publish(out)
        assert [(place.topic, place.partition, place.offset) for place in places] == [
            (REPLAY.name, n % 3, n // 3) for n in range(9)
        ]
        ends = await logs.ends([REPLAY])
        assert [ends[REPLAY.name, number] for number in range(6)] == [3, 3, 3, 0, 0, 0]
        some = [record async for record in logs.read({(REPLAY.name, 1): 1}, {(REPLAY.name, 1): 2})]
        (sent,) = (one for one, _ in out if one.value == b"4")
        assert [(record.topic, record.value, record.headers) for record in some] == [(REPLAY.name, b"4", sent.headers)]
        assert len([record async for record in logs.read({}, ends)]) == 9
        assert [record async for record in logs.read({}, {(REPLAY.name, 5): 0})] == []


async def test_one_record_is_had_by_its_place_and_what_is_nowhere_is_none(servers: Servers, space: str) -> None:
    async with connected(servers, space) as logs:
        places = await logs.publish([(message(WATER.name, b"%d" % n), 2) for n in range(3)])
        found = await logs.at(places[1])
        assert found is not None
        assert found.value == b"1"
        for nowhere in (
            Place(WATER.name, 2, 3),
            Place(WATER.name, 0, 0),
            Place(WATER.name, 99, 0),
            Place("elsewhere", 0, 0),
        ):
            assert await logs.at(nowhere) is None
        admin = AIOKafkaAdminClient(bootstrap_servers=servers.brokers)
        await admin.start()
        await admin.delete_records({TopicPartition(space + WATER.name, 2): RecordsToDelete(before_offset=2)})
        assert space + "elsewhere" not in await admin.list_topics(), "asking has made no topic"
        await admin.close()
        assert await logs.at(places[1]) is None
        assert (await logs.at(places[2])) is not None


async def test_rubbish_of_any_kind_among_the_letters_is_passed_over(servers: Servers, space: str) -> None:
    good = letter(service="gis").model_dump_json().encode()
    async with producer(servers) as foreign:
        batch = foreign.create_batch()
        batch._builder = builder()
        assert batch.append(key=b"k", value=good, timestamp=None, headers=[(Name(b"n\xff"), b"x")])
        await (await foreign.send_batch(batch, space + GIS.name, partition=0))
        for value in (None, b"", b"\xff", b"{}", good):
            await foreign.send_and_wait(space + GIS.name, value, key=b"k", partition=0)
    book = Book(Filter())
    async with connected(servers, space) as logs:
        async for record in logs.read({}, await logs.ends([GIS])):
            book.hear(record)
    assert (len(list(book.items())), book.strange) == (1, 4)


async def test_marks_of_transactions_at_the_end_of_a_log_do_not_hold_a_read_up(servers: Servers, space: str) -> None:
    async with producer(servers, transactional_id=f"t-{space}") as foreign:
        for ends_well in (True, False):
            await foreign.begin_transaction()
            await foreign.send(space + GIS.name, b"x", partition=4)
            await (foreign.commit_transaction() if ends_well else foreign.abort_transaction())
    async with connected(servers, space) as logs:
        ends = await logs.ends([GIS])
        assert ends[GIS.name, 4] == 4
        assert [record.value async for record in logs.read({}, ends)] == [b"x"]


async def test_how_far_a_group_is_is_read_without_joining_it(servers: Servers, space: str) -> None:
    async with connected(servers, space) as logs:
        assert await logs.settled("gis") == {}
        await logs.publish([(message(REPLAY.name, b"x"), 3)])
        place = TopicPartition(space + REPLAY.name, 3)
        group = AIOKafkaConsumer(bootstrap_servers=servers.brokers, group_id=space + "gis", enable_auto_commit=False)
        await group.start()
        group.assign([place])
        await group.commit({place: 1})
        await group.stop()
        assert await logs.settled("gis") == {(REPLAY.name, 3): 1}


async def test_topics_that_are_missing_are_named_and_not_made(servers: Servers) -> None:
    space = namespace()
    async with connected(servers, space) as logs:
        with pytest.raises(Unavailable, match=f"run 'yiwang init' first: {space}dead"):
            await logs.ends([GIS])
        with pytest.raises(Unavailable, match="run 'yiwang init' first"):
            await logs.ends([GIS])


async def test_a_partition_that_is_not_there_is_said_in_one_line(servers: Servers, space: str) -> None:
    async with connected(servers, space) as logs:
        with pytest.raises(Unavailable, match="has no partition 6"):
            await logs.publish([(message(REPLAY.name, b"x"), 6)])


async def test_a_broker_that_is_away_is_said_in_one_line() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match=f"Kafka at 127.0.0.1:{port}: ") as said:
        async with KafkaLogs([f"127.0.0.1:{port}"], "").connected():
            pass
    assert "\n" not in str(said.value)
