"""Finds cases that may be the same: close in place and time, of one group of categories, told in similar words.

The map is cut into square cells for each row of the table, eight times as wide as the row's radius. A case is entered
in every cell that its circle touches, mostly one, four at the most; so of two cases that are close enough, whichever
comes second to the cell in which the first one lies sees it there, however their messages overtake each other.

A cell is one of a period, too, four times as long as the row's days: none lives for ever. At a period's end cases are
entered in the next one's cells as well, for whoever comes within those days.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import cos, floor, hypot, radians
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from contracts.case import Similar
from contracts.categories import within
from contracts.relation import Sighting
from contracts.report import Classification, Point, Report
from contracts.spans import MINUTE
from contracts.wire import Value
from services.chassis import tables
from services.chassis.tables import Part
from services.routing.rules import Category

FILE: Final = Path(__file__).parent / "data" / "nearby.toml"

SHOWN: Final = 5
"""Cases that are suggested at the most, the most alike first."""
KEPT: Final = 64
"""Newest cases that a cell remembers."""
LIKELY: Final = 0.3
"""How sure the first level of a category must be that is not decided."""
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
PERIOD: Final = 4
"""A row's days that the period of its cells has."""
WIDTH: Final = 8
"""Radii of a row that its cells are wide: wider ones are touched by fewer circles (1.6 a case), and hold more cases."""
TEXTS: Final = 512
"""Texts whose pairs are remembered: where one cell hears of many cases, it compares the same ones again and again."""
DEGREE: Final = 111_320.0
"""Metres of a degree of latitude; and of longitude at the equator."""
EAST, NORTH = 180, 90
"""Degrees at which the earth ends, and south and west of it as many."""
MIDDLE: Final = 38.9
"""Degrees north of the plane's true scale, amid the banner: at its edges 60 km away east and west are 1 % off."""


class Weights(Part):
    """How much each likeness counts; they are shares of one score."""

    text: Annotated[float, Field(ge=0, le=1)] = 0.6
    place: Annotated[float, Field(ge=0, le=1)] = 0.25
    time: Annotated[float, Field(ge=0, le=1)] = 0.15


class Near(Part):
    """One row: how close in place and time cases of a group must be, and from which score on they are suggested."""

    category: Category
    zh: Annotated[str, Field(min_length=1)]
    metres: Annotated[int, Field(ge=10, le=20_000, strict=True)]
    days: Annotated[int, Field(ge=1, le=60, strict=True)]
    score: Annotated[float, Field(ge=0, le=1)]


def _once(rows: tuple[Near, ...]) -> tuple[Near, ...]:
    for code, count in Counter(row.category for row in rows).items():
        if count > 1:
            raise ValueError(f"category {code} in {count} rows; right is one row for each")
    return rows


class Nearness(Part):
    """The whole file; of a category the deepest row counts, and where there is none nothing is suggested."""

    version: str = ""
    weights: Weights = Weights()
    near: Annotated[tuple[Near, ...], AfterValidator(_once)] = ()

    def row(self, code: str | None) -> Near | None:
        """The row of a category."""
        fitting = (one for one in self.near if within(code, one.category))
        return max(fitting, key=lambda one: len(one.category), default=None)


class Entry(Value):
    """A case that was sighted."""

    case_id: UUID
    at: AwareDatetime
    x: float
    y: float
    text: str


class Cell(Value):
    """A square of the map, for one row: the newest cases that touch it; ``version`` counts what it told."""

    version: int = 0
    entries: tuple[Entry, ...] = ()


class Place(NamedTuple):
    """A cell's document, the row that it is for, and what is to be seen there."""

    cell: str
    group: str
    sighting: Sighting


def read(file: Path = FILE) -> Nearness:
    """The table with its version, to which a hash of its text is added; raises BrokenTableError."""
    table, digest = tables.read(file, Nearness)
    return table.model_copy(update={"version": f"{table.version}+{digest}"})


def places(near: Nearness, report: Report, text: str, now: datetime) -> Iterator[Place]:
    """The cells that the report's circle touches now; none where it has no point on earth, or its category no row."""
    row = near.row(_group(report.classified))
    if row is None or report.point is None or not _on_earth(report.point):
        return
    x = report.point.longitude * DEGREE * cos(radians(MIDDLE))
    y = report.point.latitude * DEGREE
    width = WIDTH * row.metres
    sighting = Sighting(x=round(x, 1), y=round(y, 1), text=text)
    for column in range(floor((x - row.metres) / width), floor((x + row.metres) / width) + 1):
        for line in range(floor((y - row.metres) / width), floor((y + row.metres) / width) + 1):
            for period in _periods(row, now):
                yield Place(f"cell/{row.category}/{column}/{line}/{period}", row.category, sighting)


def _on_earth(point: Point) -> bool:
    """Whether there is such a place: a point from intake is one, but the contract lets any two numbers be a point."""
    return abs(point.longitude) <= EAST and abs(point.latitude) <= NORTH


def _periods(row: Near, now: datetime) -> Iterator[int]:
    """The period of this moment, and the next if that begins within the row's days."""
    days = timedelta(days=row.days)
    first, last = ((at - EPOCH) // (PERIOD * days) for at in (now, now + days))
    yield from range(first, last + 1)


def _group(found: Classification | None) -> str | None:
    """The category; of an undecided report the likeliest first level, for a suggestion in vain costs little."""
    if found is None or found.code is not None or not found.runners_up:
        return found.code if found else None
    best = found.runners_up[0]
    return best.code[:2] if best.confidence >= LIKELY else None


def seen(near: Nearness, group: str, cell: Cell, new: Entry) -> tuple[Cell, tuple[Similar, ...]]:
    """The cell with one case more, and what is like it there, best first."""
    row = next((one for one in near.near if one.category == group), None)
    if row is None:
        return cell, ()
    others = tuple(one for one in cell.entries if _is_other(one, new, row))
    scored = ((_score(near.weights, row, one, new), one) for one in others)
    best = nlargest(SHOWN, ((score, one) for score, one in scored if score >= row.score), key=_first)
    after = cell.model_copy(update={"version": cell.version + 1, "entries": (*others, new)[-KEPT:]})
    return after, merged((), tuple(_similar(score, one, new) for score, one in best))


def _is_other(one: Entry, new: Entry, row: Near) -> bool:
    return one.case_id != new.case_id and new.at - one.at <= timedelta(days=row.days)


def _score(weights: Weights, row: Near, before: Entry, new: Entry) -> float:
    """How alike two cases are; -1 where they are too far from each other."""
    metres = _metres(before, new)
    if metres > row.metres:
        return -1.0
    place, time = 1 - metres / row.metres, 1 - abs(new.at - before.at) / timedelta(days=row.days)
    return weights.text * likeness(before.text, new.text) + weights.place * place + weights.time * time


def _similar(score: float, before: Entry, new: Entry) -> Similar:
    return Similar(
        case_id=before.case_id,
        score=round(min(score, 1.0), 2),
        metres=round(_metres(before, new)),
        minutes=abs(new.at - before.at) // MINUTE,
    )


def _metres(one: Entry, other: Entry) -> float:
    return hypot(one.x - other.x, one.y - other.y)


def _first(pair: tuple[float, Entry]) -> float:
    return pair[0]


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1: twice their common pairs of characters by all of them (Dice)."""
    first, second = _pairs(one), _pairs(other)
    both = len(first) + len(second)
    return 2 * len(first & second) / both if both else float(one == other)


@lru_cache(TEXTS)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(char for char in text if char.isalnum())))


def merged(known: tuple[Similar, ...], more: tuple[Similar, ...]) -> tuple[Similar, ...]:
    """Both lists as one, each case once, best first, no longer than is shown."""
    best = {one.case_id: one for one in sorted((*more, *known), key=_order, reverse=True)}
    return tuple(sorted(best.values(), key=_order)[:SHOWN])


def _order(one: Similar) -> tuple[float, int, str]:
    return -one.score, one.metres, str(one.case_id)


def at(point: Sighting, case_id: UUID, when: datetime) -> Entry:
    """What was sighted, as a cell keeps it."""
    return Entry(case_id=case_id, at=when, x=point.x, y=point.y, text=point.text)
