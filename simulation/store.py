"""A store in memory behind the store port: compare-and-set, history, timers, and faults where asked for."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from contracts.wire import Message
from services.chassis.ports import Change, Document, Inbox, Intent, Past, Stored
from services.chassis.values import Unavailable
from simulation.stream import Fault, no_fault

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": lambda found, wanted: found is not None and found < wanted,
    "$lte": lambda found, wanted: found is not None and found <= wanted,
    "$gt": lambda found, wanted: found is not None and found > wanted,
    "$gte": lambda found, wanted: found is not None and found >= wanted,
    "$in": lambda found, wanted: found in wanted,
    "$ne": lambda found, wanted: found != wanted,
    "$exists": lambda found, wanted: (found is not None) == wanted,
}


@dataclass(slots=True)
class Row:
    """One stored document with what only queries and timers look at."""

    document: Document
    wake_at: datetime | None
    facets: Mapping[str, Any]
    kept: dict[str, bytes] = field(default_factory=dict)


class MemoryStore:
    """Documents and history of one service; several members may share one.

    The methods that are no coroutines are the server's own: they happen at once and do not fail.
    """

    def __init__(self, fault: Fault = no_fault) -> None:
        """Start empty."""
        self._fault = fault
        self.rows: dict[str, Row] = {}
        self.notes: dict[str, tuple[int, dict[str, int]]] = {}
        self._names = count()
        self.past: dict[tuple[str, str, str], tuple[str, Message]] = {}
        self.heard: list[Callable[[Change], None]] = []
        """Told of every change that is applied."""

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """See the port."""
        self._fault("load")
        return self.found(subjects)

    def found(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """Those of the documents that exist, in the order of their ids, as an index gives them."""
        return {subject: self.rows[subject].document for subject in sorted(subjects) if subject in self.rows}

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See the port."""
        try:
            self._fault("before write")
            doubtful = self.apply(changes)
            self._fault("after write")
        except Unavailable:
            return frozenset(change.subject for change in changes)
        return doubtful

    def apply(self, changes: Sequence[Change]) -> frozenset[str]:
        """Apply each change that fits; as with MongoDB, one update that does not match leaves all updates in doubt."""
        lost = frozenset(change.subject for change in changes if not self._apply(change))
        updates = frozenset(change.subject for change in changes if change.rev)
        return lost | updates if lost & updates else lost

    def _apply(self, change: Change) -> bool:
        row = self.rows.get(change.subject)
        if (row.document.rev if row else 0) != change.rev:
            return False
        inbox = change.inbox if change.inbox is not None else (row.document.inbox if row else Inbox())
        kept = {**(row.kept if row else {}), **change.kept}
        document = Document(
            subject=change.subject,
            rev=change.rev + 1,
            by=change.by,
            schema=change.schema,
            partition=change.partition,
            state=change.state,
            inbox=inbox,
            outbox=change.outbox,
            size=len((change.state or "").encode()) + len(inbox.raw) + sum(map(len, kept.values())),
        )
        self.rows[change.subject] = Row(document, change.wake_at, change.facets, kept)
        for hear in self.heard:
            hear(change)
        return True

    async def record(self, past: Sequence[tuple[str, Message]]) -> None:
        """See the port."""
        self._fault("record")
        self.insert(past)

    def insert(self, past: Sequence[tuple[str, Message]]) -> None:
        """Put what is new into the history."""
        for subject, message in past:
            self.past.setdefault((subject, str(message.id), message.topic), (subject, message))

    async def due(self, partition: int, at: datetime, limit: int) -> Sequence[Document]:
        """See the port."""
        self._fault("due")
        return self.ripe(partition, at, limit)

    def ripe(self, partition: int, at: datetime, limit: int) -> Sequence[Document]:
        """The documents whose wake time has come, the earliest first."""
        mine = [row for row in self.rows.values() if row.document.partition == partition]
        found = sorted(((row.wake_at, row.document) for row in mine if row.wake_at and row.wake_at <= at), key=_first)
        return [document for _, document in found[:limit]]

    async def intend(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
        """See the port."""
        self._fault("intend")
        return self.note(revs)

    def note(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
        """Make the notes; answers their names."""
        made = {str(next(self._names)): (partition, dict(of)) for partition, of in revs.items()}
        self.notes |= made
        return list(made)

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        """See the port."""
        return self.noted(partitions)

    def noted(self, partitions: Collection[int]) -> Sequence[Intent]:
        """The notes of these partitions, the oldest first."""
        return [Intent(name, revs) for name, (number, revs) in self.notes.items() if number in partitions]

    async def fulfilled(self, intents: Sequence[str]) -> None:
        """See the port."""
        self._fault("fulfilled")
        self.strike(intents)

    def strike(self, intents: Sequence[str]) -> None:
        """Take notes off."""
        for name in intents:
            self.notes.pop(name, None)

    async def put_aside(self, subject: str, rev: int, until: datetime) -> None:
        """See the port."""
        self.rest(subject, rev, until)

    def rest(self, subject: str, rev: int, until: datetime) -> None:
        """Move a timer, if the document is still at this revision."""
        if self.rows[subject].document.rev == rev:
            self.rows[subject].wake_at = until

    async def read(self, subject: str) -> Stored | None:
        """See the port."""
        row = self.rows.get(subject)
        return _stored(row) if row else None

    async def query(self, where: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int) -> list[Stored]:
        """See the port: the part of MongoDB's language that queries here use."""
        found = [row for row in self.rows.values() if _fits(row, where)]
        for key, way in reversed(order):
            found.sort(key=lambda row: _sortable(_facet(row, key)), reverse=way < 0)
        return [_stored(row) for row in found[:limit]]

    async def count(self, where: Mapping[str, Any], most: int) -> int:
        """See the port."""
        return min(most, sum(_fits(row, where) for row in self.rows.values()))

    async def history(self, subject: str, limit: int = 1000, topic: str | None = None) -> list[Past]:
        """See the port."""
        mine = [message for name, message in self.past.values() if name == subject and topic in {None, message.topic}]
        mine.sort(key=lambda message: message.version)
        return [past_of(message) for message in mine[:limit]]


def past_of(message: Message) -> Past:
    """A message as a row of the history."""
    return Past(message.id, message.topic, message.type, message.version, message.time, message.value.decode())


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _facet(row: Row, key: str) -> Any:
    return row.document.subject if key == "_id" else row.facets.get(key)


def _sortable(found: Any) -> tuple[bool, Any]:
    return (found is not None, found)


def _fits(row: Row, where: Mapping[str, Any]) -> bool:
    return all(_meets(row, key, wanted) for key, wanted in where.items())


def _meets(row: Row, key: str, wanted: Any) -> bool:
    if key == "$or":
        return any(_fits(row, part) for part in wanted)
    if key == "$and":
        return all(_fits(row, part) for part in wanted)
    found = _facet(row, key)
    if isinstance(wanted, Mapping):
        return all(bool(COMPARE[sign](found, value)) for sign, value in wanted.items())
    return wanted in found if isinstance(found, list) else bool(found == wanted)


def _stored(row: Row) -> Stored:
    document = row.document
    state = json.loads(document.state) if document.state else {}
    return Stored(document.subject, document.rev, state, document.inbox)
