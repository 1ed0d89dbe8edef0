"""Draws the illustrative areas below the banner: towns, villages and 401 grids that tile the real outline exactly.

No public file has these areas. The drawing has one seed, so that everyone draws the same:
`python -m services.gis.draw` writes it anew, and a test refuses a file that differs.
"""

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final, TypeAlias

import shapely
from shapely.geometry import Polygon

from contracts.territory import Level, UnitRef
from services.gis.cutting import cut, snap
from services.gis.divisions import read_divisions
from services.gis.tables import DATA

GRIDS: Final = 401  # the banner's published count
SEED: Final = 150623
VERSION: Final = "2026.1"
NOTE: Final = (
    "Illustrative: drawn by services/gis/draw.py inside the real outline. "
    "No public file has the areas of the towns, villages and grids."
)

# How much land and how many grids a village gets, relative to the others (the first row that fits the name's end).
SHARES: Final = (
    # name ends in  land  grids
    ("虚拟社区",     0.40,  0.5),
    ("社区",         0.10,  1.5),
    ("嘎查",         1.50,  1.0),
    ("村",           0.70,  1.0),
)  # fmt: skip

# The towns roughly where they lie, with invented borders: how the land is cut, the western or southern side first.
EAST, NORTH = 0.0, math.pi / 2
Towns: TypeAlias = "str | tuple[float, Towns, Towns]"
SHANGHAIMIAO: Final[Towns] = (EAST, "150623400", "150623101")  # the economic zone, and the town
CHENGCHUAN_ANGSU: Final[Towns] = (NORTH, "150623102", "150623103")
TOWNS: Final[Towns] = (EAST, SHANGHAIMIAO, (EAST, "150623100", CHENGCHUAN_ANGSU))  # 100 is Aolezhaoqi


@dataclass(frozen=True, slots=True)
class Plot:
    """Something that wants land: its weight against its siblings, and either the plots in it or the grid that it is."""

    weight: float
    plots: tuple["Plot", ...] = ()
    grid: UnitRef | None = None
    axis: float | None = None  # where its land is cut in two: see `cut`


def outline(folder: Path = DATA) -> Polygon:
    """Read the banner's real outline (WGS-84 degrees)."""
    collection = json.loads((folder / "boundary.geojson").read_text(encoding="utf-8"))
    ((shell, *holes),) = collection["features"][0]["geometry"]["coordinates"]
    return Polygon(shell, holes)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Deal out `total` whole pieces: one to each, and the rest by weight with the largest remainders (Hamilton)."""
    rest, sum_ = total - len(weights), sum(weights)
    quotas = [rest * weight / sum_ for weight in weights]
    counts = [1 + math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda i: (math.floor(quotas[i]) - quotas[i], i))
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts


def plan(rng: random.Random) -> Plot:
    """Weigh the banner's towns, their villages, and the grids in these."""
    villages = [path[-1] for path in read_divisions().values() if path[-1].level is Level.VILLAGE]
    shares = [next((land, grids) for end, land, grids in SHARES if unit.name.endswith(end)) for unit in villages]
    counts = apportion(GRIDS, [grids for _, grids in shares])
    plots: dict[str, list[Plot]] = {}
    for village, (land, _), count in zip(villages, shares, counts, strict=True):
        grids = tuple(_grids(village, count, rng))
        plots.setdefault(village.code[:9], []).append(Plot(land * rng.uniform(0.7, 1.3), grids))
    return _group(TOWNS, plots)


def _grids(village: UnitRef, count: int, rng: random.Random) -> Iterator[Plot]:
    for n in range(1, count + 1):
        grid = UnitRef(code=f"{village.code}{n:03}", name=f"{village.name}第{n}网格", level=Level.GRID)
        yield Plot(rng.uniform(0.8, 1.2), grid=grid)


def _group(towns: Towns, villages: Mapping[str, Sequence[Plot]]) -> Plot:
    if isinstance(towns, str):
        return _bundle(villages[towns])
    axis, *sides = towns
    return _bundle([_group(side, villages) for side in sides], axis)


def _bundle(plots: Sequence[Plot], axis: float | None = None) -> Plot:
    return Plot(sum(plot.weight for plot in plots), tuple(plots), axis=axis)


def divide(land: Polygon, plot: Plot, rng: random.Random) -> Iterator[tuple[UnitRef, Polygon]]:
    """Halve the land again and again, by weight, until each grid has its own."""
    while len(plot.plots) == 1:
        plot = plot.plots[0]
    if plot.grid:
        yield plot.grid, land
        return
    running = list(accumulate(inner.weight for inner in plot.plots))
    middle = min(range(1, len(running)), key=lambda i: abs(running[i - 1] - running[-1] / 2))
    pieces = cut(land, running[middle - 1] / running[-1], plot.axis, rng.uniform(-0.2, 0.2))
    for piece, inside in zip(pieces, (plot.plots[:middle], plot.plots[middle:]), strict=True):
        yield from divide(piece, _bundle(inside), rng)


def draw() -> str:
    """Draw everything: the text of grids.geojson, one grid a line, sorted by code."""
    rng = random.Random(SEED)  # noqa: S311 - a drawing, no secret
    units, cells = zip(*divide(outline(), plan(rng), rng), strict=True)
    features = sorted(map(_feature, units, snap(cells)))
    head = json.dumps({"type": "FeatureCollection", "illustrative": True, "version": VERSION, "note": NOTE})
    return head[:-1] + ', "features": [\n' + ",\n".join(features) + "\n]}\n"


def _feature(unit: UnitRef, cell: Polygon) -> str:
    """One line of GeoJSON (RFC 7946: counterclockwise)."""
    ring = [[round(x, 6), round(y, 6)] for x, y in shapely.get_coordinates(cell.normalize().reverse())]
    properties = {
        "code": unit.code,
        "name": unit.name,
        "village": unit.code[:12],
        "town": unit.code[:9],
        "illustrative": True,
    }
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}, ensure_ascii=False)


if __name__ == "__main__":
    (DATA / "grids.geojson").write_text(draw(), encoding="utf-8")
