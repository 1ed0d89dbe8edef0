"""Points with their likely error, and points that systems fill in where they know none."""

import math

import pytest
import shapely

from contracts.report import Datum, Location, LocationMethod, LocationOutcome, Point
from contracts.territory import BANNER
from services.gis.atlas import Atlas
from services.gis.boundaries import Boundaries
from services.gis.circles import METRES_A_DEGREE, circle
from services.gis.domain import locate
from services.gis.draw import outline
from tests.builders import report

ATLAS, BOUNDARIES = Atlas.load(), Boundaries.load()
CODE, TOWN = "150623103200001", "150623103"
DEGREES = METRES_A_DEGREE * math.cos(math.radians(38.3))
"""Metres a degree of longitude has in the banner."""


def find(longitude: float, latitude: float, accuracy_m: float | None = None, **fields: object) -> Location:
    point = Point(longitude=longitude, latitude=latitude, given_in=Datum.WGS84, accuracy_m=accuracy_m)
    return locate(ATLAS, report(point=point).model_copy(update=fields))


def border() -> tuple[tuple[float, float], set[str]]:
    """The middle of the longest straight border between two grids, and their codes."""
    pairs = shapely.STRtree(BOUNDARIES.areas).query(BOUNDARIES.areas, predicate="touches").T
    shared = {(a, b): BOUNDARIES.areas[a].intersection(BOUNDARIES.areas[b]) for a, b in pairs.tolist() if a < b}
    lines = {pair: line for pair, line in shared.items() if line.geom_type == "LineString" and len(line.coords) == 2}
    pair = max(lines, key=lambda each: lines[each].length)
    middle = lines[pair].interpolate(0.5, normalized=True)
    return (middle.x, middle.y), {BOUNDARIES.grids[i].code for i in pair}


BORDER, BESIDE = border()


def middle(code: str = CODE) -> tuple[float, float]:
    """The point of the unit that is farthest from its border."""
    grids = zip(BOUNDARIES.grids, BOUNDARIES.areas, strict=True)
    area = shapely.union_all([area for grid, area in grids if grid.code.startswith(code)])
    inside = shapely.maximum_inscribed_circle(area).coords[0]
    return inside[0], inside[1]


def test_a_circle_within_one_grid_is_located_there() -> None:
    found = find(*middle(), accuracy_m=30)
    assert (found.outcome, found.path[-1].code, found.confidence) == (LocationOutcome.LOCATED, CODE, 0.99)


def test_a_circle_on_a_border_has_both_grids_as_candidates_by_share_and_what_they_share_as_its_place() -> None:
    found = find(*BORDER, accuracy_m=50)

    assert found.outcome is LocationOutcome.TWO_FIT
    assert {path[-1].code for path in found.candidates} == BESIDE
    assert found.path == tuple(unit for unit in found.candidates[0] if unit in found.candidates[1])
    assert found.confidence == 0.99
    assert found.why.startswith("坐标误差50米，可能在")
    assert found.why.count("（50%）") == 2


def test_a_circle_of_which_nine_tenths_lie_in_one_grid_is_located_there_and_as_sure_as_its_share() -> None:
    metres = 50.0
    for step in range(-100, 101):
        longitude = BORDER[0] + step / DEGREES
        shares = dict(BOUNDARIES.shares(longitude, BORDER[1], metres))
        largest = max(shares.values())
        found = find(longitude, BORDER[1], metres)
        assert (found.outcome is LocationOutcome.LOCATED) == (largest >= 0.9)
        if 0.9 <= largest < 0.99:
            assert found.confidence == pytest.approx(largest, abs=0.001)
            assert f"坐标误差50米，{largest:.0%}位于" in found.why


def test_a_name_tells_which_of_the_grids_in_the_circle_it_was() -> None:
    code = min(BESIDE)
    path = BOUNDARIES.path(code)
    assert path is not None
    found = find(*BORDER, accuracy_m=50, place_name="".join(unit.name for unit in (path[1], path[-1])))
    assert (found.outcome, found.path) == (LocationOutcome.LOCATED, path)


def edge() -> tuple[float, float]:
    west, south, east, north = outline().bounds
    line = shapely.LineString([(west - 1, (south + north) / 2), (east + 1, (south + north) / 2)])
    crossing = line.intersection(outline())
    return crossing.bounds[0], crossing.bounds[1]


def test_a_circle_over_the_outline_says_how_much_of_it_lies_outside() -> None:
    found = find(*edge(), accuracy_m=100)
    assert found.outcome in {LocationOutcome.LOCATED, LocationOutcome.TWO_FIT}
    assert "落在旗界之外" in found.why
    assert 0.2 < (found.confidence or 0) < 0.8


def test_a_circle_nearly_all_outside_is_outside() -> None:
    longitude, latitude = edge()
    steps = (longitude - metres / DEGREES for metres in range(0, 300, 5))
    west = next(step for step in steps if sum(share for _, share in BOUNDARIES.shares(step, latitude, 100)) < 0.1)
    assert BOUNDARIES.shares(west, latitude, 100)
    found = find(west, latitude, accuracy_m=100)
    assert (found.outcome, found.path, found.why) == (LocationOutcome.OUTSIDE, (BANNER,), "坐标落在旗界之外")


def test_names_outweigh_a_point_with_an_error_of_kilometres() -> None:
    found = find(*middle(TOWN), accuracy_m=6_000, text="城川镇大场子村停水")
    assert (found.path[-1].name, found.method) == ("大场子村", LocationMethod.TEXT)
    assert "与误差很大的坐标（昂素镇" in found.why


def test_a_rough_point_alone_tells_the_unit_that_holds_its_circle_and_is_not_sure() -> None:
    found = find(*middle(TOWN), accuracy_m=6_000)
    assert found.outcome is LocationOutcome.LOCATED
    assert found.path[1].name == "昂素镇"
    assert len(found.path) < 4
    assert (found.confidence or 1) <= 0.4


def test_a_rough_point_outside_does_not_stand_against_a_name() -> None:
    found = find(100.5, 38.5, accuracy_m=6_000, text="城川镇大场子村停水")
    assert (found.outcome, found.path[-1].name) == (LocationOutcome.LOCATED, "大场子村")


def test_a_point_with_an_error_of_fifty_kilometres_is_no_clue() -> None:
    found = find(*middle(), accuracy_m=60_000)
    assert (found.outcome, found.clues[0].unit) == (LocationOutcome.NOT_LOCATED, None)
    assert found.why == "未提供地点代码，坐标误差约60公里，不作依据，无法确定网格"


WATER = next(office for office in ATLAS.offices if office.department == "water")
CENTRE = next(office for office in ATLAS.offices if office.department == "*")
FILLED_IN = (
    # longitude, latitude, what it is
    (0.0, 0.0, "默认值（0，0）"),
    (-0.0115, -0.0098, "默认值（0，0）"),  # 0, 0 in BD-09
    (107.0, 38.0, "整度数（107，38）"),
    (WATER.longitude, WATER.latitude, "来源部门办公地点"),
    (WATER.longitude + 28 / DEGREES, WATER.latitude, "来源部门办公地点"),
    (CENTRE.longitude, CENTRE.latitude, "地图给全旗的默认点"),
)


@pytest.mark.parametrize(("longitude", "latitude", "what"), FILLED_IN)
def test_a_point_that_was_filled_in_is_set_aside_and_other_clues_decide(
    longitude: float, latitude: float, what: str
) -> None:
    named, alone = find(longitude, latitude, place_name="大场子村"), find(longitude, latitude)

    assert named.why == f"坐标为{what}，不作依据，地点名称指向城川镇大场子村"
    assert [(clue.method, clue.unit is None) for clue in named.clues] == [
        (LocationMethod.PLACE_NAME, False),
        (LocationMethod.POINT, True),
    ]
    assert (alone.outcome, alone.path) == (LocationOutcome.NOT_LOCATED, (BANNER,))


def test_an_office_is_a_default_for_its_own_department_only_and_only_there() -> None:
    assert find(WATER.longitude, WATER.latitude, department="police").method is LocationMethod.POINT
    assert find(WATER.longitude + 32 / DEGREES, WATER.latitude).method is LocationMethod.POINT


def test_the_circle_has_its_radius_in_metres_in_every_direction() -> None:
    around = circle(107.5, 38.3, 1000.0)
    west, south, east, north = around.bounds
    assert (east - west) * METRES_A_DEGREE * math.cos(math.radians(38.3)) == pytest.approx(2000, rel=1e-3)
    assert (north - south) * METRES_A_DEGREE == pytest.approx(2000, rel=1e-3)


def test_the_shares_of_a_circle_inside_sum_up_to_one() -> None:
    for metres in (1, 100, 3_000, 10_000):
        assert sum(share for _, share in BOUNDARIES.shares(107.5, 38.3, metres)) == pytest.approx(1)
