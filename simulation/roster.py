"""Draws the roster of the virtual banner: who is on duty where, by number; people are made of digits."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Final

from contracts.territory import BANNER, Level, UnitRef
from services.gis.boundaries import Boundaries
from services.notification.roster import COLUMNS, FILE

DOUBLES: Final = 73
"""Grids with a second grid member: 401 and 73 make the 474 that the banner has."""
VILLAGE_CENTRES: Final = 18
"""With the banner's and the five towns' they are the 24 centres (综治中心)."""

LEVELS: Final[Mapping[Level, int]] = {Level.BANNER: 1, Level.TOWN: 2, Level.VILLAGE: 3, Level.GRID: 4}

GRID_MEMBER: Final = ("webhook",)
CENTRE: Final = ("mail", "webhook")
CADRE: Final = ("mail",)

Row = tuple[str, str, str, str]


def draw(boundaries: Boundaries) -> str:
    """The text of roster.csv, one row for each channel of each person, from the banner down to the grids."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(boundaries))
    return text.getvalue()


def rows(boundaries: Boundaries) -> Iterator[Row]:
    """Two people in each centre, a cadre in each other village, one or two members in each grid."""
    land = square_measure(boundaries)
    centres = largest(boundaries.villages, land, VILLAGE_CENTRES)
    doubles = largest(boundaries.grids, land, DOUBLES)
    yield from _duty(BANNER, 1, 2, CENTRE)
    for n, town in enumerate(boundaries.towns, start=1):
        yield from _duty(town, n, 2, CENTRE)
    for n, village in enumerate(boundaries.villages, start=1):
        yield from _duty(village, n, 2, CENTRE) if village.code in centres else _duty(village, n, 1, CADRE)
    for n, grid in enumerate(boundaries.grids, start=1):
        yield from _duty(grid, n, 2 if grid.code in doubles else 1, GRID_MEMBER)


def _duty(unit: UnitRef, number: int, people: int, channels: Iterable[str]) -> Iterator[Row]:
    """Staff numbers say the level, which unit of it, and which person there: 400012 is grid 1's second."""
    for person in range(1, people + 1):
        staff = f"{LEVELS[unit.level]}{number:04}{person}"
        for channel in channels:
            yield staff, unit.code, channel, f"{staff}@grid.invalid" if channel == "mail" else staff


def square_measure(boundaries: Boundaries) -> Mapping[str, float]:
    """The area of each grid and village by code, all in the same unit: degrees, the parallels' shrinking removed."""
    land: dict[str, float] = {}
    for grid, area in zip(boundaries.grids, boundaries.areas, strict=True):
        land[grid.code] = area.area * math.cos(math.radians(area.centroid.y))
        land[grid.code[:12]] = land.get(grid.code[:12], 0.0) + land[grid.code]
    return land


def largest(units: Iterable[UnitRef], land: Mapping[str, float], count: int) -> frozenset[str]:
    """The codes of the ``count`` units with the most land; of equals, the lower code."""
    ranked = sorted((unit.code for unit in units), key=lambda code: (-land[code], code))
    return frozenset(ranked[:count])


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(draw(Boundaries.load()), encoding="utf-8")
