"""The rows of `make laws` and the bugs to plant still fit: each names one place in the code; each law has two rows."""

from collections import Counter
from pathlib import Path

import pytest

from tests.lives.bugs import IN_DAYS, IN_LIVES
from tests.mutants.rows import Mutant
from tests.mutants.table import MUTANTS
from tests.seeds.bugs import Bug

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("row", MUTANTS, ids=lambda row: f"law {row.law}, {row.broken}")
def test_a_way_to_break_a_law_names_one_place_and_a_test_that_exists(row: Mutant) -> None:
    assert (ROOT / row.file).read_text(encoding="utf-8").count(row.old) == 1
    file, _, test = row.test.partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8")


def test_each_law_is_broken_in_at_least_two_ways() -> None:
    counts = Counter(row.law for row in MUTANTS)
    assert {law: counts[law] >= 2 for law in range(1, 10)} == dict.fromkeys(range(1, 10), True)


@pytest.mark.parametrize("bug", [*IN_LIVES, *(bug for _, bug in IN_DAYS)], ids=lambda bug: bug.name)
def test_a_bug_that_the_lives_and_the_days_must_meet_fits_one_place(bug: Bug) -> None:
    assert bug.fits
    compile(bug.planted(), bug.file, "exec")
