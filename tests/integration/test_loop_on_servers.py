"""The loop on a real Kafka and real documents: the laws that speak of engines, and kill -9 of each engine."""

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.deadletter import DeadLetter
from deploy.local.engines import Documents, Kafka, class_path, free_ports
from deploy.local.place import ROOT
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Change
from services.chassis.values import Unavailable
from tests.members import SERVICE, Member, Place, member, until
from tests.servers import Server, Servers
from tests.toy import IN, MORE, Put

RECORDS, NAMES = 300, 10
FAR = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)


def puts(count: int = RECORDS, first: int = 0, names: int = NAMES) -> list[Put]:
    """Numbers over so many names, each name's in ascending order."""
    return [Put(name=f"n{n % names}", nonce=str(n), amount=1) for n in range(first, first + count)]


async def check(place: Place, count: int = RECORDS, names: int = NAMES) -> None:
    """Every input counted once and told under one id, versions without a gap, nothing parked."""
    sums = await place.sums()
    assert {name: (one.version, one.total) for name, one in sums.items()} == {
        f"n{n}": (count // names, count // names) for n in range(names)
    }
    told = (await place.told()).values()
    assert Counter((one.name, one.version) for one in told) == Counter(
        (f"n{n}", version) for n in range(names) for version in range(1, count // names + 1)
    )
    assert all(one.total == one.version for one in told), "each sum is that of its version"
    assert await place.parked() == []


async def passed(one: Member, time: datetime) -> bool:
    return await one.clock.now() > time


async def ring_at(place: Place, name: str = "a") -> datetime:
    async def known() -> bool:
        return name in await place.sums()

    await until(known, "the document")
    found = (await place.sums())[name].ring_at
    assert found is not None
    return found


async def test_a_timer_does_not_ring_before_the_backlog_that_hushes_it_is_read_nor_after(servers: Servers) -> None:
    place = await Place(servers).prepare()
    async with member(place) as one:
        await place.put(Put(name="a", nonce="1", amount=5, ring_after=2))
        due = await ring_at(place)
        one.gate.clear()
        await place.put(Put(name="a", nonce="2", hush=True))
        await until(lambda: len(one.polled) == 2, "the backlog polled")
        assert one.polled[1].time < due, "the hush came in time"
        await until(lambda: passed(one, due), "the timer's time")
        await one.tick(5)
        assert (await place.sums())["a"].rings == 0
        one.gate.set()
        await until(one.idle, "the backlog read")
        await one.tick(5)
        assert (await place.sums())["a"].rings == 0
    assert [told.what for told in (await place.told()).values()] == ["sum", "sum"]


async def test_without_a_backlog_a_timer_rings_on_time_and_never_early(servers: Servers) -> None:
    place = await Place(servers).prepare()
    async with member(place, ticks=True) as one:
        await place.put(Put(name="a", nonce="1", amount=5, ring_after=1.5))
        due = await ring_at(place)

        async def rung() -> bool:
            rang, now = (await place.sums())["a"].rings, await one.clock.now()
            assert not rang or now >= due, "rung early"
            return rang == 1

        await until(rung, "the ring", seconds=10)
        assert await one.clock.now() < due + timedelta(seconds=2)


class MeetingStore(MongoStore):
    """Lets two members meet: the next write of each waits for the other's, so both have loaded the same revision.

    With all inputs for one document they cannot miss each other: one of the two writes is lost.
    """

    def meet(self) -> None:
        self.meeting, self.left = asyncio.Barrier(2), 2

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        if getattr(self, "left", 0):
            self.left -= 1
            await self.meeting.wait()
        return await super().write(changes)


def meeting(place: Place) -> MeetingStore:
    assert isinstance(place.store, MeetingStore)
    return place.store


async def test_two_members_that_write_the_same_document_at_once_lose_nothing_of_each_other(servers: Servers) -> None:
    place = await Place(servers, MeetingStore).prepare()
    async with member(place, topics=[IN]) as one, member(place, "other", topics=[MORE]) as other:
        await place.put(*puts(1, names=1))
        await until(one.idle, "the document is there")
        meeting(place).meet()
        await place.put(*puts(99, 1, names=1))
        await place.put(*puts(100, 100, names=1), topic=MORE)
        await until(one.idle, "one has read all")
        await until(other.idle, "the other has read all")
        doubtful = [each.metrics.doubtful._value.get() for each in (one, other)]
        assert sum(doubtful) > 0, "they never met: this test has proven nothing"
    await check(place, 200, names=1)


async def test_two_members_that_both_believe_to_own_all_count_each_input_once(servers: Servers) -> None:
    place = await Place(servers, MeetingStore).prepare()
    meeting(place).meet()
    async with member(place) as one, member(place, "zombie") as other:
        await place.put(*puts(names=1))
        await until(one.idle, "one has read all")
        await until(other.idle, "the other has read all")
        doubtful = [each.metrics.doubtful._value.get() for each in (one, other)]
        assert sum(doubtful) > 0, "they never met: this test has proven nothing"
    await check(place, names=1)


async def test_a_row_that_is_no_document_parks_its_records_rests_its_timer_and_stops_nobody_else(
    servers: Servers,
) -> None:
    place = await Place(servers).prepare()
    async with member(place) as one:
        await place.put(*(Put(name=name, nonce="1", amount=1, ring_after=0.1) for name in ("broken", "whole")))
        await until(one.idle, "both are there")
        # whoever changes a document by hand counts its revision up, or the member goes by what it has written itself
        await place.store._documents.update_one({"_id": "broken"}, {"$set": {"inbox": 7}, "$inc": {"rev": 1}})
        await place.put(*(Put(name=name, nonce="2", amount=1) for name in ("broken", "whole")))
        await until(one.idle, "all is read")
        await until(lambda: passed(one, one.polled[-1].time + timedelta(seconds=1)), "the timers' time")
        await one.tick(3)
        assert one.loop.paused is None
    whole = (await place.sums())["whole"]
    assert (whole.total, whole.rings) == (2, 1)
    (letter,) = await place.parked()
    assert b64decode(DeadLetter.model_validate_json(letter.value).raw_key or "") == b"broken"
    rows = await place.store._documents.find({"_id": "broken"}).to_list(None)
    assert rows[0]["wake_at"] > one.polled[-1].time + timedelta(minutes=5)


class LateStore(MongoStore):
    """Writes, but every second answer is lost on its way: once as doubt, once as a server that is away."""

    writes = 0

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        answer = await super().write(changes)
        self.writes += 1
        if self.writes % 4 == 0:
            raise Unavailable("timeout")
        return frozenset(change.subject for change in changes) if self.writes % 2 == 0 else answer


async def test_a_write_that_happened_though_its_answer_was_lost_counts_once(servers: Servers) -> None:
    place = await Place(servers, LateStore).prepare()
    async with member(place, batch=40) as one:
        await place.put(*puts())
        await until(one.idle, "all is read")
    assert isinstance(place.store, LateStore)
    assert place.store.writes > 4
    await check(place)


async def test_a_write_that_nobody_answers_is_in_doubt_as_a_whole() -> None:
    nobody = MongoStore(client(f"mongodb://127.0.0.1:{free_ports(1)[0]}"), "nobody", SERVICE)
    changes = [
        Change(
            subject=name, rev=rev, by="one", schema=1, partition=0, state="{}", inbox=None, outbox=(), wake_at=None,
            facets={}, kept={},
        )
        for name, rev in (("new", 0), ("known", 7))
    ]  # fmt: skip
    assert await nobody.write(changes) == {"new", "known"}


async def test_all_records_delivered_again_change_nothing_and_bring_no_new_event(servers: Servers) -> None:
    place = await Place(servers).prepare()
    async with member(place) as one:
        await place.put(*puts())
        await until(one.idle, "all is read")
    before, ids = await place.sums(), set(await place.told_ids())
    async with member(place, "again") as one:
        await until(one.idle, "all is read again")
        assert len(one.polled) == RECORDS
    assert await place.sums() == before
    assert set(await place.told_ids()) == ids


async def test_a_record_is_decided_at_the_brokers_append_time_whatever_its_producer_says(servers: Servers) -> None:
    place = await Place(servers).prepare()
    async with member(place) as one:
        await place.put_dated(Put(name="past", nonce="1", ring_after=60), 0)
        await place.put_dated(Put(name="future", nonce="2", ring_after=60), FAR)
        await until(lambda: len(one.polled) == 2, "both records")
        await until(one.idle, "both decided")
        now = await one.clock.now()
    for name in ("past", "future"):
        assert abs(await ring_at(place, name) - now - timedelta(seconds=60)) < timedelta(seconds=15)


async def test_a_source_that_publishes_in_transactions_leaves_gaps_that_are_no_loss(servers: Servers) -> None:
    place = await Place(servers).prepare()
    async with member(place) as one:
        await one.lag()  # from here on it knows which offset comes next
        await place.put_in_transactions(*(Put(name="a", nonce=str(n), amount=1) for n in range(3)))
        await until(lambda: len(one.polled) == 3, "all records", seconds=20)
        assert not one.stream.lost.done()
        await until(lambda: _counted(place, 3), "all counted")
        await until(one.idle, "nothing left to read, though the last mark has an offset", seconds=20)


async def _counted(place: Place, count: int) -> bool:
    return await place.counted() >= count


async def test_documents_killed_while_records_flow_pause_the_loop_and_lose_nothing(
    servers: Servers, tmp_path: Path
) -> None:
    documents = Documents(folder=tmp_path / "documents", port=free_ports(1)[0])
    server = Server(documents, tmp_path)
    try:
        await server.ready()
        place = await Place(Servers(servers.kafka, documents.uri)).prepare()
        async with member(place, batch=20) as one:
            await place.put(*puts(200))
            await until(lambda: len(one.polled) >= 40, "some records")
            server.kill()
            await place.put(*puts(100, first=200))
            await until(lambda: one.metrics.pauses._value.get() >= 2, "two steps with records that failed")
            lag = await one.lag()
            assert lag >= 100, "what came while the server was away waits"
            await server.start_again()
            await until(one.idle, "all is read", seconds=40)
            await until(lambda: one.loop.paused is None, "no pause any more", seconds=20)
        await check(place)
    finally:
        server.kill()


async def test_a_broker_killed_while_records_flow_pauses_the_loop_and_loses_nothing(
    servers: Servers, tmp_path: Path
) -> None:
    port, controller = free_ports(2)
    jars = class_path(ROOT / ".run")
    kafka = Kafka(folder=tmp_path / "kafka", port=port, controller_port=controller, class_path=jars)
    server = Server(kafka, tmp_path)
    try:
        await server.ready()
        place = await Place(Servers(kafka.address, servers.mongo)).prepare()
        async with member(place, batch=20) as one:
            one.gate.clear()
            await place.put(*puts())
            await until(lambda: len(one.polled) >= 20, "some records polled")
            server.kill()
            one.gate.set()
            await until(lambda: _counted(place, 1), "written while the broker was away")
            await server.start_again()
            await until(one.idle, "all is read", seconds=120)
        await check(place)
    finally:
        server.kill()
