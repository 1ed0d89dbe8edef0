"""Names in running text: every unit under every form of its name, in any frame, and nothing where there is none."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.territory import Level, Path
from services.gis import gazetteer
from services.gis.atlas import Atlas
from services.gis.boundaries import Boundaries
from services.gis.names import NOT_ALONE, OTHERS
from services.gis.numbered import grids_in
from services.gis.paths import leads_to
from services.gis.reading import MANY, read

BOUNDARIES, GAZETTEER = Boundaries.load(), Atlas.load().gazetteer
PATHS = tuple(BOUNDARIES.paths.values())
UNITS = tuple(path for path in PATHS if path[-1].level is not Level.GRID)
GRIDS = tuple(path for path in PATHS if path[-1].level is Level.GRID)
NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")

# Words that stand around names in reports, and hold no name.
BEFORE = ("", "我家在", "您好,", "昨天下午", "网格员在", "牧民住在", "位于", "发生地点:", "2026年3月5日,", "接到")
BEHIND = ("", "的井坏了。", "两户牧民吵架", ",请尽快处理。", "(东头)", "附近着火", "牧民反映停电", " 13900001111")
FILLERS = (
    "水井水泵损坏",
    "路基被雨水冲空",
    "草场纠纷",
    "乌云密布",
    "统一安排",
    "社区活动",
    "城市建设",
    "三户",
    "网格员走访",
    "巴",
    "苏木",
)

FRAMES = tuple(product(BEFORE, BEHIND))


def found(text: str) -> tuple[Path, ...]:
    return read(GAZETTEER, text).places


def test_every_official_name_is_found_in_every_frame() -> None:
    lost = [(path, frame) for path in UNITS[1:] for frame in FRAMES if path not in found(path[-1].name.join(frame))]
    assert lost == []


@pytest.mark.parametrize("form", sorted(GAZETTEER.forms))
def test_every_form_of_a_name_finds_its_units_or_the_one_above_them(form: str) -> None:
    senses = [path for path in GAZETTEER.forms[form] if len(path) > 1]
    for frame in FRAMES:
        places = found(form.join(frame))
        assert all(any(leads_to(place, sense) for place in places) for sense in senses), frame
        assert set(places) <= set(senses), frame


def test_every_grid_is_found_by_village_and_number_in_digits_or_chinese() -> None:
    for path in GRIDS:
        number = int(path[-1].code[-3:])
        for numeral in (str(number), NUMERALS[number]):
            for frame in FRAMES[::7]:
                assert found(f"{path[1].name}{path[2].name}第{numeral}网格".join(frame)) == (path,)
                assert path in found(f"{path[2].name}{numeral}号网格".join(frame))


def test_a_town_before_a_village_leaves_one_village() -> None:
    for path in UNITS[6:]:
        assert {found(f"{path[1].name}{path[2].name}".join(frame)) for frame in FRAMES} == {(path,)}


@given(st.lists(st.sampled_from((*BEFORE, *BEHIND, *FILLERS)), max_size=30))
def test_a_text_without_a_name_finds_nothing(parts: list[str]) -> None:
    assert list(GAZETTEER.mentions("".join(parts))) == []


def test_of_a_list_of_names_no_more_is_read_than_shows_that_it_is_one() -> None:
    assert len(found("、".join(path[-1].name for path in UNITS[6:]))) == MANY + 1


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    read(GAZETTEER, text)


@given(st.lists(st.sampled_from((*GAZETTEER.forms, "巴彦", "第", "2", "网格", "、", "昂", ",")), max_size=12))
def test_the_leftmost_and_longest_name_counts(parts: list[str]) -> None:
    text = "".join(parts)
    naive = re.compile("|".join(sorted((*GAZETTEER.forms, *OTHERS), key=len, reverse=True)))
    assert [m[0] for m in GAZETTEER._pattern.finditer(text)] == [m[0] for m in naive.finditer(text)]


def test_a_stem_that_is_an_ordinary_word_is_a_name_before_a_numbered_grid() -> None:
    for path in (path for path in GRIDS if gazetteer._stem(path[2].name) in NOT_ALONE):
        stem, number = gazetteer._stem(path[2].name), int(path[-1].code[-3:])
        for written in (f"第{number}网格", f"第{NUMERALS[number]}号网格", f" {number}网格"):
            assert found(f"我家在{stem}{written}附近") == (path,)
        assert found(f"我家在{stem}{number}号网格员家附近") == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("城川村民反映停电", ["城川镇"]),
        ("玛拉迪村民反映停电", ["玛拉迪社区", "玛拉迪嘎查"]),
        ("克珠日村民反映停电", ["克珠日村"]),
        ("大场子村民反映停电", ["大场子村"]),
        ("八一村民反映停电", ["八一村"]),
        ("上海庙村民反映停电", ["上海庙镇", "上海庙经济开发区"]),
    ],
)
def test_villagers_are_not_taken_for_the_end_of_a_name(text: str, names: list[str]) -> None:
    assert [path[-1].name for path in found(text)] == names


def test_every_stem_is_in_use_or_on_the_list_of_those_that_are_not() -> None:
    stems = {gazetteer._stem(path[-1].name) for path in UNITS}
    assert NOT_ALONE.keys() <= stems
    assert stems - NOT_ALONE.keys() <= GAZETTEER.forms.keys()


@pytest.mark.parametrize("stem", sorted(NOT_ALONE))
def test_a_stem_that_is_an_ordinary_word_is_no_name(stem: str) -> None:
    assert found(f"请看{stem}的事") == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第5网格", [(5,)]),
        ("五网格", [(5,)]),
        ("第二十三号网格", [(23,)]),
        ("第1、2网格", [(1, 2)]),
        ("第一、第三网格", [(1, 3)]),
        ("3至6网格", [(3, 4, 5, 6)]),
        ("1网格和2网格", [(1,), (2,)]),
        ("网格", []),
        ("统一网格", []),
        ("第一网格员", []),
        ("四级网格化管理", []),
        ("401个网格", []),
    ],
)
def test_numbers_of_grids_are_read_as_people_write_them(text: str, numbers: list[tuple[int, ...]]) -> None:
    assert [each.numbers for each in grids_in(text)] == numbers


@pytest.mark.parametrize(
    "text", ["第9网格昂素" * 3000, "昂素镇" * 6000, "一" * 20_000 + "网格", "网格" * 10_000, "大场子村1、2网格" * 2000]
)
def test_a_text_of_twenty_thousand_characters_that_repeats_itself_is_read_in_one_pass(text: str) -> None:
    read(GAZETTEER, text)
