"""Law 7: one document for each event, "sending" is written with each call, one key for all attempts, one end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.alert import AlertEvent, AlertKind
from contracts.case import Assignment, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import name_id
from contracts.territory import BANNER
from contracts.topics import DEADLINES
from services.chassis.values import Context, Decision, Done, Effect, Input, Outcome, Tick
from services.notification.alert import Alert, Send, SendState, alert_id, wake
from services.notification.domain import ATTEMPTS, LOOK, PAUSES, Rules, decide
from services.notification.policy import Happening
from services.notification.roster import Recipient, Roster
from tests.builders import CASE_ID, DAY, GRID, MORNING, TOWN, VILLAGE, assignment, case, case_event, deadline, record

MEMBER = Recipient("400011", "webhook", "400011")
CADRE = Recipient("300011", "mail", "300011@grid.invalid")
CENTRE = (Recipient("200011", "mail", "200011@grid.invalid"), Recipient("200011", "webhook", "200011"))
BANNER_CENTRE = (Recipient("100011", "console", "-"),)
ROSTER = Roster({GRID.code: (MEMBER,), VILLAGE.code: (CADRE,), TOWN.code: CENTRE, BANNER.code: BANNER_CENTRE})
RULES = Rules(ROSTER, again=frozenset({"mail", "webhook", "console"}))
FREE: Mapping[str, int] = {"mail": 4, "webhook": 4, "console": 4}
EVENT = name_id("test/event")
MINUTE = timedelta(minutes=1)


def given(body: Happening, event: UUID = EVENT) -> Input[Happening]:
    return Input(id=event, subject=str(alert_id(event)), body=body, record=record(body, DEADLINES))


def new(of: Assignment | None = None, **fields: Any) -> DeadlineEvent:
    """The clock of a new assignment, by which its unit is told."""
    made = of or assignment()
    return deadline(DeadlineKind.SCHEDULED, made.number, case=case(assignment=made, **fields))


def in_town() -> Input[Happening]:
    return given(new(assignment(3, TOWN)))


def opened(body: Input[Happening] | None = None, free: Mapping[str, int] = FREE) -> Decision[Alert]:
    return decide(RULES, None, body or given(new()), Context(now=MORNING, free=free))


def tick(alert: Alert, at: datetime, free: Mapping[str, int] = FREE, rules: Rules = RULES) -> Decision[Alert]:
    return decide(rules, alert, Tick(at), Context(now=at, free=free))


def done(
    alert: Alert, effect: Effect, at: datetime = MORNING, error: str | None = None, *, lasting: bool = False
) -> Decision[Alert]:
    end = Done(effect=effect, at=at, error=error, lasting=lasting)
    return decide(RULES, alert, end, Context(now=at, free=FREE))


def state(decision: Decision[Alert]) -> Alert:
    assert decision.state is not None
    return decision.state


def sends(decision: Decision[Alert]) -> dict[str, Send]:
    return {send.channel: send for send in state(decision).sends}


def ends(decision: Decision[Alert]) -> list[tuple[int, AlertKind]]:
    bodies = [event.body for event in decision.events]
    return [(body.version, body.kind) for body in bodies if isinstance(body, AlertEvent)]


def looks(alert: Alert, rules: Rules = RULES) -> Decision[Alert]:
    """Tick at each wake time, without an answer, until a tick does more than look."""
    for _ in range(5):
        at = wake(alert)
        assert at is not None
        decision = tick(alert, at, rules=rules)
        alert = state(decision)
        if decision.effects or decision.events:
            return decision
    raise AssertionError(alert)


def test_a_new_case_is_tried_at_once_and_written_as_sending_with_its_call() -> None:
    decision = opened()
    (effect,), (send,) = decision.effects, state(decision).sends
    assert (send.recipient, send.state, send.attempts) == (MEMBER.staff, SendState.SENDING, 1)
    assert (effect.channel, effect.key) == ("webhook", str(send.key))
    assert effect.payload["to"] == MEMBER.address
    assert "新事项" in effect.payload["text"]
    assert "于今日（3月5日）24:00前办结" in effect.payload["text"]
    assert decision.outcome is Outcome.APPLIED
    assert decision.events == ()


def test_the_document_is_named_after_its_event_and_keeps_what_it_says() -> None:
    alert = state(opened())
    assert (alert.alert_id, alert.event_id, alert.case_id) == (alert_id(EVENT), EVENT, CASE_ID)
    assert alert.version == 0
    assert Alert.model_validate_json(alert.model_dump_json(exclude_none=True)) == alert


def test_a_breach_tells_the_unit_and_the_one_above_it() -> None:
    body = deadline(DeadlineKind.BREACHED, 2, case=case(assignment=assignment(2, VILLAGE)))
    told = [(send.recipient, send.channel) for send in state(opened(given(body))).sends]
    assert told == [(one.staff, one.channel) for one in (CADRE, *CENTRE)]


def test_somebody_in_both_units_is_told_once_on_each_channel() -> None:
    rules = Rules(Roster({BANNER.code: CENTRE}), again=frozenset())
    decision = decide(rules, None, given(deadline()), Context(now=MORNING, free=FREE))
    assert [send.channel for send in state(decision).sends] == ["mail", "webhook"]


def test_a_deadline_event_says_its_own_due_time() -> None:
    body = deadline(DeadlineKind.WARNED, due_at=MORNING + 3 * DAY, case=case(due_at=MORNING + DAY))
    assert "3月8日09:00" in state(opened(given(body))).text


@pytest.mark.parametrize(
    "body",
    [
        case_event(kind=CaseEventKind.OPENED),
        case_event(kind=CaseEventKind.ACCEPTED),
        deadline(DeadlineKind.SCHEDULED, case=case(status=Status.RESOLVED)),
        case_event(kind=CaseEventKind.ASSIGNED, case=None),
    ],
)
def test_an_event_that_nobody_is_told_of_leaves_no_document(body: Happening) -> None:
    assert opened(given(body)) == Decision(outcome=Outcome.NOTHING)


def test_recipients_stay_as_first_decided() -> None:
    alert = state(opened())
    moved = Rules(Roster({BANNER.code: BANNER_CENTRE}), again=frozenset())
    again = decide(moved, alert, given(new()), Context(now=MORNING, free=FREE))
    assert again == Decision(outcome=Outcome.NOTHING)


def test_an_older_event_is_told_of_too() -> None:
    newer = opened(given(new(version=9)))
    older = opened(given(new(version=2), name_id("test/older")))
    assert len(newer.effects) == len(older.effects) == 1
    assert newer.effects[0].key != older.effects[0].key


def test_without_capacity_a_send_waits_between_one_and_five_seconds() -> None:
    decision = opened(free={"webhook": 0})
    (send,) = state(decision).sends
    assert (send.state, send.attempts, decision.effects) == (SendState.PENDING, 0, ())
    assert send.wake_at is not None
    assert timedelta(seconds=1) <= send.wake_at - MORNING <= timedelta(seconds=5)
    later = tick(state(decision), send.wake_at, free={})
    assert sends(later)["webhook"].state is SendState.PENDING


def test_capacity_is_not_overdrawn_within_one_decision() -> None:
    crowd = tuple(Recipient(f"40002{n}", "webhook", f"40002{n}") for n in range(5))
    rules = Rules(Roster({BANNER.code: crowd}), again=frozenset())
    decision = decide(rules, None, given(new()), Context(now=MORNING, free={"webhook": 2}))
    assert len(decision.effects) == 2
    assert [send.state.value for send in state(decision).sends] == ["sending"] * 2 + ["pending"] * 3


def test_a_slow_channel_holds_up_no_other_one() -> None:
    decision = opened(in_town(), free={"mail": 0, "webhook": 1})
    assert [effect.channel for effect in decision.effects] == ["webhook"]
    sent = done(state(decision), decision.effects[0])
    assert ends(sent) == [(1, AlertKind.SENT)]
    assert sends(sent)["mail"].state is SendState.PENDING
    at = wake(state(sent))
    assert at is not None
    assert [effect.channel for effect in tick(state(sent), at).effects] == ["mail"]


def test_a_send_that_is_not_due_is_left_alone() -> None:
    alert = state(opened())
    assert tick(alert, MORNING + LOOK / 2) == Decision(outcome=Outcome.NOTHING)


def test_the_end_of_each_send_is_told_with_the_next_version() -> None:
    decision = opened(in_town())
    first = done(state(decision), decision.effects[0])
    second = done(state(first), decision.effects[1], error="HTTP 404 Not Found", lasting=True)
    assert ends(first) + ends(second) == [(1, AlertKind.SENT), (2, AlertKind.FAILED)]
    assert first.events[0].body.subject == str(alert_id(EVENT))
    assert first.events[0].body.key == str(CASE_ID)
    assert wake(state(second)) is None
    assert state(second).version == 2


def test_a_failure_says_why() -> None:
    decision = opened()
    body = done(state(decision), decision.effects[0], error="x" * 1000, lasting=True).events[0].body
    assert isinstance(body, AlertEvent)
    assert (body.detail, body.attempt, body.recipient, body.channel) == ("x" * 300, 1, MEMBER.staff, "webhook")


def test_a_passing_error_is_tried_again_with_growing_pauses_and_the_same_key() -> None:
    decision, at, keys, pauses = opened(), MORNING, [], []
    while decision.effects:
        keys.append(decision.effects[0].key)
        failed = done(state(decision), decision.effects[0], at, error="timed out")
        due = wake(state(failed))
        if due is None:
            assert ends(failed) == [(1, AlertKind.FAILED)]
            break
        pauses.append(due - at)
        decision, at = tick(state(failed), due), due
    assert len(keys) == ATTEMPTS == 8
    assert len(set(keys)) == 1
    assert tuple(pauses) == PAUSES == tuple(sorted(PAUSES))


def test_each_attempt_is_written_before_its_call() -> None:
    decision = opened()
    failed = done(state(decision), decision.effects[0], error="timed out")
    again = tick(state(failed), MORNING + MINUTE)
    (send,) = state(again).sends
    assert (send.state, send.attempts) == (SendState.SENDING, 2)
    assert again.effects[0].payload["attempt"] == 2


def test_a_crash_in_mid_send_is_sent_again_with_the_same_key() -> None:
    decision = opened()
    again = looks(state(decision))
    assert [effect.key for effect in again.effects] == [effect.key for effect in decision.effects]
    assert sends(again)["webhook"].attempts == 2
    assert again.events == ()


def test_a_crash_in_mid_send_ends_as_unknown_where_a_repeat_would_be_seen_twice() -> None:
    rules = Rules(ROSTER, again=frozenset({"mail"}))
    decision = looks(state(opened(in_town())), rules)
    assert [effect.channel for effect in decision.effects] == ["mail"]
    assert ends(decision) == [(1, AlertKind.UNKNOWN)]
    assert sends(decision)["webhook"].wake_at is None


def test_a_send_that_crashes_every_time_ends_as_unknown() -> None:
    decision, tries = opened(), 0
    while decision.effects:
        tries += len(decision.effects)
        decision = looks(state(decision))
    assert tries == ATTEMPTS
    assert ends(decision) == [(1, AlertKind.UNKNOWN)]


def test_every_attempt_is_given_as_long_as_the_first() -> None:
    alert = state(looks(state(opened())))
    begun = wake(alert)
    again = looks(alert)
    ended = wake(state(again))
    assert begun is not None
    assert ended is not None
    assert ended - begun == 3 * LOOK


def test_an_attempt_is_given_two_minutes_before_it_counts_as_lost() -> None:
    alert = state(opened())
    for passed in (LOOK, 2 * LOOK):
        looked = tick(alert, MORNING + passed)
        assert (looked.effects, looked.events) == ((), ())
        alert = state(looked)
    assert tick(alert, MORNING + 3 * LOOK - MINUTE / 60) == Decision(outcome=Outcome.NOTHING)
    assert len(tick(alert, MORNING + 3 * LOOK).effects) == 1


def test_a_record_from_before_an_outage_is_not_taken_for_a_lost_attempt() -> None:
    much_later = MORNING + 300 * MINUTE
    stale = tick(state(opened()), MORNING + 200 * MINUTE)
    fresh = tick(state(stale), much_later)
    assert (stale.effects, fresh.effects, stale.events, fresh.events) == ((), (), (), ())
    assert wake(state(fresh)) == much_later + LOOK


def test_a_late_success_of_an_attempt_that_was_given_up_counts() -> None:
    decision = opened()
    again = looks(state(decision))
    late = done(state(again), decision.effects[0], MORNING + 5 * MINUTE)
    assert ends(late) == [(1, AlertKind.SENT)]
    assert done(state(late), again.effects[0], MORNING + 6 * MINUTE) == Decision(outcome=Outcome.NOTHING)


def test_a_late_failure_of_an_attempt_that_was_given_up_says_nothing() -> None:
    decision = opened()
    again = looks(state(decision))
    late = done(state(again), decision.effects[0], error="refused", lasting=True)
    assert late == Decision(outcome=Outcome.NOTHING)


def test_a_late_refusal_ends_a_send_that_waits_to_be_tried_again() -> None:
    decision = opened()
    alert = state(decision)
    for passed in (LOOK, 2 * LOOK, 3 * LOOK):
        alert = state(tick(alert, MORNING + passed, free={}))
    assert alert.sends[0].state is SendState.PENDING
    late = done(alert, decision.effects[0], MORNING + 5 * MINUTE, error="HTTP 404", lasting=True)
    assert ends(late) == [(1, AlertKind.FAILED)]


def test_the_same_answer_twice_is_taken_once() -> None:
    decision = opened()
    failed = done(state(decision), decision.effects[0], error="timed out")
    assert done(state(failed), decision.effects[0], error="timed out") == Decision(outcome=Outcome.NOTHING)


def test_the_document_wakes_for_the_first_of_its_sends() -> None:
    alert = state(opened(in_town(), free={"webhook": 1}))
    times = [send.wake_at for send in alert.sends if send.wake_at]
    assert len(set(times)) == 2
    assert wake(alert) == min(times)


def test_what_comes_for_an_ended_or_unknown_send_changes_nothing() -> None:
    decision = opened()
    ended = state(done(state(decision), decision.effects[0]))
    assert done(ended, decision.effects[0], error="late") == Decision(outcome=Outcome.NOTHING)
    stranger = Effect(channel="mail", key=str(UUID(int=0)), payload={"attempt": 1})
    assert done(state(decision), stranger) == Decision(outcome=Outcome.NOTHING)
    assert decide(RULES, None, Tick(MORNING), Context(now=MORNING)) == Decision(outcome=Outcome.NOTHING)


def test_the_same_end_has_the_same_event_id_for_ever() -> None:
    decision = opened()
    early = done(state(decision), decision.effects[0])
    again = done(state(decision), decision.effects[0], MORNING + MINUTE)
    assert early.events[0].id == again.events[0].id
