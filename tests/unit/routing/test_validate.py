"""The proof of the table: rows in vain and reports without a row are found, all of them and no others."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.case import Facts
from contracts.categories import CATEGORIES
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER
from services.chassis.tables import BrokenTableError
from services.gis.boundaries import Boundaries
from services.routing.rules import FILE, read
from services.routing.validate import faults, kinds, load, main
from tests import builders
from tests.unit.routing.rulebook import LAST, TABLE, row, table, written

SOURCES: Final = ("water", "police", "one-of-tomorrow")

DEAD: tuple[tuple[tuple[str, ...], list[str]], ...] = (
    # rows                                                                              those in vain
    ((row("a", 'category = ["0201"]'), row("b", 'category = ["020101"]')),              ["b"]),
    ((row("a", 'category = ["020101"]'), row("b", 'category = ["0201"]')),              []),
    ((row("a", "people_min = 10"), row("b", "people_min = 50")),                        ["b"]),
    ((row("a", "people_min = 50"), row("b", "people_min = 10")),                        []),
    ((row("a", "people_min = 50, people_max = 10"),),                                   ["a"]),
    ((row("a", 'category = ["02"], not_category = ["0201", "0202", "0203"]'),),         []),
    ((row("a", 'category = ["020101"], not_category = ["02"]'),),                       ["a"]),
    ((row("a"), row("b", 'source = ["water"]')),                                        ["b", "last"]),
    ((row("a", "solved = true"), row("b", "solved = false")),                           ["last"]),
    # only both together take all that fits the third
    ((row("a", 'urgency = ["urgent"]'), row("b", 'urgency = ["ordinary", "life_threatening"], category = ["02"]'),
      row("c", 'category = ["0201"]')),                                                 ["c"]),
    # the subcategories of a category take all but what is decided no deeper
    ((row("a", 'category = ["0201", "0202", "0203"]'), row("b", 'category = ["02"]')),  []),
    ((row("a", "money_min = 100"), row("b", "money_min = 100, group_min = 5")),         ["b"]),
    ((row("a", "money_min = 100"), row("b", "money_max = 100, group_min = 5")),         []),
    ((row("a", 'place = ["150623103"]'), row("b", 'place = ["150623103200"]')),         ["b"]),
    ((row("a", 'place = ["150623103200"]'), row("b", 'place = ["150623103"]')),         []),
    ((row("a", 'time_from = "22:00", time_to = "06:00"'), row("b", 'time_from = "23:00", time_to = "01:00"')), ["b"]),
    ((row("a", 'time_from = "22:00", time_to = "06:00"'), row("b", 'time_from = "06:00", time_to = "22:00"')),
                                                                                        ["last"]),
    # rows in their days
    ((row("a", more="since = 2026-03-05"), row("b", more="since = 2026-03-06")),        ["b"]),
    ((row("a", more="since = 2026-03-05"), row("b", more="until = 2026-03-05")),        ["last"]),
    ((row("a", more="since = 2026-03-05"), row("b", more="until = 2026-03-03")),        []),
    ((row("a", more="until = 2026-03-04"), row("b", more="since = 2026-03-05")),        ["last"]),
    # rows on trial take nothing from others, and must be able to decide themselves; expired ones are nothing
    ((row("a", more='state = "shadow"'),),                                              []),
    ((row("a", more='state = "shadow"'), row("b", more='state = "shadow"')),            []),
    ((row("a"), row("b", more='state = "shadow"')),                                     ["b", "last"]),
    ((row("a", 'category = ["02"]'), row("b", 'category = ["0201"]', more='state = "shadow"')), ["b"]),
    ((row("a", more='state = "expired"'), row("b", "people_min = 5, people_max = 4", more='state = "expired"')), []),
    # a category that only a newer version knows justifies no row
    ((row("a", f"category = {[code for code in CATEGORIES if len(code) == 2]}"), row("b", 'category = ["undecided"]'),
      row("c", 'source = ["water"]')),                                                  ["c", "last"]),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "dead"), DEAD)
def test_a_row_that_never_decides_is_found(rows: tuple[str, ...], dead: list[str], tmp_path: Path) -> None:
    found = list(faults(table(tmp_path, *rows, LAST)))
    assert [fault.place for fault in found] == [f"rule {name}" for name in dead]


def test_a_row_in_vain_is_shown_with_a_report_that_an_earlier_one_takes(tmp_path: Path) -> None:
    rows = row("a", 'category = ["0201"]'), row("b", 'category = ["020101"]')
    [fault] = faults(table(tmp_path, *rows, LAST))
    assert "such as rule a category 020101, urgency ordinary, people unknown, money unknown" in fault.found


GAPS: tuple[tuple[tuple[str, ...], list[str]], ...] = (
    # rows                                                              the first report of each category without one
    ((row("a", 'not_category = ["0201"]'),),                            ["category 0201, urgency ordinary"]),
    ((row("a", "solved = true"), row("b", 'not_category = ["16"]')),    ["category 16, urgency ordinary"]),
    ((row("a", "people_min = 0"),),                                     ["category undecided, urgency ordinary"]),
    ((row("a", 'category = ["undecided"]'), row("b", f"category = {[c for c in CATEGORIES if len(c) == 2]}")),
                                                                        ["category unknown, urgency ordinary"]),
    ((row("a", 'not_category = ["0201"]'), row("b", more='state = "shadow"')), ["category 0201, urgency ordinary"]),
    ((row("a", 'not_category = ["0201"]'), row("b", more='state = "expired"')), ["category 0201, urgency ordinary"]),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "gaps"), GAPS)
def test_a_report_that_no_row_fits_is_found(rows: tuple[str, ...], gaps: list[str], tmp_path: Path) -> None:
    found = [fault.found for fault in faults(table(tmp_path, *rows)) if fault.place == "the rows"]
    said = [text.removeprefix("none that fits ") for text in found]
    assert [text[: len(gap)] for text, gap in zip(said, gaps, strict=True)] == gaps


def test_going_through_the_kinds_sees_what_going_through_every_single_report_would(tmp_path: Path) -> None:
    rows = row("a", 'category = ["0201"], people_max = 3'), row("b", 'source = ["water"], people_min = 2')
    small = table(tmp_path, *rows, row("c", 'category = ["02"], urgency = ["urgent"], solved = true'))
    every = product((None, *CATEGORIES), Urgency, (None, *range(6)), LocationOutcome, SOURCES, (False, True))
    names = ("category", "urgency", "people", "located", "source", "solved")
    still: dict[str, Any] = {"place": BANNER.code, "day": date(2026, 3, 5), "time": "09:00"}
    seen = {small.rows(Facts.model_construct(**still, **dict(zip(names, values, strict=True)))) for values in every}
    assert {small.rows(one) for one in kinds(small)} == seen


def test_and_of_money_groups_places_days_and_times(tmp_path: Path) -> None:
    rows = (
        row("a", 'place = ["150623103"], money_min = 3', more="since = 2026-03-05"),
        row(
            "b",
            'place = ["150623103200"], group_max = 2, time_from = "22:00", time_to = "06:00"',
            more='state = "shadow"',
        ),
    )
    small = table(tmp_path, *rows, row("c", "money_max = 4, group_min = 2", more="until = 2026-03-06"), LAST)
    usual = builders.located().report
    every = product(
        (None, *range(6)), (None, *range(4)), ("150623", "150623101", "150623103", "150623103200001"),
        (date(2026, 3, day) for day in range(4, 8)), (f"{hour:02}:00" for hour in range(24)),
    )  # fmt: skip
    names = ("money", "group", "place", "day", "time")
    still: dict[str, Any] = {
        "urgency": usual.urgency,
        "located": LocationOutcome.LOCATED,
        "source": "water",
        "solved": False,
    }
    seen = {small.rows(Facts.model_construct(**still, **dict(zip(names, values, strict=True)))) for values in every}
    assert {small.rows(one) for one in kinds(small)} == seen


def test_a_table_that_ends_on_a_day_says_which_day_has_no_row(tmp_path: Path) -> None:
    found = [fault.found for fault in faults(table(tmp_path, row("a", more="until = 2026-03-05")))]
    assert "day 2026-03-06" in found[0]


def test_every_place_of_the_committed_table_is_a_unit_of_the_banner() -> None:
    known = Boundaries.load()
    assert [code for rule in read().rule for code in rule.when.place or () if known.path(code) is None] == []


def test_the_committed_table_has_neither() -> None:
    assert list(faults(TABLE)) == []


def test_a_table_with_a_fault_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(BrokenTableError, match="rule b: found that earlier rows take all") as raised:
        load(written(tmp_path, row("a"), row("b"), LAST))
    assert "\n" not in str(raised.value)


def test_the_program_prints_each_fault_on_one_line_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, row("a", 'not_category = ["02"]'), row("b", 'category = ["01"]'))
    assert main([str(file)]) == 1
    dead, gap = capsys.readouterr().out.splitlines()
    assert dead.startswith("rules.toml, rule b: found that earlier rows take all that fits it, such as rule a ")
    assert gap.startswith("rules.toml, the rows: found none that fits category 02, ")


@pytest.mark.parametrize(("head", "says"), [("version = 1", "version"), ("[", "line 1")])
def test_the_program_says_what_it_cannot_read(
    head: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(written(tmp_path, LAST, head=head))]) == 1
    assert says in capsys.readouterr().out
    assert main([str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().out


def test_the_program_says_how_much_it_went_through(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{FILE.name} {TABLE.version}: {len(read().rule)} rows (")
    assert said.count("\n") == 1
