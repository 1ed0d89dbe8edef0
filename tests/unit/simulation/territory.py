"""The real territory with one made-up person in each unit."""

from datetime import datetime

from contracts.territory import SHANGHAI
from services.gis.boundaries import Boundaries

MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)


def members(boundaries: Boundaries) -> dict[str, str]:
    """The unit's code of each staff number: the numbers that the roster gives."""
    units = (boundaries.towns, boundaries.villages, boundaries.grids)
    found = {"100011": "150623"}
    for level, many in enumerate(units, start=2):
        found |= {f"{level}{number:04}1": unit.code for number, unit in enumerate(many, start=1)}
    return found
