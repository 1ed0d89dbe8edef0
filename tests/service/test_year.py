"""A small year of the banner on the virtual clock, by the services' own decisions; and that it sees what it is for."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest

from contracts.case import ClockClass
from contracts.categories import CATEGORIES
from contracts.report import Classification, ClassifiedBy
from contracts.territory import Level
from services.escalation import calendar, terms, validate
from services.escalation.obligation import obligation
from tests.builders import PATH, assignment, case
from tests.seeds.bugs import Bug
from tests.year.bugs import PLANTED
from tests.year.facts import DAY, Book, known
from tests.year.run import Lived, year
from tests.year.world import START, WORKING, World

ROOT: Final = Path(__file__).parents[2]
SEED, CASES = 20261130, 1_500
MOST: Final = 20_000
"""Cases in which a planted bug must show."""


@pytest.fixture(scope="module")
def lived() -> Lived:
    whole = Lived()
    for portion in year(SEED, CASES, 0):
        whole.add(portion)
    return whole


def test_no_clock_of_a_small_year_rings_early_never_twice_or_without_need(lived: Lived) -> None:
    assert lived.cases == CASES
    assert not lived.offences, "\n".join(offence.line() for offence in lived.offences[:20])
    assert lived.late < timedelta(seconds=2), "later than a turn after it could ring"


@pytest.mark.parametrize(
    "what",
    ["warned", "pressing", "breached", "overdue", "rescheduled", "extended", "suspended", "resumed", "moot", "kept"],
)
def test_each_kind_of_thing_has_happened_in_it(lived: Lived, what: str) -> None:
    assert lived.said[what] >= 20


def test_its_reports_come_from_all_401_grids_and_over_all_months() -> None:
    world = World.of(SEED)
    lives = [world.life(number) for number in range(CASES)]
    assert len(world.grids) == 401
    assert {life.at.astimezone(START.tzinfo).month for life in lives} == set(range(1, 13))


def test_services_are_away_over_the_festival_the_years_end_and_many_midnights() -> None:
    world = World.of(SEED)
    for weather in world.weather.values():
        hours = [(until - since) / timedelta(hours=1) for since, until in weather.away]
        assert sum(hours) > 100
        assert max(hours) > 20
        year_end = datetime(2024, 12, 31, 16, tzinfo=UTC)
        assert weather.back(year_end) > year_end


@pytest.mark.parametrize("file", [terms.FILE, WORKING], ids=lambda file: file.name)
def test_the_judges_own_reckoning_agrees_with_escalations_on_every_kind_of_term(file: Path) -> None:
    book, tables, random = Book.read(file, calendar.FILE), validate.load(file), Random(SEED)
    for _ in range(1_000):
        start = datetime(2024, 10, 1, tzinfo=UTC) + random.random() * 500 * DAY
        clock, level, code = random.choice([*ClockClass]), random.choice([*Level]), random.choice([None, *CATEGORIES])
        unit = next(unit for unit in PATH if unit.level is level)
        classified = Classification(code=code, zh="", by=ClassifiedBy.CODE, confidence=1, version="test")
        given = case(clock=clock, classified=classified, assignment=assignment(unit=unit, assigned_at=start))
        assert obligation(tables, given).at == book.due(clock.value, level.value, code, start, known)


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_fits_where_it_is_to_be_planted(bug: Bug) -> None:
    assert bug.fits


@pytest.mark.slow
@pytest.mark.parametrize(("bug", "kind"), PLANTED.items(), ids=lambda each: getattr(each, "name", each))
def test_a_year_with_a_bug_in_the_code_names_offenders(bug: Bug, kind: str) -> None:
    argv = [sys.executable, "-m", "tests.year.plant", bug.name, "--cases", str(MOST), "--stop"]
    ended = subprocess.run(argv, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    assert f"{kind}: case 1-" in ended.stdout
