"""The ports of the loop: stream, store and clock, and its calls to the outside; adapters stand behind them."""

from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import BaseModel

from contracts.wire import Message
from services.chassis.values import Done, Effect, Outcome

Partition = tuple[str, int]
"""A topic's name and a partition's number."""
ENTRY: Final = 17
"""Bytes of an inbox's entry: the outcome's, and the id's sixteen."""
OUTCOMES: Final = bytes(map(int, Outcome))
"""The bytes that outcomes are kept in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One applied input in a document's inbox: 17 bytes, so that 1,000 of them stay small."""

    id: UUID
    outcome: Outcome

    def pack(self) -> bytes:
        """The outcome's byte and the id's sixteen."""
        return bytes((self.outcome,)) + self.id.bytes


class Inbox(Mapping[UUID, Outcome]):
    """The inputs that a document has taken, as ``Entry`` packs them, end to end; of two of one id the later one counts.

    They are stored, loaded and looked into in this one piece: a busy day's tray has ten thousand, and is asked for a
    few. Taken apart they cost every load of such a tray ten times the time and the room.
    """

    def __init__(self, raw: bytes = b"") -> None:
        """Take the entries in the order in which they were made; raises ValueError or TypeError for what is none."""
        if len(raw) % ENTRY or raw[::ENTRY].translate(None, OUTCOMES):
            raise ValueError("an entry is an outcome's byte and the sixteen of an id")
        self.raw = raw

    def __repr__(self) -> str:
        """Its entries, for whoever compares two runs."""
        return f"Inbox({self.raw!r})"

    def after(self, entries: Iterable[Entry]) -> "Inbox":
        """The inbox once these have come, too."""
        return Inbox(self.raw + b"".join(entry.pack() for entry in entries))

    def __getitem__(self, name: UUID) -> Outcome:
        """How this input ended; raises KeyError."""
        wanted, end = name.bytes, len(self.raw)
        while (at := self.raw.rfind(wanted, 0, end)) >= 0:
            if at % ENTRY == 1:
                return Outcome(self.raw[at - 1])
            end = at + len(wanted) - 1
        raise KeyError(name)

    def __iter__(self) -> Iterator[UUID]:
        """Their ids, each once, in the order in which they came first."""
        return iter(self._unpacked())

    def __len__(self) -> int:
        """How many there are, each id once."""
        return len(self._unpacked())

    def items(self) -> ItemsView[UUID, Outcome]:
        """All of them, in one walk: to look each up would walk as often as there are entries."""
        return self._unpacked().items()

    def _unpacked(self) -> dict[UUID, Outcome]:
        raw = self.raw
        return {UUID(bytes=raw[at + 1 : at + ENTRY]): Outcome(raw[at]) for at in range(0, len(raw), ENTRY)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as the loop loads it: state, inbox and outbox in one, so that one write decides all three.

    ``rev`` counts its writes, ``by`` names the attempt that made the newest; ``outbox`` holds that write's messages;
    ``size`` are the bytes that the document keeps. ``known`` is the state, read, where this very process wrote it; then
    the document may be older than the store's.
    """

    subject: str
    rev: int
    by: str
    schema: int
    partition: int
    state: str | None
    inbox: Inbox = field(default_factory=Inbox)
    outbox: tuple[Message, ...] = ()
    size: int = 0
    known: BaseModel | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One compare-and-set: applies only if the document's ``rev`` is still this one (0: it does not exist yet).

    ``by`` names the attempt, so that a doubt about who won ends by reading; ``inbox`` is the whole one, or None where
    nothing has come in.
    """

    subject: str
    rev: int
    by: str
    schema: int
    partition: int
    state: str | None
    inbox: Inbox | None
    outbox: tuple[Message, ...]
    wake_at: datetime | None
    facets: Mapping[str, Any]
    kept: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Intent:
    """A note, made before a write, of documents whose new outbox no redelivered record would bring back.

    ``revs`` are the documents' revisions before that write.
    """

    id: str
    revs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as queries see it."""

    subject: str
    rev: int
    state: dict[str, Any]
    inbox: Inbox


@dataclass(frozen=True, slots=True)
class Past:
    """One event of a document's history; ``value`` is its body in JSON."""

    id: UUID
    topic: str
    type: str
    version: int
    at: datetime
    value: str


class Stream(Protocol):
    """The broker: every method may raise Unavailable."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send all and return when every in-sync replica has them; the same message again is harmless."""

    async def commit(self, after: Mapping[Partition, int]) -> None:
        """Remember that everything before these offsets is settled; silent where a partition is no longer ours."""

    def take(self, most: int) -> None:
        """Hand over about so many records at once from now on, of all partitions that have any, unless many wait.

        0: none.
        """

    def rewind(self, first: Mapping[Partition, int]) -> None:
        """Read again from these offsets."""

    def owned(self) -> frozenset[Partition]:
        """The partitions that this member reads now."""

    async def read_to(self) -> Mapping[Partition, int]:
        """For each owned partition, the offset up to which everything is settled."""

    async def ends(self) -> Mapping[Partition, int]:
        """For each owned partition, the offset that the next record will get."""


class Store(Protocol):
    """The documents of one service: every method may raise Unavailable."""

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """The documents that exist, as a majority has them."""

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """Apply each change on its own; answer the subjects whose fate must be read, because it is not sure."""

    async def record(self, past: Sequence[tuple[str, Message]]) -> None:
        """Insert each (subject, message) into the history; what is there already stays."""

    async def due(self, partition: int, at: datetime, limit: int) -> Sequence[Document]:
        """The documents whose wake time is not after ``at``, the earliest first."""

    async def intend(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
        """Note by partition which documents, at which revisions, are about to get an outbox; answer the notes' ids."""

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        """The notes that nobody has taken off."""

    async def fulfilled(self, intents: Sequence[str]) -> None:
        """Take these notes off: what they spoke of was sent."""

    async def put_aside(self, subject: str, rev: int, until: datetime) -> None:
        """Let a document's timer rest, because its tick failed by our own fault."""

    async def read(self, subject: str) -> Stored | None:
        """One document, for a query."""

    async def query(self, where: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int) -> list[Stored]:
        """Documents by their facets; ``where`` as MongoDB has it, ``_id`` for the subject; no order: any.

        A facet that is a list equals each of its words.
        """

    async def count(self, where: Mapping[str, Any], most: int) -> int:
        """How many documents there are by their facets; it counts no further than ``most``."""

    async def history(self, subject: str, limit: int = 1000, topic: str | None = None) -> list[Past]:
        """A document's events by version, the newest last; of one topic, if that is named."""


class Clock(Protocol):
    """Time: the database's for decisions, a monotonic one for pauses."""

    async def now(self) -> datetime:
        """The time that timers go by, one for all members; may raise Unavailable."""

    def wall(self) -> datetime:
        """The best estimate of ``now`` without asking: for figures and ends of calls, which no timer goes by."""

    def skew(self) -> float:
        """Seconds by which this machine's clock was ahead of ``now`` when last asked."""

    def monotonic(self) -> float:
        """Seconds since some start."""

    async def sleep(self, seconds: float) -> None:
        """Pause; returns early when the service is asked to stop."""


class Refused(Exception):
    """The other side will never take this call."""


class Channel(Protocol):
    """A way to the outside."""

    name: str
    capacity: int
    honours_key: bool

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Make the call; raises Refused when no retry can help, anything else when one may."""

    async def close(self) -> None:
        """Let go of what is kept open for the next call."""


class Performer(Protocol):
    """Makes the calls that decisions ask for, beside the loop, and hands their ends back to it."""

    def free(self) -> Mapping[str, int]:
        """How many calls each channel can take now."""

    def start(self, subject: str, effects: Sequence[Effect]) -> None:
        """Begin these calls; their ends come back as ``Done`` for this subject."""


Ended = tuple[str, Done]
"""The subject of a document and the end of one of its effects."""
