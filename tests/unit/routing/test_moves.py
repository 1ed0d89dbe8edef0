"""Moves: every status meets every action, every breach its answer, and no move is made twice."""

from datetime import datetime
from itertools import product
from uuid import UUID

import pytest

from contracts.case import (
    Action,
    AssignedBecause,
    Capacity,
    Case,
    CaseAction,
    CaseEvent,
    CaseEventKind,
    ClockClass,
    Destination,
    Extension,
    Pause,
    Piece,
    Proof,
    Status,
    Wish,
)
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.outcome import ReportOutcome
from contracts.report import Coordinates, Datum
from contracts.territory import BANNER, Level, Path, UnitRef, full_name, office
from services.chassis.values import Decision, Outcome, Tick
from services.routing.domain import NEEDLESS
from services.routing.moves import MOVES, lawful, table
from services.routing.state import CLOSES_AFTER, Breach, State, wake
from tests import builders
from tests.builders import (
    CASE_ID,
    DAY,
    GRID,
    HOUR,
    MORNING,
    OTHER_GRID,
    OTHER_PATH,
    PATH,
    TOWN,
    VILLAGE,
    arrived,
    assignment,
    context,
    deadline,
    kinds,
)
from tests.unit.routing.rulebook import TABLE, decide, settled

ASSIGNED, ACCEPTED, STARTED, SUSPENDED, LINKED, RESOLVED, CLOSED, WITHDRAWN, CANCELLED, JOINED = Status
ACCEPT, START, HAND_UP, HAND_BACK, TRANSFER, *TIME, LINK, UNLINK, SPLIT, JOIN, COMMENT = Action
EXTEND, SUSPEND, APPROVE, DECLINE, RESUME, RESOLVE, CONFIRM, REOPEN, CANCEL = TIME
HANDLER, SUPERIOR, CENTRE, FOLLOW_UP, REPORTER = Capacity
NIGHT = MORNING + 15 * HOUR
OPEN = (ASSIGNED, ACCEPTED, STARTED)
MET = (
    # stands       at       as            is asked to   becomes     at        tells
    ((ASSIGNED,),  GRID,    (HANDLER,),   ACCEPT,       ACCEPTED,   GRID,     "case.accepted"),
    (OPEN[:2],     GRID,    (HANDLER,),   START,        STARTED,    GRID,     "case.started"),
    (OPEN,         GRID,    (HANDLER,),   HAND_UP,      ASSIGNED,   VILLAGE,  "case.assigned"),
    (OPEN,         VILLAGE, (HANDLER,),   HAND_UP,      ASSIGNED,   TOWN,     "case.assigned"),
    (OPEN,         TOWN,    (HANDLER,),   HAND_UP,      ASSIGNED,   BANNER,   "case.assigned"),
    (OPEN,         GRID,    (HANDLER,),   HAND_BACK,    ASSIGNED,   VILLAGE,  "case.assigned"),
    (OPEN,         GRID,    (HANDLER, SUPERIOR, CENTRE), TRANSFER, ASSIGNED, OTHER_GRID, "case.assigned"),
    (OPEN,         GRID,    (HANDLER,),   RESOLVE,      RESOLVED,   GRID,     "case.resolved"),
    (OPEN[1:],     GRID,    (HANDLER,),   EXTEND,       None,       GRID,     "case.requested"),
    (OPEN[1:],     GRID,    (HANDLER,),   SUSPEND,      None,       GRID,     "case.requested"),
    ((SUSPENDED,), GRID,    (HANDLER, SUPERIOR, CENTRE), RESUME, STARTED, GRID, "case.resumed"),
    ((SUSPENDED,), GRID,    (CENTRE,),    CANCEL,       CANCELLED,  GRID,     "case.cancelled"),
    ((RESOLVED,),  GRID,    (FOLLOW_UP,), CONFIRM,      CLOSED,     GRID,     "case.confirmed"),
    ((CANCELLED,), GRID,    (CENTRE,),    REOPEN,       ASSIGNED,   GRID,     "case.assigned"),
    ((RESOLVED, CLOSED), GRID, (SUPERIOR, CENTRE, FOLLOW_UP, REPORTER), REOPEN, ASSIGNED, GRID, "case.assigned"),
    (OPEN,         GRID,    (CENTRE,),    CANCEL,       CANCELLED,  GRID,     "case.cancelled"),
    (OPEN,         GRID,    (HANDLER, SUPERIOR, CENTRE), LINK, None, GRID,    "case.related"),
    (OPEN,         GRID,    (HANDLER, SUPERIOR, CENTRE), SPLIT, None, GRID,   "case.split"),
    ((LINKED,),    GRID,    (SUPERIOR, CENTRE, FOLLOW_UP, REPORTER), UNLINK, ASSIGNED, GRID, "case.assigned"),
    *(((each,),    GRID,    tuple(Capacity), COMMENT,   each,       GRID,     "case.commented") for each in Status),
)  # fmt: skip
LAWFUL = {
    (status, at, capacity, action): (then or status, where, tells)
    for stands, at, capacities, action, then, where, tells in MET
    for status, capacity in product(stands, capacities)
}


def standing(status: Status = ASSIGNED, unit: UnitRef = GRID, version: int = 4) -> State:
    """A case whose deepest unit was its first, so that its unit tells the assignment's number."""
    number = len(PATH) - PATH.index(unit)
    rests = [Pause(since=MORNING, minutes=600, by="1", why="待料")] if status is SUSPENDED else []
    case = builders.case(version, status, assignment=assignment(number, unit, pauses=rests), due_at=NIGHT)
    return State(version=version, case=case)


def after(decision: Decision[State]) -> Case:
    assert decision.state
    assert decision.state.case
    return decision.state.case


def told(decision: Decision[State]) -> CaseEvent:
    body = decision.events[0].body
    assert isinstance(body, CaseEvent)
    return body


def to(path: Path) -> tuple[Destination, ...]:
    return tuple(Destination(code=unit.code, name=unit.name) for unit in path)


def act(state: State | None, what: Action = ACCEPT, **fields: object) -> Decision[State]:
    usual: dict[str, object] = {"note": "已修复"} | ({"to": to(OTHER_PATH)} if what is TRANSFER else {})
    usual |= {"minutes": 60} if what in {EXTEND, SUSPEND} else {}
    usual |= {"actor": "1200"} if what in {APPROVE, DECLINE} else {}
    usual |= {"other": UUID(int=7)} if what is LINK else {}
    usual |= {"pieces": (Piece(summary="清理管线"),)} if what is SPLIT else {}
    usual |= {"unit": VILLAGE.code} if fields.get("capacity") is SUPERIOR else {}
    asked = builders.action(what, **(usual | fields))
    return decide(state, arrived(asked), context(MORNING + HOUR))


def breach(state: State | None, number: int) -> Decision[State]:
    return settled(state, arrived(deadline(DeadlineKind.BREACHED, number)), context(NIGHT))


@pytest.mark.parametrize(
    ("status", "unit", "capacity", "action"),
    [*product(Status, (GRID,), Capacity, Action), *(key for key in LAWFUL if key[1] is not GRID)],
)
def test_each_action_makes_of_the_case_what_the_table_above_says_and_anything_else_is_refused(
    status: Status, unit: UnitRef, capacity: Capacity, action: Action
) -> None:
    then, at, tells = LAWFUL.get((status, unit, capacity, action), (status, unit, "case.refused"))
    decision = act(standing(status, unit), action, capacity=capacity)
    assert (after(decision).status, after(decision).assignment.unit) == (then, at)
    assert kinds(decision)[0] == tells
    assert decision.outcome is (Outcome.REFUSED if tells == "case.refused" else Outcome.APPLIED)
    assert told(decision).version == after(decision).version == 5
    assert (told(decision).answers, told(decision).sender) == (builders.action(action).cause, "app")


def test_the_codes_table_has_no_move_that_the_one_above_has_not() -> None:
    # what decides needs something to be decided, and what takes parts back needs parts
    moves = {key: move for key, move in MOVES.items() if not (move.decides or key[1] is JOIN)}
    made = {(status, capacity, action) for (status, action), move in moves.items() for capacity in move.who}
    assert made == {(status, capacity, action) for status, _, capacity, action in LAWFUL}


def test_a_case_that_is_handed_up_starts_anew_at_the_unit_above() -> None:
    case = after(act(standing(ACCEPTED), HAND_UP))
    new = assignment(2, VILLAGE, assigned_at=MORNING + HOUR, because=AssignedBecause.HANDED_UP, given_by=PATH)
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


TOP = "现在可以签收、开始办理、转办、办结、并案、拆分、备注"
FRESH = "现在可以签收、开始办理、上报、退回、转办、办结、并案、拆分、备注"
BUSY = "开始办理、上报、退回、转办、申请延时、申请挂账、办结、并案、拆分、备注"
REFUSALS = (
    # stands     at       is asked to   the reason
    (ACCEPTED,   GRID,    ACCEPT,       f"事项已签收，无需重复签收，现在可以{BUSY}"),
    (RESOLVED,   GRID,    HAND_UP,      "事项已办结，不能上报，现在可以备注"),
    (RESOLVED,   GRID,    RESOLVE,      "事项已办结，无需重复办结，现在可以备注"),
    (RESOLVED,   GRID,    CONFIRM,      "回访确认须由回访人员提出，现在可以备注"),
    (CLOSED,     GRID,    RESOLVE,      "事项已结案，不能办结，现在可以备注"),
    (WITHDRAWN,  GRID,    ACCEPT,       "事项已撤回，不能签收，现在可以备注"),
    (CANCELLED,  BANNER,  HAND_UP,      "事项已作废，不能上报，现在可以备注"),
    (ASSIGNED,   GRID,    CANCEL,       f"作废须由旗综治中心提出，{FRESH}"),
    (ASSIGNED,   BANNER,  HAND_UP,      f"旗综治中心已是最高一级，不能再上报，{TOP}"),
    (ASSIGNED,   BANNER,  HAND_BACK,    f"旗综治中心已是最高一级，不能退回，{TOP}"),
)  # fmt: skip


@pytest.mark.parametrize(("status", "unit", "action", "why"), REFUSALS)
def test_a_refusal_says_why_and_what_would_be_lawful(status: Status, unit: UnitRef, action: Action, why: str) -> None:
    state = standing(status, unit)
    refused = told(act(state, action))
    assert refused.why == why
    assert state.case
    assert refused.lawful == tuple(one.value for one in lawful(state.case, HANDLER, TABLE.limits, MORNING + HOUR))


def test_a_refused_action_changes_the_version_and_nothing_else() -> None:
    before = standing(RESOLVED)
    assert before.case
    assert after(act(before)) == before.case.model_copy(update={"version": 5})


@pytest.mark.parametrize(("status", "unit", "capacity"), list(product(Status, PATH, Capacity)))
def test_what_is_called_lawful_is_exactly_what_is_done(status: Status, unit: UnitRef, capacity: Capacity) -> None:
    state = standing(status, unit)
    assert state.case
    above = state.case.above()
    name = above.code if capacity is SUPERIOR and above else None
    done = tuple(one for one in Action if act(state, one, capacity=capacity, unit=name).outcome is Outcome.APPLIED)
    assert lawful(state.case, capacity, TABLE.limits, MORNING + HOUR) == done


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
    decision = settled(standing(ACCEPTED), asked, context(NIGHT))
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


def test_a_breach_moves_nothing_before_all_is_read_that_was_sent_before_it() -> None:
    asked = arrived(deadline(DeadlineKind.BREACHED))
    held = decide(standing(), asked, context(NIGHT))
    assert (held.events, held.outcome, after(held)) == ((), Outcome.APPLIED, standing().case)
    assert held.state
    assert wake(held.state) == NIGHT, "a tick comes at once, but for law 2"
    done = act(held.state, RESOLVE)
    assert kinds(done)[0] == "case.resolved"
    answer = decide(done.state, Tick(NIGHT + HOUR), context(NIGHT + HOUR))
    assert (told(answer).kind, told(answer).answers, told(answer).at) == (CaseEventKind.MOOT, asked.id, NIGHT)
    assert answer.state
    assert wake(answer.state) == MORNING + HOUR + CLOSES_AFTER


def test_breaches_that_wait_together_are_answered_in_order_and_move_the_case_once() -> None:
    state: State | None = standing()
    for n in (1, 2):
        state = decide(state, arrived(deadline(DeadlineKind.BREACHED, 1, n=n)), context(NIGHT + n * HOUR)).state
    answers = decide(state, Tick(NIGHT + DAY), context(NIGHT + DAY))
    assert kinds(answers) == ["case.assigned", "report.assigned", "case.moot"]
    assert after(answers).assignment.unit == VILLAGE
    assert after(answers).assignment.assigned_at == NIGHT + HOUR


def test_a_case_that_goes_on_by_itself_does_so_in_the_tick_that_answers_a_breach() -> None:
    resting = standing(SUSPENDED)
    known = Breach(cause=CASE_ID, at=NIGHT, assignment=1)
    both = decide(resting.model_copy(update={"breaches": (known,)}), Tick(NIGHT + DAY), context(NIGHT + DAY))
    assert kinds(both) == ["case.moot", "case.resumed"]


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


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("kind", DeadlineKind)
def test_what_is_passed_over_unread_would_change_nothing_and_everything_else_is_read(
    kind: DeadlineKind, status: Status | None
) -> None:
    state = standing(status) if status else None
    heard = {DeadlineKind.SCHEDULED, DeadlineKind.RESCHEDULED, DeadlineKind.BREACHED}
    late = clock(1, kind)
    assert (late.type in NEEDLESS) is (kind not in heard)
    if late.type in NEEDLESS:
        assert decide(state, arrived(late), context()) == Decision(state=state or State(), outcome=Outcome.NOTHING)


@pytest.mark.parametrize(("kind", "tells"), [(DeadlineKind.BREACHED, ["case.moot"]), (DeadlineKind.SCHEDULED, [])])
def test_a_deadline_of_a_case_not_yet_known_creates_its_document(kind: DeadlineKind, tells: list[str]) -> None:
    decision = decide(None, arrived(deadline(kind)), context())
    assert decision.state == State(version=len(tells), case=None)
    assert kinds(decision) == tells


def test_the_same_action_has_the_same_events_whenever_it_is_decided() -> None:
    asked: CaseAction = builders.action(HAND_UP)
    assert act(standing(), HAND_UP).events[0].id == decide(standing(), arrived(asked), context(NIGHT)).events[0].id


def test_what_was_handed_up_goes_back_to_who_handed_it_up_with_the_reason() -> None:
    up = act(standing(), HAND_UP).state
    decision = act(up, HAND_BACK, action_id="back", note="材料不全")
    assert (after(decision).assignment.unit, after(decision).assignment.because) == (GRID, AssignedBecause.HANDED_BACK)
    assert told(decision).why == f"已由昂素镇昂素嘎查退回至{full_name(PATH)}：材料不全"
    assert after(decision).returns == 1


@pytest.mark.parametrize("because", [AssignedBecause.ESCALATED, AssignedBecause.LIFTED])
def test_what_was_lifted_to_a_unit_cannot_be_handed_back(because: AssignedBecause) -> None:
    case = builders.case(4, ACCEPTED, assignment=assignment(2, VILLAGE, because=because))
    refused = told(act(State(version=4, case=case), HAND_BACK))
    assert refused.why.startswith("事项是提级交办的，不能退回，现在可以开始办理、上报、转办、")


def test_a_transfer_goes_down_another_path_climbs_on_it_and_comes_back_on_it() -> None:
    there = act(standing(), TRANSFER).state
    up = act(there, HAND_UP, action_id="2").state
    assert up
    assert up.case
    assert up.case.path_in_charge() == OTHER_PATH[:-1]
    back = after(act(up, HAND_BACK, action_id="3"))
    assert back.path_in_charge() == OTHER_PATH
    assert back.path == PATH


def test_a_transfer_to_another_department_alone_changes_who_leads_and_nothing_else() -> None:
    before = standing(ACCEPTED).case
    decision = act(standing(ACCEPTED), TRANSFER, to=(), department="water")
    assert before
    assert after(decision) == before.model_copy(update={"version": 5, "lead": "water", "placed": True})
    assert kinds(decision) == ["case.led"]
    assert told(decision).why == f"已由{full_name(PATH)}转办，牵头部门改为水利：已修复"


def test_who_takes_the_lead_helps_no_more() -> None:
    before = standing(ACCEPTED)
    assert before.case
    helped = before.model_copy(update={"case": before.case.model_copy(update={"cooperating": ("water", "health")})})
    for to_where in ((), to(OTHER_PATH)):
        case = after(act(helped, TRANSFER, to=to_where, department="water"))
        assert (case.lead, case.cooperating) == ("water", ("health",))


NO_WAY = (
    # asks for                                            the reason begins with
    ({"to": ()},                                          "转办须写明另一承办单位或另一牵头部门"),
    ({"to": to(PATH)},                                    "转办须写明另一承办单位或另一牵头部门；事项现由昂素"),
    ({"to": to(PATH[1:])},                                "转办单位须从旗起逐级写到该单位"),
    ({"to": to((*PATH[:2], OTHER_PATH[3]))},              "转办单位须从旗起逐级写到该单位"),
    ({"to": (), "department": "navy"},                    "没有代码为navy的部门"),
    ({"note": None},                                      "转办须写明转办理由"),
    ({"unit": OTHER_GRID.code},                           f"{OTHER_GRID.code}不是承办单位"),
    ({"capacity": Capacity.SUPERIOR, "unit": None},       "未注明的单位不是"),
    ({"capacity": Capacity.SUPERIOR, "unit": GRID.code},  f"{GRID.code}不是"),
    ({"if_version": 3},                                   "所依据的第3版不是当前版本；当前为第4版"),
)  # fmt: skip


@pytest.mark.parametrize(("asks", "why"), NO_WAY)
def test_a_transfer_that_cannot_be_is_refused_with_what_is_missing(asks: dict[str, object], why: str) -> None:
    decision = act(standing(), TRANSFER, **asks)
    assert decision.outcome is Outcome.REFUSED
    assert told(decision).why.startswith(why)


def test_a_case_is_never_transferred_to_the_unit_that_it_is_about_nor_into_it() -> None:
    case = builders.case(4, assignment=assignment(1, TOWN), about=PATH[:3])
    for path in (PATH[:3], PATH):
        assert told(act(State(version=4, case=case), TRANSFER, to=to(path))).why.startswith(
            "事项反映的是昂素镇昂素嘎查，不能转给它"
        )


def test_a_case_about_the_banner_stays_with_its_centre() -> None:
    case = builders.case(4, assignment=assignment(1, BANNER), about=PATH[:1], path=PATH)
    assert told(act(State(version=4, case=case), TRANSFER)).why.startswith("事项反映的是旗综治中心，不能转给它")


def test_an_action_that_saw_the_newest_version_is_done() -> None:
    assert act(standing(), ACCEPT, if_version=4).outcome is Outcome.APPLIED


def test_the_third_return_lifts_the_case_whatever_the_returns_were() -> None:
    state = act(standing(), HAND_BACK, action_id="1").state
    state = act(state, TRANSFER, action_id="2", to=to(PATH)).state
    assert state
    assert state.case
    assert (state.case.returns, state.case.assignment.unit) == (2, GRID)
    state = act(state, RESOLVE, action_id="3").state
    decision = act(state, REOPEN, action_id="4", capacity=REPORTER, note="还是没水")
    lifted = after(decision)
    assert (lifted.assignment.because, lifted.assignment.unit, lifted.returns) == (AssignedBecause.LIFTED, VILLAGE, 0)
    assert told(decision).why == "已由上报人要求返工：还是没水；退回、转办、返工已满3次，提级至昂素镇昂素嘎查"
    assert decision.state
    assert decision.state.raised is Level.VILLAGE


def test_at_the_banner_nothing_is_lifted_and_the_move_is_made() -> None:
    case = builders.case(4, RESOLVED, assignment=assignment(1, BANNER), returns=7, path=(BANNER,))
    again = after(act(State(version=4, case=case), REOPEN, capacity=FOLLOW_UP))
    assert (again.assignment.unit, again.assignment.because, again.returns) == (BANNER, AssignedBecause.REOPENED, 3)


def test_what_is_reopened_has_nothing_done_and_a_fresh_clock() -> None:
    done = act(standing(), RESOLVE, attachments=["https://files.example/1.jpg"]).state
    again = after(act(done, REOPEN, capacity=REPORTER))
    assert (again.resolution, again.resolved_at, again.proof) == (None, None, None)
    assert (again.assignment.number, again.assignment.due_by, again.due_at) == (2, None, None)


def test_what_shows_that_it_was_done_is_kept() -> None:
    place = Coordinates(longitude=107.4, latitude=38.4, datum=Datum.WGS84)
    case = after(act(standing(), RESOLVE, attachments=["https://files.example/1.jpg"], place=place))
    assert case.proof == Proof(attachments=("https://files.example/1.jpg",), place=place)


def test_a_comment_touches_no_clock_and_changes_nothing_but_the_version() -> None:
    before = standing(ACCEPTED)
    assert before.case
    assert after(act(before, COMMENT, capacity=REPORTER)) == before.case.model_copy(update={"version": 5})


def test_the_centre_acts_under_one_name_everywhere() -> None:
    assert CENTRE.zh == "旗综治中心" == office((BANNER,))


def test_what_a_superior_decides_is_no_return_and_lifts_nothing() -> None:
    case = builders.case(4, assignment=assignment(1, GRID), returns=2)
    decision = act(State(version=4, case=case), TRANSFER, capacity=CENTRE)
    assert (after(decision).assignment.unit, after(decision).returns) == (OTHER_GRID, 2)


@pytest.mark.parametrize("what", [HAND_BACK, TRANSFER])
def test_at_the_banner_passing_around_comes_to_its_end(what: Action) -> None:
    given_up = assignment(4, BANNER, given_by=PATH[:2])
    case = builders.case(4, ACCEPTED, assignment=given_up, returns=2)
    refused = act(State(version=4, case=case), what)
    assert told(refused).why.startswith("退回、转办、返工已有2次，须由旗综治中心办结")
    assert what.value not in told(refused).lawful


def test_who_was_lifted_a_case_may_not_give_it_to_those_below() -> None:
    case = builders.case(4, ACCEPTED, assignment=assignment(2, VILLAGE, because=AssignedBecause.ESCALATED))
    assert told(act(State(version=4, case=case), TRANSFER)).why.startswith("事项是提级交办的，不能转给下级")
    assert act(State(version=4, case=case), TRANSFER, capacity=CENTRE).outcome is Outcome.APPLIED


def test_what_was_transferred_goes_back_to_who_transferred_it() -> None:
    there = act(standing(), TRANSFER).state
    assert after(act(there, HAND_BACK, action_id="2")).assignment.unit == GRID


def test_what_is_about_who_handed_it_up_goes_back_to_nobody_below() -> None:
    given_up = assignment(3, TOWN, given_by=PATH[:3])
    case = builders.case(4, ACCEPTED, assignment=given_up, about=PATH[:3])
    assert after(act(State(version=4, case=case), HAND_BACK)).assignment.unit == BANNER


def test_what_is_about_its_unit_is_reopened_above_it() -> None:
    case = builders.case(4, RESOLVED, assignment=assignment(1, GRID), about=PATH[:3])
    assert after(act(State(version=4, case=case), REOPEN, capacity=REPORTER)).assignment.unit == TOWN


def test_a_destinations_level_follows_from_its_code_and_its_name_shows_no_number() -> None:
    named = tuple(Destination(code=unit.code, name=f"{unit.name}13900001111") for unit in OTHER_PATH)
    unit = after(act(standing(), TRANSFER, to=named)).assignment.unit
    assert (unit.level, unit.name) == (Level.GRID, f"{OTHER_GRID.name}139****1111")


def test_an_older_version_of_the_ledger_moves_no_due_time_back() -> None:
    newer = decide(standing(), arrived(clock(1).model_copy(update={"version": 3})), context()).state
    late = clock(1).model_copy(update={"version": 2, "due_at": NIGHT})
    decision = decide(newer, arrived(late), context())
    assert (decision.outcome, after(decision).due_at) == (Outcome.STALE, NIGHT + DAY)


def asked(what: Action, minutes: int = 600, status: Status = ACCEPTED) -> State:
    state = act(standing(status), what, minutes=minutes, action_id="ask", note="配件未到").state
    assert state
    return state


def test_what_a_handler_asks_for_waits_for_the_unit_above() -> None:
    case = asked(EXTEND).case
    assert case
    request = case.assignment.request
    assert request
    assert (request.wish, request.minutes, request.by, request.why, case.status) == (
        Wish.EXTEND, 600, builders.OFFICER, "配件未到", ACCEPTED,
    )  # fmt: skip
    assert told(act(standing(ACCEPTED), EXTEND, minutes=600)).why == f"已由{full_name(PATH)}申请延时10小时：已修复"


def test_an_approved_extension_is_booked_and_moves_nothing_else() -> None:
    decision = act(asked(EXTEND), APPROVE, capacity=SUPERIOR, actor="1200")
    case = after(decision)
    [given] = case.assignment.extended
    assert (given.minutes, given.by, given.why, given.at) == (600, "1200", "配件未到", MORNING + HOUR)
    assert (case.assignment.request, case.assignment.number, case.status, case.due_at) == (None, 1, ACCEPTED, None)
    assert kinds(decision) == ["case.extended"]
    assert told(decision).why == "已由昂素镇昂素嘎查批准延时10小时：已修复"


def test_an_approved_suspension_rests_the_case_until_it_is_resumed() -> None:
    decision = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR)
    assert kinds(decision) == ["case.suspended"]
    assert (after(decision).status, after(decision).due_at) == (SUSPENDED, None)
    resume = builders.action(RESUME, action_id="on")
    later = decide(decision.state, arrived(resume), context(MORNING + 5 * HOUR))
    [pause] = after(later).assignment.pauses
    assert (after(later).status, pause.since, pause.until) == (STARTED, MORNING + HOUR, MORNING + 5 * HOUR)


@pytest.mark.parametrize("at", [MORNING, MORNING + 20 * HOUR])
def test_a_pause_is_never_negative_nor_longer_than_approved_whenever_it_is_ended(at: datetime) -> None:
    resting = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR).state
    resumed = decide(resting, arrived(builders.action(RESUME, action_id="on")), context(at))
    [pause] = after(resumed).assignment.pauses
    assert pause.until == max(pause.since, min(at, pause.since + 10 * HOUR))


def test_what_was_suspended_is_resumed_by_itself_when_its_time_is_over() -> None:
    state = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR).state
    assert state
    at = MORNING + 11 * HOUR
    assert wake(state) == at
    decision = decide(state, Tick(at), context(at))
    assert kinds(decision) == ["case.resumed"]
    assert (after(decision).status, told(decision).by, told(decision).why) == (STARTED, "routing", "挂账期满，恢复办理")
    assert told(decision).answers is None
    assert decision.state
    assert wake(decision.state) is None


def test_what_is_declined_leaves_everything_as_it_was() -> None:
    before = standing(ACCEPTED).case
    decision = act(asked(SUSPEND), DECLINE, capacity=SUPERIOR, minutes=600)
    assert before
    assert after(decision) == before.model_copy(update={"version": 6})
    assert kinds(decision) == ["case.declined"]


WISHES: tuple[tuple[Status, Action, dict[str, object], str], ...] = (
    # at        asks for                                                    the reason begins with
    (ACCEPTED,  EXTEND,   {"minutes": None},                                "申请延时须写明时长"),
    (ACCEPTED,  EXTEND,   {"minutes": 7201},                                "延时每次最多5日"),
    (ACCEPTED,  SUSPEND,  {"minutes": 90 * 1440 + 1},                       "挂账每次最多90日"),
    (ACCEPTED,  EXTEND,   {"note": None},                                   "申请延时须写明延时理由"),
    (ACCEPTED,  APPROVE,  {"capacity": Capacity.SUPERIOR},                  "没有待批的申请"),
    (ASSIGNED,  EXTEND,   {},                                               "事项待签收，不能申请延时"),
    (SUSPENDED, RESOLVE,  {},                                               "事项已挂账，不能办结，现在可以恢复办理"),
    (ACCEPTED,  DECLINE,  {"capacity": Capacity.HANDLER},                   "不予批准须由上级单位、旗综治中心作出"),
)  # fmt: skip


@pytest.mark.parametrize(("status", "action", "asks", "why"), WISHES)
def test_a_wish_that_cannot_be_is_refused_with_what_is_right(
    status: Status, action: Action, asks: dict[str, object], why: str
) -> None:
    decision = act(standing(status), action, **asks)
    assert decision.outcome is Outcome.REFUSED
    assert told(decision).why.startswith(why)


def test_a_second_wish_waits_for_the_first_to_be_decided() -> None:
    assert told(act(asked(EXTEND), SUSPEND)).why.startswith("已有待批的延时申请")


@pytest.mark.parametrize(("capacity", "unit"), [(SUPERIOR, TOWN.code), (SUPERIOR, BANNER.code), (CENTRE, None)])
def test_only_the_unit_next_above_decides(capacity: Capacity, unit: str | None) -> None:
    decision = act(asked(EXTEND), APPROVE, capacity=capacity, unit=unit)
    assert told(decision).why.startswith("申请由上一级单位审批")


@pytest.mark.parametrize("unit", [TOWN, BANNER])
def test_the_centre_decides_for_a_town_and_for_itself(unit: UnitRef) -> None:
    state = act(standing(ACCEPTED, unit), EXTEND, action_id="ask").state
    assert act(state, APPROVE, capacity=CENTRE).outcome is Outcome.APPLIED


def test_an_assignment_is_extended_as_often_as_the_limit_says() -> None:
    twice = [Extension(minutes=60, at=MORNING, by="1", why="待料")] * TABLE.limits.extend_times
    case = builders.case(4, ACCEPTED, assignment=assignment(1, GRID, extended=twice), due_at=NIGHT)
    refused = told(act(State(version=4, case=case), EXTEND))
    assert refused.why.startswith("一次指派最多延时2次，现在可以")
    assert "extend" not in refused.lawful


@pytest.mark.parametrize("what", [EXTEND, SUSPEND])
def test_when_time_is_over_nothing_is_asked_for_nor_approved_any_more(what: Action) -> None:
    case = builders.case(4, ACCEPTED, due_at=MORNING + HOUR)
    refused = told(act(State(version=4, case=case), what))
    assert refused.why.startswith("事项已超期，不能再延时或挂账，现在可以")
    assert not {"extend", "suspend"} & set(refused.lawful)
    waiting = asked(what).case
    assert waiting
    late = State(version=5, case=waiting.model_copy(update={"due_at": MORNING}))
    assert told(act(late, APPROVE, capacity=SUPERIOR)).why.startswith("事项已超期，不能再延时或挂账")
    assert act(late, DECLINE, capacity=SUPERIOR).outcome is Outcome.APPLIED


def test_a_breach_that_did_not_know_what_was_approved_is_moot() -> None:
    extended = act(asked(EXTEND), APPROVE, capacity=SUPERIOR).state
    resting = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR).state
    assert told(breach(extended, 1)).why == "第1次指派的时限已调整，不提级"
    assert told(breach(resting, 1)).why == "事项已挂账，暂不提级"
    assert extended
    knows = settled(extended, arrived(deadline(DeadlineKind.BREACHED, 1, case=extended.case)), context(NIGHT))
    assert kinds(knows)[0] == "case.assigned"


def test_a_new_assignment_begins_without_what_the_old_one_was_given() -> None:
    case = after(act(act(asked(EXTEND), APPROVE, capacity=SUPERIOR).state, HAND_UP, action_id="up"))
    assert (case.assignment.extended, case.assignment.pauses, case.assignment.request) == ((), (), None)


def test_nobody_decides_on_what_they_asked_for_themselves() -> None:
    decision = act(asked(EXTEND), APPROVE, capacity=SUPERIOR, actor=builders.OFFICER)
    assert told(decision).why.startswith("不能审批本人提出的申请")


def test_a_decision_on_another_length_or_on_an_earlier_request_is_refused() -> None:
    other = act(asked(EXTEND, minutes=600), APPROVE, capacity=SUPERIOR, minutes=60)
    assert told(other).why.startswith("待批的是延时10小时，所批时长与之不符")
    early = builders.action(APPROVE, capacity=SUPERIOR, unit=VILLAGE.code, actor="1200")
    assert told(decide(asked(EXTEND), arrived(early), context(MORNING))).why.startswith("没有待批的申请")


@pytest.mark.parametrize("what", [EXTEND, SUSPEND])
def test_where_lives_are_in_danger_no_time_is_given_nor_while_it_is_not_known_when_it_is_due(what: Action) -> None:
    life = builders.case(4, ACCEPTED, clock=ClockClass.LIFE, due_at=NIGHT)
    assert told(act(State(version=4, case=life), what)).why.startswith("特急事项不能申请")
    unknown = builders.case(4, ACCEPTED)
    assert told(act(State(version=4, case=unknown), what)).why.startswith("时限尚未确定，请稍后再试")


def test_an_assignment_is_suspended_as_often_as_the_limit_says() -> None:
    rests = [Pause(since=MORNING, until=MORNING, minutes=60, by="1", why="待料")] * TABLE.limits.suspend_times
    case = builders.case(4, ACCEPTED, assignment=assignment(1, GRID, pauses=rests), due_at=NIGHT)
    assert told(act(State(version=4, case=case), SUSPEND)).why.startswith("一次指派最多挂账2次")


def test_a_reason_travels_with_the_case_in_short() -> None:
    state = act(standing(ACCEPTED), EXTEND, note="因" * 2_000).state
    assert state
    assert state.case
    assert state.case.assignment.request
    assert state.case.assignment.request.why == "因" * 200


def test_what_is_lifted_goes_past_whom_it_is_about() -> None:
    case = builders.case(4, RESOLVED, assignment=assignment(1, GRID), about=PATH[:3], returns=2)
    lifted = after(act(State(version=4, case=case), REOPEN, capacity=REPORTER))
    assert (lifted.assignment.because, lifted.assignment.unit) == (AssignedBecause.LIFTED, TOWN)


def test_a_suspended_case_that_a_correction_moves_has_a_fresh_clock() -> None:
    resting = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR).state
    danger = builders.located(builders.report(revision=2, urgency="life_threatening"))
    moved = after(decide(resting, arrived(danger), context(MORNING + 8 * HOUR)))
    assert (moved.status, moved.assignment.unit, moved.assignment.due_by) == (ASSIGNED, BANNER, None)
    assert moved.assignment.pauses == ()


def test_the_moves_are_shown_as_a_table_with_who_may_what_becomes_of_it_and_what_must_be_said() -> None:
    head, line, *rows = table().splitlines()
    assert (head, line) == ("| status | action | who | becomes | and |", "| --- | --- | --- | --- | --- |")
    assert len(rows) == len(MOVES)
    assert rows[0] == "| `assigned` 待签收 | `accept` 签收 | 承办单位 | `accepted` 已签收 |  |"
    back = "at the unit that handed it up, else at the one above; says 退回理由; counts"
    assert f"| `started` 办理中 | `hand_back` 退回 | 承办单位 | `assigned` 待签收 | {back} |" in rows
    who = "上级单位、旗综治中心、回访人员、上报人"
    assert f"| `closed` 已结案 | `comment` 备注 | 承办单位、{who} | the same | says 备注内容 |" in rows
    assert (
        f"| `closed` 已结案 | `reopen` 返工 | {who} | `assigned` 待签收 | at the same unit; says 返工理由; counts |"
        in rows
    )


def test_what_was_resolved_with_a_picture_or_a_place_alone_has_its_proof_and_with_neither_none() -> None:
    place = Coordinates(longitude=107.4, latitude=38.4, datum=Datum.WGS84)
    assert after(act(standing(), RESOLVE)).proof is None
    assert after(act(standing(), RESOLVE, place=place)).proof == Proof(place=place)
    picture = "https://files.example/1.jpg"
    assert after(act(standing(), RESOLVE, attachments=[picture])).proof == Proof(attachments=(picture,))


@pytest.mark.parametrize(("what", "status"), [(TRANSFER, ACCEPTED), (REOPEN, RESOLVED), (HAND_BACK, ACCEPTED)])
def test_only_who_gives_a_case_on_gets_it_back(what: Action, status: Status) -> None:
    capacity = CENTRE if what is not HAND_BACK else HANDLER
    assert after(act(standing(status), what, capacity=capacity)).assignment.given_by == ()


def test_who_was_lifted_a_case_may_give_it_to_another_of_their_level() -> None:
    other = (*PATH[:2], UnitRef(code="150623103201", name="另一嘎查", level=Level.VILLAGE))
    case = builders.case(4, ACCEPTED, assignment=assignment(2, VILLAGE, because=AssignedBecause.LIFTED))
    assert act(State(version=4, case=case), TRANSFER, to=to(other)).outcome is Outcome.APPLIED


def test_what_was_asked_for_is_answered_with_the_suspension_and_waits_no_more() -> None:
    case = after(act(asked(SUSPEND), APPROVE, capacity=SUPERIOR))
    assert case.assignment.request is None


def test_what_is_resumed_has_no_due_time_until_the_clock_tells_it() -> None:
    resting = act(asked(SUSPEND), APPROVE, capacity=SUPERIOR).state
    assert resting
    assert resting.case
    dated = resting.model_copy(update={"case": resting.case.model_copy(update={"due_at": NIGHT})})
    assert after(act(dated, RESUME, action_id="on")).due_at is None


def test_an_approval_tells_what_was_asked_and_a_request_of_other_moves_nothing() -> None:
    resolved = told(act(asked(EXTEND), RESOLVE))
    assert resolved.why == f"已由{full_name(PATH)}办结：已修复"


PUT = (
    # is done      returns before   people have put it where it is
    (HAND_UP,      0,               False),
    (HAND_BACK,    0,               True),
    (TRANSFER,     0,               True),
    (HAND_BACK,    2,               True),
)  # fmt: skip


@pytest.mark.parametrize(("what", "returns", "placed"), PUT)
def test_who_hands_back_transfers_or_lifts_a_case_has_put_it_there(what: Action, returns: int, placed: bool) -> None:
    case = builders.case(4, ACCEPTED, returns=returns)
    assert after(act(State(version=4, case=case), what)).placed is placed


def test_a_department_that_a_hand_back_names_takes_no_lead_and_a_transfer_puts_one_there() -> None:
    assert after(act(standing(ACCEPTED), HAND_BACK, department="water")).lead is None
    moved = after(act(standing(ACCEPTED), TRANSFER, department="water"))
    assert (moved.lead, moved.placed, moved.assignment.unit, moved.returns) == ("water", True, OTHER_GRID, 1)


def test_the_same_schedule_once_more_is_known_already() -> None:
    known = decide(standing(), arrived(clock(1)), context()).state
    assert decide(known, arrived(clock(1)), context()).outcome is Outcome.STALE


@pytest.mark.parametrize(("what", "minutes"), [(EXTEND, 120 * 60), (SUSPEND, 90 * 1440)])
def test_as_much_as_the_limit_says_may_be_asked_for(what: Action, minutes: int) -> None:
    assert act(standing(ACCEPTED), what, minutes=minutes).outcome is Outcome.APPLIED
