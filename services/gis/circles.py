"""Metres around a point on the ellipsoid, drawn in degrees."""

import math
from typing import Final

import numpy as np
import shapely
from shapely.geometry import Polygon

METRES_A_DEGREE: Final = 111_195.0
"""On a sphere with the earth's mean radius (6,371,009 m); at 38° north within 0.3 % of the ellipsoid."""

CORNERS: Final = 64
"""Of a circle: its area is 0.2 % short, and so is every share of it."""

_ANGLES: Final = np.linspace(0.0, 2 * math.pi, CORNERS, endpoint=False)
_UNIT: Final = np.column_stack((np.cos(_ANGLES), np.sin(_ANGLES)))


def circle(longitude: float, latitude: float, metres: float) -> Polygon:
    """All within this distance of the point, as degrees; right for up to some 50 km, away from the poles."""
    degrees = metres / METRES_A_DEGREE
    scale = (degrees / math.cos(math.radians(latitude)), degrees)
    return shapely.polygons(_UNIT * scale + (longitude, latitude))


def distance(longitude: float, latitude: float, to: tuple[float, float]) -> float:
    """Metres from one point to another one nearby (longitude, latitude)."""
    east = (longitude - to[0]) * math.cos(math.radians(latitude))
    return math.hypot(east, latitude - to[1]) * METRES_A_DEGREE
