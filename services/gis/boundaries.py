"""Knows which grids hold a point, and the way from the banner down to each unit."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import Polygon, shape

from contracts.territory import Level, UnitRef
from contracts.territory import Path as UnitPath
from services.gis.circles import circle
from services.gis.divisions import DIVISIONS, extend, read_divisions
from services.gis.tables import DATA, BrokenDataError

NAME: Final = "otog-front-banner"
GRIDS: Final = "grids.geojson"
DEGREES: Final = shapely.box(-180, -90, 180, 90)


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """One version of the banner's units and their areas. Paths go from the banner down to the unit."""

    version: str  # "otog-front-banner/2026.1+0123abcd": the drawing's version, and a hash of what was read
    towns: tuple[UnitRef, ...]  # sorted by code, as are the villages and grids
    villages: tuple[UnitRef, ...]
    grids: tuple[UnitRef, ...]
    areas: tuple[Polygon, ...]  # WGS-84 degrees, one for each grid
    paths: Mapping[str, UnitPath]  # by code
    _grid_paths: tuple[UnitPath, ...]
    _array: npt.NDArray[np.object_]  # the areas again, to take many of them at once
    _tree: shapely.STRtree

    @classmethod
    def load(cls, folder: Path = DATA) -> Self:
        """Read divisions.csv and grids.geojson; raises BrokenDataError, and OSError if one is missing."""
        paths = read_divisions(folder)
        version, drawn = _read_grids(folder, paths)
        paths |= {path[-1].code: path for path, _ in drawn}
        areas = tuple(area for _, area in drawn)
        shapely.prepare(areas)
        return cls(
            version=f"{NAME}/{version}+{_content_hash(folder)}",
            towns=_units(paths, Level.TOWN),
            villages=_units(paths, Level.VILLAGE),
            grids=_units(paths, Level.GRID),
            areas=areas,
            paths=MappingProxyType(paths),
            _grid_paths=tuple(path for path, _ in drawn),
            _array=np.array(areas, dtype=object),
            _tree=shapely.STRtree(areas),
        )

    def path(self, code: str) -> UnitPath | None:
        """Return the path to the unit with this code (6, 9, 12 or 15 digits); None if there is none."""
        return self.paths.get(code)

    def fits(self, longitude: float, latitude: float) -> tuple[UnitPath, ...]:
        """Return the paths of all grids whose closed area holds the WGS-84 point, sorted by code.

        None: outside the banner (or not a number). Two or more: on a border.
        """
        near = self._tree.query(shapely.Point(longitude, latitude))
        areas = self.areas
        held = (i for i in sorted(near.tolist()) if shapely.intersects_xy(areas[i], longitude, latitude))
        return tuple(self._grid_paths[i] for i in held)

    def shares(self, longitude: float, latitude: float, metres: float) -> tuple[tuple[UnitPath, float], ...]:
        """Return the grids that a circle around the WGS-84 point touches, each with its share of the circle's area.

        The largest share stands first. What the shares lack to 1 lies outside the banner.
        """
        around = circle(longitude, latitude, metres)
        near = self._tree.query(around, predicate="intersects")
        areas = self._array[near]
        if len(near) == 1 and areas[0].contains(around):  # most circles cross no border, and need no areas
            return ((self._grid_paths[near[0]], 1.0),)
        cut = shapely.area(shapely.intersection(areas, around)) / around.area
        found = ((self._grid_paths[i], float(share)) for i, share in zip(near.tolist(), cut, strict=True) if share > 0)
        return tuple(sorted(found, key=lambda each: (-each[1], each[0][-1].code)))


def _units(paths: Mapping[str, UnitPath], level: Level) -> tuple[UnitRef, ...]:
    return tuple(paths[code][-1] for code in sorted(paths) if paths[code][-1].level is level)


def _content_hash(folder: Path) -> str:
    content = b"".join((folder / file).read_bytes() for file in (DIVISIONS, GRIDS))
    return hashlib.sha256(content).hexdigest()[:8]


def _read_grids(folder: Path, paths: Mapping[str, UnitPath]) -> tuple[str, list[tuple[UnitPath, Polygon]]]:
    """Read the drawing's version, and each grid's path and area, sorted by code."""
    try:
        collection = json.loads((folder / GRIDS).read_text(encoding="utf-8"))
        version, features = str(collection["version"]), list(collection["features"])
    except (ValueError, KeyError, TypeError) as error:
        right = "a GeoJSON FeatureCollection with a version"
        raise BrokenDataError(GRIDS, "top level", f"{type(error).__name__} {error}", right) from error
    drawn: dict[str, tuple[UnitPath, Polygon]] = {}
    known = dict(paths)
    for number, feature in enumerate(features, start=1):
        path, area = _read_grid(feature, known, f"feature {number}")
        known[path[-1].code] = path
        drawn[path[-1].code] = path, area
    if bare := {unit.code for unit in _units(paths, Level.VILLAGE)} - {code[:12] for code in drawn}:
        raise BrokenDataError(GRIDS, "features", f"no grid of village {min(bare)}", "at least one grid a village")
    return version, [drawn[code] for code in sorted(drawn)]


def _read_grid(feature: Mapping[str, Any], known: Mapping[str, UnitPath], place: str) -> tuple[UnitPath, Polygon]:
    """Read one feature: its properties `code` and `name`, and its polygon."""
    try:
        code, name, geometry = feature["properties"]["code"], feature["properties"]["name"], feature["geometry"]
    except (KeyError, TypeError) as error:
        right = "a Feature with properties code and name, and a geometry"
        raise BrokenDataError(GRIDS, place, f"{type(error).__name__} {error}", right) from error
    path = extend(known, Level.GRID, code, name, (GRIDS, place))
    return path, _polygon(geometry, f"{place} (grid {code})")


def _polygon(geometry: dict[str, Any], place: str) -> Polygon:
    right = "one valid Polygon in WGS-84 degrees, longitude first"
    try:
        area = shape(geometry)
    except (ValueError, LookupError, TypeError, AttributeError, ShapelyError) as error:
        raise BrokenDataError(GRIDS, place, f"{type(error).__name__} {error}", right) from error
    if not isinstance(area, Polygon) or area.is_empty or not area.is_valid:
        raise BrokenDataError(GRIDS, place, f"{area.geom_type}, {shapely.is_valid_reason(area)}", right)
    if not DEGREES.contains(area):
        raise BrokenDataError(GRIDS, place, f"bounds {area.bounds}", right)
    return area
