"""The banner's ground as made-up reports need it: points in real grids and near borders, names, who works where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import cos, pi, radians, sin
from random import Random
from typing import Any, Final, Protocol, Self

from contracts.territory import BANNER, Path, UnitRef
from services.gis.registers import ANYONE, read_offices
from simulation.names import Names

METRES_A_DEGREE: Final = 111_320.0
"""Of latitude; of longitude times the latitude's cosine."""
ROUND: Final = 8
"""Points that are looked at on the circle of a likely error."""

Point = tuple[float, float]

# Places round the banner, WGS-84 degrees east and north: county seats that lie outside it for certain.
ABROAD: Final[Sequence[tuple[str, Point]]] = (
    ("乌审旗嘎鲁图镇", (108.84, 38.60)),
    ("鄂托克旗乌兰镇", (107.98, 39.09)),
    ("宁夏盐池县花马池镇", (107.40, 37.78)),
    ("陕西定边县定边镇", (107.60, 37.59)),
    ("陕西靖边县张家畔", (108.79, 37.60)),
    ("宁夏灵武市东塔镇", (106.34, 38.10)),
)


class Territory(Protocol):
    """What of the boundaries is needed to draw places in real grids."""

    @property
    def areas(self) -> Sequence[Any]:
        """The grids' polygons."""

    @property
    def grids(self) -> Sequence[UnitRef]:
        """The grids, in the same order."""

    @property
    def towns(self) -> Sequence[UnitRef]:
        """The towns."""

    @property
    def villages(self) -> Sequence[UnitRef]:
        """The villages."""

    def fits(self, longitude: float, latitude: float, /) -> tuple[Path, ...]:
        """The grids that hold a point."""

    def path(self, code: str, /) -> Path | None:
        """The path to a unit."""


@dataclass(frozen=True, slots=True)
class Land:
    """Real grids by number, with their paths, the names that units go by, and the staff of each unit.

    ``offices`` are the points that a department's system fills in where it knows none, with ``*`` for everyone's.
    """

    territory: Territory
    paths: tuple[Path, ...]
    names: Names
    staff: Mapping[str, tuple[str, ...]]
    offices: Mapping[str, Point]

    @classmethod
    def of(cls, territory: Territory, members: Mapping[str, str] | None = None) -> Self:
        """``members``: the unit's code of each staff number. Reads the register of offices."""
        paths = tuple(territory.path(grid.code) or () for grid in territory.grids)
        names = Names.of(territory.towns, territory.villages)
        offices = {each.department: (each.longitude, each.latitude) for each in read_offices()}
        return cls(territory, paths, names, by_unit(members or {}), offices)

    def defaults(self, department: str) -> tuple[Point, ...]:
        """The points that say nothing when they come from this source."""
        return tuple(self.offices[each] for each in (ANYONE, department) if each in self.offices)

    def inside(self, random: Random, grid: int) -> Point:
        """A point in this grid and in no other."""
        west, south, east, north = self.territory.areas[grid].bounds
        while True:
            point = random.uniform(west, east), random.uniform(south, north)
            if self._only(grid, point):
                return point

    def near_border(self, random: Random, grid: int, metres: float) -> Point:
        """A point in this grid alone and about so far from its border; farther in where the grid is too narrow."""
        area = self.territory.areas[grid]
        edge = area.exterior.interpolate(random.random(), normalized=True)
        heart = area.representative_point()
        steps = max(metres / METRES_A_DEGREE / edge.distance(heart), 0.01)
        while True:
            point = edge.x + (heart.x - edge.x) * steps, edge.y + (heart.y - edge.y) * steps
            if steps >= 1 or self._only(grid, point):
                return point
            steps *= 2

    def common(self, point: Point, metres: float) -> str:
        """The code of the deepest unit that holds the point and the circle of its likely error."""
        longitude, latitude = point
        north = metres / METRES_A_DEGREE
        east = north / cos(radians(latitude))
        angles = (2 * pi * step / ROUND for step in range(ROUND))
        circle = (self.territory.fits(longitude + east * cos(a), latitude + north * sin(a)) for a in angles)
        paths = [path for fits in (self.territory.fits(*point), *circle) for path in fits]
        shared = takewhile(lambda units: len(set(units)) == 1, zip(*paths, strict=False))
        return next((units[0].code for units in reversed(list(shared))), BANNER.code)

    def _only(self, grid: int, point: Point) -> bool:
        held = self.territory.fits(*point)
        return len(held) == 1 and held[0] == self.paths[grid]


def by_unit(members: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The staff numbers of each unit, sorted, from the unit of each staff number."""
    units: dict[str, list[str]] = {}
    for staff, unit in sorted(members.items()):
        units.setdefault(unit, []).append(staff)
    return {unit: tuple(people) for unit, people in units.items()}
