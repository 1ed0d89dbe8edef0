"""The account of a demo: the checker's verdict in the demo's words; whatever is wrong puts it out of balance."""

from dataclasses import replace

import pytest

from contracts.topics import OUTCOMES
from tests.unit.yiwang.check_sabotage import where, without
from tests.unit.yiwang.check_world import Evidence, lived
from yiwang.check.rules import offence
from yiwang.check.values import End
from yiwang.demo.account import Account


@pytest.fixture(scope="module")
async def healthy() -> Evidence:
    return await lived()


def taken(evidence: Evidence) -> Account:
    checker = evidence.checker()
    return Account(dict(checker.ends()), checker.verdict())


def test_reports_are_cases_repeats_and_parked_records_and_a_correction_is_no_further_report(healthy: Evidence) -> None:
    found = taken(healthy)

    counts = [found.count(end) for end in (End.CASE, End.REVISION, End.REPEAT, End.PARKED)]
    assert (found.sent, counts) == (15, [9, 2, 2, 2])
    assert found.line().startswith("demo: reports=13 cases=9 repeats=2 parked=2 breaches=16 alerts=")
    assert found.line().endswith(" lost=0 duplicated=0")
    assert found.balanced


def test_what_is_lost_is_counted_named_and_out_of_balance(healthy: Evidence) -> None:
    lossy = without(OUTCOMES, where(reference="A-5", revision=1, kind="received"))
    found = taken(lossy(healthy))

    assert not found.balanced
    assert " lost=0 " not in found.line()
    assert any("A-5, revision 1" in one.line() for one in found.offences)


def test_what_is_unlawful_is_out_of_balance_though_nothing_is_lost_or_doubled(healthy: Evidence) -> None:
    found = taken(healthy)
    wrong = replace(found.verdict, unlawful=(offence("false-breach", "a case", "a breach"),))

    assert not replace(found, verdict=wrong).balanced


def test_what_is_still_to_come_at_the_end_of_a_demo_counts_as_lost(healthy: Evidence) -> None:
    sent = [one for one in healthy.records if one.topic.startswith("report.submitted.")]
    found = taken(healthy.but(offsets={}, records=sent, documents=[], history=[], received=[], stores=[]))

    assert found.verdict.ok
    assert found.line().endswith(" lost=15 duplicated=0")
    assert not found.balanced
