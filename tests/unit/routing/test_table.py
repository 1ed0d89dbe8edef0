"""The table: which rows fit which reports, each condition by itself and all together."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Facts
from contracts.categories import CATEGORIES, within
from contracts.report import Classification, ClassifiedBy, Guess, LocationOutcome, Urgency
from contracts.territory import BANNER
from services.routing.rules import NAMES, UNDECIDED, Rule, Standing
from services.routing.table import facts
from tests import builders
from tests.builders import GRID, MORNING, TOWN, VILLAGE
from tests.unit.routing.rulebook import LAST, TABLE, row, table

PLAIN = Facts(
    category="020101",
    urgency=Urgency.ORDINARY,
    place=GRID.code,
    day=date(2026, 3, 5),
    time="09:00",
    located=LocationOutcome.LOCATED,
    source="water",
    solved=False,
)
CONDITIONS: tuple[tuple[str, Mapping[str, Any], bool], ...] = (
    # a row that asks for                     of a report with                      fits
    ("",                                      {},                                   True),
    ('category = ["020101"]',                 {},                                   True),
    ('category = ["02"]',                     {},                                   True),
    ('category = ["01", "0201"]',             {},                                   True),
    ('category = ["020102"]',                 {},                                   False),
    ('category = ["020101"]',                 {"category": "0201"},                 False),
    ('category = ["02"]',                     {"category": None},                   False),
    ('category = ["undecided"]',              {"category": None},                   True),
    ('category = ["undecided"]',              {},                                   False),
    ('category = ["02"]',                     {"category": "0299"},                 True),
    ('category = ["02"]',                     {"category": "990101"},               False),
    ('not_category = ["02"]',                 {"category": "990101"},               True),
    ('not_category = ["02"]',                 {},                                   False),
    ('not_category = ["undecided"]',          {},                                   True),
    ('not_category = ["undecided"]',          {"category": None},                   False),
    ('category = ["02"], not_category = ["0201"]', {},                              False),
    ('category = ["02"], not_category = ["0201"]', {"category": "02"},              True),
    ('urgency = ["urgent"]',                  {},                                   False),
    ('urgency = ["ordinary", "urgent"]',      {},                                   True),
    ("people_min = 10",                       {},                                   False),
    ("people_min = 10",                       {"people": 9},                        False),
    ("people_min = 10",                       {"people": 10},                       True),
    ("people_min = 10",                       {"people": 1_000_000},                True),
    ("people_max = 10",                       {},                                   False),
    ("people_max = 10",                       {"people": 0},                        True),
    ("people_max = 10",                       {"people": 10},                       True),
    ("people_max = 10",                       {"people": 11},                       False),
    ("people_min = 0",                        {"people": 0},                        True),
    ("people_min = 0",                        {},                                   False),
    ("money_min = 30000",                     {},                                   False),
    ("money_min = 30000",                     {"money": 29_999},                    False),
    ("money_min = 30000",                     {"money": 30_000},                    True),
    ("money_max = 30000",                     {"money": 30_000},                    True),
    ("money_max = 30000",                     {"money": 30_001},                    False),
    ("money_max = 30000",                     {},                                   False),
    ("group_min = 5",                         {},                                   False),
    ("group_min = 5",                         {"people": 50},                       False),
    ("group_min = 5",                         {"group": 4},                         False),
    ("group_min = 5",                         {"group": 5},                         True),
    ("group_min = 5, group_max = 9",          {"group": 10},                        False),
    ('place = ["150623103200001"]',           {},                                   True),
    ('place = ["150623103200"]',              {},                                   True),
    ('place = ["150623101", "150623103"]',    {},                                   True),
    ('place = ["150623101"]',                 {},                                   False),
    ('place = ["150623103200002"]',           {},                                   False),
    ('place = ["150623103200"]',              {"place": TOWN.code},                 False),
    ('place = ["150623103200"]',              {"place": VILLAGE.code},              True),
    ('place = ["150623103"]',                 {"place": BANNER.code},               False),
    ('time_from = "09:00", time_to = "17:00"', {},                                  True),
    ('time_from = "09:00", time_to = "17:00"', {"time": "08:59"},                   False),
    ('time_from = "09:00", time_to = "17:00"', {"time": "16:59"},                   True),
    ('time_from = "09:00", time_to = "17:00"', {"time": "17:00"},                   False),
    ('time_from = "22:00", time_to = "06:00"', {},                                  False),
    ('time_from = "22:00", time_to = "06:00"', {"time": "22:00"},                   True),
    ('time_from = "22:00", time_to = "06:00"', {"time": "00:00"},                   True),
    ('time_from = "22:00", time_to = "06:00"', {"time": "05:59"},                   True),
    ('time_from = "22:00", time_to = "06:00"', {"time": "06:00"},                   False),
    ('time_from = "22:00", time_to = "00:00"', {"time": "23:59"},                   True),
    ('time_from = "22:00", time_to = "00:00"', {"time": "00:00"},                   False),
    ('located = ["two_fit"]',                 {},                                   False),
    ('located = ["two_fit", "located"]',      {},                                   True),
    ('source = ["police"]',                   {},                                   False),
    ('source = ["police"]',                   {"source": "police"},                 True),
    ('source = ["police"]',                   {"source": "one-of-tomorrow"},        False),
    ("solved = true",                         {},                                   False),
    ("solved = true",                         {"solved": True},                     True),
    ("solved = false",                        {},                                   True),
    ('category = ["02"], solved = true',      {},                                   False),
)  # fmt: skip


@pytest.mark.parametrize(("when", "fields", "fits"), CONDITIONS)
def test_a_row_fits_if_each_of_its_conditions_holds(
    when: str,
    fields: Mapping[str, Any],
    fits: bool,
    tmp_path: Path,
) -> None:
    names = [rule.name for rule in table(tmp_path, row("asks", when), LAST).fitting(but(**fields))]
    assert names == (["asks", "last"] if fits else ["last"])


def but(**fields: Any) -> Facts:
    return PLAIN.model_copy(update=fields)


DAYS: tuple[tuple[str, str, bool], ...] = (
    # a row that holds                                      on          fits
    ("",                                                    "2026-03-05", True),
    ("since = 2026-03-05",                                  "2026-03-04", False),
    ("since = 2026-03-05",                                  "2026-03-05", True),
    ("until = 2026-03-05",                                  "2026-03-05", True),
    ("until = 2026-03-05",                                  "2026-03-06", False),
    ("since = 2026-03-05\nuntil = 2026-03-05",              "2026-03-05", True),
    ("since = 2026-03-05\nuntil = 9999-12-31",              "9999-12-31", True),
    ('state = "expired"',                                   "2026-03-05", False),
)  # fmt: skip


@pytest.mark.parametrize(("holds", "day", "fits"), DAYS)
def test_a_row_holds_from_its_first_to_its_last_day(holds: str, day: str, fits: bool, tmp_path: Path) -> None:
    given = but(day=date.fromisoformat(day))
    names = [rule.name for rule in table(tmp_path, row("asks", more=holds), LAST).fitting(given)]
    assert names == (["asks", "last"] if fits else ["last"])


def test_rows_on_trial_that_stand_before_the_deciding_one_are_told_apart(tmp_path: Path) -> None:
    tried = 'state = "shadow"'
    rows = (row("a", more=tried), row("b", 'category = ["01"]', more=tried), row("c"), row("d", more=tried), LAST)
    some = table(tmp_path, *rows)
    assert [rule.name for rule in some.shadows(PLAIN)] == ["a"]
    assert [rule.name for rule in some.shadows(but(category="010101"))] == ["a", "b"]
    assert [rule.name for rule in some.fitting(PLAIN)] == ["c", "last"]


def test_the_hour_and_the_day_that_count_are_those_of_the_opening_in_local_time() -> None:
    late = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    found = facts(builders.located(builders.report(occurred_at=MORNING - timedelta(days=3))), late)
    assert (found.day, found.time) == (date(2026, 3, 6), "00:30")


def test_where_no_place_is_known_it_is_the_banners() -> None:
    nowhere = builders.location(LocationOutcome.NOT_LOCATED, path=())
    assert facts(builders.located(at=nowhere), MORNING).place == BANNER.code
    assert facts(builders.located(), MORNING).place == GRID.code


def test_rows_fit_in_their_order(tmp_path: Path) -> None:
    ordered = table(tmp_path, row("b", 'category = ["02"]'), row("c", 'category = ["01"]'), row("a"), LAST)
    assert [rule.name for rule in ordered.fitting(PLAIN)] == ["b", "a", "last"]


def test_the_longest_category_says_who_leads(tmp_path: Path) -> None:
    leads = table(tmp_path, '[leads]\n02 = "water"\n020101 = "agriculture"\n', LAST)
    assert [leads.lead(code) for code in ("020101", "020102", "02", "01", None)] == [
        "agriculture",
        "water",
        "water",
        None,
        None,
    ]


FACTS = st.builds(
    Facts,
    category=st.sampled_from([None, "97", "020199", *CATEGORIES]),
    urgency=st.sampled_from(Urgency),
    people=st.none() | st.integers(0, 120),
    money=st.none() | st.integers(0, 2_000_000),
    group=st.none() | st.integers(0, 60),
    place=st.sampled_from([BANNER.code, "150623101", "150623101002", "150623400498001", TOWN.code, GRID.code]),
    day=st.dates(),
    time=st.times().map(lambda time: f"{time:%H:%M}"),
    located=st.sampled_from(LocationOutcome),
    source=st.sampled_from([*NAMES, "one-of-tomorrow"]),
    solved=st.booleans(),
)


def plainly(rule: Rule, of: Facts) -> bool:
    """What a clerk would do with the row in hand."""
    when = rule.when
    return (
        (when.category is None or any(meets(of, word) for word in when.category))
        and not any(meets(of, word) for word in when.not_category or ())
        and (when.urgency is None or of.urgency in when.urgency)
        and within_bounds(of.people, when.people_min, when.people_max)
        and within_bounds(of.money, when.money_min, when.money_max)
        and within_bounds(of.group, when.group_min, when.group_max)
        and (when.place is None or any(of.place.startswith(code) for code in when.place))
        and (rule.since is None or of.day >= rule.since)
        and (rule.until is None or of.day <= rule.until)
        and in_span(of.time, when.time_from, when.time_to)
        and (when.located is None or of.located in when.located)
        and (when.source is None or of.source in when.source)
        and (when.solved is None or of.solved is when.solved)
    )


def within_bounds(number: int | None, low: int | None, high: int | None) -> bool:
    if number is None:
        return low is None and high is None
    return (low is None or number >= low) and (high is None or number <= high)


def in_span(time: str, begins: str | None, ends: str | None) -> bool:
    if begins is None or ends is None:
        return True
    minutes = [int(one[:2]) * 60 + int(one[3:]) for one in (begins, time, ends)]
    return (minutes[1] - minutes[0]) % 1440 < (minutes[2] - minutes[0]) % 1440


def meets(of: Facts, word: str) -> bool:
    return of.category is None if word == UNDECIDED else within(of.category, word)


@given(FACTS)
def test_the_table_made_ready_says_what_reading_it_row_by_row_would(of: Facts) -> None:
    plain = [rule for rule in TABLE.rules if plainly(rule, of)]
    decides = next(n for n, rule in enumerate(plain) if rule.state is Standing.ACTIVE)
    assert list(TABLE.fitting(of)) == [rule for rule in plain if rule.state is Standing.ACTIVE]
    assert list(TABLE.shadows(of)) == plain[:decides]


@pytest.mark.parametrize(
    ("first", "confidence", "category"),
    [("15", 0.5, "15"), ("16", 0.31, "16"), ("15", 0.2, None), ("13", 0.8, None)],
)
def test_an_undecided_report_that_looks_like_an_emergency_or_like_misconduct_is_taken_for_one(
    first: str, confidence: float, category: str | None
) -> None:
    guess = Guess(code=first, zh=first, confidence=confidence)
    found = Classification(zh="未定类别", by=ClassifiedBy.UNDECIDED, confidence=0, version="1", runners_up=(guess,))
    asked = facts(builders.located(builders.report(classified=found)), MORNING)
    assert asked.category == category
