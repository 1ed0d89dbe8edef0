"""The working calendar against the published facts, across the end of what is published, and what it refuses."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from contracts.territory import SHANGHAI
from services.chassis import tables
from services.chassis.tables import BrokenTableError
from services.escalation.calendar import FILE, SATURDAY, Sheet, load
from tests.unit.escalation.timebook import TABLES, published_up_to

CALENDAR = TABLES.calendar
DAY = timedelta(days=1)


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_published_day_is_worked_or_off_as_the_state_council_has_it(year: int) -> None:
    assert [day for day in days(year) if CALENDAR.works(day) != chinese_calendar.is_workday(day)] == []
    assert all(CALENDAR.published(day) for day in days(year) if (year, day.month, day.day) < (2026, 12, 25))


def test_the_last_days_before_the_next_notice_are_not_decided_yet() -> None:
    assert [CALENDAR.published(date(2026, 12, day)) for day in (24, 25, 31)] == [True, False, False]
    assert CALENDAR.published(date(2025, 12, 31))


def law(year: int) -> set[date]:
    """The statutory days of a year."""
    listed = holidays.country_holidays("CN", years=year, language="en_US")
    return {day for day, name in listed.items() if "Day off" not in name and not name.endswith("(observed)")}


@pytest.mark.parametrize("year", range(2025, 2037))
def test_statutory_days_of_each_year_are_those_of_the_law(year: int) -> None:
    sheet, _ = tables.read(FILE, Sheet)
    [row] = [one for one in sheet.festivals if one.year == year]
    fixed = {date(year, month, day) for month, day in sheet.statutory.dates}
    assert fixed | {row.new_year + n * DAY for n in sheet.statutory.new_year} | set(row.others) == law(year)


@pytest.mark.parametrize("year", range(2027, 2037))
def test_a_year_without_a_notice_counts_by_weekends_and_statutory_days(year: int) -> None:
    worked = {day for day in days(year) if day.weekday() < SATURDAY} - law(year)
    assert {day for day in days(year) if CALENDAR.works(day)} == worked
    assert not any(CALENDAR.published(day) for day in days(year))


def test_a_notice_replaces_what_was_provisional() -> None:
    before = published_up_to(2025)
    assert before.years == {2024, 2025}
    changed = {day for day in days(2026) if before.works(day) != CALENDAR.works(day)}
    assert {date(2026, 2, 14), date(2026, 2, 20), date(2026, 10, 10)} <= changed
    assert before.version != CALENDAR.version


LEFT = (
    (date(2026, 1, 1), 365),
    (date(2026, 11, 17), 45),
    (date(2026, 12, 31), 1),
    (date(2027, 1, 1), 0),
    (date(2030, 1, 1), 0),
)


@pytest.mark.parametrize(("today", "left"), LEFT)
def test_how_many_days_are_left_of_what_is_published(today: date, left: int) -> None:
    assert CALENDAR.days_left(today) == left


def test_the_hours_of_a_make_up_day_are_those_of_any_other() -> None:
    make_up, off = date(2026, 10, 10), date(2026, 10, 11)
    spans = [(first.strftime("%H:%M"), last.strftime("%H:%M")) for first, last in CALENDAR.spans(make_up)]
    assert spans == [("08:30", "12:00"), ("14:30", "18:00")]
    assert all(first.tzinfo is SHANGHAI for first, _ in CALENDAR.spans(make_up))
    assert list(CALENDAR.spans(off)) == []


JUNE = '"2026-06-19..2026-06-21"'
BROKEN = (
    # what stands there                what stands there instead        what is said
    (JUNE,                             '"2026-06-21..2026-06-19"',      "days of which the last one is not before the"),
    (JUNE,                             '"19 June"',                     'a day, such as "2026-01-01"'),
    (JUNE,                             '"2025-06-19"',                  "days of 2026 or of the December before, not"),
    (JUNE,                             '"2026-10-01"',                  "each day once"),
    ('"2026-01-04", ',                 '"2026-01-05", ',                "days of weekends that are worked, not 2026"),
    ("year = 2025\nnumber",            "year = 2023\nnumber",           "days of 2023 or of the December before"),
    ('"08:30-12:00"',                  '"12:00-08:30"',                 "hours that end after they begin"),
    ('"08:30-12:00"',                  '"08:30-08:30"',                 "hours that end after they begin"),
    ('"08:30-12:00"',                  '"8-12"',                        'hours of a day, such as "08:30-12:00"'),
    ('"08:30-12:00", "14:30-18:00"',   '"14:30-18:00", "08:30-12:00"',  "hours in their order"),
    ('dates = ["01-01"',               'dates = ["13-01"',              'a month and a day, such as "05-01"'),
    ('number = "国办发明电〔2025〕7号"', 'nummer = "文号"',                "found nothing"),
)  # fmt: skip


@pytest.mark.parametrize(("stands", "instead", "said"), BROKEN)
def test_a_calendar_that_cannot_be_used_says_where_and_what_is_right(
    stands: str, instead: str, said: str, tmp_path: Path
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert stands in text
    file = tmp_path / "calendar.toml"
    file.write_text(text.replace(stands, instead, 1), encoding="utf-8")
    with pytest.raises(BrokenTableError) as raised:
        load(file)
    assert said in str(raised.value)
    assert str(raised.value).startswith("calendar.toml, ")


def test_a_year_that_is_left_out_is_named(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    start, end = text.index("[[notice]]\nyear = 2025"), text.index("[[notice]]\nyear = 2026")
    file = tmp_path / "calendar.toml"
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(BrokenTableError, match=r"a notice for each year in order, not \[2024, 2026\]"):
        load(file)


def test_a_day_that_a_notice_names_is_published_though_the_next_years_is_still_to_come() -> None:
    before = published_up_to(2025)
    named = dataclasses.replace(before, off=before.off | {date(2025, 12, 30)}, work=before.work | {date(2025, 12, 27)})
    assert [named.published(date(2025, 12, day)) for day in (27, 28, 30)] == [True, False, True]


def test_a_span_is_provisional_by_each_of_its_days_and_by_no_other() -> None:
    first, last = date(2026, 12, 20), date(2026, 12, 24)
    assert [CALENDAR.provisional(first, day) for day in (last, last + DAY)] == [False, True]
    assert not CALENDAR.provisional(date(2024, 1, 1), date(2024, 1, 8))


def test_the_hours_and_the_version_are_the_files() -> None:
    before = published_up_to(2025)
    assert before.version.startswith("2026.1+")
    assert before.hours == CALENDAR.hours
    assert [f"{first:%H:%M}-{last:%H:%M}" for first, last in CALENDAR.hours] == ["08:30-12:00", "14:30-18:00"]


def test_the_last_days_of_a_year_are_published_by_its_own_notice_and_the_next_ones() -> None:
    both, one = (dataclasses.replace(CALENDAR, years=frozenset(years)) for years in ({2025, 2026}, {2025}))
    assert (both.published(date(2025, 12, 31)), one.published(date(2025, 12, 31))) == (True, False)
    assert one.published(date(2025, 12, 24))
