"""The simulation itself is tested: a bug planted in the code is found, by one of the first seeds."""

import re

import pytest

from tests.seeds.beside import Beside
from tests.seeds.bugs import BUGS, Bug


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug, beside: Beside) -> None:
    done = beside.planted[bug.name].result()
    found = re.search(r"^seed (\d+): \d+ offences.*\n.*", done.said, re.MULTILINE)
    assert done.code == 1, done.said
    assert found, done.said
    print(f"{bug.name}: {found.group()}")  # noqa: T201 - which seed found it


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_to_plant_fits_one_place_in_the_code(bug: Bug) -> None:
    assert bug.fits
    compile(bug.planted(), bug.file, "exec")
