"""The account of a demo: what the checker has found of everything that was sent and everything that came of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.chassis.settings import Settings
from services.chassis.values import Service
from yiwang.check.run import Reading
from yiwang.check.values import End, Offence, Verdict

ENDS: Final = (End.CASE, End.REVISION, End.REPEAT, End.PARKED)
"""What a record may come to in a demo, at whose end nothing is left to do."""
TOLD: Final = ("reports", "cases", "repeats", "parked", "breaches", "alerts")


@dataclass(frozen=True, slots=True)
class Account:
    """The end of each record that was sent, by its position, and the checker's verdict."""

    ends: Mapping[str, End]
    verdict: Verdict

    def count(self, end: End) -> int:
        """Records that ended so."""
        return Counter(self.ends.values())[end]

    @property
    def sent(self) -> int:
        """Records that were sent."""
        return len(self.ends)

    @property
    def unfinished(self) -> int:
        """Records of which something was still to come, though nothing was left to do."""
        return self.count(End.PENDING)

    @property
    def offences(self) -> tuple[Offence, ...]:
        """Everything that is wrong."""
        return self.verdict.offences

    @property
    def balanced(self) -> bool:
        """Whether nothing is lost, nothing happened twice and nothing was unlawful."""
        return self.verdict.ok and not self.unfinished

    def line(self) -> str:
        """The totals for machines: reports are cases, repeats and parked records, unless some are lost."""
        verdict = self.verdict
        figures = {name: verdict.figures[name] for name in TOLD}
        harms = {"lost": len(verdict.lost) + self.unfinished, "duplicated": len(verdict.duplicated)}
        return "demo: " + " ".join(f"{name}={figure}" for name, figure in (figures | harms).items())


async def account(settings: Settings, services: Mapping[str, Service], people: Path) -> Account:
    """Read all topics and stores, and what reached people, when all is quiet. Raises Unavailable."""
    reading = Reading(settings, services)
    await reading.read(people)
    return Account(dict(reading.checker.ends()), reading.checker.verdict())
