"""The tree of categories hangs together, and its codes mean what they meant."""

import pytest

from contracts.categories import CATEGORIES, LEAVES, UNDECIDED, lineage, named, within


@pytest.mark.parametrize("code", CATEGORIES)
def test_every_code_has_two_four_or_six_digits_and_a_parent(code: str) -> None:
    assert code.isdigit()
    assert len(code) in {2, 4, 6}
    assert set(lineage(code)) <= CATEGORIES.keys()


def test_every_branch_ends_in_leaves_of_the_third_level() -> None:
    branches = {above for leaf in LEAVES for above in lineage(leaf)}
    assert branches == CATEGORIES.keys()


def test_siblings_have_names_of_their_own() -> None:
    named_below = {(code[:-2], name) for code, name in CATEGORIES.items()}
    assert len(named_below) == len(CATEGORIES)


def test_disputes_are_of_ten_kinds() -> None:
    assert sum(len(code) == 4 and within(code, "14") for code in CATEGORIES) == 10


def test_a_category_is_named_from_the_first_level_down() -> None:
    assert named("140301") == "矛盾纠纷/草场纠纷/草场界线"
    assert named("14") == "矛盾纠纷"
    assert named(None) == UNDECIDED


def test_a_category_lies_within_itself_and_all_above_it() -> None:
    assert all(within("140301", above) for above in ("14", "1403", "140301"))
    assert not within("14", "1403")
    assert not within(None, "14")


def test_a_code_of_any_length_has_three_levels_at_the_most() -> None:
    assert lineage("140301") == ("14", "1403", "140301")
    assert lineage("1" * 20_001) == ("11", "1111", "111111")
