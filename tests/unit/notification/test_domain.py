"""Law 7: "sending" is written before each call, one key for all attempts, one end that is told and then forgotten."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.alert import AlertKind
from services.chassis.values import Context, Decision, Effect, Outcome, Tick
from services.notification.domain import decide
from services.notification.rules import Rules
from services.notification.sending import ATTEMPTS, LOOK, PAUSES, Send, SendState
from services.notification.state import State, wake
from services.notification.tray import Tally, tray_of
from tests.builders import DAY, MORNING
from tests.unit.notification.desk import EARLY, FREE, MEMBER, RULES, alerts, at, done, notice, take, tick, tray

MINUTE = timedelta(minutes=1)
BOTH: Mapping[str, Any] = {"staff": EARLY, "channels": ("webhook", "mail")}


def state(decision: Decision[State]) -> State:
    assert decision.state is not None
    return decision.state


def sends(decision: Decision[State]) -> dict[str, Send]:
    return {send.channel: send for send in tray(decision).sends}


def due(decision: Decision[State]) -> datetime:
    found = wake(state(decision))
    assert found is not None
    return found


def looks(decision: Decision[State], rules: Rules = RULES) -> Decision[State]:
    """Tick at each wake time, without an answer, until a tick does more than look."""
    for _ in range(5):
        decision = tick(decision.state, due(decision), rules=rules)
        if decision.effects or decision.events:
            return decision
    raise AssertionError(decision)


def test_a_notice_is_tried_at_once_and_written_as_sending_with_its_call() -> None:
    decision = take(notice())
    (effect,), (send,) = decision.effects, tray(decision).sends
    assert (send.state, send.attempts, send.address) == (SendState.SENDING, 1, f"webhook:{MEMBER}")
    assert (effect.channel, effect.key) == ("webhook", str(send.key))
    assert effect.payload == {
        "to": f"webhook:{MEMBER}",
        "recipient": MEMBER,
        "alert": str(notice().alert_id),
        "case": str(notice().case_id),
        "template": "opened",
        "subject": "第1件",
        "text": "第1件。请签收。",
        "attempt": 1,
    }
    assert (decision.outcome, decision.events) == (Outcome.APPLIED, ())


def test_a_text_message_has_its_own_words_and_says_how_many_segments_it_takes() -> None:
    decision = take(notice(channels=("sms",)))
    (effect,) = decision.effects
    assert (effect.payload["text"], effect.payload["segments"]) == ("第1件，请签收。", 1)
    (end,) = alerts(done(decision.state, effect))
    assert end.segments == 1


def test_a_notice_goes_out_over_each_of_its_channels() -> None:
    assert [effect.channel for effect in take(notice(**BOTH)).effects] == ["webhook", "mail"]


def test_the_end_of_each_send_is_told_and_then_only_counted() -> None:
    decision = take(notice(**BOTH))
    first = done(decision.state, decision.effects[0])
    second = done(first.state, decision.effects[1], error="HTTP 404 Not Found", lasting=True)
    assert [(one.channel, one.kind, one.version) for one in alerts(first, second)] == [
        ("webhook", AlertKind.SENT, 1),
        ("mail", AlertKind.FAILED, 1),
    ]
    assert first.events[0].body.subject == f"{notice().alert_id}/{EARLY}/webhook"
    assert first.events[0].body.key == str(notice().case_id)
    assert tray(second).sends == ()
    assert tray(second).ended == Tally(sent=1, failed=1)
    assert wake(state(second)) is None


def test_a_failure_says_why() -> None:
    decision = take(notice())
    (body,) = alerts(done(decision.state, decision.effects[0], error="x" * 1000, lasting=True))
    assert (body.detail, body.attempt, body.recipient, body.channel) == ("x" * 300, 1, MEMBER, "webhook")


def test_somebody_whom_the_roster_no_longer_reaches_so_is_a_failure_and_no_call() -> None:
    for strange in (notice(staff="499999"), notice(channels=("mail",))):
        decision = take(strange)
        assert decision.effects == ()
        (body,) = alerts(decision)
        assert (body.kind, body.attempt) == (AlertKind.FAILED, 0)
        assert body.detail == "the roster has no address of this person for this channel"


def test_without_capacity_a_send_waits_between_one_and_five_seconds() -> None:
    decision = take(notice(), free={"webhook": 0})
    (send,) = tray(decision).sends
    assert (send.state, send.attempts, decision.effects) == (SendState.PENDING, 0, ())
    assert timedelta(seconds=1) <= due(decision) - MORNING <= timedelta(seconds=5)
    later = tick(decision.state, due(decision), free={})
    assert sends(later)["webhook"].state is SendState.PENDING


def test_capacity_is_not_overdrawn_within_one_decision() -> None:
    pending = None
    for n in range(3):
        pending = take(notice(n), pending.state if pending else None, free={})
    assert pending is not None
    decision = tick(pending.state, MORNING + MINUTE, free={"webhook": 2})
    assert len(decision.effects) == 2
    assert [send.state.value for send in tray(decision).sends] == ["sending", "sending", "pending"]


def test_a_slow_channel_holds_up_no_other_one() -> None:
    decision = take(notice(**BOTH), free={"mail": 0, "webhook": 1})
    assert [effect.channel for effect in decision.effects] == ["webhook"]
    sent = done(decision.state, decision.effects[0])
    assert [one.kind for one in alerts(sent)] == [AlertKind.SENT]
    assert [effect.channel for effect in tick(sent.state, due(sent)).effects] == ["mail"]


def test_a_send_that_is_not_due_is_left_alone() -> None:
    assert tick(take(notice()).state, MORNING + LOOK / 2) == Decision(outcome=Outcome.NOTHING)


def test_a_later_notice_neither_looks_at_nor_repeats_what_is_under_way() -> None:
    first = take(notice())
    second = take(notice(2), first.state, now=MORNING + 10 * MINUTE)
    assert [effect.payload["subject"] for effect in second.effects] == ["第2件"]
    assert tray(second).sends[0] == tray(first).sends[0]


def test_a_passing_error_is_tried_again_with_growing_pauses_and_the_same_key() -> None:
    decision, now, keys, pauses = take(notice()), MORNING, [], []
    while decision.effects:
        keys.append(decision.effects[0].key)
        failed = done(decision.state, decision.effects[0], now, error="timed out")
        if wake(state(failed)) is None:
            assert [one.kind for one in alerts(failed)] == [AlertKind.FAILED]
            break
        pauses.append(due(failed) - now)
        now = due(failed)
        decision = tick(failed.state, now)
    assert len(keys) == ATTEMPTS == 8
    assert len(set(keys)) == 1
    assert tuple(pauses) == PAUSES == tuple(sorted(PAUSES))


def test_what_failed_is_not_tried_again_at_night_unless_it_is_urgent() -> None:
    late = at(21, 59)
    for urgent, again in ((False, at(7, day=6)), (True, late + 2 * MINUTE)):
        decision = take(notice(urgent=urgent), now=late)
        for _ in range(2):
            decision = tick(done(decision.state, decision.effects[0], late, error="busy").state, late + MINUTE)
        failed = done(decision.state, decision.effects[0], late, error="busy")
        assert due(failed) == again


def test_each_attempt_is_written_before_its_call() -> None:
    decision = take(notice())
    failed = done(decision.state, decision.effects[0], error="timed out")
    again = tick(failed.state, MORNING + MINUTE)
    assert (sends(again)["webhook"].state, sends(again)["webhook"].attempts) == (SendState.SENDING, 2)
    assert again.effects[0].payload["attempt"] == 2


def test_a_crash_in_mid_send_is_sent_again_with_the_same_key() -> None:
    decision = take(notice())
    again = looks(decision)
    assert [effect.key for effect in again.effects] == [effect.key for effect in decision.effects]
    assert sends(again)["webhook"].attempts == 2
    assert again.events == ()


def test_a_crash_in_mid_send_ends_as_unknown_where_a_repeat_would_be_seen_twice() -> None:
    decision = looks(take(notice(**BOTH)), replace(RULES, again=frozenset({"mail"})))
    assert [effect.channel for effect in decision.effects] == ["mail"]
    assert [(one.channel, one.kind) for one in alerts(decision)] == [("webhook", AlertKind.UNKNOWN)]
    assert set(sends(decision)) == {"mail"}


def test_a_send_that_crashes_every_time_ends_as_unknown() -> None:
    decision, tries = take(notice()), 0
    while decision.effects:
        tries += len(decision.effects)
        decision = looks(decision)
    assert tries == ATTEMPTS
    assert [one.kind for one in alerts(decision)] == [AlertKind.UNKNOWN]


def test_an_attempt_is_given_45_seconds_before_it_counts_as_lost() -> None:
    decision = take(notice())
    for passed in (LOOK, 2 * LOOK):
        decision = tick(decision.state, MORNING + passed)
        assert (decision.effects, decision.events) == ((), ())
    assert tick(decision.state, MORNING + 3 * LOOK - MINUTE / 60) == Decision(outcome=Outcome.NOTHING)
    assert len(tick(decision.state, MORNING + 3 * LOOK).effects) == 1


def test_every_attempt_is_given_as_long_as_the_first() -> None:
    again = looks(take(notice()))
    begun, once_more = due(again), looks(again)
    assert due(once_more) - begun == 3 * LOOK


def test_a_record_from_before_an_outage_is_not_taken_for_a_lost_attempt() -> None:
    stale = tick(take(notice()).state, MORNING + 200 * MINUTE)
    fresh = tick(stale.state, MORNING + 300 * MINUTE)
    assert (stale.effects, fresh.effects, stale.events, fresh.events) == ((), (), (), ())
    assert due(fresh) == MORNING + 300 * MINUTE + LOOK


def test_a_late_success_of_an_attempt_that_was_given_up_counts() -> None:
    decision = take(notice())
    again = looks(decision)
    late = done(again.state, decision.effects[0], MORNING + 5 * MINUTE)
    assert [one.kind for one in alerts(late)] == [AlertKind.SENT]
    assert done(late.state, again.effects[0], MORNING + 6 * MINUTE) == Decision(outcome=Outcome.NOTHING)


def test_a_late_failure_of_an_attempt_that_was_given_up_says_nothing() -> None:
    decision = take(notice())
    again = looks(decision)
    assert done(again.state, decision.effects[0], error="refused", lasting=True) == Decision(outcome=Outcome.NOTHING)


def test_a_late_refusal_ends_a_send_that_waits_to_be_tried_again() -> None:
    decision = take(notice())
    found = decision
    for passed in (LOOK, 2 * LOOK, 3 * LOOK):
        found = tick(found.state, MORNING + passed, free={})
    assert sends(found)["webhook"].state is SendState.PENDING
    late = done(found.state, decision.effects[0], MORNING + 5 * MINUTE, error="HTTP 404", lasting=True)
    assert [one.kind for one in alerts(late)] == [AlertKind.FAILED]


def test_the_same_answer_twice_is_taken_once() -> None:
    decision = take(notice())
    failed = done(decision.state, decision.effects[0], error="timed out")
    assert done(failed.state, decision.effects[0], error="timed out") == Decision(outcome=Outcome.NOTHING)


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("error", [None, "busy"])
def test_an_end_leaves_all_other_sends_as_they_are_and_where_they_stand(number: int, error: str | None) -> None:
    first = take(notice(0, urgent=True))
    last, effects = first, list(first.effects)
    for n in range(1, 5):
        last = take(notice(n, urgent=True), last.state)
        effects += last.effects
    before, after = tray(last), tray(done(last.state, effects[number], error=error))
    others = [one for one in after.sends if str(one.key) != effects[number].key]
    assert [id(one) for one in others] == [id(one) for n, one in enumerate(before.sends) if n != number]
    assert after.ended == Tally(sent=int(error is None))
    if error:
        assert (after.sends[number].state, after.sends[number].detail) == (SendState.PENDING, "busy")


def test_what_comes_for_an_ended_or_unknown_send_changes_nothing() -> None:
    decision = take(notice())
    ended = done(decision.state, decision.effects[0])
    assert done(ended.state, decision.effects[0], error="late") == Decision(outcome=Outcome.NOTHING)
    stranger = Effect(channel="mail", key=str(UUID(int=0)), payload={"attempt": 1})
    assert done(decision.state, stranger) == Decision(outcome=Outcome.NOTHING)
    assert decide(RULES, None, Tick(MORNING), Context(now=MORNING)) == Decision(outcome=Outcome.NOTHING)


def test_the_same_end_has_the_same_event_id_for_ever() -> None:
    decision = take(notice())
    early, again = (done(decision.state, decision.effects[0], MORNING + n * MINUTE) for n in (0, 1))
    assert early.events[0].id == again.events[0].id


def test_a_tray_is_of_the_day_on_which_a_notice_may_first_go_out() -> None:
    assert tray_of(notice(when=at(23, 59))) == f"tray/{MEMBER}/20260305"
    assert tray_of(notice(when=at(7, day=6))) == f"tray/{MEMBER}/20260306"
    assert tray_of(notice(when=MORNING + DAY)) == f"tray/{MEMBER}/20260306"


def test_a_document_of_an_earlier_form_is_written_without_a_timer() -> None:
    earlier = State.model_validate({"alert_id": "1", "sends": [{"wake_at": "2026-03-05T06:30:40Z"}]})
    decision = decide(RULES, earlier, Tick(MORNING), Context(now=MORNING))
    assert decision.state is not None
    assert wake(decision.state) is None


def test_a_document_survives_being_stored() -> None:
    stored = state(take(notice(2, when=at(23), **BOTH), take(notice(**BOTH)).state, now=at(9)))
    assert State.model_validate_json(stored.model_dump_json(exclude_none=True)) == stored
    assert set(FREE) == set(RULES.again)
