"""Makes a recorded decision of the routing table again by another table, and counts what would move."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.case import CaseEvent, Ruling
from contracts.territory import Path
from services.routing.ruling import ruled
from services.routing.table import Table

EFFECTS: Final = ("unit", "lead", "cooperating", "clock")
"""What follows from a decision: where one of these differs, the report would move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """A decision and what the other table decides on the very same facts; nothing in it was written by a person."""

    case_id: UUID
    version: int
    at: datetime
    source: str
    category: str | None
    path: Path
    old: Ruling
    new: Ruling

    @property
    def differs(self) -> tuple[str, ...]:
        """In which effects the two differ."""
        return tuple(name for name in EFFECTS if getattr(self.old, name) != getattr(self.new, name))


def remade(table: Table, told: CaseEvent) -> Remade | None:
    """The decision of an event made again by this table; None where it does not say on what it was made."""
    how, case = told.routed, told.case
    if how is None or case is None or how.facts is None:
        return None
    new = ruled(table, how.facts, case.path, case.about, how.raised)
    return Remade(
        case_id=told.case_id,
        version=told.version,
        at=told.at,
        source=how.facts.source,
        category=how.facts.category,
        path=case.path,
        old=how.chosen,
        new=new.chosen,
    )


@dataclass(slots=True)
class Tally:
    """What came of all decisions; as many counts as there are pairs of rows, however many decisions there were."""

    moved: int = 0
    other_row: int = 0
    """By another row to the same."""
    same: int = 0
    without_facts: int = 0
    unreadable: int = 0
    first: datetime | None = None
    last: datetime | None = None
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What would move, by old and new row."""
    effects: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)
    """The versions of the tables that decided."""
    shadows: Counter[str] = field(default_factory=Counter)
    """The row on trial that would have decided then."""

    def take(self, table: Table, told: CaseEvent) -> Remade | None:
        """Count the decision of an event; answers it made again if it would move."""
        self._note(told)
        again = remade(table, told)
        if again is None:
            self.without_facts += 1
            return None
        if not again.differs:
            self.same += again.old.rule == again.new.rule
            self.other_row += again.old.rule != again.new.rule
            return None
        self.moved += 1
        self.rows[again.old.rule, again.new.rule] += 1
        self.effects.update(again.differs)
        return again

    @property
    def decisions(self) -> int:
        """How many were made again."""
        return self.moved + self.other_row + self.same

    def figures(self) -> Mapping[str, object]:
        """All counts, for machines."""
        return {
            "decisions": self.decisions,
            "moved": self.moved,
            "other_row": self.other_row,
            "same": self.same,
            "without_facts": self.without_facts,
            "unreadable": self.unreadable,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "effects": {name: self.effects[name] for name in EFFECTS},
            "rows": [{"old": old, "new": new, "count": n} for (old, new), n in self.rows.most_common()],
            "decided_by": dict(self.tables.most_common()),
            "shadows": dict(self.shadows.most_common()),
        }

    def _note(self, told: CaseEvent) -> None:
        if told.routed is None:
            return
        self.first = min(self.first or told.at, told.at)
        self.last = max(self.last or told.at, told.at)
        self.tables[told.routed.table] += 1
        self.shadows.update(one.rule for one in told.routed.shadows[:1])
