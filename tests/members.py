"""Members of the toy service on real servers, in this process: a loop each, with a gate that can hold records back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.wire import Topic
from services.chassis.kafka import KafkaStream
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.chassis.mongo import DatabaseClock, MongoStore, Steps, client
from services.chassis.ports import Clock
from services.chassis.timeline import SteppedClock, dated
from services.chassis.topics import create_topics
from services.chassis.values import Quota, Record
from tests.pipeline import Pipeline
from tests.servers import Servers, namespace
from tests.toy import DEAD, IN, MORE, OUT, TOPICS, Put, Sum, Told, reader
from tests.toy import SERVICE as TOY

SERVICE = replace(TOY, readers=(reader(IN), reader(MORE)))


async def until(holds: Callable[[], bool | Awaitable[bool]], what: str, *, seconds: float = 60) -> None:
    """Wait for something to hold, or fail with what did not."""
    limit = asyncio.get_running_loop().time() + seconds
    while True:
        held = holds()
        if held if isinstance(held, bool) else await held:
            return
        assert asyncio.get_running_loop().time() < limit, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.05)


class Place:
    """Topics and documents of one test, on servers that others share."""

    def __init__(self, servers: Servers, store: type[MongoStore] = MongoStore) -> None:
        self.servers, self.space = servers, namespace()
        self.motor = client(servers.mongo)
        self.store = store(self.motor, self.space.replace(".", "-") + "toy", SERVICE)
        self._door = Pipeline(servers, Path(), space=self.space)

    async def prepare(self) -> "Place":
        await create_topics(self.servers.brokers, self.space, TOPICS, replication=1)
        await self.store.prepare()
        return self

    def timeline(self) -> Steps:
        """The steps of this place, for one member or driver."""
        return Steps(self.motor, self.space.replace(".", "-") + "timeline")

    async def put(self, *puts: Put, topic: Topic = IN) -> None:
        await self._door.publish(topic, [(put.name, put.model_dump_json().encode()) for put in puts])

    async def put_dated(self, put: Put, timestamp_ms: int) -> None:
        """As a producer whose clock is wrong would."""
        producer = AIOKafkaProducer(bootstrap_servers=self.servers.brokers, acks="all")
        await producer.start()
        value = put.model_dump_json().encode()
        await producer.send_and_wait(self.space + IN.name, value, key=put.name.encode(), timestamp_ms=timestamp_ms)
        await producer.stop()

    async def put_in_transactions(self, *puts: Put) -> None:
        """As a source would that has transactions of its own: each one's end takes an offset."""
        producer = AIOKafkaProducer(bootstrap_servers=self.servers.brokers, transactional_id=self.space)
        await producer.start()
        for put in puts:
            async with producer.transaction():
                await producer.send(self.space + IN.name, put.model_dump_json().encode(), key=put.name.encode())
        await producer.stop()

    async def sums(self) -> dict[str, Sum]:
        found = await self.store.query({}, [("_id", 1)], 1000)
        return {one.subject: Sum.model_validate(one.state) for one in found}

    async def counted(self) -> int:
        return sum(one.version for one in (await self.sums()).values())

    async def told(self) -> dict[str, Told]:
        """What was told, by event id; the same id with other content fails."""
        return await self._door.events(OUT)

    async def told_ids(self) -> Counter[str]:
        return Counter(dict(record.headers)["ce_id"].decode() for record in await self._door.read(OUT))

    async def parked(self) -> list[Any]:
        return await self._door.read(DEAD)


class Member:
    """One member: ``gate`` holds back what it has polled; ticks are the test's to give unless it ``ticks``."""

    clock: Clock

    def __init__(
        self, place: Place, group: str, batch: int, topics: Sequence[Topic], quotas: Mapping[str, Quota], *, steps: bool
    ) -> None:
        self.stop, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.polled: list[Record] = []
        real, timeline = DatabaseClock(place.motor, self.stop), place.timeline()
        self.clock = SteppedClock(real, timeline) if steps else real
        self.stream = KafkaStream(
            place.servers.brokers,
            namespace=place.space,
            group=group,
            topics=topics,
            member=None,
            batch=batch,
            quotas=quotas,
            dated=dated(timeline) if steps else None,
        )
        self.metrics = Metrics("toy")
        self.loop = Loop(SERVICE, stream=self.stream, clock=self.clock, metrics=self.metrics, store=place.store)

    async def take(self, records: Sequence[Record]) -> None:
        self.polled.extend(records)
        await self.gate.wait()
        await self.loop.on_records(records)

    async def tick(self, times: int = 1) -> None:
        for _ in range(times):
            await self.loop.on_tick()

    async def keep_ticking(self) -> None:
        while not self.stop.is_set():
            await self.loop.on_tick()
            await self.clock.sleep(0.1)

    async def lag(self) -> int:
        """Records that stand between what is settled and the ends."""
        read_to = await self.stream.read_to()
        return sum(end - read_to.get(place, 0) for place, end in (await self.stream.ends()).items())

    async def idle(self) -> bool:
        return await self.lag() == 0


@asynccontextmanager
async def member(
    place: Place,
    group: str = "toy",
    *,
    batch: int = 100,
    ticks: bool = False,
    topics: Sequence[Topic] = (IN, MORE),
    quotas: Mapping[str, Quota] = MappingProxyType({}),
    steps: bool = False,
) -> AsyncIterator[Member]:
    """A member that has its share; leaves when the context ends. With ``steps`` its time goes by the timeline."""
    one = Member(place, group, batch, topics, quotas, steps=steps)
    await one.stream.start(one.take, one.loop.released)
    await until(lambda: one.stream.joined, "joined")
    ticking = asyncio.create_task(one.keep_ticking()) if ticks else None
    try:
        yield one
    finally:
        one.gate.set()
        one.stop.set()
        if ticking:
            await ticking
        await one.stream.stop()
