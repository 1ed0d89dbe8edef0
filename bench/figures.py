"""Figures: what was measured, over how many runs, beside what is wanted of it; as a table, as JSON, beside the last."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

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
    if value == 0 or abs(value) >= 100:  # noqa: PLR2004 - three digits
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004 - as above


def plot(values: Sequence[float]) -> str:
    """A small picture of a course, from nothing to its highest."""
    top = max(values, default=0) or 1
    return "".join(BARS[min(len(BARS) - 1, int(value / top * len(BARS)))] for value in values)


def stored(file: Path) -> dict[str, float]:
    """The medians of a stored result by name; nothing where there is none."""
    if not file.exists():
        return {}
    return {one["name"]: one["median"] for one in json.loads(file.read_text(encoding="utf-8"))["figures"]}


def store(file: Path, about: Mapping[str, object], figures: Sequence[Figure]) -> None:
    """Write a result; what an earlier one has of other figures stays in it."""
    kept = json.loads(file.read_text(encoding="utf-8"))["figures"] if file.exists() else []
    mine = {one.name for one in figures}
    found = [
        *(one for one in kept if one["name"] not in mine),
        *(
            {
                "name": one.name,
                "unit": one.unit,
                "median": one.median,
                "values": list(one.values),
                "wanted": one.wanted,
                "holds": one.holds,
            }
            for one in figures
        ),
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**about, "figures": sorted(found, key=lambda one: one["name"])}, ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def _change(now: float, before: float | None) -> str:
    if not before:
        return ""
    return f"{short(before)} ({(now / before - 1) * 100:+.0f} %)"
