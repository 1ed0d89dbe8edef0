"""The banner's places: what is real is kept, what is drawn tiles it exactly, and a point finds its grids."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from contracts.territory import Level
from services.gis import draw
from services.gis.boundaries import Boundaries
from services.gis.tables import DATA, BrokenDataError

BOUNDARIES = Boundaries.load()
OUTLINE = draw.outline()
RELATIVE = 1e-6


def together(code: str) -> BaseGeometry:
    grids = zip(BOUNDARIES.grids, BOUNDARIES.areas, strict=True)
    return shapely.coverage_union_all([area for grid, area in grids if grid.code.startswith(code)])


def points_within(area: BaseGeometry, count: int) -> list[tuple[float, float]]:
    rng = random.Random(1)
    west, south, east, north = area.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(area, x, y):
            found.append((x, y))
    return found


def test_the_committed_grids_are_what_the_program_draws() -> None:
    text = (DATA / "grids.geojson").read_text(encoding="utf-8")
    assert text == draw.draw(), "run: python -m services.gis.draw"


def test_the_drawing_says_that_it_is_illustrative_and_stays_small() -> None:
    raw = (DATA / "grids.geojson").read_bytes()
    collection = json.loads(raw)
    assert len(raw) < 700_000
    assert collection["illustrative"] is True
    assert collection["version"] == "2026.1"
    assert "llustrative" in collection["note"]
    assert all(feature["properties"]["illustrative"] is True for feature in collection["features"])


def test_the_banner_has_5_towns_86_villages_and_401_grids() -> None:
    assert (len(BOUNDARIES.towns), len(BOUNDARIES.villages), len(BOUNDARIES.grids)) == (5, 86, 401)
    assert {grid.code[:12] for grid in BOUNDARIES.grids} == {village.code for village in BOUNDARIES.villages}


def test_the_grids_tile_the_outline_without_gap_or_overlap() -> None:
    assert shapely.coverage_is_valid(BOUNDARIES.areas)
    whole = together("150623")
    assert sum(area.area for area in BOUNDARIES.areas) == pytest.approx(OUTLINE.area, rel=RELATIVE)
    assert whole.symmetric_difference(OUTLINE).area < RELATIVE * OUTLINE.area
    assert isinstance(whole, Polygon)
    assert not whole.interiors


def test_every_village_and_town_hangs_together() -> None:
    units = (*BOUNDARIES.villages, *BOUNDARIES.towns)
    assert {together(unit.code).geom_type for unit in units} == {"Polygon"}


def test_a_community_is_smaller_than_any_gacha() -> None:
    areas = {village.name: together(village.code).area for village in BOUNDARIES.villages}
    communities = [area for name, area in areas.items() if name.endswith("社区") and "虚拟" not in name]
    assert max(communities) < min(area for name, area in areas.items() if name.endswith("嘎查"))


def test_apportioned_pieces_sum_up_and_nobody_goes_without() -> None:
    assert draw.apportion(10, [1.0, 1.0, 1.0]) == [4, 3, 3]
    assert draw.apportion(5, [100.0, 0.001, 0.001]) == [3, 1, 1]
    assert draw.apportion(3, [5.0, 1.0, 1.0]) == [1, 1, 1]


def test_a_village_with_a_single_grid_gives_it_all_its_land() -> None:
    village = draw.Plot(1.0, (draw.Plot(1.0, grid=BOUNDARIES.grids[0]),))
    assert list(draw.divide(OUTLINE, village, random.Random(1))) == [(BOUNDARIES.grids[0], OUTLINE)]


def test_each_random_point_inside_fits_exactly_one_grid() -> None:
    assert {len(BOUNDARIES.fits(*point)) for point in points_within(OUTLINE, 3000)} == {1}


def test_the_path_of_a_fit_goes_from_the_banner_to_the_grid_that_holds_the_point() -> None:
    for grid, area in zip(BOUNDARIES.grids, BOUNDARIES.areas, strict=True):
        inside = area.representative_point()
        ((*above, deepest),) = BOUNDARIES.fits(inside.x, inside.y)
        assert deepest == grid
        assert [unit.level for unit in above] == [Level.BANNER, Level.TOWN, Level.VILLAGE]
        assert [unit.code for unit in above] == [grid.code[:6], grid.code[:9], grid.code[:12]]


def test_a_corner_fits_every_grid_that_has_it_sorted_by_code() -> None:
    owners: dict[tuple[float, float], set[str]] = {}
    for grid, area in zip(BOUNDARIES.grids, BOUNDARIES.areas, strict=True):
        for x, y in area.exterior.coords:
            owners.setdefault((x, y), set()).add(grid.code)
    found = [[path[-1].code for path in BOUNDARIES.fits(*corner)] for corner in owners]
    assert found == [sorted(codes) for codes in owners.values()]


def test_a_point_on_a_border_fits_two_grids_and_where_borders_meet_three() -> None:
    corners = sorted({(x, y) for area in BOUNDARIES.areas for x, y in area.exterior.coords})
    assert {len(BOUNDARIES.fits(*corner)) for corner in corners} >= {1, 2, 3}


def test_the_lookup_equals_brute_force_on_a_hundred_thousand_points_borders_and_corners_included() -> None:
    """Every grid near a point is asked by GEOS' distance of unprepared areas: another algorithm, without the tree."""
    points = probes(100_000)
    cells = shapely.from_wkb(shapely.to_wkb(np.array(BOUNDARIES.areas, dtype=object)))  # as read: not prepared
    expected: list[list[str]] = [[] for _ in points]
    places = shapely.points(points)
    for grid, cell in zip(BOUNDARIES.grids, cells, strict=True):
        west, south, east, north = cell.bounds
        x, y = points[:, 0], points[:, 1]
        for i in np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north)).tolist():
            if shapely.distance(cell, places[i]) == 0:
                expected[i].append(grid.code)
    found = [[path[-1].code for path in BOUNDARIES.fits(x, y)] for x, y in points.tolist()]
    assert found == expected
    assert {len(codes) for codes in expected} >= {0, 1, 2, 3}


def probes(count: int) -> npt.NDArray[np.float64]:
    """All corners, the middles of all edges, points a hair beside both, and random ones in a box beyond the banner."""
    rings = [shapely.get_coordinates(area) for area in BOUNDARIES.areas]
    corners = np.concatenate([ring[:-1] for ring in rings])
    middles = np.concatenate([(ring[:-1] + ring[1:]) / 2 for ring in rings])
    rng = np.random.default_rng(1)
    beside = np.concatenate((corners, middles)) + rng.normal(0, 1e-9, (2 * len(corners), 2))
    west, south, east, north = OUTLINE.buffer(0.2).bounds
    exact = np.concatenate((corners, middles, beside))
    return np.concatenate((exact, rng.uniform((west, south), (east, north), (count - len(exact), 2))))


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(111.67, 40.82), (38.2, 107.5), (0.0, 0.0), (106.0, 38.2), (float("nan"), 38.2), (float("inf"), 38.2)],
)
def test_a_point_outside_fits_none(longitude: float, latitude: float) -> None:
    assert BOUNDARIES.fits(longitude, latitude) == ()


@pytest.mark.parametrize("code", ["150623", "150623103", "150623103200", "150623103200002"])
def test_a_code_of_any_level_has_its_path(code: str) -> None:
    path = BOUNDARIES.path(code)
    assert path is not None
    assert path[-1].code == code
    assert [len(unit.code) for unit in path] == list(range(6, len(code) + 1, 3))


@pytest.mark.parametrize("code", ["", "150624", "150623103200999", "15062310", "昂素嘎查"])
def test_an_unknown_code_has_no_path(code: str) -> None:
    assert BOUNDARIES.path(code) is None


def test_names_are_as_the_official_table_has_them() -> None:
    path = BOUNDARIES.path("150623103200002")
    assert path is not None
    assert [unit.name for unit in path] == ["鄂托克前旗", "昂素镇", "昂素嘎查", "昂素嘎查第2网格"]


def test_the_version_names_the_drawing_and_changes_with_the_content(tmp_path: Path) -> None:
    name, hash_ = BOUNDARIES.version.split("+")
    assert (name, len(hash_)) == ("otog-front-banner/2026.1", 8)
    changed = broken(tmp_path, lambda grids: grids["features"][0]["properties"].update(name="别名"))
    assert Boundaries.load(changed).version.split("+")[1] != hash_


def broken(folder: Path, change: Callable[[Any], object]) -> Path:
    shutil.copy(DATA / "divisions.csv", folder)
    grids = json.loads((DATA / "grids.geojson").read_bytes())
    change(grids)
    (folder / "grids.geojson").write_text(json.dumps(grids), encoding="utf-8")
    return folder


BOWTIE = {"type": "Polygon", "coordinates": [[[107, 38], [108, 39], [108, 38], [107, 39], [107, 38]]]}
METRES = {"type": "Polygon", "coordinates": [[[36e6, 4e6], [36.1e6, 4e6], [36e6, 4.1e6], [36e6, 4e6]]]}
SWAPPED = {"type": "Polygon", "coordinates": [[[38, 107], [38.1, 107], [38, 107.1], [38, 107]]]}
POINT = {"type": "Point", "coordinates": [107, 38]}


def features(change: Callable[[list[Any]], object]) -> Callable[[Any], object]:
    return lambda grids: change(grids["features"])


def properties(number: int, **changes: object) -> Callable[[Any], object]:
    return lambda grids: grids["features"][number - 1]["properties"].update(changes)


def geometry(number: int, value: object) -> Callable[[Any], object]:
    return lambda grids: grids["features"][number - 1].update(geometry=value)


def ring(number: int, value: object) -> Callable[[Any], object]:
    return geometry(number, {"type": "Polygon", "coordinates": [value]})


BROKEN_GRIDS: tuple[tuple[str, Callable[[Any], object], str], ...] = (
    # what is broken           how                                           what the message must say
    ("no version",             lambda grids: grids.pop("version"),           "top level: .*version"),
    ("no properties",          features(lambda all_: all_[1].pop("properties")), "feature 2: .*code and name"),
    ("a feature that is none", features(lambda all_: all_.insert(0, "x")),   "feature 1: .*properties code and name"),
    ("a code twice",           features(lambda all_: all_.append(all_[0])),  "feature 402: .*each code once"),
    ("a bare village",         features(lambda all_: [all_.pop() for _ in "123"]), "no grid of village 150623400498"),
    ("a short code",           properties(5, code="1506231"),                "feature 5: .*'1506231'; .*15 digits"),
    ("a code as a number",     properties(1, code=150623100001001),          "feature 1: .*15 digits"),
    ("an unknown village",     properties(1, code="150623999999001"),        "feature 1: .*known unit"),
    ("no name",                properties(3, name=" "),                      "feature 3: .*name ' '"),
    ("a point",                geometry(1, POINT),                           "feature 1 .*Point, .*one valid Polygon"),
    ("a bow tie",              geometry(1, BOWTIE),                          "feature 1 .*Self-intersection"),
    ("metres",                 geometry(1, METRES),                          "feature 1 .*bounds .*WGS-84 degrees"),
    ("latitude first",         geometry(1, SWAPPED),                         "feature 1 .*bounds .*longitude first"),
    ("no geometry",            geometry(7, None),                            "feature 7 .*one valid Polygon"),
    ("an empty polygon",       geometry(7, {"type": "Polygon", "coordinates": []}), "feature 7 .*one valid Polygon"),
    ("too short a ring",       ring(8, [[107, 38]]),                         "feature 8 .*one valid Polygon"),
    ("words for numbers",      ring(8, [["a", "b"]]),                        "feature 8 .*one valid Polygon"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [row[1:] for row in BROKEN_GRIDS], ids=[row[0] for row in BROKEN_GRIDS])
def test_broken_grids_are_refused_with_file_feature_and_what_is_right(
    tmp_path: Path, change: Callable[[Any], object], says: str
) -> None:
    with pytest.raises(BrokenDataError, match=f"grids.geojson, .*{says}"):
        Boundaries.load(broken(tmp_path, change))


BROKEN_DIVISIONS = (
    # text in place of divisions.csv, what the message must say
    ("", "line 1: .*code,name,level,parent"),
    ("code,name\n", "line 1: .*code,name,level,parent"),
    ("code,name,level,parent\n", "line 2: found no rows"),
    ("code,name,level,parent\n150623,旗,county,\n", "line 2: found level 'county'"),
    ("code,name,level,parent\n15062,旗,banner,\n", "line 2: found code '15062'; right is 6 digits"),
    ("code,name,level,parent\n150623,,banner,\n", "line 2: found name ''"),
    ("code,name,level,parent\n150623,旗,banner,\n150623100,镇,town,150624\n", "line 3: found parent '150624'"),
    ("code,name,level,parent\n150623,旗,banner,\n150624100,镇,town,150624\n", "line 3: found code 150624100"),
    ("code,name,level,parent\n150623,旗,banner,\n150623,旗,banner,\n", "line 3: found code 150623 a second time"),
    ("code,name,level,parent\n150623,旗\n", "line 2: found 2 fields; right is 4"),
)


@pytest.mark.parametrize(("text", "says"), BROKEN_DIVISIONS)
def test_broken_divisions_are_refused_with_file_line_and_what_is_right(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "divisions.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenDataError, match=f"divisions.csv, {says}"):
        Boundaries.load(tmp_path)


def test_divisions_saved_by_an_office_program_are_read(tmp_path: Path) -> None:
    folder = broken(tmp_path, lambda _: None)
    text = (DATA / "divisions.csv").read_text(encoding="utf-8")
    (folder / "divisions.csv").write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert Boundaries.load(folder).villages == BOUNDARIES.villages


def test_divisions_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text("code,name,level,parent\n150623,鄂托克前旗,banner,\n", encoding="gb18030")
    with pytest.raises(BrokenDataError, match=r"divisions.csv, encoding: .*right is UTF-8"):
        Boundaries.load(tmp_path)


def test_grids_that_are_no_json_are_refused(tmp_path: Path) -> None:
    folder = broken(tmp_path, lambda _: None)
    (folder / "grids.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(BrokenDataError, match=r"grids.geojson, top level: .*FeatureCollection"):
        Boundaries.load(folder)
