"""A flood from one source delays only itself: on a real Kafka, where batches come as broker and aiokafka make them."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from services.chassis.kafka import KafkaStream
from services.chassis.values import Quota, Record
from tests.members import Place, member, until
from tests.servers import Servers
from tests.toy import IN, MORE, OUTSIDE, Put

BATCH = 100


class Reader:
    """A loop in eight lines: it notes what it is handed, batch by batch, and commits it."""

    def __init__(self, place: Place, quota: Quota | None) -> None:
        self.batches: list[Sequence[Record]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.stream = KafkaStream(
            place.servers.brokers,
            namespace=place.space,
            group="toy",
            topics=(IN, MORE, *OUTSIDE),
            member=None,
            batch=BATCH,
            quotas={IN.name: quota} if quota else {},
        )

    async def take(self, records: Sequence[Record]) -> None:
        self.batches.append(records)
        await self.gate.wait()
        await self.stream.commit({(one.topic, one.partition): one.offset + 1 for one in records})

    async def release(self) -> None:
        """Nothing is under way."""

    def count(self, topic: str = IN.name) -> int:
        return sum(one.topic == topic for batch in self.batches for one in batch)

    def positions(self) -> list[str]:
        return [one.position for batch in self.batches for one in batch]


@asynccontextmanager
async def reader(place: Place, quota: Quota | None = None) -> AsyncIterator[Reader]:
    one = Reader(place, quota)
    await one.stream.start(one.take, one.release)
    try:
        yield one
    finally:
        await one.stream.stop()


def flood(count: int) -> list[Put]:
    return [Put(name=f"n{n}", nonce=str(n), amount=1) for n in range(count)]


@pytest.fixture
async def place(servers: Servers) -> Place:
    return await Place(servers).prepare()


async def test_what_others_send_is_handed_over_before_the_rest_of_a_flood(place: Place) -> None:
    await place.put(*flood(3000))
    async with reader(place) as one:
        one.gate.clear()
        await until(lambda: len(one.batches) == 1, "the flood's first batch")
        for topic in OUTSIDE:
            await place.put(Put(name="a", nonce="1"), topic=topic)
        await until(lambda: {place.space + topic.name for topic in OUTSIDE} <= _fetched(one), "the others' fetched")
        one.gate.set()
        await until(lambda: all(one.count(topic.name) for topic in OUTSIDE), "the others' records")
        handed = [{each.topic for each in batch} for batch in one.batches]
    last = max(at for at, topics in enumerate(handed) if topics - {IN.name})
    assert last == 1, "the first batch was the flood's, the second holds all the others"


def _fetched(one: Reader) -> set[str]:
    """The topics whose records aiokafka has at hand, not yet given."""
    return {place.topic for place in one.stream._consumer._fetcher._records}


async def test_of_a_flood_no_more_comes_in_than_its_quota_and_others_pass_it(place: Place) -> None:
    quota, began = Quota(rate=50, burst=200), time.monotonic()
    await place.put(*flood(5000))
    async with reader(place, quota) as one:
        await until(lambda: one.stream.held(IN.name) == IN.partitions, "the flood held back")
        await place.put(Put(name="a", nonce="1"), topic=MORE)
        await until(lambda: one.count(MORE.name) == 1, "the other's record")
        bound = quota.burst + quota.rate * (time.monotonic() - began)
        assert one.count() <= bound < 5000
        assert one.stream.held(MORE.name) == 0


async def test_what_was_held_back_comes_in_later_whole_and_in_order(place: Place) -> None:
    async with reader(place, Quota(rate=200, burst=100)) as one:
        await place.put(*flood(800))
        held = 0

        def all_in() -> bool:
            nonlocal held
            held = max(held, one.stream.held(IN.name))
            return one.count() == 800

        await until(all_in, "all of it")
        assert held == IN.partitions, "nothing was held back: this test has proven nothing"
        await until(lambda: one.stream.held(IN.name) == 0, "nothing held back any more")
        assert await one.stream.read_to() == await one.stream.ends()
    offsets = defaultdict[int, list[int]](list)
    for record in (each for batch in one.batches for each in batch):
        offsets[record.partition].append(record.offset)
    assert all(found == list(range(len(found))) for found in offsets.values())


async def test_a_rebalance_forgets_what_is_held_and_nothing_is_lost_or_doubled(place: Place) -> None:
    await place.put(*flood(600))
    quota = Quota(rate=100, burst=100)
    async with reader(place, quota) as one:
        await until(lambda: one.stream.held(IN.name) > 0, "the flood held back")
        async with reader(place, quota) as two:
            await until(lambda: two.count() > 0, "some of it for the second member")
        await until(lambda: one.count() + two.count() == 600, "all of it")
    assert set(Counter(one.positions() + two.positions()).values()) == {1}


async def test_a_new_assignment_begins_with_nothing_held_back(place: Place) -> None:
    await place.put(*flood(600))
    async with reader(place, Quota(rate=0.1, burst=1)) as one:
        await until(lambda: one.stream.held(IN.name) > 0, "the flood held back")
        mine = one.stream._consumer.assignment()
        await one.stream.revoke()
        await one.stream.assign(mine)
        assert one.stream.held(IN.name) == 0


async def test_while_a_flood_is_held_back_the_loop_is_alive_and_settles_each_record_once(place: Place) -> None:
    async with member(place, ticks=True, quotas={IN.name: Quota(rate=100, burst=50)}) as one:
        await place.put(*flood(300))
        await until(lambda: one.stream.held(IN.name) > 0, "the flood held back")
        read_at = one.loop.progress.read_at
        await until(lambda: one.loop.progress.read_at > read_at, "progress of the loop that waits")
        await until(one.idle, "all of it")
        assert one.loop.paused is None
    assert await place.counted() == 300
