"""Moves: every status meets every action, every breach its answer, and no move is made twice."""

from itertools import product

import pytest

from contracts.case import Action, AssignedBecause, Case, CaseAction, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.outcome import ReportOutcome
from contracts.territory import BANNER, Level, UnitRef, full_name
from services.chassis.values import Decision, Outcome
from services.routing.moves import MOVES, lawful
from services.routing.state import State
from tests import builders
from tests.builders import DAY, GRID, HOUR, MORNING, PATH, TOWN, VILLAGE, arrived, assignment, context, deadline, kinds
from tests.unit.routing.rulebook import decide

ASSIGNED, ACCEPTED, RESOLVED, CLOSED, WITHDRAWN = Status
ACCEPT, HAND_UP, RESOLVE = Action.ACCEPT, Action.HAND_UP, Action.RESOLVE
NIGHT = MORNING + 15 * HOUR
MET = (
    # stands     at       is asked to   becomes     at        tells
    (ASSIGNED,   GRID,    ACCEPT,       ACCEPTED,   GRID,     "case.accepted"),
    (ASSIGNED,   GRID,    HAND_UP,      ASSIGNED,   VILLAGE,  "case.assigned"),
    (ASSIGNED,   GRID,    RESOLVE,      RESOLVED,   GRID,     "case.resolved"),
    (ACCEPTED,   GRID,    ACCEPT,       ACCEPTED,   GRID,     "case.refused"),
    (ACCEPTED,   GRID,    HAND_UP,      ASSIGNED,   VILLAGE,  "case.assigned"),
    (ACCEPTED,   GRID,    RESOLVE,      RESOLVED,   GRID,     "case.resolved"),
    (RESOLVED,   GRID,    ACCEPT,       RESOLVED,   GRID,     "case.refused"),
    (RESOLVED,   GRID,    HAND_UP,      RESOLVED,   GRID,     "case.refused"),
    (RESOLVED,   GRID,    RESOLVE,      RESOLVED,   GRID,     "case.refused"),
    (CLOSED,     GRID,    ACCEPT,       CLOSED,     GRID,     "case.refused"),
    (CLOSED,     GRID,    HAND_UP,      CLOSED,     GRID,     "case.refused"),
    (CLOSED,     GRID,    RESOLVE,      CLOSED,     GRID,     "case.refused"),
    (WITHDRAWN,  GRID,    ACCEPT,       WITHDRAWN,  GRID,     "case.refused"),
    (WITHDRAWN,  GRID,    HAND_UP,      WITHDRAWN,  GRID,     "case.refused"),
    (WITHDRAWN,  GRID,    RESOLVE,      WITHDRAWN,  GRID,     "case.refused"),
    (ASSIGNED,   VILLAGE, HAND_UP,      ASSIGNED,   TOWN,     "case.assigned"),
    (ASSIGNED,   TOWN,    HAND_UP,      ASSIGNED,   BANNER,   "case.assigned"),
    (ASSIGNED,   BANNER,  HAND_UP,      ASSIGNED,   BANNER,   "case.refused"),
    (ACCEPTED,   BANNER,  HAND_UP,      ACCEPTED,   BANNER,   "case.refused"),
)  # fmt: skip


def standing(status: Status = ASSIGNED, unit: UnitRef = GRID, version: int = 4) -> State:
    """A case whose deepest unit was its first, so that its unit tells the assignment's number."""
    number = len(PATH) - PATH.index(unit)
    case = builders.case(version, status, assignment=assignment(number, unit), due_at=NIGHT)
    return State(version=version, case=case)


def after(decision: Decision[State]) -> Case:
    assert decision.state
    assert decision.state.case
    return decision.state.case


def told(decision: Decision[State]) -> CaseEvent:
    body = decision.events[0].body
    assert isinstance(body, CaseEvent)
    return body


def act(state: State | None, what: Action = ACCEPT, **fields: object) -> Decision[State]:
    asked = builders.action(what, **({"note": "已修复"} | fields))
    return decide(state, arrived(asked), context(MORNING + HOUR))


def breach(state: State | None, number: int) -> Decision[State]:
    return decide(state, arrived(deadline(DeadlineKind.BREACHED, number)), context(NIGHT))


def test_the_table_below_meets_every_status_with_every_action() -> None:
    assert {(row[0], row[2]) for row in MET} == set(product(Status, Action)) >= set(MOVES)


@pytest.mark.parametrize(("status", "unit", "action", "then", "at", "tells"), MET)
def test_each_action_makes_of_the_case_what_the_table_says(
    status: Status, unit: UnitRef, action: Action, then: Status, at: UnitRef, tells: str
) -> None:
    decision = act(standing(status, unit), action)
    assert (after(decision).status, after(decision).assignment.unit) == (then, at)
    assert kinds(decision)[0] == tells
    assert decision.outcome is (Outcome.REFUSED if tells == "case.refused" else Outcome.APPLIED)
    assert told(decision).version == after(decision).version == 5
    assert told(decision).answers == builders.action(action).cause


def test_a_case_that_is_handed_up_starts_anew_at_the_unit_above() -> None:
    case = after(act(standing(ACCEPTED), HAND_UP))
    new = assignment(2, VILLAGE, assigned_at=MORNING + HOUR, because=AssignedBecause.HANDED_UP)
    assert (case.assignment, case.due_at, case.path) == (new, None, PATH)


def test_resolving_keeps_what_was_done_and_when_and_tells_the_source() -> None:
    decision = act(standing(), RESOLVE, note=" 已换水泵 ")
    assert kinds(decision) == ["case.resolved", "report.resolved"]
    assert (after(decision).resolution, after(decision).resolved_at) == ("已换水泵", MORNING + HOUR)
    assert [event.body.version for event in decision.events] == [5, 5]


@pytest.mark.parametrize("note", [None, "", "  "])
def test_resolving_without_a_word_on_what_was_done_is_refused(note: str | None) -> None:
    decision = act(standing(), RESOLVE, note=note)
    assert decision.outcome is Outcome.REFUSED
    assert "处理情况" in told(decision).why


@pytest.mark.parametrize("number", [1, 3])
def test_an_action_that_names_another_assignment_is_refused_whatever_it_asks(number: int) -> None:
    decision = act(standing(unit=VILLAGE), HAND_UP, assignment=number)
    assert decision.outcome is Outcome.REFUSED
    assert after(decision).assignment == assignment(2, VILLAGE)
    assert "第2次" in told(decision).why


def test_an_action_that_names_the_current_assignment_is_done() -> None:
    assert act(standing(unit=VILLAGE), HAND_UP, assignment=2).outcome is Outcome.APPLIED


REFUSALS = (
    # stands     at       is asked to   the reason
    (ACCEPTED,   GRID,    ACCEPT,       "事项已签收，无需重复签收，现在可以上报、办结"),
    (RESOLVED,   GRID,    HAND_UP,      "事项已办结，不能上报，不再接受操作"),
    (RESOLVED,   GRID,    RESOLVE,      "事项已办结，无需重复办结，不再接受操作"),
    (CLOSED,     GRID,    RESOLVE,      "事项已结案，不能办结，不再接受操作"),
    (WITHDRAWN,  GRID,    ACCEPT,       "事项已撤回，不能签收，不再接受操作"),
    (WITHDRAWN,  BANNER,  HAND_UP,      "事项已撤回，不能上报，不再接受操作"),
    (ASSIGNED,   BANNER,  HAND_UP,      "旗综治中心已是最高一级，不能再上报，现在可以签收、办结"),
)  # fmt: skip


@pytest.mark.parametrize(("status", "unit", "action", "why"), REFUSALS)
def test_a_refusal_says_why_and_what_would_be_lawful(status: Status, unit: UnitRef, action: Action, why: str) -> None:
    assert told(act(standing(status, unit), action)).why == why


def test_a_refused_action_changes_the_version_and_nothing_else() -> None:
    before = standing(RESOLVED)
    assert before.case
    assert after(act(before)) == before.case.model_copy(update={"version": 5})


@pytest.mark.parametrize(("status", "unit"), list(product(Status, PATH)))
def test_what_is_called_lawful_is_exactly_what_is_done(status: Status, unit: UnitRef) -> None:
    state = standing(status, unit)
    done = tuple(action for action in Action if act(state, action).outcome is Outcome.APPLIED)
    assert state.case
    assert lawful(state.case) == done


REASONS = (
    # at       what is done   the reason
    (GRID,     ACCEPT,        f"已由{full_name(PATH)}签收：已修复"),
    (GRID,     HAND_UP,       f"已由{full_name(PATH)}上报至昂素镇昂素嘎查：已修复"),
    (TOWN,     HAND_UP,       "已由昂素镇上报至旗综治中心：已修复"),
    (GRID,     RESOLVE,       f"已由{full_name(PATH)}办结：已修复"),
    (BANNER,   RESOLVE,       "已由旗综治中心办结：已修复"),
)  # fmt: skip


@pytest.mark.parametrize(("unit", "action", "why"), REASONS)
def test_the_reason_names_who_acted_with_its_town_and_at_the_top_the_centre(
    unit: UnitRef, action: Action, why: str
) -> None:
    assert told(act(standing(unit=unit), action)).why == why


def test_a_source_hears_of_a_resolution_without_the_numbers_in_its_note() -> None:
    decision = act(standing(), RESOLVE, note="已电话告知13900001111")
    said = decision.events[1].body
    assert isinstance(said, ReportOutcome)
    assert said.said == f"已由{full_name(PATH)}办结：已电话告知139****1111"
    assert after(decision).resolution == "已电话告知13900001111"


def test_a_source_hears_who_has_its_case_after_each_move_and_not_what_the_officers_wrote() -> None:
    handed, breached = act(standing(), HAND_UP, note="内部意见"), breach(standing(unit=VILLAGE), 2)
    said = [decision.events[1].body for decision in (handed, breached)]
    assert [kinds(decision)[1:] for decision in (handed, breached)] == [["report.assigned"]] * 2
    assert [(body.said, body.unit, body.version) for body in said if isinstance(body, ReportOutcome)] == [
        ("事项已上报，由昂素镇昂素嘎查办理。", VILLAGE, 5),
        ("事项超期提级，由昂素镇办理。", TOWN, 5),
    ]


@pytest.mark.parametrize("what", [ACCEPT, RESOLVE])
def test_only_a_move_up_raises_a_case(what: Action) -> None:
    done, handed = act(standing(), what).state, act(standing(), HAND_UP).state
    assert done
    assert handed
    assert (done.raised, handed.raised) == (Level.GRID, Level.VILLAGE)
    again = breach(handed, 2).state
    assert again
    assert again.raised is Level.TOWN


def test_a_breach_of_a_case_that_has_ended_is_answered_with_how_it_ended() -> None:
    assert told(breach(standing(WITHDRAWN), 1)).why == "事项已撤回，不再提级"


def test_a_breach_names_the_unit_above_with_its_town_and_the_centre_at_the_top() -> None:
    whys = [told(breach(standing(unit=unit), 4 - depth)).why for depth, unit in enumerate(PATH)]
    assert whys == [
        "第4次指派已超期，旗综治中心为最高一级，继续办理并列入督办",
        "第3次指派已超期，提级至旗综治中心",
        "第2次指派已超期，提级至昂素镇",
        "第1次指派已超期，提级至昂素镇昂素嘎查",
    ]


def test_a_breach_moves_the_case_up_and_names_what_it_answers() -> None:
    asked = arrived(deadline(DeadlineKind.BREACHED))
    decision = decide(standing(ACCEPTED), asked, context(NIGHT))
    case = after(decision)
    new = assignment(2, VILLAGE, assigned_at=NIGHT, because=AssignedBecause.ESCALATED)
    assert (case.assignment, case.status, case.due_at) == (new, ASSIGNED, None)
    assert (told(decision).kind, told(decision).by) == (CaseEventKind.ASSIGNED, "escalation")
    assert told(decision).answers == asked.id


ANSWERS = (
    # stands     at        breach of   answer
    (ASSIGNED,   GRID,     1,          CaseEventKind.ASSIGNED),
    (ACCEPTED,   TOWN,     3,          CaseEventKind.ASSIGNED),
    (ASSIGNED,   VILLAGE,  1,          CaseEventKind.MOOT),
    (ASSIGNED,   VILLAGE,  3,          CaseEventKind.MOOT),
    (RESOLVED,   GRID,     1,          CaseEventKind.MOOT),
    (RESOLVED,   BANNER,   4,          CaseEventKind.MOOT),
    (ASSIGNED,   BANNER,   4,          CaseEventKind.KEPT),
    (ACCEPTED,   BANNER,   4,          CaseEventKind.KEPT),
    (ACCEPTED,   BANNER,   3,          CaseEventKind.MOOT),
)  # fmt: skip


@pytest.mark.parametrize(("status", "unit", "number", "answer"), ANSWERS)
def test_a_breach_is_a_request_and_always_answered(
    status: Status, unit: UnitRef, number: int, answer: CaseEventKind
) -> None:
    before = standing(status, unit)
    decision = breach(before, number)
    assert (told(decision).kind, told(decision).version) == (answer, 5)
    if answer is not CaseEventKind.ASSIGNED:
        assert before.case
        assert after(decision) == before.case.model_copy(update={"version": 5})


def test_a_breach_and_a_hand_up_move_the_case_one_level_in_either_order() -> None:
    handed_first = breach(act(standing(), HAND_UP, assignment=1).state, 1)
    breached_first = act(breach(standing(), 1).state, HAND_UP, assignment=1)
    assert after(handed_first).assignment.unit == after(breached_first).assignment.unit == VILLAGE
    assert kinds(handed_first) == ["case.moot"]
    assert kinds(breached_first) == ["case.refused"]


def test_a_breach_that_is_asked_again_moves_the_case_once() -> None:
    again = breach(breach(standing(), 1).state, 1)
    assert after(again).assignment.unit == VILLAGE
    assert kinds(again) == ["case.moot"]


def clock(number: int, kind: DeadlineKind = DeadlineKind.SCHEDULED) -> DeadlineEvent:
    return deadline(kind, number, due_at=NIGHT + DAY)


def test_a_schedule_sets_the_due_time_of_its_own_assignment_and_tells_nobody() -> None:
    decision = decide(standing(), arrived(clock(1)), context())
    assert after(decision).due_at == NIGHT + DAY
    assert (decision.outcome, decision.events, after(decision).version) == (Outcome.APPLIED, (), 4)


@pytest.mark.parametrize("late", [clock(1), clock(3), clock(2, DeadlineKind.WARNED), clock(2, DeadlineKind.OVERDUE)])
def test_other_deadlines_are_recorded_and_change_nothing(late: DeadlineEvent) -> None:
    before = standing(unit=VILLAGE)
    decision = decide(before, arrived(late), context())
    assert (decision.state, decision.events, decision.outcome) == (before, (), Outcome.NOTHING)


@pytest.mark.parametrize(("kind", "tells"), [(DeadlineKind.BREACHED, ["case.moot"]), (DeadlineKind.SCHEDULED, [])])
def test_a_deadline_of_a_case_not_yet_known_creates_its_document(kind: DeadlineKind, tells: list[str]) -> None:
    decision = decide(None, arrived(deadline(kind)), context())
    assert decision.state == State(version=len(tells), case=None)
    assert kinds(decision) == tells


def test_the_same_action_has_the_same_events_whenever_it_is_decided() -> None:
    asked: CaseAction = builders.action(HAND_UP)
    assert act(standing(), HAND_UP).events[0].id == decide(standing(), arrived(asked), context(NIGHT)).events[0].id
