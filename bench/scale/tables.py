"""Tables for a terminal and for a page, and figures as they stand in them: no more digits than they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

UNITS: Final = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 0.001))


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of columns, and rows of words; the first column is what a row is about."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """With columns in line."""
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        shown = ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([self.title, *(line.rstrip() for line in shown)])

    def markdown(self) -> str:
        """As a page has it."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join([f"{self.title}", "", *(f"| {' | '.join(line)} |" for line in lines)])


def whole(value: float) -> str:
    """A count, with commas."""
    return f"{value:,.0f}"


def figure(value: float) -> str:
    """A number that was reckoned: two digits of it, or three from a hundred on."""
    if not value:
        return "0"
    places = 1 - floor(log10(abs(value)))
    places += places < 0
    return f"{round(value, places):,.{max(0, places)}f}"


def duration(seconds: float) -> str:
    """Seconds in the unit that fits."""
    name, length = next(((name, length) for name, length in UNITS if seconds >= length), UNITS[-1])
    return f"{figure(seconds / length)} {name}"


def percent(share: float) -> str:
    """A share of one."""
    return f"{figure(100 * share)} %"
