"""What the virtual banner sends."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from contracts.report import Datum, LocationOutcome
from contracts.topics import SUBMITTED
from services.chassis.values import Input, Invalid, Record
from services.gis.boundaries import Boundaries
from services.gis.domain import locate
from services.intake.domain import Intake, decide
from services.intake.reading import READERS, parse, read
from services.intake.submitted import Submitted, report_of
from simulation.matters import MATTERS
from simulation.reports import Sent, reports
from tests.builders import MORNING, context

COUNT = 600


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries.load()


@pytest.fixture(scope="module")
def sent(boundaries: Boundaries) -> list[Sent]:
    return list(reports(1, COUNT, boundaries, MORNING))


@pytest.fixture(scope="module")
def good(sent: list[Sent]) -> list[Submitted]:
    return [read(one.department, one.body) for one in sent if one.expect in {"opened", "resolved"}]


def test_the_same_seed_gives_the_same_reports_and_another_one_others(boundaries: Boundaries, sent: list[Sent]) -> None:
    assert list(reports(1, COUNT, boundaries, MORNING)) == sent
    assert list(reports(2, COUNT, boundaries, MORNING)) != sent


def test_there_are_as_many_as_asked_for(sent: list[Sent], boundaries: Boundaries) -> None:
    assert len(sent) == COUNT
    assert list(reports(1, 0, boundaries, MORNING)) == []


def test_two_runs_never_share_a_reference(sent: list[Sent], boundaries: Boundaries) -> None:
    later = reports(1, COUNT, boundaries, MORNING + timedelta(seconds=1))

    assert not {one.reference for one in sent} & {one.reference for one in later}


def test_each_report_comes_to_what_is_expected_of_it(sent: list[Sent]) -> None:
    states: dict[str, Intake] = {}

    for offset, one in enumerate(sent):
        assert _told(one, offset, states) == one.expect, one


def _told(one: Sent, offset: int, states: dict[str, Intake]) -> str:
    """The outcome that intake tells; what it receives is opened later, and resolved if it was solved."""
    physical = Record(
        topic=SUBMITTED[one.department].name,
        partition=0,
        offset=offset,
        key=None,
        value=one.body,
        headers=(),
        time=MORNING,
    )
    try:
        body = parse(physical)
    except Invalid:
        return "parked"
    step = Input(id=READERS[0].identify(physical, body), subject=body.subject, body=body, record=physical)
    decision = decide(states.get(body.subject), step, context())
    states[body.subject] = decision.state or states[body.subject]
    told = decision.events[-1].body.type.split(".")[2]
    if told != "received" or body.version > 1:
        return told
    return "resolved" if body.solved else "opened"


def test_they_come_from_most_sources_about_every_matter_in_every_datum(good: list[Submitted]) -> None:
    assert len({one.department for one in good}) > 20
    assert {one.category for one in good} == {matter.category for matter in MATTERS}
    assert {one.point.given_in for one in good if one.point} == set(Datum)


def test_every_source_of_a_matter_has_a_topic() -> None:
    assert {source for matter in MATTERS for source in matter.sources} <= set(SUBMITTED)


def test_points_lie_in_real_grids_and_some_reports_lie_elsewhere(good: list[Submitted], boundaries: Boundaries) -> None:
    outcomes = Counter(locate(boundaries, report_of(one, MORNING)).outcome for one in good)

    assert set(outcomes) >= {LocationOutcome.LOCATED, LocationOutcome.OUTSIDE, LocationOutcome.NOT_LOCATED}
    assert outcomes[LocationOutcome.LOCATED] > 0.85 * len(good)


def test_what_happened_happened_in_the_hours_before(good: list[Submitted]) -> None:
    assert all(timedelta(0) < MORNING - one.occurred_at < timedelta(hours=11) for one in good)


def test_people_are_made_of_numbers(good: list[Submitted]) -> None:
    named = [one.submission.reporter for one in good if one.submission.reporter]

    assert named
    assert all(re.fullmatch(r"报告人\d{4}", one.name or "") for one in named)
