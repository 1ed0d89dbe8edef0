"""The simulation itself is tested: a bug planted in the code is found, by one of the first seeds."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.seeds.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
SEEDS = 200
SECONDS = 600.0

Done = subprocess.CompletedProcess[str]


def lived_with(bug: Bug) -> Done:
    argv = [sys.executable, "-m", "tests.seeds.plant", bug.name, "--seeds", str(SEEDS), "--stop"]
    return subprocess.run(argv, cwd=ROOT, check=False, capture_output=True, text=True, timeout=SECONDS)


@pytest.fixture(scope="module")
def runs() -> Iterator[Mapping[str, Future[Done]]]:
    """All of them, begun at once, as many beside each other as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {bug.name: pool.submit(lived_with, bug) for bug in BUGS}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug, runs: Mapping[str, Future[Done]]) -> None:
    done = runs[bug.name].result()
    found = re.search(r"^seed (\d+): \d+ offences.*\n.*", done.stdout, re.MULTILINE)
    assert done.returncode == 1, done.stdout + done.stderr
    assert found, done.stdout + done.stderr
    print(f"{bug.name}: {found.group()}")  # noqa: T201 - which seed found it


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_to_plant_fits_one_place_in_the_code(bug: Bug) -> None:
    assert bug.fits
    compile(bug.planted(), bug.file, "exec")
