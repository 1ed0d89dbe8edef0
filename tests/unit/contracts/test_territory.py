"""Names of places: with the town before it, a unit's name is unambiguous, and nothing in it stands twice."""

import pytest

from contracts.territory import BANNER, Level, Path, UnitRef, full_name, office
from services.gis.boundaries import Boundaries
from tests.builders import PATH


def path(*names: str) -> Path:
    levels = (Level.TOWN, Level.VILLAGE, Level.GRID)
    codes = ("150623102", "150623102201", "150623102201003")
    below = (
        UnitRef(code=code, name=name, level=level) for code, name, level in zip(codes, names, levels, strict=False)
    )
    return (BANNER, *below)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "鄂托克前旗"),
        (("城川镇",), "城川镇"),
        (("城川镇", "巴彦希里嘎查"), "城川镇巴彦希里嘎查"),
        (("城川镇", "巴彦希里嘎查", "巴彦希里嘎查第3网格"), "城川镇巴彦希里嘎查第3网格"),
        (("城川镇", "巴彦希里嘎查", "牧区网格"), "城川镇巴彦希里嘎查牧区网格"),
        (("上海庙经济开发区", "上海庙经济开发区虚拟社区"), "上海庙经济开发区虚拟社区"),
        (
            ("上海庙经济开发区", "上海庙经济开发区虚拟社区", "上海庙经济开发区虚拟社区第1网格"),
            "上海庙经济开发区虚拟社区第1网格",
        ),
    ],
)
def test_a_full_name_goes_from_the_town_down_and_says_nothing_twice(names: tuple[str, ...], said: str) -> None:
    assert full_name(path(*names)) == said


def test_at_the_banner_the_centre_acts_and_below_the_unit_itself() -> None:
    assert [office(PATH[:depth]) for depth in range(5)] == [
        "旗综治中心",
        "旗综治中心",
        "昂素镇",
        "昂素镇昂素嘎查",
        "昂素镇昂素嘎查第1网格",
    ]


def test_an_empty_path_is_the_banner() -> None:
    assert full_name(()) == BANNER.name


def test_no_two_units_of_the_banner_have_the_same_full_name() -> None:
    boundaries = Boundaries.load()
    units = (BANNER, *boundaries.towns, *boundaries.villages, *boundaries.grids)
    paths = [boundaries.path(unit.code) for unit in units]
    assert len({full_name(found or ()) for found in paths}) == len(units)
    assert len({unit.name for unit in units}) < len(units), "else units' own names would do"


def test_the_scene_of_the_tests_is_a_place_of_the_banner() -> None:
    assert Boundaries.load().path(PATH[-1].code) == PATH
