"""Servers in memory that cost next to nothing, so that what is timed above them is ours: documents stay as BSON."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from zlib import crc32

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

from bench.stopwatch import Stopwatch
from contracts.wire import Message
from services.chassis import rows
from services.chassis.ports import Change, Document, Partition
from services.chassis.values import Record
from simulation.clock import MemoryClock
from simulation.store import MemoryStore

PARTITIONS = 6
OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, datetime_conversion=DatetimeConversion.DATETIME
)


class Documents(MemoryStore):
    """A store behind the loop's port; encoding and decoding rows is timed as the driver's part."""

    def __init__(self, watch: Stopwatch) -> None:
        """Start empty."""
        super().__init__()
        self._watch = watch
        self._encoded: dict[str, bytes] = {}
        self.writes = 0
        self.inserts = 0

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """See the port."""
        with self._watch.part("rows"):
            found = (self._encoded[subject] for subject in subjects if subject in self._encoded)
            return {raw["_id"]: rows.document(raw) for raw in (bson.decode(one, OPTIONS) for one in found)}

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See the port: whatever is written fits, because nobody else writes."""
        self.writes += len(changes)
        for change in changes:
            with self._watch.part("rows"):
                raw = rows.inserted(change) if change.rev == 0 else rows.updated(change)
                encoded = bson.encode(raw)
            self._encoded[change.subject] = encoded if change.rev == 0 else self._updated(change, raw)
        return frozenset()

    def _updated(self, change: Change, update: Mapping[str, Any]) -> bytes:
        """What the server does, so not timed: the row with the update applied."""
        row = bson.decode(self._encoded[change.subject])
        row |= {name: found for name, found in update["$set"].items() if not name.startswith("kept.")}
        row["rev"] = change.rev + 1
        return bson.encode(row)

    async def record(self, past: Sequence[tuple[str, Message]]) -> None:
        """See the port."""
        self.inserts += len(past)
        with self._watch.part("rows"):
            for subject, message in past:
                bson.encode(rows.past_row(subject, message))


@dataclass(slots=True)
class Logs:
    """What was published, by topic, as a consumer would be given it."""

    now: datetime
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def append(self, topic: str, key: bytes, value: bytes, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        """Append one record, at the one time there is."""
        mine = self.records[topic]
        mine.append(
            Record(
                topic=topic,
                partition=crc32(key) % PARTITIONS,
                offset=len(mine),
                key=key,
                value=value,
                headers=headers,
                time=self.now,
            )
        )


class Stream:
    """A member's stream behind the loop's port: it owns all, and publishing appends; making headers is timed."""

    def __init__(self, logs: Logs, topics: Sequence[str], watch: Stopwatch) -> None:
        """Own every partition of these topics."""
        self._logs, self._watch = logs, watch
        self._places = dict.fromkeys([(name, number) for name in topics for number in range(PARTITIONS)], 0)
        self.published = 0

    async def publish(self, messages: Sequence[Message]) -> None:
        """See the port."""
        self.published += len(messages)
        with self._watch.part("serialise"):
            made = [(one.topic, one.key.encode(), one.value, one.headers) for one in messages]
        for one in made:
            self._logs.append(*one)

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """See the port."""

    def take(self, most: int) -> None:
        """See the port: whoever hands over says how many."""

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """See the port: nothing fails here."""
        raise AssertionError(f"put back: {first}")

    def owned(self) -> frozenset[Partition]:
        """See the port."""
        return frozenset(self._places)

    async def read_to(self) -> Mapping[Partition, int]:
        """See the port."""
        return self._places

    async def ends(self) -> Mapping[Partition, int]:
        """See the port."""
        return self._places


class Still(MemoryClock):
    """A clock that stands; its monotonic time is the machine's, which parts of batches go by."""

    def monotonic(self) -> float:
        """See the port."""
        return monotonic()
