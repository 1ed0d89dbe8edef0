"""The four levels of grid and the units on them: the words for a place in the banner, and its local time."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from contracts.wire import Many, Value


class Level(StrEnum):
    """A level of the banner's grid, from the smallest to the whole."""

    GRID = "grid"
    VILLAGE = "village"
    TOWN = "town"
    BANNER = "banner"

    @property
    def zh(self) -> str:
        """The level's Chinese name."""
        return _ZH[self]


_ZH = {Level.GRID: "网格", Level.VILLAGE: "嘎查村/社区", Level.TOWN: "苏木镇", Level.BANNER: "旗"}


class UnitRef(Value):
    """One unit: a grid, village, town or the banner, by the statistical code (15, 12, 9 or 6 digits)."""

    code: Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,3}$", examples=["150623103200001"])]
    name: str
    level: Level


Path = Many[UnitRef]
"""The units that hold a place, from the banner down to the deepest that is known."""

BANNER = UnitRef(code="150623", name="鄂托克前旗", level=Level.BANNER)

CENTRE = "旗综治中心"
"""Who acts at the banner: at the top an office acts, not the territory."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The banner's local time."""


def full_name(path: Path) -> str:
    """The name by which people find the path's deepest unit, from its town down: 昂素镇昂素嘎查第3网格.

    Two villages share the name 巴彦希里嘎查, so a unit's own name is not enough. A name with which the next one begins
    is left out; of the banner alone (or an empty path) it is the banner's.
    """
    names = [unit.name for unit in path[1:]] or [BANNER.name]
    said = [name for name, following in pairwise(names) if not following.startswith(name)]
    return "".join((*said, names[-1]))


def office(path: Path) -> str:
    """Who acts for the path's deepest unit: the unit itself, for the banner its centre."""
    return full_name(path) if len(path) > 1 else CENTRE
