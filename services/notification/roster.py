"""Knows who is on duty for each unit and over which channel each of them is reached."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from contracts.territory import BANNER

FILE: Final = Path(__file__).parent / "data" / "roster.csv"
COLUMNS: Final = ("staff", "unit", "channel", "address")

# channel → how an address of it looks, as a pattern and in words
ADDRESSES: Final[Mapping[str, tuple[str, str]]] = {
    "mail":    (r"[^@\s,]+@[^@\s,]+", "a mail address"),
    "webhook": (r"\d+", "a staff number, by which the app knows its user"),
    "console": (r"-", "-"),
}  # fmt: skip

STAFF: Final = (r"\d{4,18}", "a staff number of 4 to 18 digits")
UNIT: Final = (r"\d{6}(\d{3}){0,3}", "a unit's code of 6, 9, 12 or 15 digits")
CHANNEL: Final = ("|".join(ADDRESSES), " or ".join(ADDRESSES))


class BrokenRosterError(ValueError):
    """A roster that cannot be used: names file and line, what was found and what is right."""

    def __init__(self, file: Path, line: int, found: str, right: str) -> None:
        """Put the four into one line."""
        super().__init__(f"{file.name}, line {line}: found {found}; right is {right}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person's one channel: the staff number, and the address there."""

    staff: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The recipients of each unit, by its code."""

    units: Mapping[str, tuple[Recipient, ...]]

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """Read the CSV table; raises BrokenRosterError, and OSError if it is missing."""
        found: dict[str, dict[tuple[str, str], Recipient]] = {}
        with file.open(encoding="utf-8", newline="") as text:
            rows = csv.reader(text)
            if (head := tuple(next(rows, ()))) != COLUMNS:
                raise BrokenRosterError(file, 1, f"columns {','.join(head) or 'none'}", ",".join(COLUMNS))
            for row in rows:
                unit, recipient = _read(row, file, rows.line_num)
                _add(found.setdefault(unit, {}), recipient, file, rows.line_num)
        if BANNER.code not in found:
            raise BrokenRosterError(file, 2, f"nobody for the banner, {BANNER.code}", "at least one row of its centre")
        return cls(MappingProxyType({unit: tuple(people.values()) for unit, people in found.items()}))

    def staff(self, unit: str) -> tuple[Recipient, ...]:
        """Who is told for this unit: its own people, or where it has none those of the nearest unit above it."""
        while unit not in self.units and len(unit) > len(BANNER.code):
            unit = unit[:-3]
        return self.units.get(unit, self.units[BANNER.code])


def _read(row: list[str], file: Path, line: int) -> tuple[str, Recipient]:
    if len(row) != len(COLUMNS):
        raise BrokenRosterError(file, line, f"{len(row)} fields", f"{len(COLUMNS)}: {','.join(COLUMNS)}")
    staff, unit, channel, address = row
    checks = ((staff, STAFF), (unit, UNIT), (channel, CHANNEL), (address, ADDRESSES.get(channel, ("", ""))))
    for column, (text, (pattern, right)) in zip(COLUMNS, checks, strict=True):
        if not re.fullmatch(pattern, text, re.ASCII):
            raise BrokenRosterError(file, line, f"{column} {text!r}", right)
    return unit, Recipient(staff, channel, address)


def _add(people: dict[tuple[str, str], Recipient], one: Recipient, file: Path, line: int) -> None:
    if (one.staff, one.channel) in people:
        again = f"staff {one.staff} on channel {one.channel} a second time"
        raise BrokenRosterError(file, line, again, "each person once for each unit and channel")
    people[one.staff, one.channel] = one
