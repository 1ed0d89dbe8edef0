"""All that gis knows of the banner, under one version: areas, names, people's units, and points that say nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, Self

from contracts.territory import Path as UnitPath
from services.gis.boundaries import Boundaries
from services.gis.gazetteer import Gazetteer
from services.gis.registers import MEMBERS, OFFICES, Office, read_members, read_offices
from services.gis.tables import DATA

FILLER: Final = "000"
"""Statistical codes of banners and towns are often written in twelve digits, filled up with zeros."""


class Land(Protocol):
    """What of the boundaries a decision needs."""

    def fits(self, longitude: float, latitude: float, /) -> tuple[UnitPath, ...]:
        """The paths of all grids that hold the WGS-84 point."""

    def shares(self, longitude: float, latitude: float, metres: float, /) -> tuple[tuple[UnitPath, float], ...]:
        """The grids that a circle touches, each with its share of the circle's area, the largest first."""

    def path(self, code: str, /) -> UnitPath | None:
        """The path to the unit with this code; None if there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """What decides where a report belongs; everything that was decided by it names its version."""

    version: str
    land: Land
    gazetteer: Gazetteer
    members: Mapping[str, UnitPath]
    offices: tuple[Office, ...] = ()

    @classmethod
    def load(cls, folder: Path = DATA) -> Self:
        """Read all data files; raises BrokenDataError where they do not fit together, and OSError if one is missing."""
        boundaries = Boundaries.load(folder)
        gazetteer = Gazetteer.of(boundaries.paths)
        beside = b"".join((folder / file).read_bytes() for file in (MEMBERS, OFFICES))
        names = "\n".join(sorted(gazetteer.forms)).encode()
        return cls(
            version=f"{boundaries.version}.{hashlib.sha256(beside + names).hexdigest()[:8]}",
            land=boundaries,
            gazetteer=gazetteer,
            members=MappingProxyType(read_members(boundaries.paths, folder)),
            offices=read_offices(folder),
        )

    def known(self, code: str) -> UnitPath | None:
        """The path to the unit with this code, filled up with zeros or not; None if there is none."""
        while code:
            if path := self.land.path(code):
                return path
            if not code.endswith(FILLER):
                return None
            code = code.removesuffix(FILLER)
        return None
