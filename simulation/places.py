"""Says where something happened as a source would: by a point, a code, words, one's own grid, a default, or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any, Final

from contracts.report import Datum
from contracts.territory import BANNER, Level, Path, full_name
from services.intake.datum import from_wgs84
from simulation.chance import happens
from simulation.land import ABROAD, Land, Point
from simulation.matters import MEMBERS
from simulation.names import Said

DECIMALS: Final = 6
"""Of a degree: a tenth of a metre."""
FILLED: Final = 12
"""Digits to which codes of banners and towns are often filled up with zeros."""
KNOWN: Final = 0.7
"""The share of places in grid members' words that go down to the grid for certain."""
NOWHERE: Final = ("具体地点不详", "地址不详", "旗内", "未提供", "暂不清楚")


@dataclass(frozen=True, slots=True)
class Placed:
    """How a place was told: the fields, the words for the text (None: nothing that names a unit), and the truth."""

    fields: Mapping[str, Any]
    unit: str
    tells: str
    words: str | None = None
    datum: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """What a way to tell a place starts from: chance, the land, a true grid, and who tells it."""

    random: Random
    land: Land
    grid: int
    department: str

    @property
    def path(self) -> Path:
        """The path to the true grid."""
        return self.land.paths[self.grid]

    @property
    def unit(self) -> str:
        """The true grid's code."""
        return self.path[-1].code

    def said(self) -> Said:
        """The place in words; grid members mostly know which grid is theirs."""
        knows = self.department == MEMBERS and self.random.random() < KNOWN
        return self.land.names.say(self.random, self.path, Level.GRID if knows else None)

    def coordinates(self, point: Point, accuracy: float | None = None) -> dict[str, Any]:
        """The WGS-84 point in one of the four datums."""
        datum = self.random.choice(tuple(Datum))
        shown = (round(degrees, DECIMALS) for degrees in from_wgs84(*point, datum))
        found = {**dict(zip(("longitude", "latitude"), shown, strict=True)), "datum": datum.value}
        return found | ({"accuracy_m": accuracy} if accuracy else {})


def _point(spot: Spot) -> Placed:
    point = spot.land.inside(spot.random, spot.grid)
    accuracy = spot.random.choice((None, None, 5, 10, 15, 30.5))
    tells = spot.land.common(point, accuracy) if accuracy else spot.unit
    coordinates = spot.coordinates(point, accuracy)
    named = {"place_name": full_name(spot.path[:3])} if happens(spot.random, 0.6) else {}
    return Placed(named | {"coordinates": coordinates}, spot.unit, tells, datum=coordinates["datum"])


def _near_border(spot: Spot) -> Placed:
    accuracy = spot.random.choice((50, 100, 200, 500))
    point = spot.land.near_border(spot.random, spot.grid, spot.random.uniform(0.2, 1.5) * accuracy)
    coordinates = spot.coordinates(point, accuracy)
    return Placed(
        {"coordinates": coordinates}, spot.unit, spot.land.common(point, accuracy), datum=coordinates["datum"]
    )


def _code(spot: Spot) -> Placed:
    unit = spot.random.choices(spot.path, (1, 4, 8, 7))[0]
    filled = len(unit.code) < FILLED and happens(spot.random, 0.5)
    return Placed({"place_code": unit.code.ljust(FILLED, "0") if filled else unit.code}, spot.unit, unit.code)


def _name(spot: Spot) -> Placed:
    said = spot.said()
    return Placed({"place_name": said.words}, spot.unit, said.tells)


def _text(spot: Spot) -> Placed:
    said = spot.said()
    return Placed({}, spot.unit, said.tells, words=said.words)


def _own_grid(spot: Spot) -> Placed:
    return Placed({}, spot.unit, spot.unit, own=True)


def _zero(spot: Spot) -> Placed:
    said = spot.said()
    nothing = {"longitude": 0, "latitude": 0, "datum": (datum := Datum.WGS84.value)}
    return Placed({"place_name": said.words, "coordinates": nothing}, spot.unit, said.tells, datum=datum)


def _office(spot: Spot) -> Placed:
    said = spot.said()
    seat = spot.coordinates(spot.random.choice(spot.land.defaults(spot.department)))
    return Placed({"place_name": said.words, "coordinates": seat}, spot.unit, said.tells, datum=seat["datum"])


def _nowhere(spot: Spot) -> Placed:
    named = {"place_name": spot.random.choice(NOWHERE)} if happens(spot.random, 0.5) else {}
    return Placed(named, spot.unit, BANNER.code)


def _outside(spot: Spot) -> Placed:
    name, (longitude, latitude) = spot.random.choice(ABROAD)
    point = longitude + spot.random.uniform(-0.02, 0.02), latitude + spot.random.uniform(-0.02, 0.02)
    coordinates = spot.coordinates(point)
    return Placed({"place_name": name, "coordinates": coordinates}, "", BANNER.code, name, coordinates["datum"])


WAYS: Final[Mapping[str, Callable[[Spot], Placed]]] = MappingProxyType({
    "point": _point,
    "near_border": _near_border,
    "code": _code,
    "name": _name,
    "text": _text,
    "own_grid": _own_grid,
    "zero": _zero,
    "office": _office,
    "nowhere": _nowhere,
    "outside": _outside,
})  # fmt: skip
"""How a place may be told."""


def place(way: str, random: Random, land: Land, grid: int, department: str) -> Placed:
    """The place of something in this grid (or, told as ``outside``, abroad), told in this way by this source."""
    return WAYS[way](Spot(random, land, grid, department))
