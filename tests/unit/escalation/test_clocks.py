"""Clocks: the deadlines of the levels by class, to the second, in the banner's own time zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.case import ClockClass
from contracts.territory import Level
from services.escalation.clocks import SUPERVISED, TERMS, Light, due_at, light, pause, term_zh, warn_at

SOME_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+08:00")


STANDARD, URGENT, LIFE = ClockClass.STANDARD, ClockClass.URGENT, ClockClass.LIFE
TABLE = (
    # class     level           assigned               warns                  due
    (STANDARD,  Level.GRID,     "03-05T09:00:00",      "03-05T21:00:00",      "03-06T00:00:00"),
    (STANDARD,  Level.GRID,     "03-05T00:00:00",      "03-05T19:12:00",      "03-06T00:00:00"),
    (STANDARD,  Level.GRID,     "03-05T23:59:50",      "03-05T23:59:58",      "03-06T00:00:00"),
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


@pytest.mark.parametrize(("clock", "level", "assigned", "warns", "due"), TABLE)
def test_each_class_and_level_has_its_deadline(
    clock: ClockClass, level: Level, assigned: str, warns: str, due: str
) -> None:
    assert due_at(clock, level, local(assigned)) == local(due)
    assert warn_at(local(assigned), local(due)) == local(warns)


def test_every_class_and_level_has_a_term_and_every_class_its_pause() -> None:
    assert set(TERMS) == set(product(ClockClass, Level)) == {row[:2] for row in TABLE}
    assert set(SUPERVISED) == set(ClockClass)


@given(st.sampled_from(Level), SOME_TIME)
def test_a_more_pressing_class_is_never_due_later(level: Level, start: datetime) -> None:
    dues = [due_at(clock, level, start) for clock in (LIFE, URGENT, STANDARD)]
    assert dues == sorted(dues)


@given(SOME_TIME, SOME_TIME)
def test_a_clock_that_was_due_before_it_started_warns_no_later_than_that(start: datetime, due: datetime) -> None:
    assert warn_at(start, due) <= due


TERMS_ZH = (
    (STANDARD,  Level.GRID,     "普通，网格应当日办结"),
    (STANDARD,  Level.VILLAGE,  "普通，嘎查村/社区应在3日内办结"),
    (URGENT,    Level.GRID,     "限时，网格应在4小时内（不过当日）办结"),
    (URGENT,    Level.TOWN,     "限时，苏木镇应在2日内办结"),
    (LIFE,      Level.GRID,     "特急，网格应在15分钟内（不过当日）办结"),
    (LIFE,      Level.TOWN,     "特急，苏木镇应在45分钟内办结"),
    (LIFE,      Level.BANNER,   "特急，旗应在1小时内办结"),
)  # fmt: skip


@pytest.mark.parametrize(("clock", "level", "said"), TERMS_ZH)
def test_a_term_is_said_in_chinese(clock: ClockClass, level: Level, said: str) -> None:
    assert term_zh(clock, level) == said


def test_the_day_ends_in_the_banner_wherever_the_time_was_written() -> None:
    before_midnight_in_the_banner = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)
    after_midnight_in_the_banner = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    assert due_at(STANDARD, Level.GRID, before_midnight_in_the_banner) == local("03-06T00:00:00")
    assert due_at(STANDARD, Level.GRID, after_midnight_in_the_banner) == local("03-07T00:00:00")


@given(st.sampled_from(ClockClass), st.sampled_from(Level), SOME_TIME)
def test_a_clock_warns_after_its_start_and_before_it_is_due(clock: ClockClass, level: Level, start: datetime) -> None:
    due = due_at(clock, level, start)
    assert start <= warn_at(start, due) <= due
    assert start < due <= start + timedelta(days=7)


LIGHTS = (
    ("03-05T09:00:00", Light.GREEN),
    ("03-05T20:59:59", Light.GREEN),
    ("03-05T21:00:00", Light.AMBER),
    ("03-05T23:59:59", Light.AMBER),
    ("03-06T00:00:00", Light.RED),
)


@pytest.mark.parametrize(("now", "shown"), LIGHTS)
def test_the_light_changes_when_the_clock_warns_and_when_it_is_due(now: str, shown: Light) -> None:
    assert light(local(now), local("03-05T21:00:00"), local("03-06T00:00:00")) is shown


def test_pauses_between_questions_double_up_to_an_hour() -> None:
    minutes = [pause(asked) / timedelta(minutes=1) for asked in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(pause(asked) <= pause(following) for asked, following in pairwise(range(1, 2_000)))


@pytest.mark.parametrize("level", Level)
def test_the_territorys_page_has_the_terms_of_the_pressing_classes(level: Level) -> None:
    page = (Path(__file__).parents[3] / "docs" / "territory.md").read_text(encoding="utf-8")
    assert f"| {level.zh} | {shown(TERMS[URGENT, level])} | {shown(TERMS[LIFE, level])} |" in page


def shown(term: timedelta | str) -> str:
    assert isinstance(term, timedelta)
    units = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))
    return next(f"{term // unit} {name}" for unit, name in units if not term % unit)
