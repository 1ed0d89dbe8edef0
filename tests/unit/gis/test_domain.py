"""Where gis says that a report belongs."""

from functools import partial

import pytest

from contracts.report import Datum, Location, LocationMethod, LocationOutcome, Point, ReportLocated, ReportNormalised
from contracts.territory import BANNER, Path, full_name
from contracts.topics import LOCATED, NORMALISED
from services.chassis.values import Decision, Outcome, Tick
from services.gis.atlas import Atlas
from services.gis.boundaries import Boundaries
from services.gis.domain import decide, locate
from services.gis.gazetteer import Gazetteer
from tests.builders import GRID, MORNING, OTHER_GRID, OTHER_PATH, PATH, TOWN, VILLAGE, arrived, context, report

TOWN_CODE, UNKNOWN_CODE = TOWN.code, "150623999"
PATHS = {path[-1].code: path for path in (*(PATH[:n] for n in range(1, 5)), OTHER_PATH)}
MEMBER, OTHER_MEMBER = "400001", "400002"


class Land:
    """Two grids side by side: west of 107° one, east of it the other, nothing beyond 106° and 108°."""

    def fits(self, longitude: float, _latitude: float) -> tuple[Path, ...]:
        west, east = (PATH,) * (106 <= longitude <= 107), (OTHER_PATH,) * (107 <= longitude <= 108)
        return west + east

    def shares(self, longitude: float, latitude: float, _metres: float) -> tuple[tuple[Path, float], ...]:
        fits = self.fits(longitude, latitude)
        return tuple((path, 1 / len(fits)) for path in fits)

    def path(self, code: str) -> Path | None:
        return PATHS.get(code)


LAND = Atlas(
    version="land/1",
    land=Land(),
    gazetteer=Gazetteer.of(PATHS),
    members={MEMBER: PATH, OTHER_MEMBER: OTHER_PATH},
)


def at(longitude: float, accuracy_m: float | None = None) -> Point:
    return Point(longitude=longitude, latitude=38.25, given_in=Datum.WGS84, accuracy_m=accuracy_m)


def place(point: Point | None = None, place_code: str | None = None, **fields: object) -> Location:
    return locate(LAND, report(point=point, place_code=place_code).model_copy(update=fields))


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


def test_a_point_inside_outweighs_a_place_code_which_makes_it_less_sure() -> None:
    found, alone = place(point=at(107.5), place_code=GRID.code), place(point=at(107.5))

    assert found.path == OTHER_PATH
    assert found.why == f"坐标位于{full_name(OTHER_PATH)}，与地点代码（{full_name(PATH)}）不符"
    assert (found.confidence or 0) < (alone.confidence or 0)
    assert [clue.unit for clue in found.clues] == [OTHER_GRID, GRID]


def test_a_place_code_that_names_the_points_village_makes_its_grid_surer() -> None:
    found, alone = place(point=at(107.5), place_code=VILLAGE.code), place(point=at(107.5))

    assert (found.path, found.method) == (OTHER_PATH, LocationMethod.POINT)
    assert found.why == f"坐标位于{full_name(OTHER_PATH)}，与地点代码相符"
    assert (found.confidence or 0) > (alone.confidence or 0)


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
    found = place(place_code="13900001111")

    assert "地点代码139****1111不属于" in found.why
    assert "13900001111" not in found.model_dump_json()


def test_neither_point_nor_code_nor_name_is_not_located() -> None:
    found = place()

    assert (found.outcome, found.path, found.confidence) == (LocationOutcome.NOT_LOCATED, (BANNER,), None)
    assert found.why == "未提供坐标和地点代码，无法确定网格"


def test_the_place_in_words_outweighs_the_text() -> None:
    found = place(place_name="昂素嘎查第二网格", text="昂素嘎查第1网格的井坏了")

    assert (found.path, found.method) == (OTHER_PATH, LocationMethod.PLACE_NAME)
    assert found.why == (f"未提供坐标，地点名称指向{full_name(OTHER_PATH)}，与文中地名（{full_name(PATH)}）不符")


def test_the_title_is_read_with_the_text() -> None:
    found = place(title="昂素嘎查纠纷", text="第2网格两户争执")

    assert (found.path, found.method) == (OTHER_PATH, LocationMethod.TEXT)
    assert found.why == f"未提供坐标，文中地名指向{full_name(OTHER_PATH)}"


def test_words_tell_which_side_of_a_border_it_was() -> None:
    found = place(point=at(107), text="昂素嘎查2网格的围栏倒了")

    assert (found.outcome, found.path) == (LocationOutcome.LOCATED, OTHER_PATH)
    assert found.why == (
        f"坐标在{full_name(PATH)}、{full_name(OTHER_PATH)}交界处，结合文中地名判断为{full_name(OTHER_PATH)}"
    )


def test_a_grid_member_who_says_nothing_of_the_place_reports_from_the_own_grid() -> None:
    found = place(department="grid-members", staff=OTHER_MEMBER)

    assert (found.path, found.method) == (OTHER_PATH, LocationMethod.OWN_GRID)
    assert found.why == f"未提供坐标，上报网格员所属网格为{full_name(OTHER_PATH)}"


def test_the_own_grid_makes_the_village_deeper_that_is_named_but_never_moves_a_grid() -> None:
    within = place(department="grid-members", staff=MEMBER, text="昂素嘎查停电")
    beside = place(department="grid-members", staff=MEMBER, text="昂素嘎查2网格停电")

    assert (within.path, beside.path) == (PATH, OTHER_PATH)
    assert beside.why.endswith(f"与上报网格员所属网格（{full_name(PATH)}）不符")


def test_the_own_grid_is_a_grid_members_and_no_other_sources() -> None:
    assert place(department="water", staff=MEMBER).outcome is LocationOutcome.NOT_LOCATED


def test_a_staff_number_that_nobody_has_is_said_so() -> None:
    found = place(department="grid-members", staff="499999")

    assert found.why == "未提供坐标和地点代码，上报人工号不在名册中，无法确定网格"


def test_a_direction_does_not_decide_alone_and_is_kept_as_a_clue() -> None:
    found = place(text="车辆往昂素镇方向行驶时侧翻")

    assert found.outcome is LocationOutcome.NOT_LOCATED
    assert found.why == "未提供坐标和地点代码，文中地名昂素镇只表示方向或距离，无法确定网格"
    assert [(clue.method, clue.unit) for clue in found.clues] == [(LocationMethod.TEXT, None)]


def test_a_list_of_many_names_is_no_place() -> None:
    atlas = Atlas.load()
    names = "、".join(name for name, paths in atlas.gazetteer.forms.items() if len(paths[0]) == 3)
    found = locate(atlas, report(text=f"慰问了{names}的老人"))

    assert found.outcome is LocationOutcome.NOT_LOCATED
    assert found.why == "未提供坐标和地点代码，文中地名超过8处，不作依据，无法确定网格"


def test_every_location_names_the_version_of_the_atlas() -> None:
    places = [place(point=at(106.5)), place(point=at(107)), place(point=at(109)), place(place_code="1"), place()]

    assert {found.boundary_version for found in places} == {"land/1"}


def test_the_report_goes_on_whole_with_its_version_and_the_inputs_identity() -> None:
    given = ReportNormalised(version=7, report=report(point=at(106.5)))
    step = arrived(given, topic=NORMALISED)
    located, again = decide(LAND, None, step, context()), decide(LAND, None, step, context())

    (event,) = located.events
    assert isinstance(event.body, ReportLocated)
    assert (event.topic, event.body.version, event.body.report) == (LOCATED, 7, given.report)
    assert event.body.about == ()
    assert located == again


def test_the_unit_that_a_report_is_about_travels_with_its_place() -> None:
    given = ReportNormalised(version=1, report=report(point=at(106.5), about_unit=VILLAGE.code))
    (event,) = decide(LAND, None, arrived(given, topic=NORMALISED), context()).events

    assert isinstance(event.body, ReportLocated)
    assert (event.body.location.path, event.body.about) == (PATH, PATH[:3])


def test_time_brings_nothing_about() -> None:
    assert decide(LAND, None, Tick(MORNING), context()) == Decision(outcome=Outcome.NOTHING)


def test_the_real_boundaries_locate_the_middle_of_every_grid() -> None:
    boundaries = Boundaries.load()
    find = partial(locate, Atlas.load())

    for unit, area in zip(boundaries.grids, boundaries.areas, strict=True):
        middle = area.representative_point()
        point = Point(longitude=middle.x, latitude=middle.y, given_in=Datum.WGS84)
        assert find(report(point=point)).path[-1] == unit
