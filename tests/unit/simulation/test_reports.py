"""What a feed sends in one go."""

from collections import Counter
from datetime import timedelta

import pytest

from contracts.outcome import OutcomeKind
from contracts.report import Submission
from services.gis.boundaries import Boundaries
from simulation.reports import reports
from simulation.sent import PARKED, Sent
from tests.builders import MORNING

COUNT = 600


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries.load()


@pytest.fixture(scope="module")
def sent(boundaries: Boundaries) -> list[Sent]:
    return list(reports(1, COUNT, boundaries, MORNING))


def test_the_same_seed_gives_the_same_reports_and_another_one_others(boundaries: Boundaries, sent: list[Sent]) -> None:
    assert list(reports(1, COUNT, boundaries, MORNING)) == sent
    assert list(reports(2, COUNT, boundaries, MORNING)) != sent


def test_there_are_as_many_as_asked_for(sent: list[Sent], boundaries: Boundaries) -> None:
    assert len(sent) == COUNT
    assert list(reports(1, 0, boundaries, MORNING)) == []


def test_fewer_are_the_first_of_more(sent: list[Sent], boundaries: Boundaries) -> None:
    assert list(reports(1, 50, boundaries, MORNING)) == sent[:50]


def test_two_runs_never_share_a_reference(sent: list[Sent], boundaries: Boundaries) -> None:
    later = reports(1, COUNT, boundaries, MORNING + timedelta(seconds=1))

    assert not {one.reference for one in sent} & {one.reference for one in later}


def test_each_kind_of_outcome_comes_that_needs_nobody_to_act(sent: list[Sent]) -> None:
    awaited = Counter(one.outcomes[-1] for one in sent)

    assert set(awaited) == set(OutcomeKind) - {OutcomeKind.ASSIGNED, OutcomeKind.LINKED, OutcomeKind.CLOSED}
    assert awaited[OutcomeKind.RESOLVED] > 0.3 * COUNT


def test_each_repeat_correction_and_conflict_is_of_another_earlier_report(sent: list[Sent]) -> None:
    known: set[tuple[str, str]] = set()
    twice: set[tuple[str, str]] = set()
    for one in sent:
        key = one.department, one.reference
        assert key not in twice
        (twice if key in known else known).add(key)

    assert twice


def test_what_is_not_parked_is_a_submission(sent: list[Sent]) -> None:
    for one in sent:
        if one.expect != PARKED:
            assert Submission.model_validate_json(one.body).reference == one.reference


def test_what_happened_happened_before(sent: list[Sent]) -> None:
    assert all(timedelta(0) <= MORNING - one.truth.happened_at < timedelta(days=2) for one in sent if one.truth)
