"""``yiwang rules replay``: recorded decisions made again by another table, what would move, and how that is told."""

import json
import re
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.case import CaseEvent, CaseEventKind
from contracts.territory import BANNER, Level
from services.chassis.ports import Past
from services.gis.boundaries import Boundaries
from services.routing.table import Table
from tests import builders
from tests.builders import DAY, HOUR, MORNING, PATH, arrived, context
from tests.unit.routing.rulebook import LAST, TABLE, classified, decide, row, table
from yiwang.__main__ import main
from yiwang.rules.replay import Tally, remade
from yiwang.rules.run import nowhere, replay
from yiwang.rules.telling import HEAD

WORDS = "报告人0147反映，电话15000000147，围栏边的井坏了"


def opened(reference: str, code: str | None = None, at: datetime = MORNING, **fields: Any) -> CaseEvent:
    """The event of a case that the committed table has opened."""
    of = builders.report(reference, classified=classified(code), text=WORDS, **fields)
    located = builders.located(of)
    body = decide(None, arrived(located, at, subject=located.subject), context(at)).events[0].body
    assert isinstance(body, CaseEvent)
    return body


def past(*told: CaseEvent) -> list[Past]:
    return [Past(one.case_id, "case.events.v1", one.type, one.version, one.at, one.model_dump_json()) for one in told]


async def walked(rows: Iterable[Past]) -> AsyncIterator[Past]:
    for one in rows:
        yield one


async def said(other: Table, rows: list[Past], span: tuple[datetime | None, datetime | None] = (None, None),
               **asked: Any) -> list[str]:  # fmt: skip
    lines: list[str] = []
    await replay(other, walked(rows), span, Namespace(**{"json": False, "limit": 100} | asked), lines.append)
    return lines


WELL, WAGES = opened("1", "020101"), opened("2", "060101", money=40_000)


@pytest.fixture
def stricter(tmp_path: Path) -> Table:
    """Wages from 30,000 yuan go to the banner; everything else stays in its grid, led by nobody."""
    return table(
        tmp_path,
        row("much-money", 'category = ["0601"], money_min = 30_000', 'level = "banner", cooperating = ["police"]'),
        '[[rule]]\nname = "herding-water-roads"\nzh = "其他"\nthen = { level = "grid", lead = "water" }\n',
    )


def test_by_its_own_table_nothing_moves() -> None:
    every = [opened(str(n), code, at=MORNING + n * HOUR, people=n, group=n) for n, code in enumerate(TABLE.categories)
             if code]  # fmt: skip
    tally = Tally()
    assert [again for one in every if (again := tally.take(TABLE, one))] == []
    assert (tally.decisions, tally.same, tally.moved) == (len(every), len(every), 0)


def test_what_would_move_says_from_which_row_to_which_and_in_what(stricter: Table) -> None:
    again = remade(stricter, WAGES)
    assert again
    assert (again.old.rule, again.new.rule) == ("labour-disputes-and-wages", "much-money")
    assert again.new.unit == BANNER
    assert again.differs == ("unit", "lead", "cooperating")
    stays = remade(stricter, WELL)
    assert stays
    assert stays.differs == ()


def test_a_decision_is_made_again_at_the_height_and_past_the_unit_that_counted_then(tmp_path: Path) -> None:
    lowest = table(tmp_path, LAST)
    how = WELL.routed
    assert how
    climbed = WELL.model_copy(update={"routed": how.model_copy(update={"raised": Level.TOWN})})
    assert WELL.case
    about = WELL.model_copy(update={"case": WELL.case.model_copy(update={"about": PATH[:3]})})
    units = [again.new.unit for one in (WELL, climbed, about) if (again := remade(lowest, one))]
    assert units == [PATH[3], PATH[1], PATH[1]]


def test_another_row_to_the_same_is_counted_apart(tmp_path: Path) -> None:
    renamed = table(tmp_path, row("wells", then='level = "grid", lead = "water"'))
    tally = Tally()
    assert tally.take(renamed, WELL) is None
    assert (tally.other_row, tally.same, tally.moved) == (1, 0, 0)


def test_a_decision_that_does_not_say_on_what_it_was_made_is_passed_over_and_counted() -> None:
    assert WELL.routed
    older = WELL.model_copy(update={"routed": WELL.routed.model_copy(update={"facts": None})})
    tally = Tally()
    assert tally.take(TABLE, older) is None
    assert (tally.decisions, tally.without_facts) == (0, 1)


async def test_the_table_tells_counts_rows_and_each_decision(stricter: Table) -> None:
    lines, first = await said(stricter, past(WELL, WAGES)), "2026-03-05 09:00"
    assert lines[:-2] == [
        f"table {stricter.version}: 2 decisions made again, of {first} to {first}, made by {TABLE.version}",
        "1 would move (unit 1, lead 1, cooperating 1)",
        "0 would come by another row to the same, 1 by the same row",
        "",
        "row                                     decisions",
        "labour-disputes-and-wages → much-money          1",
        "",
    ]
    assert [re.split(r" {2,}", line) for line in lines[-2:]] == [
        list(HEAD),
        [str(WAGES.case_id), first, "060101", "labour-disputes-and-wages → much-money", "昂素镇 → 旗综治中心",
            "town → banner",
         "labour → -", "- → police", "standard"],
    ]  # fmt: skip


async def test_json_has_them_all_with_the_counts(stricter: Table) -> None:
    lines = await said(stricter, past(WAGES, WELL, opened("3", "060101", money=50_000)), json=True, limit=1)
    found = json.loads("\n".join(lines))
    assert [one["case_id"] for one in found["moved"]] == [str(WAGES.case_id), str(opened("3").case_id)]
    assert [found["moved"][0][side]["rule"] for side in ("old", "new")] == ["labour-disputes-and-wages", "much-money"]
    assert found["moved"][0]["differs"] == ["unit", "lead", "cooperating"]
    counts = {name: found["counts"][name] for name in ("decisions", "moved", "other_row", "same", "unreadable")}
    assert counts == {"decisions": 3, "moved": 2, "other_row": 0, "same": 1, "unreadable": 0}
    assert found["counts"]["rows"] == [{"old": "labour-disputes-and-wages", "new": "much-money", "count": 2}]
    assert found["table"] == stricter.version


async def test_of_more_than_the_limit_the_first_are_shown_and_the_others_counted(stricter: Table) -> None:
    many = [opened(str(n), "060101", money=40_000) for n in range(5)]
    lines = await said(stricter, past(*many), limit=2)
    assert sum(str(one.case_id) in line for one in many for line in lines) == 2
    assert lines[-1] == "… and 3 more; --json has them all"


async def test_only_decisions_of_the_span_are_made_again(stricter: Table) -> None:
    days = [opened(str(n), "060101", MORNING + n * DAY, money=40_000) for n in range(4)]
    lines = await said(stricter, past(*days), (MORNING + DAY, MORNING + 3 * DAY), json=True)
    assert [one["case_id"] for one in json.loads("\n".join(lines))["moved"]] == [str(one.case_id) for one in days[1:3]]


async def test_what_decides_nothing_and_what_cannot_be_read_move_nothing(stricter: Table) -> None:
    accepted = builders.case_event(kind=CaseEventKind.ACCEPTED)
    broken = Past(WELL.case_id, "case.events.v1", "x", 1, MORNING, '{"routed": 3}')
    (line,) = (json.loads("\n".join(await said(stricter, [*past(accepted), broken], json=True))),)
    assert (line["moved"], line["counts"]["decisions"], line["counts"]["unreadable"]) == ([], 0, 1)


async def test_rows_on_trial_are_counted_by_what_was_recorded() -> None:
    night = opened("4", "040101", MORNING + 14 * HOUR)
    lines = await said(TABLE, past(night))
    assert "1 would then have been decided by hazards-at-night, which was on trial" in lines


@pytest.mark.parametrize("as_json", [False, True])
async def test_nothing_that_a_person_wrote_is_told(stricter: Table, as_json: bool) -> None:
    wages = opened("号码0147", "060101", money=40_000)
    told = "\n".join(await said(stricter, past(WELL, wages), json=as_json))
    assert str(wages.case_id) in told
    assert not any(word in told for word in ("0147", "15000000147", "围栏", "反映"))


def test_a_row_for_a_place_that_is_none_of_the_banners_is_named(tmp_path: Path) -> None:
    some = table(tmp_path, row("a", 'place = ["150623103", "150623103999"]'), LAST)
    said = ["rule a: when.place: found 150623103999; right is the code of a unit"]
    assert list(nowhere(some, Boundaries.load())) == said
    assert list(nowhere(TABLE, Boundaries.load())) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--table", "none.toml"], "none.toml, as a whole: found No such file or directory; right is a file to read"),
        (["--since", "spring"], "--since: found 'spring'; right is a moment such as 2026-03-05T14:30"),
        (["--until", "spring"], "--until: found 'spring'; right is a moment such as 2026-03-05T14:30"),
        (["--limit", "0"], "--limit: found 0; right is how many rows, from 1"),
    ],
)
def test_a_mistake_is_said_in_one_line(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "replay", *arguments]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"yiwang rules replay: {line}")
    assert (said.err.count("\n"), said.out) == (1, "")


def test_a_table_with_a_fault_is_not_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('version = "1"\n' + row("a", 'category = ["02"]'), encoding="utf-8")
    assert main(["rules", "replay", "--table", str(file)]) == 2
    assert "the rows: found none that fits category" in capsys.readouterr().err
