"""Dead letters: records that could not be used, kept raw with where and why, and what people do about them."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from contracts.problem import Problem
from contracts.wire import Body, Count, Moment, Value

WHO = r"^[a-z0-9][a-z0-9.-]{0,62}$"
"""Who acts: a staff number or an account's name."""


class Reason(StrEnum):
    """Why a record was parked; the word decides who must act."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    DEFECTIVE = "defective"


def encoded(part: bytes | None) -> str | None:
    """A part of a record as letters and replays have it: in base64, None where there is none."""
    return None if part is None else b64encode(part).decode()


class Cut(Value):
    """A part of a record that was too long to be kept whole, known by its digest.

    For headers, it is that of all names and values, one after the other.
    """

    part: Annotated[str, Field(description="key, value or headers")]
    size: Annotated[int, Field(description="bytes of the whole part")]
    sha256: Annotated[str, Field(description="SHA-256 of the whole part, in hex")]


class DeadLetter(Body):
    """One parked record: ``raw_key``, ``raw_value`` and header values are its bytes in base64.

    What was too long to be kept is named in ``cut``: of a key or value the beginning is kept, of headers nothing. A
    record that came by a replay and was parked again is a letter of its own, with that ``replay``.
    """

    version: Count = 1
    id: UUID
    service: str
    reason: Reason
    problems: tuple[Problem, ...]
    topic: str
    partition: Count
    offset: Count
    appended_at: Annotated[Moment, Field(description="when the broker took the record")]
    raw_headers: tuple[tuple[str, str | None], ...]
    raw_key: str | None = None
    raw_value: str | None = None
    cut: tuple[Cut, ...] = ()
    replay: Annotated[UUID | None, Field(description="the replay by which the record came, if it came by one")] = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.dead-letter.v1"

    @property
    def subject(self) -> str:
        """The dead letter's id, which follows from the record's position, or is that of the replay."""
        return str(self.id)


class Replay(Body):
    """A parked record on its way back to the service that parked it, as it was or mended.

    The service takes it for the record at its old position and time: what it brings about has the ids that it would
    have had at first, and it happens once, however often it is replayed.
    """

    version: Count = 1
    id: UUID
    letter: UUID
    service: str
    topic: str
    partition: Count
    offset: Count
    appended_at: Moment
    raw_headers: tuple[tuple[str, str | None], ...]
    raw_key: str | None = None
    raw_value: str | None = None
    by: Annotated[str, Field(pattern=WHO, description="who replays it")]
    at: Moment

    @classmethod
    def of(
        cls,
        letter: DeadLetter,
        name: UUID,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
        by: str,
        at: datetime,
    ) -> Self:
        """The replay of this name of a letter's record, whole: its key, value and headers as they come back."""
        return cls(
            id=name,
            letter=letter.id,
            service=letter.service,
            topic=letter.topic,
            partition=letter.partition,
            offset=letter.offset,
            appended_at=letter.appended_at,
            raw_headers=tuple((header, encoded(part)) for header, part in headers),
            raw_key=encoded(key),
            raw_value=encoded(value),
            by=by,
            at=at,
        )

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.replay.v1"

    @property
    def subject(self) -> str:
        """The letter's id."""
        return str(self.letter)


class DispositionKind(StrEnum):
    """What somebody did about a dead letter."""

    REVEALED = "revealed"
    EDITED = "edited"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Disposition(Body):
    """Somebody looked at a dead letter unmasked, edited what will be replayed, replayed or discarded it.

    ``edited`` carries the whole mended value in base64; the newest one is what a replay sends. ``version`` counts the
    dispositions of one letter.
    """

    letter: UUID
    service: str
    kind: DispositionKind
    by: Annotated[str, Field(pattern=WHO, description="who did it")]
    why: Annotated[str, Field(min_length=1, max_length=500, description="the reason, in the words of who did it")]
    at: Moment
    raw_value: Annotated[str | None, Field(description="of what was edited: the value from now on, in base64")] = None
    replay: Annotated[UUID | None, Field(description="of what was replayed: the replay's id")] = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.disposition.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The letter's id."""
        return str(self.letter)
