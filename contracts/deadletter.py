"""Dead letters: a record that could not be used, kept raw, with where and why, until someone replays or discards it."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.problem import Problem
from contracts.wire import Body


class Reason(StrEnum):
    """Why a record was parked; the word decides who must act."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    DEFECTIVE = "defective"


class DeadLetter(Body):
    """One parked record: ``raw_key``, ``raw_value`` and header values are its bytes in base64."""

    version: int = 1
    id: UUID
    service: str
    reason: Reason
    problems: tuple[Problem, ...]
    topic: str
    partition: int
    offset: int
    appended_at: Annotated[AwareDatetime, Field(description="when the broker took the record")]
    raw_headers: tuple[tuple[str, str | None], ...]
    raw_key: str | None = None
    raw_value: str | None = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.dead-letter.v1"

    @property
    def subject(self) -> str:
        """The dead letter's id, which follows from the record's position."""
        return str(self.id)
