"""The desk where a report is made up: a matter, a real place in one of four datums, a time as people write it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, Protocol

from contracts.report import Datum
from contracts.territory import SHANGHAI, Path, UnitRef, full_name
from services.intake.datum import from_wgs84
from simulation.matters import MATTERS

AWAY: Final = 3.0
"""Degrees to the east after which any point of the banner has left it."""
DECIMALS: Final = 6
"""Of a degree: a tenth of a metre."""
NAMED_OF_TEN: Final = 7
"""Reports of ten that name their reporter."""

TIMES: Final[tuple[Callable[[datetime], str], ...]] = (
    datetime.isoformat,
    "{:%Y-%m-%d %H:%M:%S}".format,
    "{0.year}/{0.month}/{0.day} {0.hour}:{0.minute:02}".format,
    "{0.year}年{0.month}月{0.day}日{0.hour}时{0.minute:02}分".format,
)


class Territory(Protocol):
    """What of the boundaries is needed to draw places in real grids."""

    @property
    def areas(self) -> Sequence[Any]:
        """The grids' polygons."""

    @property
    def grids(self) -> Sequence[UnitRef]:
        """The grids, in the same order."""

    def fits(self, longitude: float, latitude: float, /) -> tuple[Path, ...]:
        """The grids that hold a point."""

    def path(self, code: str, /) -> Path | None:
        """The path to a unit."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report before it is bytes."""

    department: str
    fields: Mapping[str, Any]

    def but(self, **fields: object) -> "Draft":
        """The same with other fields."""
        return Draft(self.department, {**self.fields, **fields})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are made up: all chance comes from ``random``, all places from ``boundaries``."""

    random: Random
    boundaries: Territory
    start: datetime

    def draft(self, number: int, shape: str) -> Draft:
        """A report of this shape; its number makes its reference unique within the start's second."""
        matter = self.random.choice(MATTERS)
        department = self.random.choice(matter.sources)
        grid = self.random.randrange(len(self.boundaries.grids))
        path = self.boundaries.path(self.boundaries.grids[grid].code) or ()
        fields = {
            "reference": f"{department}-{self.start:%Y%m%d%H%M%S}-{number:05}",
            "occurred_at": self._time(),
            "text": self._say(matter.text, path if shape != "nowhere" else ()),
            "category": matter.category,
            "urgency": matter.urgency.value,
            **self._place(shape, grid, path),
            **self._reporter(),
        }
        if shape == "solved":
            fields["solved_on_the_spot"] = {"what_was_done": matter.done}
        return Draft(department, fields)

    def _say(self, text: str, path: Path) -> str:
        place = path[-1].name if path else "旗内某处"
        return text.format(place=place, n=self.random.randint(1, 40), m=self.random.randint(2, 9))

    def _time(self) -> str:
        moment = self.start.astimezone(SHANGHAI) - timedelta(minutes=self.random.randint(5, 600))
        return self.random.choice(TIMES)(moment.replace(microsecond=0))

    def _place(self, shape: str, grid: int, path: Path) -> dict[str, Any]:
        if shape == "nowhere":
            return {"place_name": "具体地点不详"}
        if shape == "code":
            return {"place_code": self.random.choice(path[1:]).code}
        longitude, latitude = self._point(grid)
        longitude += AWAY if shape == "outside" else 0
        return {
            "place_name": full_name(path[:3]),
            "coordinates": self._coordinates(longitude, latitude),
        }

    def _point(self, grid: int) -> tuple[float, float]:
        west, south, east, north = self.boundaries.areas[grid].bounds
        while True:
            point = self.random.uniform(west, east), self.random.uniform(south, north)
            held = self.boundaries.fits(*point)
            if len(held) == 1 and held[0][-1].code == self.boundaries.grids[grid].code:
                return point

    def _coordinates(self, longitude: float, latitude: float) -> dict[str, Any]:
        datum = self.random.choice(tuple(Datum))
        shown = (round(degrees, DECIMALS) for degrees in from_wgs84(longitude, latitude, datum))
        return {**dict(zip(("longitude", "latitude"), shown, strict=True)), "datum": datum.value}

    def _reporter(self) -> dict[str, Any]:
        if self.random.randrange(10) >= NAMED_OF_TEN:
            return {}
        number = self.random.randrange(10_000)
        return {"reporter": {"name": f"报告人{number:04}", "phone": f"000-0000-{number:04}"}}
