"""The table of terms: what a word means, what it refuses, and that each case has its row."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.case import ClockClass
from services.chassis.tables import BrokenTableError
from services.escalation import calendar, terms
from services.escalation.terms import Measure, Term, table, term
from services.escalation.validate import faults, load, main
from tests.unit.escalation.timebook import row, written

WORDS = (
    # as the table has it     what it means                              in Chinese
    ("same day",              Term(Measure.SAME_DAY),                     "当日"),
    ("15 minutes",            Term(Measure.MINUTES, 15),                  "在15分钟内"),
    ("1 hour",                Term(Measure.HOURS),                        "在1小时内"),
    ("3 days",                Term(Measure.DAYS, 3),                      "在3日内"),
    ("3 days, whole",         Term(Measure.DAYS, 3, whole=True),          "在3日内（至末日24时）"),
    ("5 working days",        Term(Measure.WORKING_DAYS, 5),              "在5个工作日内"),
    ("8 working hours",       Term(Measure.WORKING_HOURS, 8),             "在8个工作小时内"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "zh"), WORDS)
def test_a_term_is_read_and_said_again(text: str, meant: Term, zh: str) -> None:
    assert term(text) == meant
    assert (str(meant), meant.zh) == (text, zh)


NO_TERMS = (
    "",
    "3",
    "0 days",
    "-1 days",
    "3 weeks",
    "3.5 days",
    "10000 days",
    "3 hours, whole",
    "3 working days, whole",
    3,
)


@pytest.mark.parametrize("text", NO_TERMS)
def test_what_is_no_term_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match='"same day", or a number of minutes'):
        term(text)


def test_the_committed_tables_are_proven_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "12 rows, each case has its row; notices of 2024 to 2026" in capsys.readouterr().out
    assert load().terms.supervise == {
        ClockClass.STANDARD: timedelta(days=1),
        ClockClass.URGENT: timedelta(days=1),
        ClockClass.LIFE: timedelta(hours=1),
    }


def test_a_row_in_vain_and_a_case_without_a_row_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = row("water", "1 day", 'category = ["02"]'), row("wells", "2 hours", 'category = ["0201"]')
    file = written(tmp_path, *rows)
    found = [" ".join(fault) for fault in faults(terms.load(file))]
    assert found[0] == "term wells that earlier rows take all that fits it a place above them"
    assert len(found) == 1 + 12
    assert found[1].startswith("the rows none that fits clock standard, level grid, category undecided")
    with pytest.raises(BrokenTableError, match="term wells: found that earlier rows take all that fits it"):
        load(file)
    assert main([str(file), str(calendar.FILE)]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 13


BROKEN = (
    # what stands there           what stands there instead      what is said
    ('within = "3 days"',         'within = "3 weeks"',          "term standard-village: within: found '3 weeks'"),
    ('cut_off = "24:00"',         'cut_off = "25:00"',           "an hour of the day after 00:00"),
    ('cut_off = "24:00"',         'cut_off = "24:30"',           "an hour of the day after 00:00"),
    ('least = "1 hour"',          'least = "1 working hour"',    "a number of minutes, hours or days"),
    ('life = "1 hour"\n\n',       "\n",                          "a span under [supervise] for each class, life too"),
    ('level = ["village"]',       'level = ["hamlet"]',          "term standard-village: when.level.0"),
    ('level = ["village"]',       'category = ["99"]',           "a code of the tree of categories"),
    ('name = "standard-town"',    'name = "standard-village"',   "term standard-village: found this name a second"),
    ('zh = "普通事项，网格"',      "",                            "term standard-grid: zh: found nothing"),
)  # fmt: skip


@pytest.mark.parametrize(("stands", "instead", "said"), BROKEN)
def test_a_table_that_cannot_be_used_says_where_and_what_is_right(
    stands: str, instead: str, said: str, tmp_path: Path
) -> None:
    text = terms.FILE.read_text(encoding="utf-8")
    assert stands in text
    file = tmp_path / "terms.toml"
    file.write_text(text.replace(stands, instead, 1), encoding="utf-8")
    with pytest.raises(BrokenTableError) as raised:
        terms.load(file)
    assert said in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.toml")]) == 1
    assert (
        capsys.readouterr().out == "none.toml, as a whole: found No such file or directory; right is a file to read\n"
    )


def test_the_terms_are_shown_as_a_table_in_the_order_in_which_they_are_compared(tmp_path: Path) -> None:
    wells = row("wells", "2 hours", 'category = ["0201"], clock = ["life", "standard"], level = ["town", "banner"]')
    head, line, *rows = table(terms.load(written(tmp_path, wells, row("rest", "3 days")))).splitlines()
    assert head == "| row | class | level | category | resolve by | 办理时限 | overdue at the banner |"
    assert line == "| --- | --- | --- | --- | --- | --- | --- |"
    [first, last] = rows
    assert first.startswith("| `wells` | 特急、普通 | 苏木镇、旗 | `0201` 水利用水/人畜饮水 | 2 hours | 在2小时内 |")
    assert first.endswith("| 每1小时督办、每1日督办 |")
    assert last.startswith("| `rest` | 普通、限时、特急 | 网格、嘎查村/社区、苏木镇、旗 | all | 3 days | 在3日内 |")


def test_a_level_below_the_banner_is_not_supervised(tmp_path: Path) -> None:
    [*_, below] = table(terms.load(written(tmp_path, row("grid", "1 day", 'level = ["grid"]')))).splitlines()
    assert below == "| `grid` | 普通、限时、特急 | 网格 | all | 1 day | 在1日内 |  |"
