"""When an assignment is due and why: the committed terms to the second, each measure, and both languages."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Case, ClockClass
from contracts.territory import BANNER, Level, UnitRef
from services.escalation import terms
from services.escalation.clocks import WARN_SHARE, reached
from services.escalation.obligation import Due, Tables, obligation
from tests.builders import GRID, TOWN, VILLAGE, assignment, case
from tests.unit.escalation.timebook import SOME_TIME, TABLES, published_up_to, row, tables, written
from tests.unit.routing.rulebook import classified

STANDARD, URGENT, LIFE = ClockClass.STANDARD, ClockClass.URGENT, ClockClass.LIFE


def warn_at(start: datetime, due: datetime) -> datetime:
    return reached(WARN_SHARE, start, due - start, ())


UNITS: dict[Level, UnitRef] = {Level.GRID: GRID, Level.VILLAGE: VILLAGE, Level.TOWN: TOWN, Level.BANNER: BANNER}


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


def given_to(level: Level, at: datetime, clock: ClockClass = STANDARD, due_by: datetime | None = None) -> Case:
    return case(assignment=assignment(1, UNITS[level], assigned_at=at, due_by=due_by), clock=clock)


def due(level: Level, at: datetime, clock: ClockClass = STANDARD, using: Tables = TABLES) -> Due:
    return obligation(using, given_to(level, at, clock))


TABLE = (
    # class     level           assigned               warns                  due
    (STANDARD,  Level.GRID,     "03-05T09:00:00",      "03-05T21:00:00",      "03-06T00:00:00"),
    (STANDARD,  Level.GRID,     "03-05T00:00:00",      "03-05T19:12:00",      "03-06T00:00:00"),
    (STANDARD,  Level.GRID,     "03-05T23:00:00",      "03-05T23:48:00",      "03-06T00:00:00"),
    (STANDARD,  Level.GRID,     "03-05T23:50:00",      "03-06T00:38:00",      "03-06T00:50:00"),
    (STANDARD,  Level.GRID,     "12-30T12:00:00",      "12-30T21:36:00",      "12-31T00:00:00"),
    (STANDARD,  Level.VILLAGE,  "03-05T09:00:00",      "03-07T18:36:00",      "03-08T09:00:00"),
    (STANDARD,  Level.TOWN,     "03-05T09:00:00",      "03-09T09:00:00",      "03-10T09:00:00"),
    (STANDARD,  Level.BANNER,   "03-05T09:00:00",      "03-10T23:24:00",      "03-12T09:00:00"),
    (URGENT,    Level.GRID,     "03-05T09:00:00",      "03-05T12:12:00",      "03-05T13:00:00"),
    (URGENT,    Level.GRID,     "03-05T21:00:00",      "03-05T23:24:00",      "03-06T00:00:00"),
    (URGENT,    Level.VILLAGE,  "03-05T09:00:00",      "03-06T04:12:00",      "03-06T09:00:00"),
    (URGENT,    Level.TOWN,     "03-05T09:00:00",      "03-06T23:24:00",      "03-07T09:00:00"),
    (URGENT,    Level.BANNER,   "03-05T09:00:00",      "03-07T18:36:00",      "03-08T09:00:00"),
    (LIFE,      Level.GRID,     "03-05T09:00:00",      "03-05T09:12:00",      "03-05T09:15:00"),
    (LIFE,      Level.VILLAGE,  "03-05T09:00:00",      "03-05T09:24:00",      "03-05T09:30:00"),
    (LIFE,      Level.TOWN,     "03-05T09:00:00",      "03-05T09:36:00",      "03-05T09:45:00"),
    (LIFE,      Level.BANNER,   "03-05T09:00:00",      "03-05T09:48:00",      "03-05T10:00:00"),
)  # fmt: skip


@pytest.mark.parametrize(("clock", "level", "assigned", "warns", "ends"), TABLE)
def test_each_class_and_level_has_its_deadline(
    clock: ClockClass, level: Level, assigned: str, warns: str, ends: str
) -> None:
    assert due(level, local(assigned), clock).at == local(ends)
    assert warn_at(local(assigned), local(ends)) == local(warns)


def test_the_table_of_this_test_has_every_class_and_level() -> None:
    assert {row[:2] for row in TABLE} == set(product(ClockClass, Level))


@given(st.sampled_from(Level), SOME_TIME)
def test_a_more_pressing_class_is_never_due_later(level: Level, start: datetime) -> None:
    dues = [due(level, start, clock).at for clock in (LIFE, URGENT, STANDARD)]
    assert dues == sorted(dues)


@given(st.sampled_from(ClockClass), st.sampled_from(Level), SOME_TIME)
def test_a_clock_warns_after_its_start_and_before_it_is_due(clock: ClockClass, level: Level, start: datetime) -> None:
    end = due(level, start, clock).at
    assert start <= warn_at(start, end) <= end
    assert start < end <= start + timedelta(days=7)


def test_the_day_ends_in_the_banner_wherever_the_time_was_written() -> None:
    before_midnight_in_the_banner = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
    after_midnight_in_the_banner = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    assert due(Level.GRID, before_midnight_in_the_banner).at == local("03-06T00:00:00")
    assert due(Level.GRID, after_midnight_in_the_banner).at == local("03-07T00:00:00")


NINE, LATE, NIGHT = "03-05T09:00:00", "03-05T21:00:00", "03-05T23:50:00"
SAID = (
    # class    level           assigned  why, and the same in English
    (STANDARD, Level.GRID,     NINE,     "普通事项，网格应当日办结",
                                         "rule standard-grid: same day"),
    (STANDARD, Level.GRID,     NIGHT,    "普通事项，网格应当日办结，当日剩余不足1小时的，给满1小时",
                                         "rule standard-grid: same day, and 1 hour at least"),
    (STANDARD, Level.VILLAGE,  NINE,     "普通事项，嘎查村/社区应在3日内办结",
                                         "rule standard-village: 3 days"),
    (URGENT,   Level.GRID,     NINE,     "限时事项，网格应在4小时内办结",
                                         "rule urgent-grid: 4 hours"),
    (URGENT,   Level.GRID,     LATE,     "限时事项，网格应在4小时内办结，不晚于普通事项（当日）",
                                         "rule urgent-grid: 4 hours, no later than a standard case (same day)"),
    (LIFE,     Level.BANNER,   NINE,     "特急事项，旗应在1小时内办结",
                                         "rule life-banner: 1 hour"),
)  # fmt: skip


@pytest.mark.parametrize(("clock", "level", "assigned", "why", "why_en"), SAID)
def test_why_a_clock_is_due_then_is_said_in_both_languages(
    clock: ClockClass, level: Level, assigned: str, why: str, why_en: str
) -> None:
    basis = due(level, local(assigned), clock).basis
    assert (basis.why, basis.why_en) == (why, why_en)
    assert (basis.table, basis.calendar, basis.provisional) == (TABLES.terms.version, None, False)


def test_a_clock_that_replaces_another_says_so_where_that_is_why() -> None:
    start = local("03-05T09:00:00")
    sooner = obligation(TABLES, given_to(Level.VILLAGE, start, due_by=start + timedelta(hours=1)))
    later = obligation(TABLES, given_to(Level.VILLAGE, start, due_by=start + timedelta(days=4)))
    assert sooner.at == start + timedelta(hours=1)
    assert sooner.basis.why.endswith("，且不晚于原时限")
    assert later.at == start + timedelta(days=3)
    assert "原时限" not in later.basis.why


MEASURES = (
    # In 2026, 1 to 7 October are off, 20 September and 10 October are worked.
    # term                  assigned            due                 said of days off
    ("30 minutes",          "09-30T17:45:00",   "09-30T18:15:00",   ""),
    ("3 days",              "09-30T17:45:00",   "10-03T17:45:00",   ""),
    ("3 days, whole",       "09-30T17:45:00",   "10-04T00:00:00",   ""),
    ("1 working day",       "09-29T09:00:00",   "10-01T00:00:00",   ""),
    ("1 working day",       "09-30T09:00:00",   "10-09T00:00:00",   "，其间7个非工作日不计"),
    ("3 working days",      "09-30T09:00:00",   "10-11T00:00:00",   "，其间7个非工作日不计"),
    ("4 working days",      "09-30T09:00:00",   "10-13T00:00:00",   "，其间8个非工作日不计"),
    ("1 working day",       "09-19T12:00:00",   "09-21T00:00:00",   ""),
    ("1 working hour",      "09-30T09:00:00",   "09-30T10:00:00",   ""),
    ("4 working hours",     "09-30T08:30:00",   "09-30T15:00:00",   ""),
    ("3 working hours",     "09-30T09:00:00",   "09-30T12:00:00",   ""),
    ("1 working hour",      "09-30T18:00:00",   "10-08T09:30:00",   "，其间7个非工作日不计"),
    ("8 working hours",     "09-30T12:30:00",   "10-08T15:30:00",   "，其间7个非工作日不计"),
    ("1 working hour",      "10-10T07:00:00",   "10-10T09:30:00",   ""),
)  # fmt: skip


@pytest.mark.parametrize(("within", "assigned", "ends", "off"), MEASURES)
def test_each_measure_counts_as_officials_count(
    within: str, assigned: str, ends: str, off: str, tmp_path: Path
) -> None:
    found = due(Level.TOWN, local(assigned), using=tables(tmp_path, within))
    assert found.at == local(ends)
    assert found.basis.why.partition("办结")[2] == off
    assert (found.basis.calendar == TABLES.calendar.version) is ("working" in within)


CUT_OFFS = (
    # assigned          due                 why
    ("03-05T17:59:59",  "03-06T00:00:00",   ""),
    ("03-05T18:00:00",  "03-07T00:00:00",   "，18:00后指派，至次日24时"),
    ("03-05T23:59:59",  "03-07T00:00:00",   "，18:00后指派，至次日24时"),
)  # fmt: skip


@pytest.mark.parametrize(("assigned", "ends", "why"), CUT_OFFS)
def test_what_comes_after_the_cut_off_is_the_next_days_work(assigned: str, ends: str, why: str, tmp_path: Path) -> None:
    found = due(Level.GRID, local(assigned), using=tables(tmp_path, "same day", cut_off="18:00"))
    assert (found.at, found.basis.why) == (local(ends), f"规则all，应当日办结{why}")


@given(SOME_TIME)
def test_nobody_has_less_than_the_least_nor_more_than_until_the_end_of_the_day_and_that(start: datetime) -> None:
    least = TABLES.terms.same_day.least
    assert start + least <= due(Level.GRID, start).at <= start + timedelta(days=1) + least


def test_a_clock_that_meets_a_year_without_a_notice_is_provisional_and_says_so(tmp_path: Path) -> None:
    using = tables(tmp_path, "5 working days")
    inside, across = (due(Level.TOWN, local(f"12-{day}T09:00:00"), using=using) for day in ("17", "25"))
    assert (inside.at, inside.basis.provisional) == (local("12-25T00:00:00"), False)
    assert across.at == datetime(2027, 1, 5, tzinfo=UTC) - timedelta(hours=8)
    assert across.basis.provisional
    assert across.basis.why.endswith("尚未公布，暂按周末和法定节假日计算，公布后重算")
    assert "provisional" in across.basis.why_en


def test_natural_spans_are_never_provisional() -> None:
    assert not due(Level.BANNER, local("12-30T09:00:00")).basis.provisional


def test_before_a_notice_its_weekends_count_as_off_and_its_make_up_days_too(tmp_path: Path) -> None:
    before = Tables(tables(tmp_path, "1 working day").terms, published_up_to(2025))
    known = tables(tmp_path, "1 working day")
    start = local("02-13T09:00:00")
    assert due(Level.TOWN, start, using=known).at == local("02-15T00:00:00")
    assert due(Level.TOWN, start, using=before).at == local("02-21T00:00:00")
    assert due(Level.TOWN, start, using=before).basis.provisional


def test_the_categorys_own_row_decides_where_it_stands_before_the_others(tmp_path: Path) -> None:
    rows = row("wells", "2 hours", 'category = ["0201"]'), row("rest", "3 days")
    using = Tables(terms.load(written(tmp_path, *rows)), TABLES.calendar)
    start = local("03-05T09:00:00")
    found = {
        code: obligation(using, case(classified=classified(code), assignment=assignment(1, TOWN, assigned_at=start)))
        for code in ("0201", "020103", "0202", None)
    }
    assert {code: each.basis.rule for code, each in found.items()} == {
        "0201": "wells", "020103": "wells", "0202": "rest", None: "rest",
    }  # fmt: skip
    assert found["0201"].at == start + timedelta(hours=2)


IN_ENGLISH = (
    # term               assigned            least         said of it in English
    ("2 working days",   "10-09T09:00:00",   "1 hour",     "rule all: 2 working days, 1 day off not counted"),
    ("1 working day",    "03-06T09:00:00",   "1 hour",     "rule all: 1 working day, 2 days off not counted"),
    ("same day",         "03-05T23:50:00",   "2 hours",    "rule all: same day, and 2 hours at least"),
    ("same day",         "03-05T23:50:00",   "30 minutes", "rule all: same day, and 30 minutes at least"),
    ("same day",         "03-05T23:00:00",   "1 hour",     "rule all: same day"),
)  # fmt: skip


@pytest.mark.parametrize(("within", "assigned", "least", "said"), IN_ENGLISH)
def test_days_off_and_the_least_are_said_in_english_with_their_number(
    within: str, assigned: str, least: str, said: str, tmp_path: Path
) -> None:
    assert due(Level.GRID, local(assigned), using=tables(tmp_path, within, least=least)).basis.why_en == said


def test_the_least_is_said_in_minutes_where_it_is_no_whole_hours(tmp_path: Path) -> None:
    found = due(Level.GRID, local("03-05T23:50:00"), using=tables(tmp_path, "same day", least="90 minutes"))
    assert found.basis.why == "规则all，应当日办结，当日剩余不足90分钟的，给满90分钟"


def test_a_clock_that_replaces_one_that_was_due_at_the_same_time_says_nothing_of_that() -> None:
    start = local("03-05T09:00:00")
    same = obligation(TABLES, given_to(Level.VILLAGE, start, due_by=start + timedelta(days=3)))
    assert "原时限" not in same.basis.why
    assert same.at.utcoffset() == timedelta()


def test_no_class_is_due_later_than_a_standard_case_of_its_category(tmp_path: Path) -> None:
    rows = row("wells", "2 hours", 'category = ["0201"], clock = ["standard"]'), row("rest", "3 days")
    using = Tables(terms.load(written(tmp_path, *rows)), TABLES.calendar)
    start = local("03-05T09:00:00")
    of = case(classified=classified("0201"), assignment=assignment(1, TOWN, assigned_at=start), clock=URGENT)
    found = obligation(using, of)
    assert found.at == start + timedelta(hours=2)
    assert found.basis.why == "规则rest，应在3日内办结，不晚于普通事项（2小时内）"
