"""The one place that knows aiokafka from inside: it reads what is no UTF-8, ends in one line, gathers, asks at once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from struct import unpack_from
from typing import Any

import aiokafka
from aiokafka import TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaConnectionError, KafkaError

from services.chassis.pace import BACKLOG, COMMON

VERSION = "0.14.0"
"""The aiokafka whose inside this module knows."""
UNFIT = (
    f"aiokafka {aiokafka.__version__} is installed, lenient.py knows the inside of {VERSION}: "
    "pin that one, or read its fetcher.py and default_records.py again, run the tests and change VERSION"
)

try:
    from aiokafka import conn
    from aiokafka.conn import AIOKafkaConnection, CloseReason
    from aiokafka.consumer import consumer as consuming
    from aiokafka.consumer import fetcher
    from aiokafka.consumer.fetcher import Fetcher, FetchResult, MemoryRecords, OffsetResetStrategy, PartitionRecords
    from aiokafka.record.default_records import DefaultRecord, _DefaultRecordBatchPy
    from aiokafka.record.util import decode_varint
except ImportError as missing:
    raise ImportError(UNFIT) from missing

MAGIC, FORMAT = 16, 2
"""Where a batch says what format its records have, and the one that has headers."""


MUCH = 64 * 1024
"""Bytes that the broker gives at once, however short the time."""
CALM_MS = 500
"""How long the broker waits where there is nothing to give."""
ALL_SECONDS = 0.2
"""So often all partitions are asked for while something that was fetched of some waits here."""
MORE_MS = 100
"""How long the broker waits for what is known to be there: it does not give a transaction that has not ended."""
CONNECT_SECONDS = 2.0
"""How long a broker may take to be connected to: while one is tried, whoever else needs it waits for that."""


class Unreadable(Exception):
    """A partition cannot be read on; no KafkaError, because trying again drops what was polled with it."""


def read_leniently() -> None:
    """Make every consumer of this process read leniently. Raises ImportError."""
    if aiokafka.__version__ != VERSION:
        raise ImportError(UNFIT)
    fetcher.MemoryRecords, fetcher.PartitionRecords, fetcher.FetchResult = Fetched, LenientRecords, FairResult
    conn.AIOKafkaConnection, consuming.Fetcher = Connection, Fetching


def install(
    subscriber: Any, end: Callable[[str], None], portion: Callable[[], int], common: Collection[str] = ()
) -> None:
    """Make this process read leniently, and ``end`` with one line what ``subscriber`` cannot poll. Raises ImportError.

    A poll that fails has lost what it had drained from other partitions, whose positions have moved: no further one
    may follow it in this process.

    A poll takes a ``portion``, of each partition its share; none if that is 0. Of a backlog in ``common`` topics, whose
    records have documents in common, it takes more, of one partition after the other: what is for the same document
    then comes together, and is written at once. Where there are none, it is asked hastily.
    """
    read_leniently()
    poll, last, whole = subscriber.get_msg, set[tuple[str, int]](), subscriber.max_records

    async def guarded(consumer: Any) -> Any:
        try:
            size = portion()
            if not size:
                await asyncio.sleep(CALM_MS / 1000)
                return ()
            if not common:
                consumer._fetcher.hasten()
            await _something(consumer)
            much = waiting(consumer, common) > COMMON * size
            subscriber.max_records = min(whole, BACKLOG * size if much else size)
            if fetched := consumer._fetcher._records:
                share = max(1, -(-subscriber.max_records // len(fetched)))
                for place, result in fetched.items():
                    result.share = whole if much and place.topic in common else share
                _take_turns(fetched, last)
            batch = await poll(consumer)
            last.clear()
            last.update((raw.topic, raw.partition) for raw in batch)
        except (KafkaError, ConsumerStoppedError):
            raise
        except Exception as fault:  # noqa: BLE001 - FastStream would poll again at once, for ever
            end(f"{type(fault).__name__}: {fault}")
            return await asyncio.get_running_loop().create_future()
        return batch

    subscriber.get_msg = guarded


async def _something(consumer: Any) -> None:
    """Return once something is fetched, or after a while; then nothing gathers any more.

    A poll that finds nothing sleeps, and what comes meanwhile waits. What else it would raise is raised by the poll.
    """
    fetching = consumer._fetcher
    if fetching._records:
        return
    waiter = fetching._create_fetch_waiter()
    await asyncio.wait([waiter], timeout=CALM_MS / 1000)
    if waiter.cancel():
        gather(consumer, 0.0)
    else:
        waiter.exception()


def waiting(consumer: Any, topics: Collection[str]) -> int:
    """How many records wait in these topics, by what the broker said when it was last asked for some."""
    given = _given(consumer)
    return sum(_behind(given.state_value(place)) for place in given.tps if place.topic in topics) if given else 0


def _behind(state: Any) -> int:
    return max(0, state.highwater - state.position) if state.has_valid_position and state.highwater else 0


def _given(consumer: Any) -> Any:
    """What the group has given, with the state of each partition; None before it has given anything."""
    return consumer._subscription.subscription.assignment


async def know(consumer: Any, topics: Sequence[str]) -> None:
    """Learn of these topics at once; aiokafka asks for one after the other, when it is first asked of each."""
    await consumer._client.set_topics(topics)


async def committed(consumer: Any, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int | None]:
    """What the group has settled of each, asked for at once; None where it has settled nothing yet."""
    found = await consumer._coordinator.fetch_committed_offsets(list(places))
    return {place: found[place].offset if place in found and found[place].offset >= 0 else None for place in places}


async def begin(consumer: Any) -> Mapping[TopicPartition, int]:
    """Let reading begin where the group has settled, or with the log; answers the former.

    All is asked at once: aiokafka asks for one partition after the other, which takes two seconds for 150.
    """
    given = _given(consumer)
    found = await committed(consumer, list(given.tps))
    for place, offset in found.items():
        state = given.state_value(place)
        if state.has_valid_position or state.awaiting_reset:
            continue
        if offset is None:
            state.await_reset(OffsetResetStrategy.EARLIEST)
        else:
            state.reset_to(offset)
    return {place: offset for place, offset in found.items() if offset is not None}


def positions(consumer: Any) -> Mapping[TopicPartition, int]:
    """From where each partition is read next, as far as that is known; to ask aiokafka takes a task for each."""
    given = _given(consumer)
    states = {place: given.state_value(place) for place in given.tps} if given else {}
    return {place: state.position for place, state in states.items() if state.has_valid_position}


def gather(consumer: Any, seconds: float) -> None:
    """Let the broker keep its answers back for so long, unless there is much to give; 0: until there is something.

    Where nothing comes, that is undone: a calm service would ask twenty times a second for nothing.
    """
    fetching = consumer._fetcher
    fetching._fetch_min_bytes = MUCH if seconds else 1
    fetching._fetch_max_wait_ms = round(seconds * 1000) or CALM_MS


def _take_turns(fetched: OrderedDict[Any, Any], gave: Collection[tuple[str, int]]) -> None:
    """Topics that gave last come behind all others.

    Of those the partitions that gave come last. aiokafka would drain one partition after the other, up to a MiB each:
    a flood would fill batch after batch.
    """
    topics = {topic for topic, _ in gave}
    for place in sorted((place for place in fetched if place.topic in topics), key=gave.__contains__):
        fetched.move_to_end(place)


class Connection(AIOKafkaConnection):
    """A connection to a broker; where it is cut it says so as aiokafka expects, in uvloop's words, too."""

    async def connect(self) -> Any:
        """As aiokafka's, but not for as long as an answer may be owed. Raises TimeoutError, OSError, KafkaError.

        Callers try one after the other: after a silence that swallows the first words each would come back the later.
        """
        async with asyncio.timeout(CONNECT_SECONDS):
            return await super().connect()

    def send(self, request: Any, expect_response: bool = True) -> Any:  # noqa: FBT001, FBT002 - theirs
        """As aiokafka's. Raises KafkaConnectionError.

        In the moment between the cut and the word of it, uvloop refuses what is written with a RuntimeError; aiokafka
        knows an OSError there, and what asks brokers for news of topics would end for good.
        """
        try:
            return super().send(request, expect_response)
        except RuntimeError as cut:
            self.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} broken: {cut}") from cut


class Fetching(Fetcher):
    """Fetches as aiokafka does; hastily it asks so that no partition waits for an answer about others.

    A broker is owed one question at a time, about those partitions of which nothing is left here: what is used up
    meanwhile has to wait. So while something that was fetched waits here, all are asked for now and then without any
    patience, and between those only what is known to have more.
    """

    _hasty, _asked_all = False, 0.0

    def hasten(self) -> None:
        """Ask hastily from now on, and without a pause after an answer of which something is left here."""
        self._hasty, self._prefetch_backoff = True, 0.0

    def _get_actions_per_node(self, assignment: Any) -> Any:
        requests, resets, seconds, *rest = super()._get_actions_per_node(assignment)
        busy, now = self._hasty and bool(self._records), time.monotonic()
        left = self._asked_all + ALL_SECONDS - now
        if busy and left > 0:
            requests, seconds = list(_with_more(assignment, requests)), min(seconds, left)
        elif requests:
            self._asked_all = now
        if busy:
            for _, request in requests:
                request._min_bytes, request._max_wait_ms = 1, MORE_MS if left > 0 else 0
        return requests, resets, seconds, *rest


def _with_more(assignment: Any, requests: Sequence[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Of these questions the part about partitions that are known to have more."""
    for node, request in requests:
        topics = [
            (topic, more)
            for topic, parts in request.topics
            if (more := [one for one in parts if _behind(assignment.state_value(TopicPartition(topic, one[0])))])
        ]
        if topics:
            request._topics = topics
            yield node, request


class FairResult(FetchResult):
    """What was fetched of one partition: it gives no more than its share at a time, and the rest the next time."""

    _partition_records: Any
    share: int | None = None
    """As many as are asked for, until somebody says otherwise."""

    def getall(self, max_records: int | None = None) -> list[Any]:
        """The next of its records."""
        limits = [limit for limit in (max_records, self.share) if limit is not None]
        found: list[Any] = super().getall(min(limits, default=None))
        if self._partition_records is not None and self._partition_records.over():
            self._partition_records = None  # aiokafka would see it at the next poll, and ask for more only then
        return found


class LenientRecords(PartitionRecords):
    """What was fetched of one partition: a batch that breaks goes on leniently behind what it gave."""

    def over(self) -> bool:
        """Whether all of it was given."""
        end = self._records.end()
        return end is not None and self.next_fetch_offset >= end

    def _unpack_records(self) -> Iterator[Any]:
        while True:
            try:
                yield from super()._unpack_records()
            except Exception as fault:
                if not self._records.again():
                    where = f"{self._tp.topic}/{self._tp.partition}/{self.next_fetch_offset}"
                    raise Unreadable(f"cannot read {where}: {fault!r}") from fault
            else:
                return


class Fetched:
    """The batches of one fetch, parsed in C; the last one can be had once more, parsed leniently."""

    def __init__(self, data: bytes) -> None:
        """Take what the broker sent; its last batch may be cut off."""
        self._data, self._end = memoryview(data), 0
        self._strict, self._last = MemoryRecords(data), self._data[:0]
        self._newest: Any = None
        self._again: LenientBatch | None = None
        self.size_in_bytes = self._strict.size_in_bytes

    def has_next(self) -> bool:
        """Whether there is a batch to read, be it once more."""
        return self._again is not None or self._strict.has_next()

    def end(self) -> int | None:
        """The offset behind its last record, once the last batch is being read."""
        return None if self._newest is None or self.has_next() else self._newest.next_offset

    def next_batch(self) -> Any:
        """The next batch, or the last one leniently after ``again``."""
        if again := self._again:
            self._again = None
            return again
        batch = self._newest = self._strict.next_batch()
        (length,) = unpack_from(">i", self._data, self._end + 8)  # behind the base offset, and not counted itself
        begin, self._end = self._end, self._end + 12 + length
        self._last = self._data[begin : self._end]
        return batch

    def again(self) -> bool:
        """Whether the last batch comes once more: format 2 does, once."""
        last, self._last = self._last, self._data[:0]
        if len(last) <= MAGIC or last[MAGIC] < FORMAT:
            return False
        self._again = LenientBatch(last)
        return True


class LenientBatch(_DefaultRecordBatchPy):
    r"""A batch in Kafka's record format 2; a byte of a header's name that is no UTF-8 becomes text such as ``\xff``."""

    _buffer: bytearray
    _pos: int

    def _read_msg(self) -> Any:
        self._number()  # the record's length: in a compressed batch the broker takes any, as the fields have their own
        self._pos += 1  # attributes: one byte, which aiokafka reads as a number of up to ten
        moved, offset = self._number(), self.base_offset + self._number()
        key, value = self._bytes(), self._bytes()
        headers = [(self._name(), self._bytes()) for _ in range(self._number())]
        time = self.max_timestamp if self.timestamp_type else self.first_timestamp + moved
        return DefaultRecord(offset, time, self.timestamp_type, key, value, headers)

    def _number(self) -> int:
        number: int
        number, self._pos = decode_varint(self._buffer, self._pos)
        return number

    def _bytes(self) -> bytes | None:
        size = self._number()
        if size < 0:
            return None
        self._pos += size
        if self._pos > len(self._buffer):
            raise ValueError(f"a field of {size} bytes, longer than its batch")
        return bytes(self._buffer[self._pos - size : self._pos])

    def _name(self) -> str:
        return (self._bytes() or b"").decode("utf-8", "backslashreplace")
