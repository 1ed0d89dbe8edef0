"""Figures: what was measured, over how many runs, beside what is wanted of it; as a table, as JSON, beside the last."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

HUNDREDS, TENS = 100, 10
BARS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: each run's value, of which the median counts; ``least`` and ``most`` are what is wanted."""

    name: str
    unit: str
    values: Sequence[float]
    least: float | None = None
    most: float | None = None

    @property
    def median(self) -> float:
        """The one that counts."""
        return median(self.values)

    @property
    def holds(self) -> bool | None:
        """Whether it is as wanted; None where nothing is."""
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.median >= self.least) and (self.most is None or self.median <= self.most)

    @property
    def wanted(self) -> str:
        """What is wanted, as text."""
        bounds = (("≥", self.least), ("≤", self.most))
        return " ".join(f"{sign} {short(bound)}" for sign, bound in bounds if bound is not None)


def table(figures: Sequence[Figure], before: Mapping[str, float]) -> list[str]:
    """The figures as lines: median, spread, what is wanted and whether it holds, and the change since ``before``."""
    rows = [("figure", "median", "unit", "spread", "wanted", "", "before")]
    for one in figures:
        spread = f"{short(min(one.values))}–{short(max(one.values))}" if len(one.values) > 1 else ""
        holds = {True: "holds", False: "FALLS SHORT", None: ""}[one.holds]
        last = before.get(one.name)
        rows.append((one.name, short(one.median), one.unit, spread, one.wanted, holds, _change(one.median, last)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def short(value: float) -> str:
    """Three digits that count, and no more."""
    if value == 0 or abs(value) >= HUNDREDS:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= TENS else f"{value:.3g}"


def plot(values: Sequence[float]) -> str:
    """A small picture of a course, from nothing to its highest."""
    top = max(values, default=0) or 1
    return "".join(BARS[min(len(BARS) - 1, int(value / top * len(BARS)))] for value in values)


def stored(file: Path) -> dict[str, float]:
    """The medians of a stored result by name; nothing where there is none."""
    return {one["name"]: one["median"] for part in parts(file).values() for one in part["figures"]}


def parts(file: Path) -> dict[str, Any]:
    """A stored result by part; nothing where there is none."""
    if not file.exists():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def store(file: Path, part: str, about: Mapping[str, object], figures: Sequence[Figure]) -> None:
    """Write a part's figures, with what is to be known about their run; other parts stay as they are."""
    rows = [
        {
            "name": one.name,
            "unit": one.unit,
            "median": _digits(one.median),
            "values": [_digits(value) for value in one.values],
            "wanted": one.wanted,
            "holds": one.holds,
        }
        for one in figures
    ]
    whole = {**parts(file), part: {**about, "figures": rows}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _digits(value: float) -> float:
    """As exact as anything measured is."""
    return float(f"{value:.4g}")


def _change(now: float, before: float | None) -> str:
    if not before:
        return ""
    return f"{short(before)} ({(now / before - 1) * 100:+.0f} %)"
