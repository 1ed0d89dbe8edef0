"""All five services' readers and decisions in one process: what may come of a record, and what must never."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import bson

from contracts.deadletter import Reason
from contracts.topics import TOPICS
from contracts.wire import ROOM, Message, Topic
from services.chassis import rows
from services.chassis.fold import Draft, draft, fold, read, wake_of
from services.chassis.letters import letter, outgoing
from services.chassis.ports import Change, Document
from services.chassis.values import Input, Invalid, Park, Reader, Record, Service, Tick
from tests.contract.story import services
from tests.poison.sample import Sample

BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}
DOCUMENT_BYTES = 16 * 1024 * 1024
TICKS = 5
"""So many timers of a document are let ring."""
AFTER = timedelta(days=400)
"""Timers later than this are not let ring."""


@cache
def five() -> tuple[Service, ...]:
    return services()


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that must never happen, and at which service."""

    service: str
    what: str


@dataclass(slots=True)
class Town:
    """What a record brings about at the services that read it, and at those that read what these write.

    Endings count for the first readers alone: ``processed``, ``parked``; ``holes`` for all.
    """

    documents: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)
    holes: list[Hole] = field(default_factory=list)
    offsets: Counter[str] = field(default_factory=Counter)
    written: deque[Message] = field(default_factory=deque)

    def feed(self, topic: Topic, sample: Sample, at: datetime) -> None:
        """Let a record come, and all that follows from it."""
        self._take(self._record(topic.name, sample.key, sample.value, seen(sample), at), first=True)
        while self.written:
            one = self.written.popleft()
            self._take(self._record(one.topic, one.key.encode(), one.value, one.headers, at), first=False)

    def _record(self, topic: str, key: bytes | None, value: bytes | None, headers: Any, at: datetime) -> Record:
        self.offsets[topic] += 1
        return Record(
            topic=topic, partition=3, offset=self.offsets[topic], key=key, value=value, headers=headers, time=at
        )

    def _take(self, record: Record, *, first: bool) -> None:
        for service, reader in readers(record.topic):
            before = len(self.holes)
            ending = self._ends(service, reader, record, ticks=TICKS if first else 0)
            if len(self.holes) > before:
                ending = "hole"
            if first:
                self.ended[ending] += 1
            elif ending not in {"processed", "conflict"}:
                self._hole(service, f"{record.topic} from ourselves is {ending}")

    def _ends(self, service: Service, reader: Reader, record: Record, ticks: int) -> str:
        try:
            one = read(reader, record)
        except Invalid as fault:
            told = [outgoing(service, each, record.time, record) for each in service.rejected(record, fault.problems)]
            parked = letter(service, record, Park(reason=Reason.INVALID, problems=fault.problems))
            self._write(service, [*told, parked])
            return "parked"
        except Exception as fault:  # noqa: BLE001 - the very thing that is looked for
            self._hole(service, f"read: {type(fault).__name__}: {str(fault)[:200]}")
            return "hole"
        return self._decided(service, one, record.time, ticks)

    def _decided(self, service: Service, one: Input[Any], at: datetime, ticks: int) -> str:
        document = self._load(service, one.subject)
        result = fold(service, [one], document, Counter(mail=100, webhook=100, sms=100))
        for _, fault in result.faults:
            self._hole(service, f"decide: {type(fault).__name__}: {str(fault)[:200]}")
        if result.parked and not result.faults:
            self._settle(service, result)
            return result.parked[0][1].value
        self._settle(service, result)
        for _ in range(ticks):
            if not self._ring(service, one.subject, at):
                break
        return "processed"

    def _ring(self, service: Service, subject: str, at: datetime) -> bool:
        document = self._load(service, subject)
        if not service.wake or not document:
            return False
        try:
            one = draft(service, subject, document, 3)
            wake = wake_of(service, one.state)
            if wake is None or wake > at + AFTER:
                return False
            now = max(wake, at).astimezone(UTC)
            one.advance(Tick(now), now, Counter(mail=100, webhook=100, sms=100))
        except Exception as fault:  # noqa: BLE001 - as above
            self._hole(service, f"tick: {type(fault).__name__}: {str(fault)[:200]}")
            return False
        self._settle(service, one)
        return True

    def _settle(self, service: Service, one: Draft) -> None:
        change = one.change("test")
        if change and service.state:
            try:
                self._keep(service, change)
            except Exception as fault:  # noqa: BLE001 - as above
                self._hole(service, f"store: {type(fault).__name__}: {str(fault)[:200]}")
        self._write(service, one.messages)

    def _keep(self, service: Service, change: Change) -> None:
        """As MongoDB would: the new document, or the update of the one that is there."""
        name = (service.name, change.subject)
        change.subject.encode()
        if name not in self.documents:
            stored = rows.inserted(change)
        else:
            stored = dict(self.documents[name])
            update = rows.updated(change)
            bson.encode(update["$set"])
            stored.update({key: value for key, value in update["$set"].items() if not key.startswith("kept.")})
            stored["rev"] += 1
            if "$unset" in update:
                stored.pop("wake_at", None)
        raw = bson.encode(stored)
        assert len(raw) < DOCUMENT_BYTES, f"a document of {len(raw)} bytes"
        self.documents[name] = bson.decode(raw, bson.CodecOptions(tz_aware=True))

    def _load(self, service: Service, subject: str) -> Document | None:
        raw = self.documents.get((service.name, subject))
        return rows.document(raw) if raw else None

    def _write(self, service: Service, messages: Sequence[Message]) -> None:
        for message in messages:
            topic = BY_NAME[message.topic]
            try:
                message.key.encode()
                if service.state:
                    bson.encode(rows.past_row(message.subject, message))
                topic.model.model_validate_json(message.value)
                assert len(message.value) <= topic.max_bytes, f"{len(message.value)} bytes for {topic.name}"
                assert sum(len(name) + len(raw) for name, raw in message.headers) < ROOM, "long headers"
            except Exception as fault:  # noqa: BLE001 - as above
                self._hole(service, f"write {topic.name}: {type(fault).__name__}: {str(fault)[:200]}")
            if not topic.name.startswith("dead."):
                self.written.append(message)

    def _hole(self, service: Service, what: str) -> None:
        self.holes.append(Hole(service.name, what))


@cache
def readers(topic: str) -> tuple[tuple[Service, Reader], ...]:
    return tuple((each, reader) for each in five() for reader in each.readers if reader.topic.name == topic)


def seen(sample: Sample) -> tuple[tuple[str, bytes | None], ...]:
    """The headers as a consumer would see them: of a name that is no UTF-8 the bytes as text."""
    names = (getattr(name, "raw", name.encode()) for name, _ in sample.headers)
    raws = (raw for _, raw in sample.headers)
    return tuple((name.decode("utf-8", "backslashreplace"), raw) for name, raw in zip(names, raws, strict=True))
