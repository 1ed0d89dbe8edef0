"""How obligations were met in some days, by unit and level: in time or late, in how much time, what was suspended."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from contracts.spans import MINUTE
from contracts.territory import Level, UnitRef
from services.escalation.account import late, rested, share, used, void
from services.escalation.ledger import Entry


@dataclass(slots=True)
class Tally:
    """What is counted of some ended obligations; ``minutes`` and ``shares`` are of those that somebody had to meet.

    Suspended time is in neither: it is counted apart.
    """

    how: Counter[str] = field(default_factory=Counter)
    late: int = 0
    void: int = 0
    suspended: int = 0
    suspended_minutes: int = 0
    extended: int = 0
    extended_minutes: int = 0
    minutes: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    def count(self, entry: Entry) -> None:
        """Take one that has ended."""
        end = entry.ended_at or entry.due_at
        still = rested(entry, end)
        self.how[entry.ended_how or ""] += 1
        self.late += late(entry)
        self.suspended += bool(entry.pauses)
        self.suspended_minutes += still // MINUTE
        self.extended += bool(entry.extended)
        self.extended_minutes += entry.extended
        if void(entry):
            self.void += 1
            return
        self.minutes.append(used(entry, end) // MINUTE)
        self.shares.append(round(share(entry, end), 4))

    def view(self) -> Mapping[str, Any]:
        """For an answer."""
        ended = self.how.total()
        return {
            "ended": ended,
            "in_time": ended - self.late - self.void,
            "late": self.late,
            "void": self.void,
            "how": dict(sorted(self.how.items())),
            "minutes_used": _spread(self.minutes),
            "share_used": _spread(self.shares),
            "suspended": {"obligations": self.suspended, "minutes": self.suspended_minutes},
            "extended": {"obligations": self.extended, "minutes": self.extended_minutes},
        }


@dataclass(slots=True)
class Statistics:
    """The tallies of some days."""

    units: dict[str, tuple[UnitRef, Tally]] = field(default_factory=dict)
    levels: dict[Level, Tally] = field(default_factory=dict)
    all: Tally = field(default_factory=Tally)

    def take(self, entries: Iterable[Entry], wanted: Callable[[str, datetime], bool]) -> None:
        """Count those of a case that have ended and are wanted, by their unit's code and when they ended."""
        for entry in entries:
            if entry.ended_at and wanted(entry.unit.code, entry.ended_at):
                self._count(entry)

    def _count(self, entry: Entry) -> None:
        _, tally = self.units.setdefault(entry.unit.code, (entry.unit, Tally()))
        for one in (tally, self.levels.setdefault(entry.unit.level, Tally()), self.all):
            one.count(entry)

    def view(self) -> Mapping[str, Any]:
        """For an answer: all, by level, by unit in the order of codes."""
        return {
            "all": self.all.view(),
            "levels": {level.value: self.levels[level].view() for level in Level if level in self.levels},
            "units": [
                {"unit": unit.model_dump(mode="json"), **tally.view()}
                for _, (unit, tally) in sorted(self.units.items())
            ],
        }


def _spread(found: list[Any]) -> Mapping[str, Any]:
    """The middle of what was found, and what nine of ten do not exceed; None where nothing was."""
    if not found:
        return {"median": None, "p90": None}
    ordered = sorted(found)
    nearest = -(-9 * len(ordered) // 10)
    return {"median": median(ordered), "p90": ordered[nearest - 1]}
