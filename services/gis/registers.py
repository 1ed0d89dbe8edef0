"""Reads who belongs to which unit, and where the departments' offices stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contracts.departments import DEPARTMENTS
from contracts.territory import Path as UnitPath
from services.gis.circles import distance
from services.gis.tables import DATA, BrokenDataError, rows

MEMBERS: Final = "members.csv"
OFFICES: Final = "offices.csv"
ANYONE: Final = "*"
"""In the place of a department: a point that map services give for the whole banner, whoever asks."""

EAST, NORTH, RADIUS_METRES = 180, 90, 1000
"""How far a point may lie from the meridian and the equator, in degrees, and how far an office may reach."""

_CODES: Final = {ANYONE, *(department.code for department in DEPARTMENTS)}


@dataclass(frozen=True, slots=True)
class Office:
    """A point that says nothing of the matter, and how far around it (metres) that holds."""

    department: str
    longitude: float
    latitude: float
    radius_m: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether the WGS-84 point lies that near."""
        return distance(longitude, latitude, (self.longitude, self.latitude)) <= self.radius_m


def read_members(paths: Mapping[str, UnitPath], folder: Path = DATA) -> dict[str, UnitPath]:
    """The path of the unit that each staff number belongs to; raises BrokenDataError, and OSError if it is missing."""
    members: dict[str, UnitPath] = {}
    for place, row in rows(folder, MEMBERS, ("staff", "unit")):
        staff, unit = row["staff"], row["unit"]
        if not re.fullmatch(r"\d{4,18}", staff, re.ASCII):
            raise BrokenDataError(MEMBERS, place, f"staff {staff!r}", "a staff number of 4 to 18 digits")
        if staff in members:
            raise BrokenDataError(MEMBERS, place, f"staff {staff} a second time", "each person once")
        if unit not in paths:
            raise BrokenDataError(MEMBERS, place, f"unit {unit!r}", "the code of a known unit")
        members[staff] = paths[unit]
    return members


def read_offices(folder: Path = DATA) -> tuple[Office, ...]:
    """The points that departments' systems fill in where they know none; raises as `read_members` does."""
    table = rows(folder, OFFICES, ("department", "longitude", "latitude", "radius_m"))
    return tuple(_office(row, place) for place, row in table)


def _office(row: Mapping[str, str], place: str) -> Office:
    if row["department"] not in _CODES:
        raise BrokenDataError(OFFICES, place, f"department {row['department']!r}", f"a known source, or {ANYONE}")
    try:
        longitude, latitude, radius = (float(row[column]) for column in ("longitude", "latitude", "radius_m"))
    except ValueError as error:
        raise BrokenDataError(OFFICES, place, str(error), "WGS-84 degrees, and metres") from error
    if not (abs(longitude) <= EAST and abs(latitude) <= NORTH and 0 < radius <= RADIUS_METRES):
        found = f"{longitude}, {latitude}, {radius}"
        raise BrokenDataError(OFFICES, place, found, "longitude first, then latitude, and 1 to 1000 metres")
    return Office(row["department"], longitude, latitude, radius)
