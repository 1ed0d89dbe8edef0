"""Converts coordinates between WGS-84 and the datums of Chinese maps (GCJ-02, BD-09).

The shift of GCJ-02 was never published; the polynomial here is the one found by observation and used by all open
converters (Krasovsky 1940 ellipsoid). CGCS2000 lies less than a metre from WGS-84, far below the error of a phone.
"""

from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Final, TypeAlias

from contracts.report import Datum

LonLat: TypeAlias = tuple[float, float]

AXIS: Final = 6378245.0  # metres, semi-major, Krasovsky 1940
ECCENTRICITY2: Final = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # the rough box in which GCJ-02 shifts

BAIDU_WAVE: Final = pi * 3000 / 180
TOLERANCE: Final = 1e-10  # degrees, about 0.01 mm
MAX_ROUNDS: Final = 12  # each one comes 40 times nearer; 6 suffice in China


def to_wgs84(longitude: float, latitude: float, datum: Datum) -> LonLat:
    """Return WGS-84 degrees (longitude, latitude) of a point given in `datum`.

    Exact to 0.1 m and better. Only within a kilometre of the edge of the rough box, which runs outside China, two
    points share one GCJ-02 coordinate, so that no inverse exists there.
    """
    x, y = longitude, latitude
    for _ in range(MAX_ROUNDS):
        shown_x, shown_y = from_wgs84(x, y, datum)
        off_x, off_y = longitude - shown_x, latitude - shown_y
        x, y = x + off_x, y + off_y
        if abs(off_x) < TOLERANCE and abs(off_y) < TOLERANCE:
            break
    return x, y


def from_wgs84(longitude: float, latitude: float, datum: Datum) -> LonLat:
    """Return the degrees (longitude, latitude) that a map in `datum` shows for a WGS-84 point."""
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return longitude, latitude
        case Datum.GCJ02:
            return _gcj02(longitude, latitude)
        case Datum.BD09:
            return _bd09(*_gcj02(longitude, latitude))


def _gcj02(longitude: float, latitude: float) -> LonLat:
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        return longitude, latitude
    east, north = _shift(longitude - 105.0, latitude - 35.0)
    curve = 1 - ECCENTRICITY2 * sin(radians(latitude)) ** 2
    parallel = AXIS / sqrt(curve) * cos(radians(latitude))
    meridian = AXIS * (1 - ECCENTRICITY2) / (curve * sqrt(curve))
    return longitude + east / parallel * 180 / pi, latitude + north / meridian * 180 / pi


def _shift(x: float, y: float) -> LonLat:
    """Metres to the east and north, for degrees from 105° E 35° N."""
    ripple = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple + _waves(x, 150, 300)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple + _waves(y, 160, 320)
    return east, north


def _waves(at: float, middle: float, long: float) -> float:
    short = 20 * sin(pi * at) + 40 * sin(pi * at / 3)
    return (short + middle * sin(pi * at / 12) + long * sin(pi * at / 30)) * 2 / 3


def _bd09(x: float, y: float) -> LonLat:
    """Baidu's second shift, upon GCJ-02."""
    radius = hypot(x, y) + 0.00002 * sin(y * BAIDU_WAVE)
    angle = atan2(y, x) + 0.000003 * cos(x * BAIDU_WAVE)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006
