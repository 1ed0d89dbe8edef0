"""MongoDB behind the store and clock ports; the only module that knows motor, so that its successor can take its place.

Writes ask for a majority and the journal, reads for what a majority has, from the primary: law 4 reads who won.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ASCENDING, InsertOne, ReadPreference, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern

from contracts.wire import Message
from services.chassis import rows
from services.chassis.ports import Change, Document, Intent, Past, Stored
from services.chassis.timeline import MILLISECOND, Step
from services.chassis.values import Service, Unavailable

FIND_CHUNK = 64
"""Ids in one find: the local stand-in takes quadratic time in them (500 at once 138 ms, in chunks 40 ms)."""
WALK = 1000
"""Rows that a walk over a whole collection has in hand at once."""
DUPLICATE_KEY = 11000
EPOCH = datetime.fromtimestamp(0, UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
SURE: Mapping[str, Any] = {
    "write_concern": WriteConcern("majority", j=True),
    "read_concern": ReadConcern("majority"),
    "read_preference": ReadPreference.PRIMARY,
}
T = TypeVar("T")


def client(uri: str) -> Any:
    """A client with this module's guarantees; it connects when first used.

    The driver repeats no write by itself: what became of one is read (law 4), and a repeat of ours is as good. To the
    local server, which walks through all that it remembers of repeatable writes, each of them costs more than the last.
    """
    return AsyncIOMotorClient(
        uri,
        tz_aware=True,
        tzinfo=UTC,
        uuidRepresentation="standard",
        retryWrites=False,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=3_000,
        heartbeatFrequencyMS=2_000,
        socketTimeoutMS=20_000,
        appname="yiwang",
    )


async def _sure(work: Awaitable[T]) -> T:
    try:
        return await work
    except PyMongoError as fault:
        raise Unavailable(f"database: {type(fault).__name__}: {str(fault)[:200]}") from fault


class MongoStore:
    """The documents and history of one service, in a database of its own."""

    def __init__(self, motor: Any, database: str, service: Service) -> None:
        """Take a client, the database's name and the service whose documents these are."""
        self._documents = motor[database].get_collection("documents", **SURE)
        self._history = motor[database].get_collection("history", **SURE)
        self._intents = motor[database].get_collection("intents", **SURE)
        self._motor, self._service = motor, service

    async def prepare(self) -> None:
        """Create the indexes; harmless when they are there."""
        if self._service.wake:
            await _sure(self._documents.create_index([("partition", ASCENDING), ("wake_at", ASCENDING)]))
        for keys in self._service.indexes:
            named = [(key if key == "_id" else f"facets.{key}", way) for key, way in keys]
            await _sure(self._documents.create_index(named))
        await _sure(self._history.create_index([("subject", ASCENDING), ("version", ASCENDING)]))

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """See the port."""
        found: dict[str, Document] = {}
        for at in range(0, len(subjects), FIND_CHUNK):
            chunk = list(subjects[at : at + FIND_CHUNK])
            cursor = self._documents.find({"_id": {"$in": chunk}}, {"kept": 0})
            for raw in await _sure(cursor.to_list(None)):
                found[raw["_id"]] = rows.document(raw)
        return found

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See the port: one unordered bulk; whatever is not plainly confirmed is doubtful."""
        inserts = sum(change.rev == 0 for change in changes)
        try:
            result = await self._documents.bulk_write([_operation(change) for change in changes], ordered=False)
        except BulkWriteError as fault:
            return _doubtful(changes, fault)
        except PyMongoError:
            return frozenset(change.subject for change in changes)
        doubtful = set()
        if result.inserted_count != inserts:
            doubtful |= {change.subject for change in changes if change.rev == 0}
        if result.matched_count != len(changes) - inserts:
            doubtful |= {change.subject for change in changes if change.rev}
        return frozenset(doubtful)

    async def record(self, past: Sequence[tuple[str, Message]]) -> None:
        """See the port."""
        inserts = [InsertOne(rows.past_row(subject, message)) for subject, message in past]
        try:
            await self._history.bulk_write(inserts, ordered=False)
        except BulkWriteError as fault:
            errors = fault.details.get("writeErrors", [])
            unsure = fault.details.get("writeConcernErrors") or any(e["code"] != DUPLICATE_KEY for e in errors)
            if unsure:
                codes = sorted({error["code"] for error in errors})
                raise Unavailable(f"history: write errors {codes}") from fault
        except PyMongoError as fault:
            raise Unavailable(f"history: {type(fault).__name__}") from fault

    async def due(self, partition: int, at: datetime, limit: int) -> Sequence[Document]:
        """See the port; the lower bound keeps the local server from walking all documents that want no attention."""
        where = {"partition": partition, "wake_at": {"$gte": FIRST, "$lte": at}}
        cursor = self._documents.find(where, {"kept": 0}).sort("wake_at", ASCENDING).limit(limit)
        return [rows.document(raw) for raw in await _sure(cursor.to_list(None))]

    async def intend(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
        """See the port."""
        names = [uuid4().hex for _ in revs]
        pairs = zip(names, revs.items(), strict=True)
        notes = [{"_id": name, "partition": number, "revs": list(of.items())} for name, (number, of) in pairs]
        await _sure(self._intents.insert_many(notes))
        return names

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        """See the port; the collection is all but empty, so it needs no index."""
        cursor = self._intents.find({"partition": {"$in": sorted(partitions)}})
        return [Intent(raw["_id"], dict(raw["revs"])) for raw in await _sure(cursor.to_list(None))]

    async def fulfilled(self, intents: Sequence[str]) -> None:
        """See the port."""
        await _sure(self._intents.delete_many({"_id": {"$in": list(intents)}}))

    async def put_aside(self, subject: str, rev: int, until: datetime) -> None:
        """See the port."""
        await _sure(self._documents.update_one({"_id": subject, "rev": rev}, {"$set": {"wake_at": until}}))

    async def read(self, subject: str) -> Stored | None:
        """See the port."""
        raw = await _sure(self._documents.find_one({"_id": subject}, {"kept": 0, "outbox": 0}))
        return rows.stored(raw) if raw else None

    async def query(self, where: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int) -> list[Stored]:
        """See the port."""
        keys = [(key if key == "_id" else f"facets.{key}", way) for key, way in order]
        cursor = self._documents.find(rows.faceted(where), {"kept": 0, "outbox": 0, "inbox": 0}).limit(limit)
        ordered = cursor.sort(keys) if keys else cursor
        return [rows.stored(raw) for raw in await _sure(ordered.to_list(None))]

    async def count(self, where: Mapping[str, Any], most: int) -> int:
        """See the port."""
        found: int = await _sure(self._documents.count_documents(rows.faceted(where), limit=most))
        return found

    async def every_document(self) -> AsyncIterator[Document]:
        """All documents in no order; for whoever looks at everything."""
        async for raw in _walked(self._documents.find({}, {"kept": 0})):
            yield rows.document(raw)

    async def every_past(self) -> AsyncIterator[tuple[str, Past]]:
        """All rows of the history, each with its document's subject, in no order."""
        async for raw in _walked(self._history.find({})):
            yield raw["subject"], rows.past(raw)

    async def history(self, subject: str, limit: int = 1000, topic: str | None = None) -> list[Past]:
        """See the port."""
        wanted = {"subject": subject} | ({"topic": topic} if topic else {})
        cursor = self._history.find(wanted).sort([("version", ASCENDING)]).limit(limit)
        return [rows.past(raw) for raw in await _sure(cursor.to_list(None))]


async def _walked(cursor: Any) -> AsyncIterator[Mapping[str, Any]]:
    while found := await _sure(cursor.to_list(WALK)):
        for raw in found:
            yield raw


class DatabaseClock:
    """The database's time for decisions: one for all members, whatever their own clocks say."""

    def __init__(self, motor: Any, stop: asyncio.Event) -> None:
        """Take a client, and the event that ends every pause."""
        self._motor, self._stop = motor, stop
        self._ahead = timedelta(0)

    async def now(self) -> datetime:
        """See the port; the skew is measured on the way, to half the round trip."""
        before = datetime.now(UTC)
        found = await _time(self._motor)
        after = datetime.now(UTC)
        self._ahead = before + (after - before) / 2 - found
        return found

    def wall(self) -> datetime:
        """See the port."""
        return datetime.now(UTC) - self._ahead

    def skew(self) -> float:
        """See the port."""
        return self._ahead.total_seconds()

    def monotonic(self) -> float:
        """See the port."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See the port."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return


class Steps:
    """The steps of a stepped time, in a database of their own: see ``timeline``.

    They are found by ``real``, not by ``_id``: the local server walks a whole collection for a range of ids.
    """

    def __init__(self, motor: Any, database: str) -> None:
        """Take a client and the database's name; nothing is known yet."""
        self._steps, self._motor = motor[database].get_collection("steps", **SURE), motor
        self.known: tuple[Step, ...] = ()
        self.read_at = EPOCH

    async def prepare(self) -> None:
        """Create the index; harmless when it is there."""
        await _sure(self._steps.create_index([("real", ASCENDING)]))

    async def read(self) -> tuple[Step, ...]:
        """See the timeline: what is known is not fetched again."""
        began = datetime.now(UTC)
        newer = self._steps.find({"real": {"$gt": self._last}}).sort("real", ASCENDING)
        found = [Step(raw["real"], raw["virtual"]) for raw in await _sure(newer.to_list(None))]
        self.known += tuple(step for step in found if step.real > self._last)  # another reading may have been faster
        self.read_at = max(self.read_at, began)
        return self.known

    @property
    def _last(self) -> datetime:
        return self.known[-1].real if self.known else EPOCH

    async def step(self, virtual: datetime) -> Step:
        """Let the time be ``virtual`` (aware, cut to milliseconds) from now on.

        Returns once every clock is past the step's moment: what is appended or asked for afterwards is surely later.
        Raises ValueError for a time before the last step's, Unavailable when the step may or may not be written.
        """
        virtual = virtual.replace(microsecond=virtual.microsecond // 1000 * 1000)
        known = await self.read()
        if known and virtual < known[-1].virtual:
            raise ValueError(f"a step back to {virtual}; the time is {known[-1].virtual} already")
        real = max(self._last, await _time(self._motor)) + MILLISECOND
        await _sure(self._steps.insert_one({"_id": real, "real": real, "virtual": virtual}))
        while min(await _time(self._motor), datetime.now(UTC)) < real + MILLISECOND:  # noqa: ASYNC110 - a clock tells nobody
            await asyncio.sleep(0.001)
        return Step(real, virtual)


async def _time(motor: Any) -> datetime:
    """The database's clock, in whole milliseconds; the local stand-in sends it without a zone."""
    found: datetime = (await _sure(motor.admin.command("hello")))["localTime"]
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _operation(change: Change) -> InsertOne[Any] | UpdateOne:
    if change.rev == 0:
        return InsertOne(rows.inserted(change))
    return UpdateOne({"_id": change.subject, "rev": change.rev}, rows.updated(change))


def _doubtful(changes: Sequence[Change], fault: BulkWriteError) -> frozenset[str]:
    """After an error in the bulk: inserts that it does not name went through, everything else must be read."""
    if fault.details.get("writeConcernErrors"):
        return frozenset(change.subject for change in changes)
    named = {error["index"] for error in fault.details.get("writeErrors", [])}
    return frozenset(change.subject for index, change in enumerate(changes) if change.rev or index in named)
