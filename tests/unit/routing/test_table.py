"""The table: which rows fit which reports, each condition by itself and all together."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.categories import CATEGORIES, within
from contracts.report import Classification, ClassifiedBy, Guess, LocationOutcome, Urgency
from services.routing.rules import NAMES, UNDECIDED, Rule
from services.routing.table import Facts, facts
from tests import builders
from tests.unit.routing.rulebook import LAST, TABLE, row, table

PLAIN = Facts(
    category="020101",
    urgency=Urgency.ORDINARY,
    people=None,
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
    names = [rule.name for rule in table(tmp_path, row("asks", when), LAST).fitting(replace(PLAIN, **fields))]
    assert names == (["asks", "last"] if fits else ["last"])


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
    located=st.sampled_from(LocationOutcome),
    source=st.sampled_from([*NAMES, "one-of-tomorrow"]),
    solved=st.booleans(),
)


def plainly(rule: Rule, of: Facts) -> bool:
    """What a clerk would do with the row in hand."""
    when = rule.when
    low, high = when.people_min, when.people_max
    return (
        (when.category is None or any(meets(of, word) for word in when.category))
        and not any(meets(of, word) for word in when.not_category or ())
        and (when.urgency is None or of.urgency in when.urgency)
        and (low is None or (of.people is not None and of.people >= low))
        and (high is None or (of.people is not None and of.people <= high))
        and (when.located is None or of.located in when.located)
        and (when.source is None or of.source in when.source)
        and (when.solved is None or of.solved is when.solved)
    )


def meets(of: Facts, word: str) -> bool:
    return of.category is None if word == UNDECIDED else within(of.category, word)


@given(FACTS)
def test_the_table_made_ready_says_what_reading_it_row_by_row_would(of: Facts) -> None:
    assert list(TABLE.fitting(of)) == [rule for rule in TABLE.rules if plainly(rule, of)]


@pytest.mark.parametrize(
    ("first", "confidence", "category"),
    [("15", 0.5, "15"), ("16", 0.31, "16"), ("15", 0.2, None), ("13", 0.8, None)],
)
def test_an_undecided_report_that_looks_like_an_emergency_or_like_misconduct_is_taken_for_one(
    first: str, confidence: float, category: str | None
) -> None:
    guess = Guess(code=first, zh=first, confidence=confidence)
    found = Classification(zh="未定类别", by=ClassifiedBy.UNDECIDED, confidence=0, version="1", runners_up=(guess,))
    asked = facts(builders.report(classified=found), LocationOutcome.LOCATED)
    assert asked.category == category
