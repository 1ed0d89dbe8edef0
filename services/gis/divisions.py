"""Reads the official divisions of the banner, and refuses a table that does not hang together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.territory import Level, UnitRef
from contracts.territory import Path as UnitPath
from services.gis.tables import DATA, BrokenDataError, rows

DIVISIONS: Final = "divisions.csv"
COLUMNS: Final = ("code", "name", "level", "parent")

# Digits of a code, and of its parent's. The statistical codes end at the village; a grid adds three of its own.
DIGITS: Final[Mapping[Level, tuple[int, int]]] = {
    Level.BANNER: (6, 0),
    Level.TOWN: (9, 6),
    Level.VILLAGE: (12, 9),
    Level.GRID: (15, 12),
}


def read_divisions(folder: Path = DATA) -> dict[str, UnitPath]:
    """Read the path of each unit, from the banner down, by code; parents stand before their children.

    Raises BrokenDataError, and OSError if the file is missing.
    """
    paths: dict[str, UnitPath] = {}
    for place, row in rows(folder, DIVISIONS, COLUMNS):
        _add_row(paths, row, place)
    if not paths:
        raise BrokenDataError(DIVISIONS, "line 2", "no rows", "the banner, its towns and their villages")
    return paths


def _add_row(paths: dict[str, UnitPath], row: Mapping[str, str], place: str) -> None:
    levels = [level for level in Level if level is not Level.GRID]
    if row["level"] not in levels:
        raise BrokenDataError(DIVISIONS, place, f"level {row['level']!r}", " or ".join(levels))
    path = extend(paths, Level(row["level"]), row["code"], row["name"], (DIVISIONS, place))
    if row["parent"] != (path[-2].code if len(path) > 1 else ""):
        raise BrokenDataError(DIVISIONS, place, f"parent {row['parent']!r}", "the code less its last three digits")
    paths[row["code"]] = path


def extend(paths: Mapping[str, UnitPath], level: Level, code: object, name: object, where: tuple[str, str]) -> UnitPath:
    """Return the path of a new unit: its parent's path and itself; `where` (file, place) is for the error.

    A code with the wrong digits, a repeated one, an unknown parent or an empty name raises BrokenDataError.
    """
    digits, above = DIGITS[level]
    if not (isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == digits):
        raise BrokenDataError(*where, f"code {code!r}", f"{digits} digits for a {level}")
    if code in paths:
        raise BrokenDataError(*where, f"code {code} a second time", "each code once")
    if above and code[:above] not in paths:
        raise BrokenDataError(*where, f"code {code}", f"one that begins with the {above} digits of a known unit")
    if not (isinstance(name, str) and name.strip()):
        raise BrokenDataError(*where, f"name {name!r} for {code}", "the name in Chinese")
    parents = paths[code[:above]] if above else ()
    return (*parents, UnitRef(code=code, name=name, level=level))
