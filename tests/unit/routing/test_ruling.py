"""Rulings: what the committed table decides, who is passed over and why, and how officials read it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path as File
from typing import Any

import pytest

from contracts.case import ClockClass, Facts, Routed
from contracts.report import LocationOutcome, ReportLocated, Urgency
from contracts.territory import BANNER, Level, Path, UnitRef
from services.routing import ruling
from services.routing.ruling import reading, reason
from services.routing.table import Table
from tests import builders
from tests.builders import GRID, HOUR, MORNING, OTHER_GRID, OTHER_PATH, PATH, TOWN, VILLAGE
from tests.unit.routing.rulebook import LAST, TABLE, classified, row, table

ORDINARY, URGENT, LIFE = "ordinary", "urgent", "life_threatening"
STANDARD_CLOCK, URGENT_CLOCK, LIFE_CLOCK = ClockClass.STANDARD, ClockClass.URGENT, ClockClass.LIFE
FOUND, TWO_FIT, NOWHERE, OUTSIDE = (
    LocationOutcome.LOCATED,
    LocationOutcome.TWO_FIT,
    LocationOutcome.NOT_LOCATED,
    LocationOutcome.OUTSIDE,
)


def located(
    code: str | None = None,
    urgency: str = ORDINARY,
    people: int | None = None,
    outcome: LocationOutcome = FOUND,
    *,
    source: str = "grid-members",
    path: Path | None = None,
    about: Path = (),
    **fields: Any,
) -> ReportLocated:
    of = builders.report(department=source, urgency=urgency, people=people, classified=classified(code), **fields)
    at = builders.location(outcome, **({"path": path} if path is not None else {}))
    return builders.located(of, at).model_copy(update={"about": about})


def routed(table: Table, of: ReportLocated, raised: Level = Level.GRID, opened_at: datetime = MORNING) -> Routed:
    return ruling.routed(table, of, opened_at, raised)


DECIDED = (
    # category  urgency   people outcome  source           goes to  led by                clock
    ("150101",  ORDINARY, None,  FOUND,   "residents",     BANNER,  "emergency",          LIFE_CLOCK),
    ("020101",  LIFE,     None,  FOUND,   "water",         BANNER,  "emergency",          LIFE_CLOCK),
    (None,      LIFE,     None,  NOWHERE, "hotline-12345", BANNER,  "emergency",          LIFE_CLOCK),
    ("150201",  ORDINARY, None,  FOUND,   "residents",     BANNER,  "fire",               LIFE_CLOCK),
    ("150202",  ORDINARY, None,  FOUND,   "residents",     BANNER,  "water",              URGENT_CLOCK),
    ("150203",  ORDINARY, None,  FOUND,   "grid-members",  TOWN,    "emergency",          URGENT_CLOCK),
    ("160104",  ORDINARY, None,  FOUND,   "residents",     BANNER,  "political-legal",    STANDARD_CLOCK),
    ("160101",  ORDINARY, None,  FOUND,   "residents",     TOWN,    "political-legal",    STANDARD_CLOCK),
    ("160101",  ORDINARY, None,  FOUND,   "petitions",     BANNER,  "petitions",          STANDARD_CLOCK),
    ("160103",  ORDINARY, None,  FOUND,   "residents",     VILLAGE, "political-legal",    STANDARD_CLOCK),
    ("160202",  ORDINARY, None,  FOUND,   "residents",     TOWN,    "agriculture",        STANDARD_CLOCK),
    ("060101",  ORDINARY, 60,    FOUND,   "labour",        BANNER,  "labour",             URGENT_CLOCK),
    ("060101",  ORDINARY, 10,    FOUND,   "labour",        TOWN,    "labour",             URGENT_CLOCK),
    ("060101",  ORDINARY, 9,     FOUND,   "labour",        TOWN,    "labour",             STANDARD_CLOCK),
    ("060201",  ORDINARY, None,  FOUND,   "labour",        VILLAGE, "labour",             STANDARD_CLOCK),
    ("010101",  ORDINARY, 50,    FOUND,   "residents",     BANNER,  "forestry-grassland", URGENT_CLOCK),
    ("140301",  ORDINARY, 12,    FOUND,   "grid-members",  TOWN,    "forestry-grassland", URGENT_CLOCK),
    ("140301",  ORDINARY, 2,     FOUND,   "grid-members",  VILLAGE, "forestry-grassland", STANDARD_CLOCK),
    ("140501",  ORDINARY, 2,     FOUND,   "courts",        TOWN,    "justice",            STANDARD_CLOCK),
    ("140202",  ORDINARY, 2,     FOUND,   "grid-members",  GRID,    "justice",            STANDARD_CLOCK),
    ("140901",  ORDINARY, None,  FOUND,   "residents",     BANNER,  "health",             URGENT_CLOCK),
    ("050202",  ORDINARY, None,  FOUND,   "women",         VILLAGE, "police",             URGENT_CLOCK),
    ("050101",  ORDINARY, None,  FOUND,   "police",        VILLAGE, "police",             STANDARD_CLOCK),
    ("090201",  ORDINARY, None,  FOUND,   "health",        TOWN,    "health",             URGENT_CLOCK),
    ("010302",  ORDINARY, None,  FOUND,   "agriculture",   TOWN,    "agriculture",        URGENT_CLOCK),
    ("040104",  ORDINARY, None,  FOUND,   "residents",     GRID,    "forestry-grassland", URGENT_CLOCK),
    ("040204",  ORDINARY, None,  FOUND,   "residents",     VILLAGE, "housing",            URGENT_CLOCK),
    ("080101",  ORDINARY, None,  FOUND,   "environment",   TOWN,    "environment",        STANDARD_CLOCK),
    ("080101",  URGENT,   None,  FOUND,   "environment",   TOWN,    "environment",        URGENT_CLOCK),
    ("020101",  ORDINARY, None,  FOUND,   "water",         GRID,    "water",              STANDARD_CLOCK),
    ("020101",  URGENT,   None,  FOUND,   "water",         GRID,    "water",              URGENT_CLOCK),
    ("020101",  ORDINARY, None,  TWO_FIT, "water",         VILLAGE, "water",              STANDARD_CLOCK),
    ("020101",  ORDINARY, None,  NOWHERE, "water",         BANNER,  "water",              STANDARD_CLOCK),
    ("020101",  URGENT,   None,  OUTSIDE, "water",         BANNER,  "water",              URGENT_CLOCK),
    ("020101",  ORDINARY, None,  FOUND,   "petitions",     TOWN,    "water",              STANDARD_CLOCK),
    ("070201",  ORDINARY, None,  FOUND,   "grid-members",  GRID,    "civil-affairs",      STANDARD_CLOCK),
    ("100101",  ORDINARY, None,  FOUND,   "education",     TOWN,    "education",          STANDARD_CLOCK),
    ("110201",  ORDINARY, None,  FOUND,   "market",        TOWN,    "market",             URGENT_CLOCK),
    ("130201",  ORDINARY, None,  FOUND,   "residents",     VILLAGE, "housing",            STANDARD_CLOCK),
    ("160302",  ORDINARY, None,  FOUND,   "residents",     GRID,    "hotline-12345",      STANDARD_CLOCK),
    (None,      ORDINARY, None,  FOUND,   "residents",     GRID,    None,                 STANDARD_CLOCK),
)  # fmt: skip


@pytest.mark.parametrize(("code", "urgency", "people", "outcome", "source", "unit", "lead", "clock"), DECIDED)
def test_the_committed_table_decides(
    code: str | None,
    urgency: str,
    people: int | None,
    outcome: LocationOutcome,
    source: str,
    unit: UnitRef,
    lead: str | None,
    clock: ClockClass,
) -> None:
    chosen = routed(TABLE, located(code, urgency, people, outcome, source=source)).chosen
    assert (chosen.unit, chosen.lead, chosen.clock) == (unit, lead, clock)


BEYOND: tuple[tuple[str, Mapping[str, Any], UnitRef, tuple[str, ...], ClockClass], ...] = (
    # category  with                                    goes to  helped by                 clock
    ("060101", {"money": 99_999},                       TOWN,    (),                       STANDARD_CLOCK),
    ("060101", {"money": 100_000},                      TOWN,    (),                       URGENT_CLOCK),
    ("060101", {"money": 1_000_000},                    BANNER,  ("justice",),             URGENT_CLOCK),
    ("060101", {"money": 1_000_000, "people": 60},      BANNER,  ("police", "justice"),    URGENT_CLOCK),
    ("020101", {"group": 4},                            GRID,    (),                       STANDARD_CLOCK),
    ("020101", {"group": 5},                            TOWN,    ("petitions",),           URGENT_CLOCK),
    ("020101", {"group": 30},                           BANNER,  ("police", "petitions"),  URGENT_CLOCK),
    ("050202", {},                                      VILLAGE, ("women", "justice"),     URGENT_CLOCK),
)  # fmt: skip


@pytest.mark.parametrize(("code", "fields", "unit", "cooperating", "clock"), BEYOND)
def test_the_committed_table_decides_on_money_and_groups_too(
    code: str, fields: Mapping[str, Any], unit: UnitRef, cooperating: tuple[str, ...], clock: ClockClass
) -> None:
    chosen = routed(TABLE, located(code, **fields)).chosen
    assert (chosen.unit, chosen.cooperating, chosen.clock) == (unit, cooperating, clock)


def test_a_row_on_trial_is_recorded_with_what_it_would_have_decided_and_decides_nothing() -> None:
    by_day, by_night = (routed(TABLE, located("040101"), opened_at=MORNING + n * HOUR) for n in (0, 13))
    assert by_night.chosen == by_day.chosen
    assert (by_night.chosen.rule, by_night.chosen.unit) == ("fire-risk", GRID)
    assert by_day.shadows == ()
    assert [(one.rule, one.unit, one.clock) for one in by_night.shadows] == [("hazards-at-night", TOWN, URGENT_CLOCK)]
    assert reading(by_night, PATH).endswith(
        "；试行规则“夜间的火险、公共设施和道路险情由苏木镇值班人员限时处置”如生效，由昂素镇办理"
    )


def test_a_decision_records_what_it_was_made_on_so_that_it_can_be_made_again() -> None:
    of = located("060101", URGENT, 12, money=40_000, group=12, about=PATH[:3], source="labour")
    how = routed(TABLE, of, Level.TOWN, MORNING + 14 * HOUR)
    assert how.facts == Facts(
        category="060101", urgency=Urgency.URGENT, people=12, money=40_000, group=12, place=GRID.code,
        day=date(2026, 3, 5), time="23:00", located=FOUND, source="labour", solved=False,
    )  # fmt: skip
    assert how.raised is Level.TOWN
    assert ruling.ruled(TABLE, how.facts, PATH, PATH[:3], how.raised) == how


def test_the_department_in_the_lead_does_not_help_itself(tmp_path: File) -> None:
    helped = table(
        tmp_path, '[leads]\n02 = "water"\n', row("a", then='level = "grid", cooperating = ["police", "water"]')
    )
    assert routed(helped, located("020101")).chosen.cooperating == ("police",)
    assert routed(helped, located("050101")).chosen.cooperating == ("police", "water")


def test_so_many_runners_up_and_rows_on_trial_are_told_of_and_no_more(tmp_path: File) -> None:
    tried = [row(f"t{n}", more='state = "shadow"') for n in range(5)]
    how = routed(table(tmp_path, *tried, *(row(f"r{n}") for n in range(6))), located())
    assert [one.rule for one in how.shadows] == ["t0", "t1", "t2"]
    assert [one.rule for one in how.runners_up] == ["r1", "r2", "r3"]


def test_what_was_solved_on_the_spot_is_noted_where_it_was_unless_it_is_sensitive() -> None:
    assert routed(TABLE, located("080101", solved="已清理")).chosen.unit == GRID
    assert routed(TABLE, located("150103", solved="已送医")).chosen.unit == GRID
    assert routed(TABLE, located("160104", solved="已查清")).chosen.unit == BANNER


def test_a_report_without_a_classification_is_one_on_which_nothing_was_decided() -> None:
    bare = builders.located()
    assert routed(TABLE, bare) == routed(TABLE, located(source="water"))
    assert routed(TABLE, bare).chosen.rule == TABLE.rules[-1].name


def test_the_rows_that_would_have_decided_next_are_told_with_what_they_would_have_decided() -> None:
    how = routed(TABLE, located("060101", URGENT, 60))
    assert [(one.rule, one.unit) for one in (how.chosen, *how.runners_up)] == [
        ("wages-of-50", BANNER),
        ("wages-of-10", TOWN),
        ("crowd-of-50", BANNER),
        ("town-matters-urgent", TOWN),
    ]
    assert how.table == TABLE.version
    assert routed(TABLE, located()).runners_up == ()


HIGH: tuple[tuple[str, Path, UnitRef], ...] = (
    # lowest level   path        goes to
    ("grid",         PATH,       GRID),
    ("grid",         PATH[:3],   VILLAGE),
    ("grid",         PATH[:1],   BANNER),
    ("grid",         (),         BANNER),
    ("village",      PATH,       VILLAGE),
    ("village",      PATH[:2],   TOWN),
    ("town",         PATH,       TOWN),
    ("town",         PATH[:1],   BANNER),
    ("banner",       PATH,       BANNER),
)  # fmt: skip


@pytest.mark.parametrize(("lowest", "path", "unit"), HIGH)
def test_the_deepest_unit_of_the_path_that_is_high_enough_has_it(
    lowest: str, path: Path, unit: UnitRef, tmp_path: File
) -> None:
    assert routed(one_row(tmp_path, lowest), located(path=path)).chosen.unit == unit


AVOIDED: tuple[tuple[str, Path, Path, UnitRef], ...] = (
    # lowest level   about          path          goes to
    ("grid",         PATH,          PATH,         VILLAGE),
    ("grid",         PATH[:3],      PATH,         TOWN),
    ("grid",         PATH[:2],      PATH,         BANNER),
    ("grid",         PATH[:1],      PATH,         BANNER),
    ("grid",         OTHER_PATH,    PATH,         GRID),
    ("village",      PATH,          PATH,         VILLAGE),
    ("village",      PATH[:3],      PATH,         TOWN),
    ("town",         PATH[:3],      PATH,         TOWN),
    ("banner",       PATH[:3],      PATH,         BANNER),
    ("grid",         PATH[:3],      PATH[:3],     TOWN),
    ("grid",         PATH,          PATH[:2],     TOWN),
    ("grid",         PATH[:3],      (),           BANNER),
)  # fmt: skip


@pytest.mark.parametrize(("lowest", "about", "path", "unit"), AVOIDED)
def test_the_unit_that_a_report_is_about_never_has_it_nor_does_any_in_it(
    lowest: str, about: Path, path: Path, unit: UnitRef, tmp_path: File
) -> None:
    assert routed(one_row(tmp_path, lowest), located(path=path, about=about)).chosen.unit == unit


@pytest.mark.parametrize(
    ("raised", "unit"),
    [(Level.GRID, VILLAGE), (Level.VILLAGE, VILLAGE), (Level.TOWN, TOWN), (Level.BANNER, BANNER)],
)
def test_a_case_that_has_climbed_stays_as_high(raised: Level, unit: UnitRef, tmp_path: File) -> None:
    assert routed(one_row(tmp_path, "village"), located(), raised).chosen.unit == unit


def test_whoever_is_passed_over_is_named_with_why(tmp_path: File) -> None:
    high = routed(one_row(tmp_path, "town"), located())
    assert high.skipped == ("昂素镇昂素嘎查第1网格低于规则要求的苏木镇一级", "昂素镇昂素嘎查低于规则要求的苏木镇一级")
    about = routed(one_row(tmp_path, "grid"), located(about=PATH[:3]))
    assert about.skipped == ("昂素镇昂素嘎查第1网格隶属被反映单位，依规回避", "昂素镇昂素嘎查系被反映单位，依规回避")
    climbed = routed(one_row(tmp_path, "grid"), located(), Level.VILLAGE)
    assert climbed.skipped == ("昂素镇昂素嘎查第1网格低于事项已上报或提级到的嘎查村/社区一级",)
    assert routed(one_row(tmp_path, "grid"), located()).skipped == ()


WHYS: tuple[tuple[str, Path, Path, str], ...] = (
    # lowest    path        about          the reason after what gis found and the row
    ("grid",    PATH,       (),            "交昂素镇昂素嘎查第1网格办理，牵头部门水利，时限类别限时"),
    ("town",    PATH,       (),            "交昂素镇办理，牵头部门水利，时限类别限时"),
    ("banner",  PATH,       (),            "交旗综治中心办理，牵头部门水利，时限类别限时"),
    ("grid",    PATH,       PATH[:3],
     "交昂素镇办理，牵头部门水利，时限类别限时；昂素镇昂素嘎查系被反映单位，依规回避"),
    ("grid",    PATH,       OTHER_PATH,    "交昂素镇昂素嘎查第1网格办理，牵头部门水利，时限类别限时"),
    ("grid",    PATH,       PATH[:1],
     "交旗综治中心办理，牵头部门水利，时限类别限时；旗综治中心系被反映单位，本系统内无上级单位，须另行报告上级机关"),
)  # fmt: skip


@pytest.mark.parametrize(("lowest", "path", "about", "why"), WHYS)
def test_the_reason_says_what_was_found_which_row_who_leads_and_who_was_avoided(
    lowest: str, path: Path, about: Path, why: str, tmp_path: File
) -> None:
    how = routed(one_row(tmp_path, lowest, 'lead = "water", clock = "urgent"'), located(path=path, about=about))
    assert reason("坐标落在网格内", how, path, about) == f"坐标落在网格内；按“规则a”{why}"


def test_those_who_help_are_named_after_the_lead(tmp_path: File) -> None:
    how = routed(one_row(tmp_path, "grid", 'lead = "water", cooperating = ["police", "health"]'), located())
    said = "交昂素镇昂素嘎查第1网格办理，牵头部门水利，协办部门公安、卫生健康，时限类别普通"
    assert reason("查找结果", how, PATH, ()) == f"查找结果；按“规则a”{said}"


def test_without_a_department_in_the_lead_none_is_named(tmp_path: File) -> None:
    how = routed(one_row(tmp_path, "grid"), located())
    assert reason("查找结果", how, PATH, ()) == "查找结果；按“规则a”交昂素镇昂素嘎查第1网格办理，时限类别普通"


def test_a_decision_is_read_with_what_would_have_held_without_it(tmp_path: File) -> None:
    two = table(tmp_path, row("a", 'category = ["02"]', 'level = "town", lead = "water"'), LAST)
    how = routed(two, located("020101"))
    assert reading(how, PATH) == (
        f"规则表{two.version}“规则a”：由昂素镇办理，牵头部门水利，时限类别普通；"
        "昂素镇昂素嘎查第1网格低于规则要求的苏木镇一级；昂素镇昂素嘎查低于规则要求的苏木镇一级；"
        "如无上述规则，适用“其他”，由昂素镇昂素嘎查第1网格办理"
    )


def test_a_department_that_is_no_longer_known_is_read_by_its_code(tmp_path: File) -> None:
    how = routed(one_row(tmp_path, "grid", 'lead = "water"'), located())
    old = Routed(table="2020", chosen=how.chosen.model_copy(update={"lead": "gone"}))
    assert "牵头部门gone" in reading(old, PATH)


def test_a_grid_beside_the_one_that_a_report_is_about_may_have_it() -> None:
    chosen = routed(TABLE, located("160302", path=OTHER_PATH, about=PATH)).chosen
    assert chosen.unit == OTHER_GRID


def one_row(folder: File, lowest: str, more: str = "") -> Table:
    return table(folder, row("a", then=f'level = "{lowest}"' + (f", {more}" if more else "")))
