"""What is reported in a banner: the matters, in whose words, how urgent they are and how they are solved at once.

The table is data/matters.toml. In its texts ``{place}`` stands for where it happened, ``{n}`` for 3 to 40, ``{m}`` for
2 to 9.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from contracts.report import Urgency

FILE: Final = Path(__file__).parent / "data" / "matters.toml"
MEMBERS, RESIDENTS, HOTLINE = "grid-members", "residents", "hotline-12345"


class Manner(StrEnum):
    """In whose words a matter is told: a grid member's notes, a caller's speech, an office's prose."""

    GRID = "grid"
    CALL = "call"
    OFFICE = "office"


MANNERS: Final[Mapping[str, Manner]] = {MEMBERS: Manner.GRID, RESIDENTS: Manner.CALL, HOTLINE: Manner.CALL}
"""Who speaks how; departments in an office's prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One kind of matter.

    ``leaf`` is its category in the banner's tree, ``weight`` how often it happens beside others, ``on_spot`` how many
    of a hundred are solved by who reports them, ``done`` how. ``people``: least and most people involved. ``about``:
    "staff" or "unit", whom a complaint is about. ``money``: least and most yuan, which offices send. ``words`` are
    categories as its sources call them.
    """

    leaf: str
    texts: Mapping[Manner, tuple[str, ...]]
    offices: tuple[str, ...]
    words: tuple[str, ...]
    done: tuple[str, ...]
    weight: int = 10
    on_spot: int = 50
    urgency: Urgency = Urgency.ORDINARY
    people: tuple[int, int] | None = None
    about: str | None = None
    money: tuple[int, int] | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Departments and others that tell of it."""
        callers = (RESIDENTS, HOTLINE) if self.texts.get(Manner.CALL) else ()
        members = (MEMBERS,) if self.texts.get(Manner.GRID) else ()
        return (*members, *callers, *self.offices)

    def told_by(self, department: str) -> tuple[str, ...]:
        """The texts in this source's manner."""
        return self.texts[manner(department)]


def manner(department: str) -> Manner:
    """How this source speaks."""
    return MANNERS.get(department, Manner.OFFICE)


@cache
def matters() -> tuple[Matter, ...]:
    """All matters, in the table's order."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["matter"]
    return tuple(_matter(row) for row in rows)


def matter(leaf: str) -> Matter:
    """The first matter of a category; raises StopIteration for one that nothing is told of."""
    return next(one for one in matters() if one.leaf == leaf)


def _matter(row: dict[str, Any]) -> Matter:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    fields["texts"] = {each: fields.pop(each.value) for each in Manner if each.value in fields}
    fields["urgency"] = Urgency(fields.get("urgency", Urgency.ORDINARY))
    return Matter(**fields)
