"""Reading leniently: as aiokafka where it can read, on where it cannot, and an end with one line where nobody can."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import aiokafka
import pytest
import uvloop
from aiokafka import TopicPartition, conn
from aiokafka.consumer import consumer as consuming
from aiokafka.consumer import fetcher
from aiokafka.errors import ConsumerStoppedError, KafkaConnectionError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.record.default_records import DefaultRecordBatch
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import lenient
from services.chassis.lenient import (
    Connection,
    FairResult,
    Fetched,
    Fetching,
    LenientBatch,
    LenientRecords,
    Unreadable,
    gather,
    install,
    read_leniently,
)
from tests.raw import Name, Row, packed, sealed

PLACE = TopicPartition("toy.in.v1", 4)
GZIP = 1
GOOD: Row = (b"k", b"v", [("名", b"x"), ("n", None)])
BAD: Row = (b"k", b"v", [("ce_id", b"1"), (Name(b"ce_id\xff\xfe"), b"2"), (Name(b"\xed\xa0\x80"), None)])
BAD_HEADERS = (("ce_id", b"1"), ("ce_id\\xff\\xfe", b"2"), ("\\xed\\xa0\\x80", None))

octets = st.none() | st.binary(max_size=200)
rows = st.lists(st.tuples(octets, octets, st.lists(st.tuples(st.text(max_size=80), octets), max_size=4)), min_size=1)


def seen(record: Any) -> tuple[Any, ...]:
    return record.offset, record.timestamp, record.timestamp_type, record.key, record.value, tuple(record.headers)


def reading(data: bytes, *, at: int = 0, aborted: Sequence[tuple[int, int]] = ()) -> Any:
    return LenientRecords(
        PLACE, Fetched(data), aborted, at, None, None, check_crcs=True, isolation_level=fetcher.READ_COMMITTED
    )


@given(rows, st.integers(0, 2**40), st.sampled_from([0, GZIP]))
def test_where_aiokafka_can_read_a_batch_the_lenient_parser_reads_the_same(
    some: Sequence[Row], base: int, codec: int
) -> None:
    data = packed(some, base, codec)
    lenient, strict = LenientBatch(data), DefaultRecordBatch(data)
    assert lenient.validate_crc()
    assert [seen(record) for record in lenient] == [seen(record) for record in strict]
    assert lenient.next_offset == strict.next_offset


@given(st.lists(rows, min_size=1, max_size=4), st.data())
def test_a_bad_name_anywhere_in_any_batch_changes_no_other_record(
    batches: list[list[Row]], data: st.DataObject
) -> None:
    base, fetched, expected = 0, b"", list[tuple[Any, ...]]()
    for batch in batches:
        at = data.draw(st.integers(0, len(batch)))
        mixed = [*batch[:at], BAD, *batch[at:]]
        fetched += packed(mixed, base, data.draw(st.sampled_from([0, GZIP])))
        expected += [(*row[:2], BAD_HEADERS if row is BAD else tuple(row[2])) for row in mixed]
        base += len(mixed)
    found = list(reading(fetched))
    assert [record.offset for record in found] == list(range(base))
    assert [(record.key, record.value, record.headers) for record in found] == expected


def test_a_batch_that_is_read_from_its_middle_gives_nothing_before_that() -> None:
    assert [record.offset for record in reading(packed([GOOD, BAD, GOOD, BAD], 10), at=12)] == [12, 13]


def test_a_batch_of_an_aborted_transaction_stays_unread_whatever_its_names() -> None:
    data = packed([GOOD, BAD], 0, producer=7, transactional=True) + packed([BAD], 2)
    assert [record.offset for record in reading(data, aborted=[(7, 0)])] == [2]


def test_a_batch_cut_off_by_the_fetch_is_left_for_the_next_one() -> None:
    records = reading(packed([BAD, GOOD]) + packed([GOOD], 2)[:-1])
    assert [record.offset for record in records] == [0, 1]
    assert records.next_fetch_offset == 2


@pytest.mark.parametrize("codec", [0, GZIP])
@pytest.mark.parametrize(("at", "byte"), [(1, 0x80), (1, 0xFF), (0, 0x12), (0, 0x7F)], ids=str)
def test_odd_attributes_and_lengths_of_records_that_the_broker_takes_cost_no_record(
    codec: int, at: int, byte: int
) -> None:
    data = bytearray(packed([(b"key", b"v", [])] * 2))
    data[61 + at] = byte
    records = [(record.offset, record.key, record.value) for record in reading(sealed(data, codec))]
    assert records == [(0, b"key", b"v"), (1, b"key", b"v")]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (packed([GOOD], 2)[:-1] + b"?", r"CorruptRecordException\(.*Invalid CRC"),
        (sealed(packed([GOOD], 2)[:-1] + b"~"), r"CorruptRecordException\(.*a field of 63 bytes"),
        (sealed(packed([GOOD], 2), codec=7, pack=bytes), r"UnsupportedCodecError\(.*0x07"),
        (sealed(packed([GOOD], 2), codec=GZIP, pack=bytes), r"BadGzipFile\("),
    ],
    ids=["checksum", "record", "codec", "compression"],
)
def test_a_batch_that_nobody_can_read_is_named_with_its_place_after_what_stands_before_it(
    broken: bytes, why: str
) -> None:
    records = reading(packed([GOOD, BAD]) + broken)
    assert [next(records).offset, next(records).offset] == [0, 1]
    with pytest.raises(Unreadable, match=rf"cannot read toy\.in\.v1/4/2: {why}"):
        next(records)


def arrived() -> asyncio.Future[None]:
    """Told that something was fetched, at once."""
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    found.set_result(None)
    return found


def consumer(fetched: Any = None, waits: int = 0) -> Any:
    """A consumer with so much fetched, for whose one partition so many records wait."""
    state = SimpleNamespace(has_valid_position=True, position=7, highwater=7 + waits)
    assignment = SimpleNamespace(tps=[PLACE], state_value=lambda _place: state)
    return SimpleNamespace(
        _fetcher=SimpleNamespace(_records=fetched or {}, hasten=lambda: None, _create_fetch_waiter=arrived),
        _subscription=SimpleNamespace(subscription=SimpleNamespace(assignment=assignment)),
    )


async def test_a_poll_that_fails_ends_the_stream_with_one_line_and_no_poll_follows() -> None:
    polls, ends = list[int](), list[str]()

    async def poll(_consumer: Any) -> None:
        polls.append(1)
        raise ZeroDivisionError("by nothing")

    subscriber = SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, ends.append, lambda: 10)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(subscriber.get_msg(consumer()), 0.01)
    assert (len(polls), ends) == (1, ["ZeroDivisionError: by nothing"])


@pytest.mark.parametrize("fault", [aiokafka.errors.KafkaConnectionError("away"), ConsumerStoppedError()])
async def test_what_the_stream_recovers_from_by_itself_passes(fault: Exception) -> None:
    async def poll(_consumer: Any) -> None:
        raise fault

    subscriber = SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, pytest.fail, lambda: 10)
    with pytest.raises(type(fault)):
        await subscriber.get_msg(consumer())


async def test_where_nothing_is_taken_nothing_is_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lenient, "CALM_MS", 1)

    async def poll(_consumer: Any) -> None:
        pytest.fail("polled")

    subscriber = SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, pytest.fail, lambda: 0)
    assert await subscriber.get_msg(consumer()) == ()


async def test_a_poll_waits_until_something_was_fetched_for_one_that_finds_nothing_sleeps() -> None:
    waiter, polls = asyncio.get_running_loop().create_future(), list[bool]()

    async def poll(_consumer: Any) -> list[Any]:
        polls.append(waiter.done())
        return []

    found, subscriber = consumer(), SimpleNamespace(get_msg=poll, max_records=500)
    found._fetcher._create_fetch_waiter = lambda: waiter
    install(subscriber, pytest.fail, lambda: 10)
    polling = asyncio.create_task(subscriber.get_msg(found))
    await asyncio.sleep(0)
    assert polls == []
    waiter.set_result(None)
    await polling
    assert polls == [True]


async def test_where_nothing_comes_for_a_while_nothing_gathers_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lenient, "CALM_MS", 1)

    async def poll(_consumer: Any) -> list[Any]:
        return []

    found, subscriber = consumer(), SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, pytest.fail, lambda: 10)
    gather(found, 0.04)
    assert (found._fetcher._fetch_min_bytes, found._fetcher._fetch_max_wait_ms) == (lenient.MUCH, 40)
    found._fetcher._create_fetch_waiter = asyncio.get_running_loop().create_future
    await subscriber.get_msg(found)
    assert (found._fetcher._fetch_min_bytes, found._fetcher._fetch_max_wait_ms) == (1, lenient.CALM_MS)


async def test_without_anything_to_fetch_it_is_polled_now_and_then_so_that_faults_of_the_group_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lenient, "CALM_MS", 1)

    async def poll(_consumer: Any) -> None:
        raise aiokafka.errors.KafkaConnectionError("away")

    found, subscriber = consumer(), SimpleNamespace(get_msg=poll, max_records=500)
    found._fetcher._create_fetch_waiter = asyncio.get_running_loop().create_future
    install(subscriber, pytest.fail, lambda: 10)
    with pytest.raises(aiokafka.errors.KafkaConnectionError):
        await subscriber.get_msg(found)


@pytest.mark.parametrize(
    ("common", "waits", "shares", "taken"),
    [
        ({"flood", PLACE.topic}, 10, {"flood": 4, "other": 4}, 10),
        ({"flood", PLACE.topic}, 20, {"flood": 4, "other": 4}, 10),
        ({"flood", PLACE.topic}, 21, {"flood": 500, "other": 7}, 20),
        ({"flood", PLACE.topic}, 9999, {"flood": 500, "other": 7}, 20),
        ({"flood"}, 9999, {"flood": 4, "other": 4}, 10),
    ],
)
async def test_what_was_fetched_of_a_topic_that_has_just_given_waits_behind_all_others(
    common: set[str], waits: int, shares: dict[str, int], taken: int
) -> None:
    flood, more, other = (TopicPartition(*place) for place in (("flood", 0), ("flood", 1), ("other", 0)))
    fetched = OrderedDict((place, SimpleNamespace()) for place in (flood, more, other))

    async def poll(_consumer: Any) -> list[Any]:
        assert subscriber.max_records == taken
        return [SimpleNamespace(topic="flood", partition=0)] * 3

    subscriber = SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, pytest.fail, lambda: 10, common)
    for _ in range(2):
        assert len(await subscriber.get_msg(consumer(fetched, waits))) == 3
    assert list(fetched) == [other, more, flood]
    assert {place.topic: result.share for place, result in fetched.items()} == shares


def question(waits: int = 0, *, hasty: bool = True, busy: bool = True, since: float = 0.0) -> tuple[Any, float]:
    """What is asked so many seconds after all were asked for, and in how many it is looked again.

    Of one partition so many more records are known to be there, of the other none.
    """

    def theirs(fetching: Any, _assignment: Any) -> Any:
        topics = [("idle", [(0, 7, 1)]), (PLACE.topic, [(PLACE.partition, 7, 1)])]
        request = FetchRequest(fetching._fetch_max_wait_ms, fetching._fetch_min_bytes, 9, 0, topics)
        return [(1, request)], {}, 0.25, False, []

    def state(place: TopicPartition) -> Any:
        return SimpleNamespace(has_valid_position=True, position=7, highwater=7 + waits * (place == PLACE))

    fetching = object.__new__(Fetching)
    fetching._records = {TopicPartition("other", 0): []} if busy else {}
    fetching._asked_all = time.monotonic() - since
    gather(SimpleNamespace(_fetcher=fetching), 0.4)
    if hasty:
        fetching.hasten()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetcher.Fetcher, "_get_actions_per_node", theirs)
        requests, _, seconds, *_ = fetching._get_actions_per_node(SimpleNamespace(state_value=state))
    return [([name for name, _ in one.topics], one._min_bytes, one._max_wait_ms) for _, one in requests], seconds


BOTH = ["idle", PLACE.topic]


@pytest.mark.parametrize("how", [{"hasty": False}, {"busy": False}])
def test_where_nobody_waits_for_an_answer_about_others_all_are_asked_for_and_answers_gather(how: Any) -> None:
    assert question(9, **how) == ([(BOTH, lenient.MUCH, 400)], 0.25)


def test_while_something_waits_here_all_are_asked_for_now_and_then_without_patience() -> None:
    assert question(since=lenient.ALL_SECONDS) == ([(BOTH, 1, 0)], 0.25)


@pytest.mark.parametrize(("waits", "asked"), [(0, []), (1, [([PLACE.topic], 1, lenient.MORE_MS)])])
def test_between_those_only_what_is_known_to_have_more_is_asked_for_and_looked_at_in_time(
    waits: int, asked: Any
) -> None:
    found, seconds = question(waits)
    assert found == asked
    assert 0 < seconds <= lenient.ALL_SECONDS


@pytest.mark.parametrize(
    ("share", "most", "expected"),
    [
        (2, 10, [[0, 1], [2, 3], [4]]),
        (10, 3, [[0, 1, 2], [3, 4]]),
        (5, 10, [[0, 1, 2, 3, 4]]),
        (10, 1, [[0], [1], [2], [3], [4]]),
        (None, 10, [[0, 1, 2, 3, 4]]),
        (None, None, [[0, 1, 2, 3, 4]]),
    ],
)
def test_what_was_fetched_of_a_partition_comes_share_by_share_in_its_order(
    share: int | None, most: int | None, expected: list[list[int]]
) -> None:
    records = reading(packed([GOOD] * 5))
    moved = list[int]()
    state = SimpleNamespace(paused=False, position=0, consumed_to=moved.append)
    assignment = SimpleNamespace(active=True, state_value=lambda _place: state)
    result = FairResult(TopicPartition("toy", 0), assignment=assignment, partition_records=records, backoff=0)
    result.share = share
    given = list[list[int]]()
    while result.has_more():
        given.append([record.offset for record in result.getall(most)])
        state.position = moved[-1]
    assert given == expected


def test_another_aiokafka_than_the_one_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiokafka, "__version__", "0.15.0")
    with pytest.raises(ImportError, match=r"knows the inside of 0\.14\.0: pin that one"):
        install(SimpleNamespace(get_msg=None, max_records=500), pytest.fail, lambda: 10)


@pytest.mark.parametrize(("common", "hastened"), [(set(), [True]), ({PLACE.topic}, [])])
async def test_records_that_have_no_documents_in_common_are_asked_for_hastily(
    common: set[str], hastened: list[bool]
) -> None:
    async def poll(_consumer: Any) -> list[Any]:
        return []

    found, seen = consumer(), list[bool]()
    found._fetcher.hasten = lambda: seen.append(True)
    subscriber = SimpleNamespace(get_msg=poll, max_records=500)
    install(subscriber, pytest.fail, lambda: 10, common)
    await subscriber.get_msg(found)
    assert seen == hastened


def test_connections_and_questions_are_ours() -> None:
    read_leniently()
    assert (conn.AIOKafkaConnection, consuming.Fetcher) == (Connection, Fetching)


def test_a_connection_that_was_cut_this_moment_is_broken_and_no_error_of_ours() -> None:
    async def cut() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        connection = Connection("127.0.0.1", port)
        async with server:
            connection._reader, connection._writer = await asyncio.open_connection("127.0.0.1", port)
            connection._read_task = connection._create_reader_task()
            connection._writer.transport.abort()
            with pytest.raises(KafkaConnectionError, match="broken"):
                connection.send(MetadataRequest([]))
        assert not connection.connected()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(cut())


async def test_a_broker_that_takes_a_connection_and_says_nothing_is_given_up_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lenient, "CONNECT_SECONDS", 0.05)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with server:
        connection = Connection("127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(TimeoutError):
            await connection.connect()
    assert not connection.connected()
