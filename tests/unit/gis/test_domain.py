"""Where gis says that a report belongs."""

from functools import partial

import pytest

from contracts.report import Datum, Location, LocationMethod, LocationOutcome, Point, ReportLocated, ReportNormalised
from contracts.territory import BANNER, Path, full_name
from contracts.topics import LOCATED, NORMALISED
from services.chassis.values import Decision, Outcome, Tick
from services.gis.boundaries import Boundaries
from services.gis.domain import decide, locate
from tests.builders import GRID, MORNING, OTHER_PATH, PATH, TOWN, VILLAGE, arrived, context, report

TOWN_CODE, UNKNOWN_CODE = TOWN.code, "150623999"


class Land:
    """Two grids side by side: west of 107° one, east of it the other, nothing beyond 106° and 108°."""

    version = "land/1"

    def fits(self, longitude: float, _latitude: float) -> tuple[Path, ...]:
        west, east = (PATH,) * (106 <= longitude <= 107), (OTHER_PATH,) * (107 <= longitude <= 108)
        return west + east

    def path(self, code: str) -> Path | None:
        return next((PATH[: n + 1] for n, unit in enumerate(PATH) if unit.code == code), None)


def at(longitude: float) -> Point:
    return Point(longitude=longitude, latitude=38.0, given_in=Datum.WGS84)


def place(point: Point | None = None, place_code: str | None = None) -> Location:
    return locate(Land(), report(point=point, place_code=place_code))


def test_a_point_in_one_grid_is_located_there_with_the_full_path() -> None:
    found = place(point=at(106.5))

    assert (found.outcome, found.method) == (LocationOutcome.LOCATED, LocationMethod.POINT)
    assert (found.path, found.candidates) == (PATH, ())
    assert found.why == f"坐标位于昂素镇{GRID.name}"


def test_a_point_on_a_border_fits_two_grids_and_belongs_to_what_they_share() -> None:
    found = place(point=at(107))

    assert (found.outcome, found.method) == (LocationOutcome.TWO_FIT, LocationMethod.POINT)
    assert (found.path, found.candidates) == ((BANNER, TOWN, VILLAGE), (PATH, OTHER_PATH))
    assert found.why == f"坐标在{full_name(PATH)}、{full_name(OTHER_PATH)}交界处"


def test_a_point_in_no_grid_is_outside_and_belongs_to_the_banner() -> None:
    found = place(point=at(109))

    assert (found.outcome, found.method, found.path) == (LocationOutcome.OUTSIDE, LocationMethod.POINT, (BANNER,))
    assert found.why == "坐标落在旗界之外"


def test_a_point_outside_stands_against_a_known_place_code_which_is_mentioned() -> None:
    found = place(point=at(109), place_code=TOWN_CODE)

    assert (found.outcome, found.path) == (LocationOutcome.OUTSIDE, (BANNER,))
    assert found.why == "坐标落在旗界之外，与地点代码（昂素镇）不符"


def test_a_point_inside_outweighs_a_place_code() -> None:
    assert place(point=at(107.5), place_code=GRID.code).path == OTHER_PATH


@pytest.mark.parametrize("depth", range(1, 5))
def test_without_a_point_a_place_code_of_any_level_locates(depth: int) -> None:
    found = place(place_code=PATH[depth - 1].code)

    assert (found.outcome, found.method) == (LocationOutcome.LOCATED, LocationMethod.PLACE_CODE)
    assert found.path == PATH[:depth]
    assert found.why == f"未提供坐标，地点代码对应{full_name(PATH[:depth])}"


@pytest.mark.parametrize(
    ("filled", "code"),
    [("150623000000", "150623"), ("150623103000", "150623103"), ("150623103200000", "150623103200")],
)
def test_a_place_code_may_be_filled_up_with_zeros(filled: str, code: str) -> None:
    assert place(place_code=filled).path[-1].code == code


def test_an_unknown_place_code_is_not_located_and_named() -> None:
    found = place(place_code=UNKNOWN_CODE)

    assert (found.outcome, found.method, found.path) == (LocationOutcome.NOT_LOCATED, LocationMethod.NONE, (BANNER,))
    assert found.why == f"未提供坐标，地点代码{UNKNOWN_CODE}不属于鄂托克前旗，无法确定网格"


def test_a_telephone_number_in_place_of_a_code_is_not_repeated() -> None:
    assert "地点代码139****1111不属于" in place(place_code="13900001111").why


def test_neither_point_nor_code_is_not_located() -> None:
    found = place()

    assert (found.outcome, found.path) == (LocationOutcome.NOT_LOCATED, (BANNER,))
    assert found.why == "未提供坐标和地点代码，无法确定网格"


def test_every_location_names_the_version_of_the_boundaries() -> None:
    places = [place(point=at(106.5)), place(point=at(107)), place(point=at(109)), place(place_code="1"), place()]

    assert {found.boundary_version for found in places} == {"land/1"}


def test_the_report_goes_on_whole_with_its_version_and_the_inputs_identity() -> None:
    given = ReportNormalised(version=7, report=report(point=at(106.5)))
    step = arrived(given, topic=NORMALISED)
    located, again = decide(Land(), None, step, context()), decide(Land(), None, step, context())

    (event,) = located.events
    assert isinstance(event.body, ReportLocated)
    assert (event.topic, event.body.version, event.body.report) == (LOCATED, 7, given.report)
    assert located == again


def test_time_brings_nothing_about() -> None:
    assert decide(Land(), None, Tick(MORNING), context()) == Decision(outcome=Outcome.NOTHING)


def test_the_real_boundaries_locate_the_middle_of_every_grid() -> None:
    boundaries = Boundaries.load()
    find = partial(locate, boundaries)

    for unit, area in zip(boundaries.grids, boundaries.areas, strict=True):
        middle = area.representative_point()
        point = Point(longitude=middle.x, latitude=middle.y, given_in=Datum.WGS84)
        assert find(report(point=point)).path[-1] == unit
