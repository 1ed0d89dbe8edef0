"""What flows through the loop: records and timers in, decisions out, and the description of a service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from contracts.deadletter import Reason
from contracts.identity import record_cause
from contracts.problem import Problem
from contracts.wire import Event, Topic

LEAST_RATE = 0.1
"""Records a second that a quota must at least allow."""

B = TypeVar("B", bound=BaseModel)
S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as the broker gave it; ``time`` is the broker's append time (aware)."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    time: datetime
    replay: UUID | None = None
    """The replay by which a parked record came again; all else is as it was, or mended."""

    @property
    def position(self) -> str:
        """Where the record stands: topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def cause(self) -> UUID:
        """The cause of what the record brings about that names nothing itself, because nobody can read it."""
        return self.replay or record_cause(self.topic, self.partition, self.offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Generic[B]):
    """One well-formed record: which document it is for, its identity, and what it says."""

    id: UUID
    subject: str
    body: B
    record: Record


@dataclass(frozen=True, slots=True)
class Tick:
    """A document's wake time has passed; ``at`` is the database's clock, no later than what its inputs were read to."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A call to the outside, written down before it is made; ``key`` is the same for every attempt."""

    channel: str
    key: str
    payload: Mapping[str, Any]
    weight: int = 1
    """How many events its end brings about at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An effect has ended: ``error`` is None when the other side took it, else says why not."""

    effect: Effect
    at: datetime
    error: str | None = None
    lasting: bool = False
    """Whether trying again cannot help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a decision may know beside state and input: the time, and how many calls each channel can take now."""

    now: datetime
    free: Mapping[str, int] = field(default_factory=dict)


class Outcome(IntEnum):
    """How an input ended, kept in the inbox in one byte."""

    APPLIED = 0
    NOTHING = 1
    REFUSED = 2
    STALE = 3
    PARKED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """The decision to put a record aside, raw, until someone mends it."""

    reason: Reason
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[S]):
    """What a service decided: the new state (None: as before), what to tell, what to call, what to park.

    ``keep`` are bytes to store beside the state under the input's id; they are written once and not loaded again.
    """

    state: S | None = None
    events: tuple[Event, ...] = ()
    outcome: Outcome = Outcome.APPLIED
    effects: tuple[Effect, ...] = ()
    park: Park | None = None
    keep: bytes | None = None


class Invalid(Exception):
    """The record cannot be read; it is parked at once."""

    def __init__(self, *problems: Problem) -> None:
        """Take what is wrong."""
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Unavailable(Exception):
    """A server is away or an answer is unknown; nothing more is consumed until it is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much of one topic a member takes: ``rate`` records a second over time, ``burst`` of them at once.

    Raises ValueError for less than a record in ten seconds: a loop that settles nothing for long counts as stuck.
    """

    rate: float
    burst: int

    def __post_init__(self) -> None:
        """Check the figures."""
        if self.rate < LEAST_RATE or self.burst < 1:
            found = f"{self.rate} records/s and {self.burst} at once"
            raise ValueError(f"a quota of {found}; right is at least {LEAST_RATE}/s and 1")


def _opens_nothing(_body: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How the records of one topic become inputs.

    ``identify`` gives the input's id from record and body, and may raise Invalid; ``subject`` the document's id.
    ``quota`` bounds what the topic may bring in (None: no bound), so that a flood delays itself alone. ``needless`` are
    types of the topic that bring about nothing, whatever the document: records that bear one are settled unread. All
    others are read, so a type of a later version is, too. ``opens`` says of a body whether it most likely makes its
    document: then that is not looked for before the decision, and if it is there after all, the write tells, and the
    record is decided again. Raises ValueError for a type that the topic does not have.
    """

    topic: Topic
    parse: Callable[[Record], BaseModel]
    identify: Callable[[Record, Any], UUID]
    subject: Callable[[Any, UUID], str]
    quota: Quota | None = None
    needless: frozenset[str] = frozenset()
    opens: Callable[[Any], bool] = _opens_nothing

    def __post_init__(self) -> None:
        """Check the types."""
        if strange := self.needless.difference(self.topic.types):
            raise ValueError(f"needless {min(strange)!r}; right is {', '.join(self.topic.types)}")

    def passes(self, record: Record) -> bool:
        """Whether the record is settled unread, by the one type in its headers."""
        if not self.needless:
            return False
        types = [raw or b"" for name, raw in record.headers if name == "ce_type"]
        return len(types) == 1 and types[0].decode(errors="replace") in self.needless


Decide = Callable[[Any, "Input[Any] | Tick | Done", Context], Decision[Any]]


def _no_facets(_state: Any) -> Mapping[str, Any]:
    return {}


def _not_soon(_state: Any) -> bool:
    return False


def _tell_nobody(_record: Record, _problems: tuple[Problem, ...]) -> tuple[Event, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, whole: the topics it reads, its pure decision, and how its documents are kept.

    ``state`` is the model of its documents (None: it keeps none). ``wake`` says from the state alone when the
    document wants a tick (None: there are no timers). ``facets`` are the indexed fields that queries use;
    ``indexes`` name them in order. ``writes`` are the topics of its events. ``rejected`` may tell someone about a
    record that was parked unread. ``replays`` brings parked records back (None: they stay parked). ``soon`` says of a
    state whether more is likely to come for its document within seconds, so that it is worth remembering; nothing else
    follows from it.
    """

    name: str
    readers: tuple[Reader, ...]
    decide: Decide
    dead: Topic
    replays: Topic | None = None
    writes: tuple[Topic, ...] = ()
    state: type[BaseModel] | None = None
    schema: int = 1
    wake: Callable[[Any], datetime | None] | None = None
    facets: Callable[[Any], Mapping[str, Any]] = _no_facets
    indexes: tuple[tuple[tuple[str, int], ...], ...] = ()
    rejected: Callable[[Record, tuple[Problem, ...]], tuple[Event, ...]] = _tell_nobody
    soon: Callable[[Any], bool] = _not_soon

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Everything that the service reads."""
        return (*(reader.topic for reader in self.readers), *((self.replays,) if self.replays else ()))
