"""What becomes of a week of the virtual banner: each record comes to its end, and people keep to their habits."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

import pytest

from contracts.case import AssignedBecause, CaseEvent, CaseEventKind
from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from contracts.outcome import OutcomeKind
from contracts.report import LocationOutcome
from contracts.territory import Level
from services.gis.boundaries import Boundaries
from simulation.banner import Banner
from simulation.hall import TownHall
from simulation.people import People, leaves
from simulation.sent import Sent
from tests.unit.simulation.territory import MONDAY, members
from tests.unit.simulation.weeks import Weeks
from yiwang.demo.plan import Plan
from yiwang.demo.plan import banner as demo_banner
from yiwang.demo.turns import KINDS

DAYS, TAIL, VOLUME = 4, 8, 40


@pytest.fixture(scope="module")
def banner() -> Banner:
    boundaries = Boundaries.load()
    return Banner(3, MONDAY, DAYS, boundaries, members(boundaries), VOLUME)


@pytest.fixture(scope="module")
def sent(banner: Banner) -> list[Sent]:
    return [one for moment in banner.moments for one in banner.reports(moment)]


@pytest.fixture(scope="module")
def weeks(banner: Banner) -> Weeks:
    away = leaves(banner.seed, MONDAY, DAYS + TAIL, banner.members)
    weeks = Weeks(TownHall(People.of(banner.seed, banner.members, away)))
    longer = Banner(banner.seed, MONDAY, DAYS + TAIL, banner.boundaries, banner.members)
    weeks.run(banner, longer.moments)
    return weeks


def test_each_record_comes_to_the_outcomes_that_its_source_must_see(sent: list[Sent], weeks: Weeks) -> None:
    told = defaultdict(set)
    for outcome in weeks.outcomes:
        told[outcome.department, outcome.reference, outcome.revision].add(outcome.kind)

    for one in sent:
        if OutcomeKind.PARKED not in one.outcomes:
            assert set(one.outcomes) <= told[one.department, one.reference, one.revision], one


def test_as_many_are_parked_and_repeated_as_were_meant_to_be(sent: list[Sent], weeks: Weeks) -> None:
    wanted = Counter(one.outcomes[-1] for one in sent)
    told = Counter(outcome.kind for outcome in weeks.outcomes)

    assert {kind: told[kind] for kind in (OutcomeKind.PARKED, OutcomeKind.REPEAT)} == {
        kind: wanted[kind] for kind in (OutcomeKind.PARKED, OutcomeKind.REPEAT)
    }


def test_every_moment_is_read_as_it_was_meant(sent: list[Sent], weeks: Weeks) -> None:
    truths = {(report_id(one.department, one.reference), one.revision): one.truth for one in sent if one.truth}
    reports = [located.report for located in weeks.located]

    assert reports
    for report in reports:
        truth = truths[report.report_id, report.revision]
        assert report.occurred_at == truth.happened_at, truth


def test_hardly_any_place_is_found_where_it_is_not(sent: list[Sent], weeks: Weeks) -> None:
    truths = {(report_id(one.department, one.reference), one.revision): one.truth for one in sent if one.truth}
    wrong = 0
    for located in weeks.located:
        truth = truths[located.report.report_id, located.report.revision]
        outside = located.location.outcome is LocationOutcome.OUTSIDE
        wrong += outside if truth.unit else not outside
        wrong += not truth.unit.startswith(located.location.path[-1].code) if truth.unit else 0

    assert wrong <= len(weeks.located) / 50


def test_no_action_is_refused(weeks: Weeks) -> None:
    assert [event.why for event in weeks.cases if event.kind is CaseEventKind.REFUSED] == []


def test_most_is_solved_in_the_grid_and_hardly_anything_at_the_banner(weeks: Weeks) -> None:
    shares = _shares(weeks.cases)

    assert 0.55 < shares[Level.GRID] < 0.85
    assert shares[Level.BANNER] < 0.15


def test_a_few_percent_are_late_and_some_climb_by_themselves(weeks: Weeks) -> None:
    given = [e for e in weeks.cases if e.kind in {CaseEventKind.OPENED, CaseEventKind.ASSIGNED}]
    open_ = [event for event in given if event.case and event.case.status.open]
    late = [clock for clock in weeks.deadlines if clock.kind is DeadlineKind.BREACHED and clock.n == 1]
    climbed = [e for e in open_ if e.case and e.case.assignment.because is AssignedBecause.ESCALATED]

    assert 0.01 < len(late) / len(open_) < 0.15
    assert climbed


def test_in_the_weeks_of_the_demo_cases_go_every_other_way_by_some_rule_and_nothing_is_refused() -> None:
    plan = Plan()
    made, hall = demo_banner(plan, Boundaries.load())
    weeks = Weeks(hall)
    weeks.run(made, plan.moments(made))

    assert [kind.rule for kind in KINDS if not any(kind.fits(event) for event in weeks.cases)] == []
    assert [event.why for event in weeks.cases if event.kind is CaseEventKind.REFUSED] == []


def test_in_another_order_the_hall_hears_the_same(weeks: Weeks) -> None:
    again = TownHall(weeks.hall.people)
    for event in sorted(weeks.cases, key=lambda event: (str(event.case_id)[::-1], -event.version)):
        again.hear(event)
    morning = MONDAY + timedelta(days=DAYS + TAIL, hours=9)

    assert list(again.actions(morning)) == list(weeks.hall.actions(morning))


def _shares(events: Iterable[CaseEvent]) -> dict[Level, float]:
    resolved = [event.case for event in events if event.case and event.kind is CaseEventKind.RESOLVED]
    levels = Counter(case.assignment.unit.level for case in resolved)
    return {level: levels[level] / len(resolved) for level in Level}
