"""Dead letters as these commands hold them: without their bytes, with what was done about each, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from contracts.deadletter import DispositionKind, Reason
from contracts.identity import replay_cause

SHORT = 8
"""Digits of an id that lists show, more where these do not tell it from another one."""


class Mistake(Exception):
    """The operator asked for what cannot be done; one line says what was found and what is right."""


class Say(Protocol):
    """Where lines go."""

    def __call__(self, line: str, /) -> object:
        """Write one line."""


class State(StrEnum):
    """How a letter stands."""

    OPEN = "open"
    REPLAYED = "replayed"
    PARKED_AGAIN = "parked-again"
    DISCARDED = "discarded"


ENDS = {DispositionKind.REPLAYED: State.REPLAYED, DispositionKind.DISCARDED: State.DISCARDED}
"""The acts that decide how a letter stands; the newest of them counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """As positions are written everywhere."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One letter without its bytes; ``at`` is where the letter stands, ``of`` where its record stood.

    ``source`` and ``problem`` are masked. ``replay`` is the replay by which the record came, if it came by one.
    """

    id: UUID
    service: str
    reason: Reason
    source: str
    problem: str
    of: Place
    at: Place
    parked_at: datetime
    replay: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One disposition without its bytes; ``place`` is where it stands."""

    kind: DispositionKind
    version: int
    by: str
    why: str
    at: datetime
    replay: UUID | None
    place: Place


@dataclass(frozen=True, slots=True)
class Item:
    """A letter with what was done about it, in order; ``again`` is the letter that a replay of it came back as."""

    parked: Parked
    acts: tuple[Act, ...] = ()
    again: UUID | None = None

    @property
    def state(self) -> State:
        """How it stands; what came back stands there, though a crash kept its replay from being recorded."""
        if self.again:
            return State.PARKED_AGAIN
        return next((ENDS[act.kind] for act in reversed(self.acts) if act.kind in ENDS), State.OPEN)

    @property
    def edit(self) -> Act | None:
        """The newest edit, whose value a replay sends."""
        return next((act for act in reversed(self.acts) if act.kind is DispositionKind.EDITED), None)

    @property
    def version(self) -> int:
        """The version that the next disposition gets; not that of a replay which came back and was never recorded."""
        version = max((act.version for act in self.acts), default=0) + 1
        return version + (self.again == replay_cause(self.parked.id, version))

    @property
    def replay(self) -> UUID:
        """The id that the next replay gets, and has again if that was sent and could not be recorded."""
        return replay_cause(self.parked.id, self.version)


def short(ids: Sequence[UUID]) -> int:
    """How many digits tell these ids from each other, at least so many as are easy to copy."""
    different = {one.hex for one in ids}
    digits = SHORT
    while digits < len(UUID(int=0).hex) and len({name[:digits] for name in different}) < len(different):
        digits += 1
    return digits
