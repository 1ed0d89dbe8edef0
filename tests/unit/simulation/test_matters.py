"""The table of matters, and the ways in which people write names, numbers and times."""

import re
from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest

from contracts.categories import LEAVES
from contracts.numerals import number
from contracts.territory import SHANGHAI
from contracts.topics import SUBMITTED
from services.gis.boundaries import Boundaries
from simulation.chance import chance, share
from simulation.matters import Manner, Matter, manner, matter, matters
from simulation.names import Names, numeral, stem, swapped
from simulation.times import ABSOLUTE, NOTATIONS, RELATIVE, write


@pytest.mark.parametrize("one", matters(), ids=lambda one: one.leaf)
def test_a_matter_has_texts_words_and_a_way_to_solve_it(one: Matter) -> None:
    assert one.leaf in LEAVES
    assert set(one.sources) <= set(SUBMITTED)
    assert sum(map(len, one.texts.values())) >= 3
    assert one.words
    assert one.done
    assert set(map(manner, one.sources)) == set(one.texts)


def test_there_are_many_matters_and_no_text_stands_twice() -> None:
    texts = [text for one in matters() for told in one.texts.values() for text in told]

    assert len({one.leaf for one in matters()}) == len(matters()) >= 60
    assert {leaf[:2] for one in matters() for leaf in [one.leaf]} == {leaf[:2] for leaf in LEAVES}
    assert len(set(texts)) == len(texts) > 400


def test_texts_have_no_other_slots_than_place_and_numbers() -> None:
    slots = Counter(
        slot
        for one in matters()
        for told in one.texts.values()
        for text in told
        for slot in re.findall(r"{(.*?)}", text)
    )

    assert set(slots) == {"place", "n", "m"}


def test_complaints_about_grid_members_do_not_come_from_them() -> None:
    about = [one for one in matters() if one.about]

    assert about
    assert not any(Manner.GRID in one.texts for one in about)


def test_a_matter_that_nothing_is_told_of_is_not_found() -> None:
    with pytest.raises(StopIteration):
        matter("150302")


@pytest.mark.parametrize("value", range(100))
def test_numerals_are_read_back(value: int) -> None:
    assert number(numeral(value)) == value


def test_names_vary_and_tell_no_more_than_they_say() -> None:
    boundaries = Boundaries.load()
    names = Names.of(boundaries.towns, boundaries.villages)
    random = Random(1)
    path = boundaries.path(boundaries.grids[40].code) or ()
    said = [names.say(random, path) for _ in range(300)]

    assert len({one.words for one in said}) > 100
    assert {len(one.tells) for one in said} == {9, 12, 15}
    assert all(("网格" in one.words) is (len(one.tells) == 15) for one in said)


def test_a_name_that_two_villages_share_is_never_said_without_its_town() -> None:
    boundaries = Boundaries.load()
    names = Names.of(boundaries.towns, boundaries.villages)
    shared = [boundaries.path(grid.code) or () for grid in boundaries.grids if grid.name.startswith("巴彦希里嘎查")]
    random = Random(1)

    assert shared
    for path in shared:
        for _ in range(50):
            said = names.say(random, path)
            assert path[1].name[:2] in said.words


@pytest.mark.parametrize(
    ("name", "bare", "other"),
    [("昂素镇", "昂素", "昂素苏木"), ("大沙头村", "大沙头", "大沙头嘎查"), ("网格", "网格", "网格")],
)
def test_the_word_for_a_units_kind_is_left_out_or_mistaken(name: str, bare: str, other: str) -> None:
    assert (stem(name), swapped(name)) == (bare, other)


NOON = datetime(2026, 3, 5, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("notation", ABSOLUTE)
def test_a_moment_is_exact_to_the_step_of_its_notation(notation: str) -> None:
    found = [write(Random(n), NOON - timedelta(minutes=n), NOON, by_hand=bool(n % 2)) for n in range(2000)]
    exact = [(n, said) for n, (name, _, said) in enumerate(found) if name == notation]

    assert exact
    for n, said in exact:
        lost = NOON - timedelta(minutes=n) - said
        assert timedelta(0) <= lost < timedelta(seconds=max(ABSOLUTE[notation][1], 1))


def test_what_is_longer_ago_than_the_day_before_yesterday_has_its_date() -> None:
    found = {write(Random(n), NOON - timedelta(days=4), NOON, by_hand=True)[0] for n in range(99)}

    assert RELATIVE not in found
    assert found <= set(NOTATIONS)


def test_days_are_counted_back_in_words() -> None:
    found = {write(Random(n), NOON - timedelta(hours=21), NOON, by_hand=True)[1] for n in range(99)}

    assert "昨天下午三点" in found


def test_chance_hangs_on_its_words_alone() -> None:
    assert share(1, "a") == share(1, "a") != share(1, "b")
    assert chance(1, "ab", "c").random() != chance(1, "a", "bc").random()
    assert 0.45 < sum(share(n) for n in range(1000)) / 1000 < 0.55
