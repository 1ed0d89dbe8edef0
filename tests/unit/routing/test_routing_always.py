"""What holds for a case whatever happens to it, in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Action, CaseAction, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.report import LocationOutcome, ReportLocated
from contracts.wire import Body
from services.chassis.values import Decision, Outcome
from services.routing.domain import decide
from services.routing.state import State, facets
from tests import builders
from tests.builders import HOUR, MORNING, PATH, arrived, context

NUMBERS = st.integers(1, 5)
ACTIONS = st.builds(
    builders.action,
    st.sampled_from(Action),
    action_id=st.uuids().map(str),
    assignment=st.none() | NUMBERS,
    note=st.sampled_from([None, " ", "已修复"]),
)
DEADLINES = st.builds(builders.deadline, st.sampled_from(DeadlineKind), NUMBERS)
REPORTS = st.builds(
    builders.report, revision=st.integers(1, 3), solved=st.sampled_from([None, None, None, "已现场调解"])
)
PLACES = st.builds(
    builders.location, st.just(LocationOutcome.LOCATED), path=st.sampled_from([PATH[:n] for n in (1, 2, 4)])
)
LOCATED = st.builds(builders.located, REPORTS, PLACES)
INPUTS = st.lists(st.one_of(ACTIONS, DEADLINES, LOCATED), max_size=30)

Step = tuple[Body, State, Decision[State], State]
"""An input, the state before it, the decision and the state after it."""


def lived(bodies: list[Body]) -> list[Step]:
    steps: list[Step] = []
    state: State | None = None
    for hour, body in enumerate(bodies):
        now = MORNING + hour * HOUR
        decision = decide(state, arrived(body, now), context(now))
        following = decision.state or state
        assert following is not None
        steps.append((body, state or State(), decision, following))
        state = following
    return steps


def case_events(decision: Decision[State]) -> list[CaseEvent]:
    return [event.body for event in decision.events if isinstance(event.body, CaseEvent)]


@given(INPUTS)
def test_versions_count_without_a_gap(bodies: list[Body]) -> None:
    steps = lived(bodies)
    versions = [body.version for _, _, decision, _ in steps for body in case_events(decision)]
    assert versions == list(range(1, len(versions) + 1))
    assert all(after.version == (after.case.version if after.case else after.version) for *_, after in steps)


@given(INPUTS)
def test_a_case_always_has_exactly_one_current_assignment_on_its_path(bodies: list[Body]) -> None:
    for _, before, _, after in lived(bodies):
        if after.case is None:
            assert before.case is None
            continue
        number, unit = after.case.assignment.number, after.case.assignment.unit
        assert after.case.path[-number] == unit
        steps_up = number - (before.case.assignment.number if before.case else 1)
        assert steps_up in (0, 1)


@given(INPUTS)
def test_a_breach_moves_only_the_assignment_it_names(bodies: list[Body]) -> None:
    for body, before, decision, after in lived(bodies):
        if not isinstance(body, DeadlineEvent) or body.kind is not DeadlineKind.BREACHED:
            continue
        moved = before.case is not None and after.case is not None and after.case.assignment != before.case.assignment
        [answer] = case_events(decision)
        assert moved == (answer.kind is CaseEventKind.ASSIGNED)
        if moved:
            assert before.case
            assert before.case.assignment.number == body.assignment
            assert before.case.status is not Status.RESOLVED


@given(INPUTS)
def test_every_action_is_answered_once_and_a_refused_one_changes_nothing(bodies: list[Body]) -> None:
    for body, before, decision, after in lived(bodies):
        if not isinstance(body, CaseAction):
            continue
        [answer] = case_events(decision)
        assert answer.answers == body.cause
        assert (answer.kind is CaseEventKind.REFUSED) == (decision.outcome is Outcome.REFUSED)
        if decision.outcome is Outcome.REFUSED and before.case and after.case:
            assert after.case.model_copy(update={"version": before.version}) == before.case


@given(INPUTS)
def test_a_resolved_case_stays_resolved(bodies: list[Body]) -> None:
    for _, before, _, after in lived(bodies):
        if before.case and before.case.status is Status.RESOLVED:
            assert after.case
            assert after.case.status is Status.RESOLVED


@given(INPUTS)
def test_the_newest_event_carries_the_case_as_it_is_kept(bodies: list[Body]) -> None:
    for _, _, decision, after in lived(bodies):
        told = case_events(decision)
        if told:
            assert told[-1].case == after.case


@given(INPUTS)
def test_only_a_report_opens_a_case_and_only_once(bodies: list[Body]) -> None:
    for body, before, decision, _ in lived(bodies):
        opens = any(told.kind is CaseEventKind.OPENED for told in case_events(decision))
        assert opens == (isinstance(body, ReportLocated) and before.case is None)


@given(INPUTS)
def test_the_document_comes_back_from_json_as_it_was_and_is_found_once_it_is_open(bodies: list[Body]) -> None:
    for *_, after in lived(bodies):
        assert State.model_validate_json(after.model_dump_json(exclude_none=True)) == after
        assert bool(facets(after)) == (after.case is not None)
