"""What holds for a case whatever happens to it, in whatever order."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.case import (
    Action,
    AssignedBecause,
    Capacity,
    Case,
    CaseAction,
    CaseEvent,
    CaseEventKind,
    Destination,
    Status,
)
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.outcome import ReportOutcome
from contracts.report import LocationOutcome, ReportLocated, Urgency
from contracts.territory import Path
from contracts.wire import Body
from services.chassis.values import Decision, Outcome, Tick
from services.routing.corrections import PRESSING
from services.routing.ruling import HEIGHT, ruled, within
from services.routing.state import State, facets, wake
from services.routing.turn import HEARD
from tests import builders
from tests.builders import DAY, HOUR, MORNING, OTHER_PATH, PATH, arrived, context
from tests.unit.routing.rulebook import TABLE, classified, decide, settled

HANDED_BACK, TRANSFERRED = AssignedBecause.HANDED_BACK, AssignedBecause.TRANSFERRED
GIVEN = ("extended", "pauses", "request")
DATED = {DeadlineKind.SCHEDULED, DeadlineKind.RESCHEDULED}
AFTERWARDS = {Action.CONFIRM, Action.REOPEN, Action.COMMENT}
"""What may be done with a case that nobody has to act on."""
NUMBERS = st.integers(1, 5)
ACTIONS = st.builds(
    builders.action,
    st.sampled_from(Action),
    action_id=st.uuids().map(str),
    assignment=st.none() | NUMBERS,
    note=st.sampled_from([None, " ", "已修复", "已修复"]),
    capacity=st.sampled_from(Capacity),
    unit=st.sampled_from([None, None, *(unit.code for unit in PATH)]),
    to=st.sampled_from([(), OTHER_PATH, *(PATH[:depth] for depth in (1, 2, 3, 4))]).map(
        lambda path: tuple(Destination(code=unit.code, name=unit.name) for unit in path)
    ),
    minutes=st.sampled_from([None, 60, 600, 100_000]),
    department=st.sampled_from([None, None, "water", "police"]),
)
DEADLINES = st.builds(
    builders.deadline,
    st.sampled_from(DeadlineKind),
    NUMBERS,
    due_at=st.integers(1, 200).map(lambda hours: MORNING + hours * HOUR),
)
PATHS = [PATH[:depth] for depth in (1, 2, 3, 4)] + [OTHER_PATH]
REPORTS = st.builds(
    builders.report,
    revision=st.integers(1, 6),
    solved=st.sampled_from([None, None, None, "已现场调解"]),
    withdrawn=st.sampled_from([None, None, None, "误报"]),
    urgency=st.sampled_from(Urgency),
    people=st.sampled_from([None, 3, 12, 60]),
    money=st.sampled_from([None, 500, 2_000_000]),
    group=st.sampled_from([None, 6, 40]),
    classified=st.sampled_from([None, "020101", "080101", "1402", "160104", "050202"]).map(classified),
)
PLACES = st.builds(builders.location, st.sampled_from(LocationOutcome), path=st.sampled_from(PATHS))


def _about(located: ReportLocated, about: Path) -> ReportLocated:
    return located.model_copy(update={"about": about})


LOCATED = st.builds(_about, st.builds(builders.located, REPORTS, PLACES), st.sampled_from([(), (), *PATHS]))
WAITS = st.sampled_from([HOUR, 3 * DAY, 8 * DAY])
Given = Body | timedelta
"""An input, or a time that passes until a tick, if one is due then."""
INPUTS = st.lists(st.one_of(ACTIONS, DEADLINES, LOCATED, WAITS), max_size=30)

Step = tuple[Given, State, Decision[State], State]
"""What came, the state before it, the decision and the state after it."""


def booked(case: Case, name: str) -> object:
    return getattr(case.assignment, name)


def lived(inputs: list[Given]) -> list[Step]:
    steps: list[Step] = []
    state, now = State(), MORNING
    for one in inputs:
        now += one if isinstance(one, timedelta) else HOUR
        if isinstance(one, timedelta):
            due = wake(state)
            if due is None or due > now:
                continue
            decision = decide(state, Tick(now), context(now))
        else:
            decision = settled(state, arrived(one, now), context(now))
        steps.append((one, state, decision, decision.state or state))
        state = decision.state or state
    return steps


def case_events(decision: Decision[State]) -> list[CaseEvent]:
    return [event.body for event in decision.events if isinstance(event.body, CaseEvent)]


def changes(inputs: list[Given]) -> list[tuple[Given, Case, Case]]:
    """The cases before and after each step that found one."""
    return [(one, before.case, after.case) for one, before, _, after in lived(inputs) if before.case and after.case]


@given(INPUTS)
def test_versions_count_without_a_gap(inputs: list[Given]) -> None:
    steps = lived(inputs)
    versions = [body.version for _, _, decision, _ in steps for body in case_events(decision)]
    assert versions == list(range(1, len(versions) + 1))
    assert all(after.version == (after.case.version if after.case else after.version) for *_, after in steps)


@given(INPUTS)
def test_each_decision_of_the_table_says_all_that_is_needed_to_make_it_again(inputs: list[Given]) -> None:
    told = [body for _, _, decision, _ in lived(inputs) for body in case_events(decision) if body.routed]
    for body in told:
        how, case = body.routed, body.case
        assert how
        assert how.facts
        assert case
        assert ruled(TABLE, how.facts, case.path, case.about, how.raised) == how


@given(INPUTS)
def test_a_case_always_has_exactly_one_current_assignment_on_its_path(inputs: list[Given]) -> None:
    for _, before, _, after in lived(inputs):
        if after.case is None:
            assert before.case is None
            continue
        assert after.case.path_in_charge()[-1] == after.case.assignment.unit
        assert after.case.assignment.path or after.case.assignment.unit in after.case.path
        more = after.case.assignment.number - (before.case.assignment.number if before.case else 1)
        assert more in (0, 1)
        was, now = (one.case.assignment if one.case else None for one in (before, after))
        assert more or was is None or (now and (now.unit, now.assigned_at) == (was.unit, was.assigned_at))


@given(INPUTS)
def test_no_unit_that_a_case_is_about_ever_has_it_open(inputs: list[Given]) -> None:
    for *_, after in lived(inputs):
        if after.case and after.case.status.open:
            unit, banner = after.case.assignment.unit, after.case.path[0]
            assert unit == banner or not within(unit, after.case.about)


@given(INPUTS)
def test_a_case_that_has_climbed_never_comes_down_unless_people_put_it_there(inputs: list[Given]) -> None:
    for _, before, _, after in lived(inputs):
        put = after.case is not None and after.case.assignment.because in {HANDED_BACK, TRANSFERRED}
        assert put or HEIGHT[after.raised] >= HEIGHT[before.raised]
        if after.case and after.case.status.open:
            assert HEIGHT[after.case.assignment.unit.level] >= HEIGHT[after.raised]


@given(INPUTS)
def test_a_case_goes_only_the_lawful_ways_from_status_to_status(inputs: list[Given]) -> None:
    lawful = {
        Status.ASSIGNED: set(Status) - {Status.CLOSED, Status.SUSPENDED},
        Status.ACCEPTED: set(Status) - {Status.CLOSED},
        Status.STARTED: set(Status) - {Status.CLOSED, Status.ACCEPTED},
        Status.SUSPENDED: set(Status) - {Status.CLOSED, Status.ACCEPTED},
        Status.RESOLVED: {Status.RESOLVED, Status.CLOSED, Status.ASSIGNED},
        Status.CLOSED: {Status.CLOSED, Status.ASSIGNED},
        Status.WITHDRAWN: {Status.WITHDRAWN},
        Status.CANCELLED: {Status.CANCELLED, Status.ASSIGNED},
    }
    for one, before, after in changes(inputs):
        assert after.status in lawful[before.status]
        again = after.status.open and not before.status.open
        acted = one.action if isinstance(one, CaseAction) else None
        assert not again or after.urgency is Urgency.LIFE_THREATENING or acted is Action.REOPEN
        confirmed = acted is Action.CONFIRM and after != before.model_copy(update={"version": after.version})
        rang = isinstance(one, timedelta) and before.status is Status.RESOLVED
        closed = before.status is Status.CLOSED or rang or confirmed
        assert (after.status is Status.CLOSED) == (closed and not again)
        assert (after.resolved_at is not None) == (after.status in {Status.RESOLVED, Status.CLOSED})


@given(INPUTS)
def test_only_a_new_assignment_takes_the_due_time_away_or_changes_the_clock(inputs: list[Given]) -> None:
    for one, before, after in changes(inputs):
        if after.assignment.number == before.assignment.number:
            scheduled = isinstance(one, DeadlineEvent) and one.kind in DATED
            assert after.clock == before.clock
            moved = {"extended", "pauses"} & {name for name in GIVEN if booked(after, name) != booked(before, name)}
            assert scheduled or after.due_at == (None if moved else before.due_at)
        elif before.status.open and after.assignment.unit.code == before.assignment.unit.code:
            assert after.assignment.because in {AssignedBecause.CORRECTED, TRANSFERRED}
            assert after.assignment.because is TRANSFERRED or PRESSING[after.clock] > PRESSING[before.clock]
            assert after.assignment.due_by == (before.due_at or before.assignment.due_by)


@given(INPUTS)
def test_a_lower_revision_never_counts_and_a_higher_one_always_does(inputs: list[Given]) -> None:
    for one, before, decision, after in lived(inputs):
        if not isinstance(one, ReportLocated):
            assert before.case is None or (after.case and after.case.revision == before.case.revision)
        elif before.case and one.report.revision <= before.case.revision:
            assert (decision.outcome, decision.state, decision.events) == (Outcome.STALE, None, ())
        else:
            assert after.case
            assert after.case.revision == one.report.revision
            assert case_events(decision)


@given(INPUTS)
def test_a_breach_moves_only_the_assignment_it_names(inputs: list[Given]) -> None:
    for body, before, decision, after in lived(inputs):
        if not isinstance(body, DeadlineEvent) or body.kind is not DeadlineKind.BREACHED:
            continue
        moved = before.case is not None and after.case is not None and after.case.assignment != before.case.assignment
        [answer] = case_events(decision)
        assert moved == (answer.kind is CaseEventKind.ASSIGNED)
        if moved:
            assert before.case
            assert before.case.assignment.number == body.assignment
            assert before.case.status.open


@given(INPUTS)
def test_every_action_is_answered_once_and_a_refused_one_changes_nothing(inputs: list[Given]) -> None:
    for body, before, decision, after in lived(inputs):
        if not isinstance(body, CaseAction):
            continue
        [answer] = case_events(decision)
        assert answer.answers == body.cause
        assert (answer.kind is CaseEventKind.REFUSED) == (decision.outcome is Outcome.REFUSED)
        if before.case and not before.case.status.open:
            assert body.action in AFTERWARDS or answer.kind is CaseEventKind.REFUSED
        if decision.outcome is Outcome.REFUSED and before.case and after.case:
            assert after.case.model_copy(update={"version": before.version}) == before.case


@given(INPUTS)
def test_the_newest_event_carries_the_case_as_it_is_kept(inputs: list[Given]) -> None:
    for _, _, decision, after in lived(inputs):
        told = case_events(decision)
        if told:
            assert told[-1].case == after.case


@given(INPUTS)
def test_only_a_report_opens_a_case_and_only_once(inputs: list[Given]) -> None:
    for body, before, decision, after in lived(inputs):
        opens = isinstance(body, ReportLocated) and before.case is None
        assert opens == (before.case is None and after.case is not None)
        first = {CaseEventKind.OPENED, CaseEventKind.WITHDRAWN} if opens else {*CaseEventKind} - {CaseEventKind.OPENED}
        assert {told.kind for told in case_events(decision)[:1]} <= first


@given(INPUTS)
def test_the_source_hears_of_each_thing_that_concerns_it_in_the_version_of_its_event(inputs: list[Given]) -> None:
    for _, _, decision, _ in lived(inputs):
        bodies = [event.body for event in decision.events]
        heard = [(body.version, body.kind) for body in bodies if isinstance(body, ReportOutcome)]
        concerns = [told for told in case_events(decision) if told.case and told.kind in HEARD]
        assert heard == [(told.version, HEARD[told.kind]) for told in concerns]


@given(INPUTS)
def test_once_ended_it_is_told_so_once(inputs: list[Given]) -> None:
    told = [told.kind for _, _, decision, _ in lived(inputs) for told in case_events(decision)]
    again = sum(after.status.open and not before.status.open for _, before, after in changes(inputs))
    for end in (CaseEventKind.RESOLVED, CaseEventKind.CLOSED):
        assert told.count(end) <= 1 + again
    for end in (CaseEventKind.OPENED, CaseEventKind.WITHDRAWN):
        assert told.count(end) <= 1
    assert told.count(CaseEventKind.CLOSED) <= told.count(CaseEventKind.RESOLVED)


@given(INPUTS)
def test_a_tick_leaves_no_timer_that_is_due(inputs: list[Given]) -> None:
    for one, before, _, after in lived(inputs):
        if isinstance(one, timedelta):
            assert wake(before)
            assert wake(after) is None


@given(INPUTS)
def test_the_document_comes_back_from_json_as_it_was_and_is_found_once_it_is_open(inputs: list[Given]) -> None:
    for *_, after in lived(inputs):
        assert State.model_validate_json(after.model_dump_json(exclude_none=True)) == after
        assert bool(facets(after)) == (after.case is not None)


@given(INPUTS)
def test_what_is_passed_around_is_lifted_by_the_third_return_at_the_latest(inputs: list[Given]) -> None:
    for _, before, after in changes(inputs):
        lifted = after.assignment.because is AssignedBecause.LIFTED and after.assignment != before.assignment
        top = before.assignment.unit == before.path[0]
        assert after.returns == 0 if lifted else after.returns in (before.returns, before.returns + 1)
        assert lifted or top or after.returns <= TABLE.limits.lift_after or after.returns == before.returns
        assert not lifted or HEIGHT[after.assignment.unit.level] == HEIGHT[before.assignment.unit.level] + 1
