"""The watch of a case: who is told is decided once, by the newest snapshot, and asked again until somebody accepts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from contracts.case import AssignedBecause, CaseEventKind, ClockClass, Status
from contracts.deadline import DeadlineKind, Holding
from contracts.identity import name_id, timer_cause
from contracts.territory import BANNER, UnitRef
from contracts.wire import Event
from services.chassis.values import Context, Decision, Outcome, Tick
from services.notification.domain import decide
from services.notification.issue import alert_id
from services.notification.policy import Policy
from services.notification.state import State, wake
from services.notification.templates import HOLDERS, holders
from services.notification.watch import LISTED, Watch
from services.notification.watching import ENDINGS, NEEDLESS
from tests.builders import (
    CASE_ID,
    DAY,
    GRID,
    HOUR,
    MORNING,
    OTHER_GRID,
    PATH,
    TOWN,
    VILLAGE,
    assignment,
    case,
    case_event,
    deadline,
)
from tests.unit.notification.desk import (
    CADRE,
    CENTRE,
    EARLY,
    EVENT,
    FREE,
    LATE,
    LIAISON,
    MEMBER,
    NEIGHBOUR,
    POLICY,
    RULES,
    Body,
    at,
    climbed,
    hear,
    notices,
    scheduled,
    told,
    watch,
    without,
)


def moved_up(version: int = 2, unit: UnitRef = VILLAGE, when: datetime = MORNING, **fields: Any) -> Any:
    made = assignment(2, unit, assigned_at=when, because=AssignedBecause.ESCALATED)
    return case(version, assignment=made, **fields)


def test_a_new_assignment_is_told_with_its_due_time_to_who_is_in_charge() -> None:
    (notice,) = notices(hear(scheduled()))
    assert (notice.staff, notice.role, notice.rule, notice.template) == (MEMBER, "in_charge", "assigned-grid", "opened")
    assert notice.channels == ("webhook",)
    assert notice.not_before == MORNING
    assert notice.words.text.endswith("请签收，并于今日（3月5日）24:00前办结。")
    assert (notice.event_id, notice.alert_id, notice.case_id) == (EVENT, alert_id(EVENT), CASE_ID)
    assert notice.why == "普通指派：网格员；承办单位昂素镇昂素嘎查第1网格的当班人员"


@pytest.mark.parametrize(
    ("because", "template"),
    [
        (AssignedBecause.OPENED, "opened"),
        (AssignedBecause.HANDED_UP, "handed_up"),
        (AssignedBecause.ESCALATED, "escalated"),
        (AssignedBecause.CORRECTED, "reassigned"),
    ],
)
def test_its_words_say_why_the_unit_has_the_case(because: AssignedBecause, template: str) -> None:
    assert told(hear(scheduled(assignment=assignment(2, because=because)))) == [(MEMBER, "in_charge", template)]


def test_who_is_reached_over_none_of_a_rows_channels_is_told_over_one_that_works() -> None:
    (cadre,) = notices(hear(scheduled(assignment=assignment(2, VILLAGE))))
    assert (cadre.staff, cadre.channels) == (CADRE, ("mail",))
    (town,) = notices(hear(scheduled(assignment=assignment(3, TOWN))))
    assert (town.staff, town.channels) == (EARLY, ("webhook", "mail"))


def test_a_life_is_told_to_banner_grid_town_and_lead_at_night_too() -> None:
    body = scheduled(assignment=assignment(1, BANNER), when=at(2), clock=ClockClass.LIFE, lead="water")
    found = notices(hear(body))
    roles = [(one.staff, one.role) for one in found]
    assert roles == [
        (CENTRE, "in_charge"),
        (MEMBER, "informed"),
        (EARLY, "informed"),
        (LATE, "informed"),
        (LIAISON, "lead"),
    ]
    assert all(one.urgent and one.not_before == at(2) for one in found)
    assert found[0].channels == ("webhook", "sms")


def test_the_lead_department_is_told_of_the_first_assignment_and_not_of_each() -> None:
    assert (LIAISON, "lead", "lead") in told(hear(scheduled(lead="water")))
    assert (LIAISON, "lead", "lead") not in told(hear(scheduled(assignment=assignment(2, VILLAGE), lead="water")))


def test_departments_that_help_are_told_as_the_lead_is() -> None:
    helped = scheduled(lead="police", cooperating=("water",))
    assert (LIAISON, "cooperating", "cooperating") in told(hear(helped))
    again = scheduled(assignment=assignment(2, VILLAGE), lead="police", cooperating=("water",))
    assert LIAISON not in [staff for staff, *_ in told(hear(again))]


def test_what_is_not_urgent_waits_for_the_morning_and_says_so() -> None:
    (notice,) = notices(hear(scheduled(when=at(23))))
    assert notice.not_before == at(7, day=6)
    assert notice.why.endswith("；免打扰时段，07:00后发送")


def test_a_delay_counts_before_the_hours_of_quiet() -> None:
    rows = tuple(row.model_copy(update={"delay": 30} if row.name == "assigned-grid" else {}) for row in POLICY.rows)
    rules = replace(RULES, policy=Policy(rows, POLICY.quiet, POLICY.storm, POLICY.segments, "test"))
    due = [notices(hear(scheduled(when=when), rules=rules))[0].not_before for when in (at(9), at(21, 40))]
    assert due == [at(9, 30), at(7, day=6)]


def test_who_is_on_leave_when_it_goes_out_is_not_who_gets_it() -> None:
    assert told(hear(scheduled(), rules=without(MEMBER))) == [(NEIGHBOUR, "deputy", "opened")]


def test_somebody_with_two_roles_is_told_once_in_the_first() -> None:
    body = scheduled(assignment=assignment(1, GRID), clock=ClockClass.LIFE)
    assert [staff for staff, _, _ in told(hear(body))].count(MEMBER) == 1


def test_recipients_stay_as_first_decided() -> None:
    first = hear(scheduled())
    accepted = hear(case_event(case(2, Status.ACCEPTED), CaseEventKind.ACCEPTED), first.state, rules=without(MEMBER))
    assert [one.staff for one in watch(accepted).told] == [MEMBER]


def test_each_notice_counts_the_watchs_version() -> None:
    body = scheduled(assignment=assignment(1, BANNER), clock=ClockClass.LIFE, lead="water")
    first = hear(body)
    assert [one.version for one in notices(first)] == list(range(1, len(notices(first)) + 1))
    later = hear(deadline(DeadlineKind.WARNED, case=body.case), first.state, event=name_id("later"))
    assert [one.version for one in notices(later)] == [watch(first).version + 1]
    assert watch(later).version == watch(first).version + 1


def test_the_same_event_has_the_same_notices_for_ever() -> None:
    once, again = hear(scheduled()), hear(scheduled())
    assert once == again
    ids = [event.id for event in hear(scheduled(assignment=assignment(1, BANNER), clock=ClockClass.LIFE)).events]
    assert len(ids) == len(set(ids)) > 2


# What is silent.


@pytest.mark.parametrize(
    "body",
    [
        case_event(kind=CaseEventKind.OPENED),
        case_event(case(1, Status.RESOLVED), CaseEventKind.OPENED),
        case_event(case(2, Status.RESOLVED, resolved_at=MORNING), CaseEventKind.RESOLVED),
        case_event(case(3, Status.CLOSED, resolved_at=MORNING), CaseEventKind.CLOSED, at=MORNING + 7 * DAY),
        case_event(case(1, Status.WITHDRAWN), CaseEventKind.WITHDRAWN),
        case_event(kind=CaseEventKind.REFUSED, case=None),
    ],
)
def test_a_case_whose_clock_is_not_yet_heard_or_that_was_solved_on_the_spot_leaves_no_document(body: Any) -> None:
    assert hear(body) == Decision(outcome=Outcome.NOTHING)


WISHES = {CaseEventKind.REQUESTED, CaseEventKind.DECLINED, CaseEventKind.SUSPENDED, CaseEventKind.LED}
WISHES |= {CaseEventKind.GATHERED}


@pytest.mark.parametrize("kind", set(CaseEventKind) - {CaseEventKind.CORRECTED, *WISHES, *ENDINGS})
def test_nobody_is_told_of_what_no_clock_says(kind: CaseEventKind) -> None:
    assert told(hear(case_event(case(2), kind), hear(scheduled()).state)) == []


def test_a_breach_is_told_once_though_escalation_asks_again() -> None:
    state = hear(scheduled()).state
    first = hear(deadline(DeadlineKind.BREACHED), state)
    assert told(first) == [(MEMBER, "in_charge", "breached")]
    assert told(hear(deadline(DeadlineKind.BREACHED, n=2), first.state, event=name_id("again"))) == []


def test_a_breach_is_told_again_when_a_later_due_time_has_passed_too() -> None:
    state = hear(deadline(DeadlineKind.BREACHED), hear(scheduled()).state).state
    later = hear(
        deadline(DeadlineKind.BREACHED, n=2, version=5, due_at=MORNING + 2 * DAY), state, event=name_id("later")
    )
    assert told(later) == [(MEMBER, "in_charge", "breached")]


def test_supervision_is_told_each_time() -> None:
    of = case(assignment=assignment(1, BANNER))
    for n in (1, 2):
        body = deadline(DeadlineKind.OVERDUE, n=n, case=of, due_at=MORNING - n * DAY)
        (notice,) = notices(hear(body))
        assert (notice.staff, notice.role) == (CENTRE, "banner")
        assert f"已超期{n}日" in notice.words.text


def test_supervision_names_all_who_have_held_the_case_with_their_towns_and_who_let_it_pass() -> None:
    of, ended = case(assignment=assignment(3, BANNER)), {"due_at": MORNING + DAY, "since": MORNING}
    held = (
        Holding(assignment=1, unit=PATH[-1], until=MORNING + DAY, late=False, how="handed_up", **ended),
        Holding(assignment=2, unit=PATH[2], until=MORNING + 4 * DAY, late=True, how="escalated", **ended),
        Holding(assignment=3, unit=BANNER, late=True, **ended),
    )
    (notice,) = notices(hear(deadline(DeadlineKind.OVERDUE, case=of, due_at=MORNING - DAY, held=held)))
    said = (
        "昂素镇昂素嘎查第1网格（3月5日至3月6日）、昂素镇昂素嘎查（3月5日至3月9日，超期）、旗综治中心（3月5日起，超期）"
    )
    assert notice.words.text.endswith(f"请旗综治中心立即办理并反馈。先后承办：{said}。")
    assert "先后承办" not in notice.words.sms


def test_of_many_who_have_held_a_case_the_newest_are_named() -> None:
    once = Holding(assignment=1, unit=PATH[-1], since=MORNING, until=MORNING + DAY, due_at=MORNING + DAY)
    text = holders(case(), (once,) * (HOLDERS + 3))
    assert text.startswith("先后承办：（此前3次从略）昂素镇")
    assert text.count("昂素镇") == HOLDERS


def test_of_life_supervision_counts_hours() -> None:
    of = case(assignment=assignment(1, BANNER), clock=ClockClass.LIFE)
    (notice, *_) = notices(hear(deadline(DeadlineKind.OVERDUE, n=3, case=of, due_at=MORNING - 3 * HOUR)))
    assert "已超期3小时" in notice.words.text


@pytest.mark.parametrize("kind", [DeadlineKind.SCHEDULED, DeadlineKind.WARNED])
def test_a_clock_of_an_assignment_that_has_passed_alerts_nobody(kind: DeadlineKind) -> None:
    state = hear(case_event(moved_up(when=MORNING + HOUR), CaseEventKind.ASSIGNED, at=MORNING + HOUR)).state
    assert told(hear(deadline(kind), state)) == []


def test_a_breach_is_told_though_the_case_has_moved_up_because_of_it() -> None:
    state = hear(case_event(moved_up(when=MORNING + HOUR), CaseEventKind.ASSIGNED, at=MORNING + HOUR)).state
    assert told(hear(deadline(DeadlineKind.BREACHED), state)) == [(MEMBER, "in_charge", "breached")]
    assert told(hear(deadline(DeadlineKind.BREACHED, at=MORNING + 2 * HOUR), state)) == []


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WITHDRAWN, Status.CLOSED])
def test_a_clock_of_a_case_that_is_over_alerts_nobody(status: Status) -> None:
    over = case_event(case(2, status), CaseEventKind.RESOLVED, at=MORNING + HOUR)
    state = hear(over, hear(scheduled()).state).state
    for kind in DeadlineKind:
        assert told(hear(deadline(kind), state)) == []


def test_an_older_snapshot_moves_nothing_back() -> None:
    state = hear(case_event(case(5, Status.ACCEPTED), CaseEventKind.ACCEPTED), hear(scheduled()).state).state
    older = hear(case_event(case(3), CaseEventKind.CORRECTED), state)
    assert older == Decision(outcome=Outcome.STALE)
    late = hear(deadline(DeadlineKind.WARNED, case=case(3)), state)
    assert watch(late).case.version == 5
    assert told(late) == [(MEMBER, "in_charge", "warned")]


# Corrections and withdrawals.


def test_a_correction_is_told_with_the_due_time_that_stands() -> None:
    (notice,) = notices(hear(case_event(case(2, title="水泵烧毁"), CaseEventKind.CORRECTED), hear(scheduled()).state))
    assert (notice.staff, notice.template) == (MEMBER, "corrected")
    assert "水泵烧毁" in notice.words.subject
    assert "今日（3月5日）24:00" in notice.words.text


def test_a_withdrawal_is_told_and_a_correction_of_what_is_over_is_not() -> None:
    gone = case_event(case(2, Status.WITHDRAWN), CaseEventKind.WITHDRAWN)
    assert told(hear(gone, hear(scheduled()).state)) == [(MEMBER, "in_charge", "withdrawn")]
    done = case_event(case(2, Status.RESOLVED), CaseEventKind.CORRECTED)
    assert told(hear(done, hear(scheduled()).state)) == []


def test_where_a_correction_moves_a_case_the_former_people_are_told_to_stop() -> None:
    made = assignment(2, OTHER_GRID, because=AssignedBecause.CORRECTED)
    of = case(3, assignment=made, path=(*PATH[:3], OTHER_GRID))
    found = hear(deadline(DeadlineKind.SCHEDULED, 2, case=of), hear(scheduled()).state, event=name_id("moved"))
    assert told(found) == [(NEIGHBOUR, "in_charge", "reassigned"), (MEMBER, "former", "moved")]


# The ladder.


def test_until_somebody_accepts_reminders_go_out_then_the_deputy_then_the_unit_above() -> None:
    assert climbed(hear(scheduled()).state) == [
        (at(10), [(MEMBER, "in_charge", "reminder")]),
        (at(11), [(MEMBER, "in_charge", "reminder")]),
        (at(11, 30), [(NEIGHBOUR, "deputy", "deputy")]),
        (at(13), [(CADRE, "superior", "superior")]),
    ]


def test_hours_of_quiet_do_not_count_but_of_what_is_urgent() -> None:
    village = scheduled(assignment=assignment(2, VILLAGE), when=at(21), due=at(21, day=8))
    calm = climbed(hear(village).state)
    assert [when for when, _ in calm] == [at(10, day=6), at(14, day=6), at(16, day=6), at(11, day=7)]
    urgent = climbed(hear(scheduled(when=at(21, 50), clock=ClockClass.URGENT)).state)
    assert [when for when, _ in urgent] == [at(22), at(22, 10), at(22, 15), at(22, 30)]


def test_a_reminder_goes_to_whoever_is_on_duty_by_then() -> None:
    town = scheduled(assignment=assignment(1, TOWN, assigned_at=at(12)), when=at(12), due=at(12, day=10))
    steps = climbed(hear(town).state)
    assert steps[0] == (at(16), [(LATE, "in_charge", "reminder")])
    assert steps[2] == (at(7, day=6), []), "both were asked, so no deputy is left"


def test_when_the_case_is_due_the_ladder_ends_for_then_the_breach_speaks() -> None:
    soon = hear(scheduled(due=at(11))).state
    assert [when for when, _ in climbed(soon)] == [at(10)]
    late = decide(RULES, soon, Tick(at(11)), Context(now=at(11)))
    assert (told(late), wake(State(watch=watch(late)))) == ([], None)
    assert climbed(hear(scheduled(when=at(21, 30))).state) == [], "the whole ladder lies behind midnight"


def test_no_step_tells_the_unit_that_the_case_is_about() -> None:
    body = scheduled(assignment=assignment(1, GRID), about=(*PATH[:3], OTHER_GRID))
    steps = [staff for _, step in climbed(hear(body).state) for staff, _, _ in step]
    assert steps == [MEMBER, MEMBER, CADRE]


def test_who_goes_on_leave_meanwhile_is_not_reminded() -> None:
    state = hear(scheduled()).state
    (first, *_) = climbed(state, rules=without(MEMBER))
    assert first == (at(10), [(NEIGHBOUR, "deputy", "reminder")])


def test_each_step_has_an_alert_of_its_own_about_the_same_event() -> None:
    state, ids = hear(scheduled()).state, []
    while state and (due := wake(state)):
        decision = decide(RULES, state, Tick(due), Context(now=due))
        ids += [(one.event_id, one.alert_id) for one in notices(decision)]
        state = decision.state
    causes = [
        timer_cause(str(CASE_ID), 1, *step) for step in (("remind", 1), ("remind", 2), ("deputy", 1), ("superior", 1))
    ]
    assert ids == [(EVENT, alert_id(cause)) for cause in causes]


def test_steps_that_fell_into_an_outage_are_said_once_each_and_of_reminders_the_last() -> None:
    found = decide(RULES, hear(scheduled()).state, Tick(at(12)), Context(now=at(12)))
    assert told(found) == [(MEMBER, "in_charge", "reminder"), (NEIGHBOUR, "deputy", "deputy")]
    assert "第2次催办" in notices(found)[0].words.text
    assert found.state is not None
    assert wake(found.state) == at(13)


@pytest.mark.parametrize(
    "body",
    [
        case_event(case(2, Status.ACCEPTED), CaseEventKind.ACCEPTED),
        case_event(case(2, Status.RESOLVED), CaseEventKind.RESOLVED),
        case_event(case(2, Status.WITHDRAWN), CaseEventKind.WITHDRAWN),
        case_event(moved_up(), CaseEventKind.ASSIGNED),
    ],
)
def test_the_ladder_ends_when_somebody_accepts_or_nobody_has_to(body: Any) -> None:
    state = hear(body, hear(scheduled()).state).state
    assert state is not None
    assert wake(state) is None


@pytest.mark.parametrize(
    "body", [case_event(case(2), CaseEventKind.CORRECTED), case_event(case(2), CaseEventKind.REFUSED)]
)
def test_nothing_else_ends_it(body: Any) -> None:
    state = hear(body, hear(scheduled()).state).state
    assert state is not None
    assert wake(state) == at(10)


def test_an_older_event_does_not_start_it_again() -> None:
    state = hear(case_event(case(5, Status.ACCEPTED), CaseEventKind.ACCEPTED)).state
    later = hear(scheduled(), state)
    assert told(later) == [(MEMBER, "in_charge", "opened")]
    assert wake(State(watch=watch(later))) is None


def test_a_clock_of_an_older_ledger_leaves_its_ladder_the_due_time_that_it_told() -> None:
    newer = hear(deadline(DeadlineKind.SCHEDULED, 1, version=5, case=case(1))).state
    moved = hear(case_event(moved_up(2), CaseEventKind.ASSIGNED), newer).state
    older = deadline(DeadlineKind.SCHEDULED, 2, version=2, case=moved_up(2))
    found = hear(older, moved)
    ladder = watch(found).ladder
    assert ladder
    assert ladder.due_at == older.due_at
    assert found.state
    assert State.model_validate_json(found.state.model_dump_json()) == found.state


def test_a_tick_before_its_time_and_one_of_a_watch_without_ladder_do_nothing() -> None:
    state = hear(scheduled()).state
    assert decide(RULES, state, Tick(at(9, 59)), Context(now=at(9, 59))) == Decision(outcome=Outcome.NOTHING)
    over = hear(case_event(case(2, Status.RESOLVED), CaseEventKind.RESOLVED), state).state
    assert decide(RULES, over, Tick(at(10)), Context(now=at(10))) == Decision(outcome=Outcome.NOTHING)


# Order and size.


def story(bodies: list[Body]) -> tuple[list[tuple[str, str, str]], Any, Any]:
    state, found = None, []
    for body in bodies:
        decision = hear(body, state, event=name_id(f"{type(body).__name__}/{body.kind}/{body.version}"))
        found += told(decision)
        state = decision.state or state
    assert state is not None
    return sorted(found), wake(state), watch(Decision(state=state)).case.version


BREACH = [
    deadline(DeadlineKind.BREACHED, version=3, at=at(12)),
    case_event(moved_up(2, when=at(12)), CaseEventKind.ASSIGNED, at=at(12)),
    scheduled(2, at(12), assignment=moved_up(2, when=at(12)).assignment, version=2),
]
ACCEPT = [scheduled(), case_event(case(2, Status.ACCEPTED), CaseEventKind.ACCEPTED)]
CORRECT = [
    deadline(DeadlineKind.WARNED, version=3, case=case(2)),
    case_event(case(2), CaseEventKind.CORRECTED),
    case_event(case(3, Status.ACCEPTED), CaseEventKind.ACCEPTED),
]
WITHDRAW = [
    deadline(DeadlineKind.WARNED, version=3),
    case_event(case(2, Status.WITHDRAWN), CaseEventKind.WITHDRAWN),
]


@pytest.mark.parametrize(
    "instant", [BREACH, ACCEPT, CORRECT, WITHDRAW], ids=["breach", "accept", "correct", "withdraw"]
)
def test_within_one_instant_the_order_across_topics_changes_nothing(instant: list[Body]) -> None:
    topics = [type(body).__name__ for body in instant]
    stories = []
    for order in permutations(range(len(instant))):
        in_order = all(
            order.index(a) < order.index(b)
            for a in range(len(instant))
            for b in range(a + 1, len(instant))
            if topics[a] == topics[b]
        )
        stories += [story([instant[n] for n in order])] if in_order else []
    assert len(stories) > 1
    assert all(one == stories[0] for one in stories)


OPENED = case_event()
HEARD_ALL = [
    OPENED,
    scheduled(),
    case_event(case(2, Status.ACCEPTED), CaseEventKind.ACCEPTED, at=at(10)),
    deadline(DeadlineKind.BREACHED, version=3, at=at(12), case=case(2, Status.ACCEPTED)),
    case_event(moved_up(3, when=at(12)), CaseEventKind.ASSIGNED, at=at(12)),
    scheduled(2, at(12), version=3, assignment=moved_up(3, when=at(12)).assignment).model_copy(update={"version": 4}),
]
AT_ONCE = [
    case_event(case(1, Status.RESOLVED, resolved_at=MORNING)),
    case_event(case(2, Status.RESOLVED, resolved_at=MORNING), CaseEventKind.RESOLVED),
    case_event(case(3, Status.ASSIGNED, assignment=assignment(2)), CaseEventKind.ASSIGNED, at=at(10)),
    scheduled(2, at(10), version=3),
]
TAKEN_BACK = [OPENED, scheduled(), case_event(case(2, Status.WITHDRAWN), CaseEventKind.WITHDRAWN, at=at(10))]


def lived(bodies: Sequence[Body]) -> tuple[list[list[Event]], Watch | None]:
    """All that is told, event by event and on the ladder to its end, and what is remembered but for bookkeeping."""
    state, found = None, []
    for body in bodies:
        decision = hear(body, state, event=name_id(f"{type(body).__name__}/{body.kind}/{body.version}"))
        found += [list(decision.events)] if body.kind is not CaseEventKind.OPENED or decision.events else []
        state = decision.state or state
    left = state.watch.model_copy(update={"heard": 0, "starts": ()}) if state and state.watch else None
    while state and (due := wake(state)):
        decision = decide(RULES, state, Tick(due), Context(now=due))
        found.append(list(decision.events))
        state = decision.state
    return found, left


@pytest.mark.parametrize("bodies", [HEARD_ALL, AT_ONCE, TAKEN_BACK], ids=["climbs", "solved at once", "withdrawn"])
def test_in_whichever_order_what_is_passed_over_unread_would_tell_nobody_and_change_nothing(bodies: list[Body]) -> None:
    assert list(NEEDLESS) == [OPENED.type]
    needless, *others = bodies
    for order in permutations(others):
        without_it = lived(order)
        assert all(lived((*order[:at], needless, *order[at:])) == without_it for at in range(len(order) + 1))


def test_a_watch_stays_small_and_survives_being_stored() -> None:
    state = hear(scheduled()).state
    for n in range(100):
        decision = hear(deadline(DeadlineKind.WARNED, version=n), state, event=name_id(str(n)))
        state = decision.state
    assert state is not None
    assert state.watch is not None
    assert len(state.watch.told) == LISTED
    text = state.model_dump_json(exclude_none=True)
    assert len(text) < 16 * 1024
    assert State.model_validate_json(text) == state


def test_what_is_not_for_a_document_changes_nothing() -> None:
    assert decide(RULES, None, Tick(MORNING), Context(now=MORNING, free=FREE)) == Decision(outcome=Outcome.NOTHING)
    assert wake(State()) is None
