"""A case knows who has it, and who is above."""

import pytest

from contracts.case import Case
from contracts.territory import BANNER, Path, UnitRef
from tests.builders import GRID, PATH, TOWN, VILLAGE, assignment, case


def given_to(unit: UnitRef, path: Path = PATH) -> Case:
    return case(path=path, assignment=assignment(1, unit))


@pytest.mark.parametrize(("unit", "above"), [(GRID, VILLAGE), (VILLAGE, TOWN), (TOWN, BANNER), (BANNER, None)])
def test_above_a_unit_is_the_next_one_up_on_the_path(unit: UnitRef, above: UnitRef | None) -> None:
    assert given_to(unit).above() == above


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_the_path_in_charge_ends_with_the_unit_that_has_the_case(depth: int) -> None:
    assert given_to(PATH[depth - 1]).path_in_charge() == PATH[:depth]


def test_a_unit_below_the_known_path_stands_under_it() -> None:
    of = given_to(GRID, path=(BANNER, TOWN))
    assert of.path_in_charge() == (BANNER, TOWN, GRID)
    assert of.above() == TOWN
