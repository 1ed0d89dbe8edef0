"""Closing: a resolved case closes by itself after seven days, and nothing else does."""

from datetime import datetime

import pytest

from contracts.case import Action, CaseEvent, CaseEventKind, Status
from contracts.identity import event_id, timer_cause
from contracts.outcome import OutcomeKind, ReportOutcome
from services.chassis.values import Decision, Outcome, Tick
from services.routing.state import CLOSES_AFTER, State, wake
from tests import builders
from tests.builders import CASE_ID, DAY, HOUR, MORNING, arrived, context, kinds, located
from tests.unit.routing.rulebook import decide

END = MORNING + 7 * DAY


def solved() -> State:
    decision = decide(None, arrived(located(builders.report(solved="已现场调解"))), context())
    assert decision.state
    return decision.state


def tick(state: State | None, at: datetime) -> Decision[State]:
    return decide(state, Tick(at), context(at))


def test_a_resolved_case_wants_a_tick_seven_days_later() -> None:
    assert CLOSES_AFTER == 7 * DAY
    assert wake(solved()) == END
    resolve = arrived(builders.action(Action.RESOLVE, note="已修复"), MORNING + HOUR)
    resolved = decide(State(version=1, case=builders.case()), resolve, context(MORNING + HOUR)).state
    assert resolved
    assert wake(resolved) == END + HOUR


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RESOLVED])
def test_a_case_in_any_other_status_wants_none(status: Status) -> None:
    assert wake(State(version=1, case=builders.case(1, status, resolved_at=MORNING))) is None


@pytest.mark.parametrize("state", [State(), State(version=1, case=builders.case(1, Status.RESOLVED))])
def test_nor_does_what_was_never_opened_or_was_resolved_before_that_was_noted(state: State) -> None:
    assert wake(state) is None
    assert tick(state, END).outcome is Outcome.NOTHING


def test_the_tick_closes_the_case_and_its_source_hears_it() -> None:
    decision = tick(solved(), END)
    assert kinds(decision) == ["case.closed", "report.closed"]
    told, heard = (event.body for event in decision.events)
    assert isinstance(told, CaseEvent)
    assert isinstance(heard, ReportOutcome)
    assert (told.by, told.at, told.why, told.version) == ("routing", END, "办结满7日，无异议，结案", 3)
    assert (heard.kind, heard.said) == (OutcomeKind.CLOSED, told.why)
    assert told.case
    assert told.case.status is Status.CLOSED
    assert decision.events[0].id == event_id(timer_cause(str(CASE_ID), 1, "closed", 1), "yiwang.case.closed.v1")


def test_after_it_nothing_is_due_any_more() -> None:
    closed = tick(solved(), END + DAY).state
    assert closed
    assert wake(closed) is None
    assert tick(closed, END + 2 * DAY).events == ()


def test_a_tick_before_its_time_does_nothing() -> None:
    early = tick(solved(), END - HOUR)
    assert (early.outcome, early.events) == (Outcome.NOTHING, ())


def test_a_correction_and_the_tick_leave_the_same_case_whichever_comes_first() -> None:
    correction = arrived(located(builders.report(revision=2, text="补充说明")), END)
    corrected_first = tick(decide(solved(), correction, context(END)).state, END)
    closed_first = decide(tick(solved(), END).state, correction, context(END))
    assert corrected_first.state == closed_first.state
    assert kinds(closed_first) == [f"case.{CaseEventKind.CORRECTED.value}"]


def test_a_correction_does_not_put_the_closing_off() -> None:
    late = decide(solved(), arrived(located(builders.report(revision=2)), END - HOUR), context(END - HOUR))
    assert late.state
    assert wake(late.state) == END
