"""Draws the roster of the virtual banner: who serves where, by number; people are made of digits."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from contracts.departments import DEPARTMENTS
from contracts.territory import BANNER, Level, UnitRef
from services.gis.boundaries import Boundaries
from services.gis.tables import DATA as GIS_DATA
from services.notification.reading import DATA, LEAVE, LEAVE_COLUMNS, PEOPLE, PEOPLE_COLUMNS
from services.notification.roster import Post

DOUBLES: Final = 73
"""Grids with a second grid member: 401 and 73 make the 474 that the banner has."""
VILLAGE_CENTRES: Final = 18
"""With the banner's and the five towns' they are the 24 centres (综治中心)."""
PAIR: Final = 2
"""People in a centre, and at most in a grid."""

MEMBERS: Final = "members.csv"
MEMBERS_COLUMNS: Final = ("staff", "unit")

LEVELS: Final[Mapping[Level, int]] = {Level.BANNER: 1, Level.TOWN: 2, Level.VILLAGE: 3, Level.GRID: 4}
LIAISONS: Final = 5
"""With what a liaison's staff number begins, as the levels' people have theirs."""
NO_LEAD: Final = frozenset({"grid-members", "residents", "hotline-12345"})
"""Sources that are no department which could be in the lead."""

# what somebody is → the columns of addresses that are filled
REACHED: Final[Mapping[Post, tuple[str, ...]]] = {
    Post.MEMBER:  ("app", "sms"),
    Post.CENTRE:  ("app", "sms", "mail"),
    Post.CADRE:   ("sms", "mail"),
    Post.LIAISON: ("mail",),
}  # fmt: skip

# what somebody is → the duty class of the first and of the second person of a unit
DUTIES: Final[Mapping[Post, tuple[str, str]]] = {
    Post.MEMBER:  ("grid-member", "grid-member"),
    Post.CENTRE:  ("centre-early", "centre-late"),
    Post.CADRE:   ("cadre", "cadre"),
    Post.LIAISON: ("office", "office"),
}  # fmt: skip
BANNER_DUTY: Final = ("banner-odd", "banner-even")

# two weeks of illustration: every so many-th grid member is away for a week
AWAY_EVERY: Final = 60
AWAY: Final = (("2026-03-02", "2026-03-08"), ("2026-03-09", "2026-03-15"))


class Someone(NamedTuple):
    """A person of a unit before addresses."""

    staff: str
    unit: str
    post: Post
    duty: str


Row = tuple[str, ...]


def draw(boundaries: Boundaries) -> Mapping[Path, str]:
    """The text of each file that is drawn: the people, their leave, and for gis who belongs to which unit."""
    everybody = list(people(boundaries))
    deputies = deputy_table(everybody, boundaries)
    staff = [(one.staff, one.unit) for one in everybody if one.post is not Post.LIAISON]
    return {
        DATA / PEOPLE: _table(PEOPLE_COLUMNS, (row(one, deputies) for one in everybody)),
        DATA / LEAVE: _table(LEAVE_COLUMNS, leave(everybody)),
        GIS_DATA / MEMBERS: _table(MEMBERS_COLUMNS, staff),
    }


def people(boundaries: Boundaries) -> Iterator[Someone]:
    """Two people in each centre, a cadre in each other village, one or two members in each grid, the liaisons."""
    land = square_measure(boundaries)
    centres = largest(boundaries.villages, land, VILLAGE_CENTRES)
    doubles = largest(boundaries.grids, land, DOUBLES)
    yield from _serving(BANNER, 1, Post.CENTRE, PAIR)
    for n, town in enumerate(boundaries.towns, start=1):
        yield from _serving(town, n, Post.CENTRE, PAIR)
    for n, village in enumerate(boundaries.villages, start=1):
        centre = village.code in centres
        yield from _serving(village, n, Post.CENTRE if centre else Post.CADRE, PAIR if centre else 1)
    for n, grid in enumerate(boundaries.grids, start=1):
        yield from _serving(grid, n, Post.MEMBER, PAIR if grid.code in doubles else 1)
    leads = (department.code for department in DEPARTMENTS if department.code not in NO_LEAD)
    for n, code in enumerate(leads, start=1):
        yield Someone(f"{LIAISONS}{n:04}1", code, Post.LIAISON, DUTIES[Post.LIAISON][0])


def _serving(unit: UnitRef, number: int, post: Post, count: int) -> Iterator[Someone]:
    """Staff numbers say the level, which unit of it, and which person there: 400012 is grid 1's second."""
    duties = BANNER_DUTY if unit.level is Level.BANNER else DUTIES[post]
    for person in range(count):
        yield Someone(f"{LEVELS[unit.level]}{number:04}{person + 1}", unit.code, post, duties[person])


def row(one: Someone, deputies: Mapping[str, str]) -> Row:
    """A row of people.csv; the telephone numbers begin with five zeros, so that nobody can have them."""
    addresses = {"app": one.staff, "sms": f"00000{one.staff}", "mail": f"{one.staff}@grid.invalid"}
    reached = (addresses[column] if column in REACHED[one.post] else "" for column in addresses)
    return (one.staff, one.unit, one.post.value, deputies.get(one.staff, ""), one.duty, *reached)


def deputy_table(everybody: Sequence[Someone], boundaries: Boundaries) -> Mapping[str, str]:
    """Who stands in for whom: the other one of the unit, else the nearest grid's of the village, else the unit above.

    Liaisons have nobody.
    """
    units = {code: [one.staff for one in found] for code, found in groupby(everybody, key=lambda one: one.unit)}
    near = neighbours(boundaries)
    return {
        one.staff: _deputy(one, units, near)
        for one in everybody
        if one.post is not Post.LIAISON
    }  # fmt: skip


def _deputy(one: Someone, units: Mapping[str, list[str]], near: Mapping[str, str]) -> str:
    others = [staff for staff in units[one.unit] if staff != one.staff]
    return (others or units[near.get(one.unit, one.unit[:-3])])[0]


def neighbours(boundaries: Boundaries) -> Mapping[str, str]:
    """For each grid that is not alone in its village, the one of the same village whose middle is nearest."""
    middles = {grid.code: area.centroid for grid, area in zip(boundaries.grids, boundaries.areas, strict=True)}
    near: dict[str, str] = {}
    for _, village in groupby(middles, key=lambda code: code[:12]):
        codes = list(village)
        for code in codes:
            others = [(middles[code].distance(middles[other]), other) for other in codes if other != code]
            near |= {code: min(others)[1]} if others else {}
    return near


def leave(everybody: Iterable[Someone]) -> Iterator[Row]:
    """A few weeks away, for illustration."""
    members = [one.staff for one in everybody if one.post is Post.MEMBER]
    for n, staff in enumerate(members[::AWAY_EVERY]):
        yield (staff, *AWAY[n % len(AWAY)])


def square_measure(boundaries: Boundaries) -> Mapping[str, float]:
    """The area of each grid and village by code, all in the same unit: degrees, the parallels' shrinking removed."""
    land: dict[str, float] = {}
    for grid, area in zip(boundaries.grids, boundaries.areas, strict=True):
        land[grid.code] = area.area * math.cos(math.radians(area.centroid.y))
        land[grid.code[:12]] = land.get(grid.code[:12], 0.0) + land[grid.code]
    return land


def largest(units: Iterable[UnitRef], land: Mapping[str, float], count: int) -> frozenset[str]:
    """The codes of the ``count`` units with the most land; of equals, the lower code."""
    ranked = sorted((unit.code for unit in units), key=lambda code: (-land[code], code))
    return frozenset(ranked[:count])


def _table(columns: Row, rows: Iterable[Row]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    for file, text in draw(Boundaries.load()).items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
