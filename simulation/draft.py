"""What is wanted of a report, and the report before it is bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.report import Urgency
from simulation.matters import Matter
from simulation.sent import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A report is wanted: of this matter in this grid, told by this source, the place told in this way.

    ``about``: whether a complaint names whom it is about in a field. ``echo_of``: the reference under which another
    source has told of the same. ``spot``: what is told under the same word here is at the very same point.
    """

    reference: str
    sent_at: datetime
    matter: Matter
    department: str
    grid: int
    way: str
    solved: bool = False
    urgency: Urgency | None = None
    people: int | None = None
    about: bool = False
    echo_of: str | None = None
    spot: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A report before it is bytes, with what is true about it."""

    department: str
    fields: Mapping[str, Any]
    truth: Truth

    @property
    def reference(self) -> str:
        """The source's own number."""
        return str(self.fields["reference"])

    @property
    def solved(self) -> bool:
        """Whether it was solved on the spot."""
        return "solved_on_the_spot" in self.fields

    def but(self, truth: Truth | None = None, **fields: object) -> "Draft":
        """The same with other fields; those that are None are taken out."""
        changed = {**self.fields, **fields}
        kept = {name: value for name, value in changed.items() if value is not None}
        return Draft(self.department, kept, truth or self.truth)
