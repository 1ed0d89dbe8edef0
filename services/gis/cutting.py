"""Cuts land in two by area, and lays many pieces on six decimals without gap or overlap."""

import math
from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

STEP: Final = 1e-6  # degrees: six decimals, about 0.1 m
TURNS: Final = (0.0, 0.25, -0.25, 0.5, -0.5, 0.75, -0.75, 1.0, -1.0)  # radians, tried in this order


def cut(land: Polygon, ratio: float, axis: float | None, tilt: float) -> tuple[Polygon, Polygon]:
    """Cut across the axis, by area: the western (or southern) piece has `ratio` of it, and both hang together.

    The axis is in radians from east; None is the longer one of the land. It is tilted by `tilt`, and further if a
    piece would fall apart; ValueError if no tilt helps.
    """
    along = (_long_axis(land) if axis is None else axis) + tilt
    for turn in TURNS:
        near, far = _cut_along(land, ratio, along + turn)
        if isinstance(near, Polygon) and isinstance(far, Polygon):
            return near, far
    msg = f"no straight cut at {ratio:.3f} leaves two whole pieces of the land within {land.bounds}"
    raise ValueError(msg)


def _long_axis(land: Polygon) -> float:
    """Direction (radians, east or north) of the longer side of the tightest rectangle."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(land))
    dx, dy = max((corners[1] - corners[0], corners[2] - corners[1]), key=lambda side: math.hypot(*side))
    angle = math.atan2(dy, dx)
    return angle if -math.pi / 4 < angle <= 3 * math.pi / 4 else angle - math.copysign(math.pi, angle)


def _cut_along(land: Polygon, ratio: float, angle: float) -> tuple[BaseGeometry, BaseGeometry]:
    reach = shapely.minimum_bounding_radius(land) * 2
    low, high = -reach, reach
    for _ in range(36):  # to 1e-10 of the reach
        middle = (low + high) / 2
        short = land.intersection(_half_plane(land, angle, middle, reach)).area < ratio * land.area
        low, high = (middle, high) if short else (low, middle)
    half = _half_plane(land, angle, low, reach)
    return land.intersection(half), land.difference(half)


def _half_plane(land: Polygon, angle: float, end: float, reach: float) -> Polygon:
    """All that lies before `end` in the direction of `angle`, seen from the middle, as a rectangle large enough."""
    x, y = land.centroid.x, land.centroid.y
    cos, sin = math.cos(angle), math.sin(angle)
    corners = ((-2 * reach, -2 * reach), (end, -2 * reach), (end, 2 * reach), (-2 * reach, 2 * reach))
    return Polygon([(x + u * cos - v * sin, y + u * sin + v * cos) for u, v in corners])


def snap(cells: Sequence[Polygon]) -> list[Polygon]:
    """Move all corners to six decimals together: neighbours share each corner, so that no gap or overlap appears."""
    lines = shapely.union_all([cell.exterior for cell in cells], grid_size=STEP)
    faces = list(shapely.polygonize([lines]).geoms)
    tree = shapely.STRtree(faces)
    inside, found = tree.query([cell.representative_point() for cell in cells], predicate="within")
    if list(inside) != list(range(len(cells))) or len(set(found)) != len(faces):
        msg = f"{len(cells)} cells became {len(faces)} faces at six decimals; right is one each"
        raise ValueError(msg)
    return [faces[i] for i in found]
