"""Thousands of days of trouble on virtual time: no seed shows an offence, each repeats itself, and faults do strike."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from contracts.case import AssignedBecause, CaseEventKind
from tests.seeds.beside import ROOT, SEEDS, Beside
from tests.seeds.live import Lived

YEAR = 365 * 24 * 3600.0
SHOWN = 3

LEAST = {
    # what must have struck, over all seeds, at least how often
    "crash": 500,
    "crash amid write": 50,
    "crash amid publish": 50,
    "unavailable": 5000,
    "stall": 500,
    "slow": 5000,
    "partial write": 500,
    "partial publish": 500,
    "late write": 100,
    "late publish": 100,
    "uncommitted": 500,
    "refused": 100,
    "failed": 500,
    "unanswered": 100,
    "outage of broker": 100,
    "outage of database": 100,
    "broker down": 500,
    "database down": 500,
    "backlog before start": 100,
    "kill": 100,
    "stopped in peace": 100,
    "a service away": 100,
    "clock jump": 100,
    "rebalance": 10_000,
    "zombie": 500,
    "zombie wrote": 100,
    "zombie published": 100,
    "zombie's commit refused": 100,
    "write lost to another": 100,
    "redelivered": 5000,
    "defect": 300,
    "reordered across partitions": 500,
    "recalled document": 50_000,
    "outdated document": 500,
    "another table": 100,
    "ordered": 500,
    "obeyed": 100,
}
POINTS = (
    "load", "write", "record", "publish", "commit", "clock", "ends", "intents", "due", "intend", "fulfilled", "send",
)  # fmt: skip
"""Calls before and after each of which processes must have died."""


OFTEN = 30
"""Over all seeds, at least so often each kind of thing must have happened to a case, and each reason have moved one."""


@pytest.fixture(scope="module")
def lived(beside: Beside) -> list[Lived]:
    return beside.lived.result()


@pytest.fixture(scope="module")
def struck(lived: list[Lived]) -> Counter[str]:
    return sum((one.struck for one in lived), Counter())


def test_no_seed_shows_an_offence(lived: list[Lived]) -> None:
    bad = [one for one in lived if one.offences]
    told = "\n".join(map(str, bad[:SHOWN]))
    assert not bad, f"{len(bad)} of {len(lived)} seeds show offences, such as\n{told}"


def test_together_they_last_a_year_at_least(lived: list[Lived]) -> None:
    assert len(lived) == SEEDS
    assert sum(one.seconds for one in lived) > YEAR


def test_each_seed_has_something_to_lose(lived: list[Lived]) -> None:
    assert min(one.records for one in lived) > 3
    assert sum(one.records for one in lived) > 50 * SEEDS


@pytest.mark.parametrize(("what", "least"), LEAST.items(), ids=LEAST)
def test_a_kind_of_fault_has_struck_often_enough(struck: Counter[str], what: str, least: int) -> None:
    found = sum(times for name, times in struck.items() if name == what or name.startswith((f"{what} ", f"{what},")))
    assert found >= least


@pytest.fixture(scope="module")
def happened(lived: list[Lived]) -> Counter[str]:
    return sum((one.happened for one in lived), Counter())


@pytest.mark.parametrize("kind", CaseEventKind)
def test_each_kind_of_thing_has_happened_to_cases_often_enough(happened: Counter[str], kind: CaseEventKind) -> None:
    assert sum(times for what, times in happened.items() if what.startswith(f"{kind.value} ")) >= OFTEN


@pytest.mark.parametrize("because", AssignedBecause)
def test_each_reason_has_moved_cases_often_enough(happened: Counter[str], because: AssignedBecause) -> None:
    assert sum(times for what, times in happened.items() if what.endswith(f" {because.value}")) >= OFTEN


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_processes_have_died_at_each_point(struck: Counter[str], side: str, point: str) -> None:
    assert struck[f"crash {side} {point}"] > 0


def test_a_seed_repeats_itself_exactly_in_another_process_with_other_hashes() -> None:
    first, second = (_traced(17, hashes) for hashes in ("1", "2"))
    assert first.count("\n") > 100
    assert first == second


def test_the_trace_tells_the_seed_as_it_is_lived_among_many(lived: list[Lived]) -> None:
    assert f"digest {lived[17].digest}" in _traced(17, "3")


def _traced(seed: int, hashes: str) -> str:
    env = {**os.environ, "PYTHONHASHSEED": hashes}
    argv = [sys.executable, "-m", "tests.seeds", "--seed", str(seed)]
    return subprocess.run(argv, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
