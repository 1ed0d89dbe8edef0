"""What the checker answers: offences, each with its rule and whom it concerns, and the verdict over a whole run."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOLD: Final = ("reports", "cases", "repeats", "parked", "pending", "breaches", "alerts")
"""Figures at the beginning of a verdict's line."""
APART: Final = ("redelivered", "resent", "unknown")
"""Figures at its end, which are no offences: copies of events and of sends, and sends of which nobody knows the end."""


class End(StrEnum):
    """What a record that a department sent has come to."""

    CASE = "case"
    REVISION = "revision"
    REPEAT = "repeat"
    PARKED = "parked"
    DISCARDED = "discarded"
    PENDING = "pending"
    OUT_OF_SIGHT = "out_of_sight"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Offence:
    """A rule was broken: ``subject`` is whom it concerns, ``what`` one line that names ids, topics and offsets."""

    rule: str
    law: int | None
    subject: str
    what: str

    def line(self) -> str:
        """The offence as people read it."""
        law = f" (law {self.law})" if self.law else ""
        return f"{self.rule}{law}: {self.subject}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, by the harm that it does, and the figures."""

    lost: tuple[Offence, ...]
    duplicated: tuple[Offence, ...]
    unlawful: tuple[Offence, ...]
    figures: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether no rule was broken."""
        return not self.offences

    @property
    def offences(self) -> tuple[Offence, ...]:
        """All of them."""
        return (*self.lost, *self.duplicated, *self.unlawful)

    def line(self) -> str:
        """The verdict for machines."""
        harms = {"lost": self.lost, "duplicated": self.duplicated, "unlawful": self.unlawful}
        told = [f"{name}={self.figures.get(name, 0)}" for name in TOLD]
        apart = [f"{name}={self.figures.get(name, 0)}" for name in APART]
        return "check: " + " ".join([*told, *(f"{name}={len(found)}" for name, found in harms.items()), *apart])
