"""The table's file: what it must be like, and how it says what is wrong with it."""

from pathlib import Path

import pytest

from contracts.categories import CATEGORIES
from contracts.territory import Level
from services.chassis.tables import BrokenTableError
from services.routing.rules import FILE, NAMES, read
from tests.unit.routing.rulebook import HEAD, LAST, TABLE, row, rules, written


def test_every_category_has_a_department_in_the_lead() -> None:
    assert {code: TABLE.lead(code) for code in CATEGORIES if TABLE.lead(code) not in NAMES} == {}


def test_every_first_level_category_has_a_row_that_names_it() -> None:
    named = {code[:2] for rule in TABLE.rules for code in rule.when.category or ()}
    assert named >= {code for code in CATEGORIES if len(code) == 2}


def test_the_last_row_takes_whatever_comes() -> None:
    assert TABLE.rules[-1].when.model_dump(exclude_none=True) == {}


def test_every_row_says_in_chinese_what_it_does_and_never_twice_the_same() -> None:
    said = [rule.zh for rule in TABLE.rules]
    assert len(set(said)) == len(said)
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in zh) for zh in said)


def test_the_version_changes_with_the_text(tmp_path: Path) -> None:
    plain, other = rules(tmp_path, LAST), rules(tmp_path, LAST, "# another word\n")
    assert plain.version.startswith("test+")
    assert plain.version != other.version
    assert read().version == TABLE.version == rules(tmp_path, head=FILE.read_text(encoding="utf-8")).version


def test_a_row_may_leave_out_conditions_lead_and_clock(tmp_path: Path) -> None:
    [rule] = rules(tmp_path, LAST).rule
    assert (rule.then.level, rule.then.lead, rule.then.clock.value) == (Level.GRID, None, "standard")


BROKEN: tuple[tuple[tuple[str, ...], str], ...] = (
    # rows                                              what the one line says after the file's name
    ((row("a", 'category = ["99"]'),),                  "rule a: when.category.0: found '99'; right is a code of"),
    ((row("a", "category = []"),),                      "rule a: when.category: found []; right is "),
    ((row("a", 'source = ["nasa"]'),),                  "rule a: when.source.0: found 'nasa'; right is a department"),
    ((row("a", 'urgency = ["slow"]'),),                 "rule a: when.urgency.0: found 'slow'; right is input"),
    ((row("a", "people_min = -1"),),                    "rule a: when.people_min: found -1; right is "),
    ((row("a", 'people_min = "ten"'),),                 "rule a: when.people_min: found 'ten'; right is "),
    ((row("a", "money_min = 1.5"),),                    "rule a: when.money_min: found 1.5; right is "),
    ((row("a", "group_max = -1"),),                     "rule a: when.group_max: found -1; right is "),
    ((row("a", 'place = ["150623"]'),),                 "rule a: when.place.0: found '150623'; right is "),
    ((row("a", 'place = ["150624103"]'),),              "rule a: when.place.0: found '150624103'; right is "),
    ((row("a", 'place = ["150623103"], located = ["not_located", "outside"]'),),
     "rule a: when: found a place of what is not_located or outside; right is located or two_fit"),
    ((row("a", 'time_from = "24:00", time_to = "06:00"'),), "rule a: when.time_from: found '24:00'; right is "),
    ((row("a", 'time_from = "22:00"'),),
     "rule a: when: found one of time_from and time_to; right is both or neither"),
    ((row("a", 'time_from = "22:00", time_to = "22:00"'),),
     "rule a: when: found no time between 22:00 and 22:00; right is two different times"),
    ((row("a", more='state = "asleep"'),),              "rule a: state: found 'asleep'; right is input"),
    ((row("a", more='since = "spring"'),),              "rule a: since: found 'spring'; right is input"),
    ((row("a", more="since = 2026-03-05\nuntil = 2026-03-04"),),
     "rule a: found until 2026-03-04 before since 2026-03-05; right is since, then until"),
    ((row("a", then='level = "grid", cooperating = ["nasa"]'),),
     "rule a: then.cooperating.0: found 'nasa'; right is a department"),
    ((row("a", then='level = "grid", lead = "water", cooperating = ["police", "water"]'),),
     "rule a: then: found water twice; right is each department once, in the lead or cooperating"),
    ((row("a", "solved = 1"),),                         "rule a: when.solved: found 1; right is "),
    ((row("a", 'weather = ["rain"]'),),                 "rule a: when.weather: found ['rain']; right is "),
    ((row("a", then='level = "province"'),),            "rule a: then.level: found 'province'; right is "),
    ((row("a", then='clock = "life"'),),                "rule a: then.level: found nothing; right is "),
    ((row("a", then='level = "grid", lead = "nasa"'),), "rule a: then.lead: found 'nasa'; right is a department"),
    ((row("a B"),),                                     "rule a B: name: found 'a B'; right is "),
    ((LAST, '[[rule]]\nzh = "无名"\n'),                  "rule 2: name: found nothing; right is "),
    ((row("a"), row("b"), row("a")),                    "rule a: found this name a second time; right is a"),
    ((),                                                "rule: found nothing; right is "),
    (("rule = 3",),                                     "rule: found 3; right is "),
    (("rule = [3]",),                                   "rule.0: found 3; right is "),
    (('[leads]\n99 = "water"', LAST),                 "leads.99.[key]: found '99'; right is a code of"),
    (('[leads]\n02 = "nasa"', LAST),                  "leads.02: found 'nasa'; right is a department"),
    (("name = = 3",),                                   "line 3: found "),
    (("[[rule",),                                       "at its end: found "),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "says"), BROKEN)
def test_a_broken_table_says_on_one_line_where_what_and_what_is_right(
    rows: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BrokenTableError) as raised:
        rules(tmp_path, *rows)
    line = str(raised.value)
    assert line.startswith(f"rules.toml, {says}")
    assert "\n" not in line


def test_a_table_without_a_version_or_with_another_encoding_is_broken(tmp_path: Path) -> None:
    with pytest.raises(BrokenTableError, match="version: found nothing"):
        rules(tmp_path, LAST, head="")
    file = written(tmp_path)
    file.write_bytes(HEAD.encode() + "# 规则".encode("gbk"))
    with pytest.raises(BrokenTableError, match="right is text in UTF-8"):
        read(file)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenTableError, match=r"none\.toml, as a whole: found No such file"):
        read(tmp_path / "none.toml")
