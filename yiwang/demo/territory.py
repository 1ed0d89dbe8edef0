"""The map of the banner with its cases: the outline is real, towns and grids inside it are illustrative."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from random import Random
from typing import Final
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from contracts.case import Case
from contracts.report import Point as Place
from contracts.territory import Level
from services.gis.boundaries import Boundaries
from yiwang.demo.book import Book
from yiwang.demo.svg import AMBER, BLUE, FAINT, GREEN, INK, PAPER, RED, RULE, Point, Sheet

WIDTH, MARGIN, TOP, LEGEND = 1100.0, 30.0, 64.0, 130.0
COLOURS: Final[Mapping[Level, str]] = {Level.GRID: GREEN, Level.VILLAGE: BLUE, Level.TOWN: AMBER, Level.BANNER: RED}
TINTS: Final = ("#f1f6ea", "#ebf2f9", "#faf4e6", "#f5eef8", "#eaf6f4", "#f8eeee")
FINE: Final = 0.002
"""Degrees by which a drawn line may leave the true one: about a pixel."""
DISC, RING, LABEL = 2.6, 4.6, 150.0


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to pixels, north up, with the parallels shrunk as at the banner's middle."""

    west: float
    north: float
    across: float
    along: float

    def __call__(self, longitude: float, latitude: float) -> Point:
        """The pixel of a place."""
        return MARGIN + (longitude - self.west) * self.across, TOP + (self.north - latitude) * self.along


def draw(book: Book, boundaries: Boundaries) -> str:
    """The picture: towns, grids, and a dot for each case in the colour of the level that has or solved it."""
    towns = town_areas(boundaries)
    west, south, east, north = shapely.union_all(list(towns.values())).bounds
    across = (WIDTH - 2 * MARGIN) / (east - west)
    to_pixel = Projection(west, north, across, across / cos(radians((south + north) / 2)))
    bottom = to_pixel(west, south)[1]
    sheet = Sheet(WIDTH, bottom + LEGEND, "鄂托克前旗事项分布图")
    for area, tint in zip(towns.values(), TINTS, strict=False):
        _area(sheet, to_pixel, area, fill=tint)
    for area in boundaries.areas:
        _area(sheet, to_pixel, area, stroke=RULE, thick=0.4)
    for area in towns.values():
        _area(sheet, to_pixel, area, stroke="#8795a1", thick=1.2)
    _area(sheet, to_pixel, shapely.union_all(list(towns.values())), stroke=INK, thick=2)
    placed = dict(places(book, boundaries))
    _cases(sheet, to_pixel, book, placed)
    _names(sheet, to_pixel, boundaries, towns, book)
    _legend(sheet, bottom, list(book.cases.values()), len(placed))
    return sheet.string()


def town_areas(boundaries: Boundaries) -> Mapping[str, BaseGeometry]:
    """Each town's area by its code: its grids together."""
    grids = list(zip(boundaries.grids, boundaries.areas, strict=True))
    own = {town.code: [area for grid, area in grids if grid.code.startswith(town.code)] for town in boundaries.towns}
    return {code: shapely.union_all(areas) for code, areas in own.items()}


def places(book: Book, boundaries: Boundaries) -> Iterator[tuple[UUID, tuple[float, float]]]:
    """Where each case known down to its grid lies: at its own point if it has one, else somewhere in the grid."""
    areas = {grid.code: area for grid, area in zip(boundaries.grids, boundaries.areas, strict=True)}
    points = {said.body.report.report_id: said.body.report.point for said in book.located}
    for case in book.cases.values():
        area = areas.get(case.path[-1].code) if case.path else None
        if area is not None:
            yield case.case_id, _within(area, points.get(case.case_id), case.case_id)


def _within(area: BaseGeometry, point: Place | None, case_id: UUID) -> tuple[float, float]:
    if point and shapely.intersects_xy(area, point.longitude, point.latitude):
        return point.longitude, point.latitude
    random, (west, south, east, north) = Random(case_id.int), area.bounds  # noqa: S311 - a dot's place guards nothing
    for _ in range(20):
        found = random.uniform(west, east), random.uniform(south, north)
        if shapely.intersects_xy(area, *found):
            return found
    inner = area.representative_point()
    return inner.x, inner.y


def _area(
    sheet: Sheet,
    to_pixel: Projection,
    area: BaseGeometry,
    *,
    fill: str = "none",
    stroke: str = "none",
    thick: float = 0,
) -> None:
    simple = area.simplify(FINE)
    for part in getattr(simple, "geoms", [simple]):
        rings = [part.exterior, *part.interiors]
        sheet.area([[to_pixel(x, y) for x, y in ring.coords] for ring in rings], fill=fill, stroke=stroke, thick=thick)


def _cases(sheet: Sheet, to_pixel: Projection, book: Book, placed: Mapping[UUID, tuple[float, float]]) -> None:
    """Those on which somebody still has to act come last, on top of the others."""
    shown = sorted((book.cases[case] for case in placed), key=lambda case: (case.status.open, str(case.case_id)))
    for case in shown:
        at, colour = to_pixel(*placed[case.case_id]), COLOURS[case.assignment.unit.level]
        if case.status.open:
            sheet.circle(at, RING, fill=PAPER, stroke=colour, thick=2.4)
        else:
            sheet.circle(at, DISC, fill=colour)


def _names(
    sheet: Sheet, to_pixel: Projection, boundaries: Boundaries, towns: Mapping[str, BaseGeometry], book: Book
) -> None:
    for town in boundaries.towns:
        cases = [case for case in book.cases.values() if case.path[1:2] == (town,)]
        middle = towns[town.code].representative_point()
        x, y = to_pixel(middle.x, middle.y)
        x = min(max(x, MARGIN + LABEL / 2), WIDTH - MARGIN - LABEL / 2)
        left = sum(case.status.open for case in cases)
        words = f"事项 {len(cases)}，在办 {left}"
        sheet.rect((x - LABEL / 2, y - 22), (LABEL, 44), fill="rgba(255,255,255,0.85)", round_=6)
        sheet.text((x, y - 4), town.name, size=15, weight="bold", anchor="middle")
        sheet.text((x, y + 15), words, size=12.5, fill=FAINT, anchor="middle")


def _legend(sheet: Sheet, bottom: float, cases: Sequence[Case], placed: int) -> None:
    held = Counter((case.assignment.unit.level, case.status.open) for case in cases)
    y = bottom + 34
    for number, level in enumerate(Level):
        x = MARGIN + number * 265
        sheet.circle((x + 8, y - 5), 5, fill=COLOURS[level])
        sheet.text((x + 20, y), f"{level.zh}办结 {held[level, False]}")
        sheet.circle((x + 172, y - 5), RING, fill=PAPER, stroke=COLOURS[level], thick=2.4)
        sheet.text((x + 184, y), f"在办 {held[level, True]}")
    notes = (
        f"每点一件，颜色为办结或在办的层级；实心已办结或撤回，空心在办。未定到网格的 {len(cases) - placed} 件未画。",
        "旗界为实际界线；苏木镇和网格的界线为示意，非勘定界线。无坐标的事项画在其网格内任一处。人员与事项均为模拟。",
    )
    for number, note in enumerate(notes):
        sheet.text((MARGIN, y + 34 + 24 * number), note, size=13, fill=FAINT)
