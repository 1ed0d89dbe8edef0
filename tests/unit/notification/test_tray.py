"""What waits in a tray: quiet hours, delays, storms and their digests; and that order within an instant is nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.alert import AlertEvent, AlertKind
from contracts.notice import Notice
from services.chassis.values import Decision
from services.notification.state import State, wake
from tests.builders import MORNING
from tests.unit.notification.desk import EARLY, alerts, at, done, notice, take, tick, tray

MINUTE = timedelta(minutes=1)


class Phone:
    """Takes every call at once: what was sent, and what was told of it."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.calls: list[tuple[datetime, str, str]] = []
        self.told: list[AlertEvent] = []

    def settle(self, decision: Decision[State], now: datetime) -> None:
        self.state = decision.state or self.state
        self.told += alerts(decision)
        for effect in decision.effects:
            self.calls.append((now, effect.payload["subject"], effect.payload["text"]))
            self.settle(done(self.state, effect, now), now)

    def take(self, *bodies: Notice, now: datetime | None = None) -> None:
        for body in bodies:
            self.settle(take(body, self.state, now=now or body.not_before), now or body.not_before)

    def until(self, end: datetime) -> "Phone":
        while self.state and (due := wake(self.state)) and due <= end:
            self.settle(tick(self.state, due), due)
        return self

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subject, _ in self.calls]


def some(count: int, when: datetime = MORNING, **fields: object) -> list[Notice]:
    return [notice(n, when, **fields) for n in range(1, count + 1)]


def test_in_a_storm_the_first_three_go_out_at_once_and_the_rest_as_one_digest() -> None:
    phone = Phone()
    phone.take(*some(26))
    assert phone.subjects == ["第1件", "第2件", "第3件"]
    phone.until(at(9, 10))
    assert phone.calls[-1][:2] == (at(9, 10), "【一网】汇总：23件事项")
    assert len(phone.calls) == 4
    lines = phone.calls[-1][2].splitlines()
    assert lines[0] == "【一网】汇总：23件事项。"
    assert lines[1] == "1. 第4件，昂素镇"
    assert len(lines) == 12
    assert lines[-1] == "等23件，请在手机应用中逐件办理。"


def test_each_alert_of_a_digest_has_its_end_and_names_the_digest() -> None:
    phone = Phone()
    phone.take(*some(7))
    phone.until(at(10))
    assert Counter(one.alert_id for one in phone.told) == Counter(body.alert_id for body in some(7))
    assert {one.kind for one in phone.told} == {AlertKind.SENT}
    (digest,) = {one.digest for one in phone.told} - {None}
    assert sum(one.digest == digest for one in phone.told) == 4


def test_a_digest_that_lists_all_says_how_many_there_are() -> None:
    phone = Phone()
    phone.take(*some(5))
    phone.until(at(10))
    assert phone.calls[-1][2].splitlines()[1:] == [
        "1. 第4件，昂素镇",
        "2. 第5件，昂素镇",
        "共2件，请在手机应用中逐件办理。",
    ]


def test_a_single_message_too_many_goes_out_in_its_own_words() -> None:
    phone = Phone()
    phone.take(*some(4))
    phone.until(at(10))
    assert phone.calls[-1] == (at(9, 10), "第4件", "第4件。请签收。")
    assert {one.digest for one in phone.told} == {None}


def test_a_new_window_begins_with_the_first_message_after_it() -> None:
    phone = Phone()
    phone.take(*some(3), notice(4, at(9, 9, 5)))
    phone.take(*(notice(n, at(9, 10)) for n in (5, 6, 7)))
    assert phone.subjects == ["第1件", "第2件", "第3件", "第4件", "第5件", "第6件", "第7件"]


def test_a_digest_holds_a_hundred_alerts_and_then_comes_a_next_one() -> None:
    phone = Phone()
    phone.take(*some(3 + 230))
    phone.until(at(10))
    assert phone.subjects[3:] == ["【一网】汇总：100件事项", "【一网】汇总：100件事项", "【一网】汇总：30件事项"]
    assert all(len(text.splitlines()) == 12 for _, _, text in phone.calls[3:])
    assert len({one.digest for one in phone.told} - {None}) == 3
    assert len(phone.told) == 233


def test_a_full_digest_goes_out_before_the_window_ends_so_that_a_flood_fills_no_tray() -> None:
    phone = Phone()
    phone.take(*some(3 + 230))
    assert phone.subjects[3:] == ["【一网】汇总：100件事项"] * 2
    assert phone.state
    assert phone.state.tray
    assert [len(heap.items) for heap in phone.state.tray.heaps] == [30]
    assert len(phone.state.model_dump_json()) < 16 * 1024


def test_what_waits_for_the_morning_stays_together_however_much_it_is() -> None:
    phone = Phone()
    phone.take(*some(230, at(23)))
    assert phone.subjects == []


def test_what_is_urgent_goes_out_at_once_in_a_storm_and_counts_in_no_window() -> None:
    phone = Phone()
    phone.take(*some(9, urgent=True), *(notice(n) for n in (11, 12, 13)))
    assert len(phone.calls) == 12


def test_each_channel_has_its_own_window() -> None:
    phone = Phone()
    phone.take(*some(4, staff=EARLY, channels=("webhook", "mail")))
    assert len(phone.calls) == 6


def test_what_comes_at_night_waits_for_the_morning_and_is_one_digest() -> None:
    phone = Phone()
    phone.take(*(notice(n, at(7, day=6)) for n in (1, 2)), now=at(23))
    phone.take(*(notice(n, at(7, day=6)) for n in (3, 4, 5)), now=at(5, day=6))
    assert phone.calls == []
    phone.until(at(7, day=6))
    assert [call[:2] for call in phone.calls] == [(at(7, day=6), "【一网】汇总：5件事项")]
    phone.take(*(notice(n, at(7, day=6)) for n in (6, 7, 8)))
    assert len(phone.calls) == 4, "the morning's digest takes nothing of the day's first window"


def test_what_is_read_late_at_night_waits_too() -> None:
    phone = Phone()
    phone.take(notice(1, at(21)), now=at(23))
    assert (phone.calls, wake(phone.state or State())) == ([], at(7, day=6))


def test_what_is_urgent_goes_out_at_night() -> None:
    phone = Phone()
    phone.take(notice(1, at(2), urgent=True))
    assert phone.subjects == ["第1件"]


def test_a_storm_before_the_night_ends_with_the_day() -> None:
    phone = Phone()
    phone.take(*some(9, at(21, 55)))
    phone.until(at(22))
    assert phone.calls[-1][:2] == (at(22), "【一网】汇总：6件事项")


def test_a_digest_that_an_outage_would_push_into_the_night_waits_for_the_morning() -> None:
    phone = Phone()
    phone.take(*some(9, at(21, 55)))
    phone.settle(tick(phone.state, at(23)), at(23))
    assert len(phone.calls) == 3
    phone.until(at(7, day=6))
    assert phone.calls[-1][:2] == (at(7, day=6), "【一网】汇总：6件事项")


def test_what_is_delayed_goes_out_alone_when_its_time_has_come() -> None:
    phone = Phone()
    phone.take(notice(1, at(9, 30)), now=at(9))
    assert phone.calls == []
    phone.until(at(10))
    assert phone.calls == [(at(9, 30), "第1件", "第1件。请签收。")]


def test_a_tray_forgets_what_has_ended() -> None:
    phone = Phone()
    for hour in range(7, 21):
        phone.take(*(notice(100 * hour + n, at(hour)) for n in range(30)))
        phone.until(at(hour, 59))
    assert len(phone.told) == 14 * 30
    assert phone.state is not None
    assert len(phone.state.model_dump_json(exclude_none=True)) < 1024


def test_a_channel_that_a_notice_names_a_thousand_times_carries_it_once() -> None:
    phone = Phone()
    phone.take(notice(1, channels=("webhook",) * 1000))
    assert phone.subjects == ["第1件"]


def test_a_night_of_a_thousand_notices_stays_below_a_quarter_of_a_mebibyte() -> None:
    phone = Phone()
    phone.take(*(notice(n, at(7, day=6)) for n in range(1000)), now=at(23))
    assert phone.state is not None
    assert len(phone.state.model_dump_json(exclude_none=True)) < 256 * 1024


def totals(phone: Phone) -> tuple[object, ...]:
    digests = Counter(one.digest for one in phone.told)
    sizes = sorted(count for digest, count in digests.items() if digest)
    return len(phone.calls), len(phone.told), digests[None], sizes, sorted(when for when, _, _ in phone.calls)


def run(instants: Sequence[tuple[datetime, Sequence[Notice]]], order: Random) -> tuple[object, ...]:
    """Every instant's notices in any order, before or after the timers of that instant."""
    phone = Phone()
    for now, bodies in instants:
        shuffled = order.sample(bodies, len(bodies))
        at_once = order.randint(0, len(shuffled))
        phone.until(now - timedelta(microseconds=1))
        phone.take(*shuffled[:at_once], now=now)
        phone.until(now)
        phone.take(*shuffled[at_once:], now=now)
        phone.until(now)
    return totals(phone.until(instants[-1][0] + timedelta(days=2)))


INSTANTS = st.lists(
    st.tuples(st.integers(0, 400), st.lists(st.tuples(st.booleans(), st.sampled_from([0, 5, 30])), max_size=9)),
    min_size=1,
    max_size=8,
)


@given(instants=INSTANTS, start=st.sampled_from([6 * 60, 9 * 60, 20 * 60]), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_within_one_instant_no_order_changes_how_many_messages_digests_and_alerts_there_are(
    instants: list[tuple[int, list[tuple[bool, int]]]], start: int, seed: int
) -> None:
    made, count, now = [], 0, at(0) + start * MINUTE
    for passed, bodies in instants:
        now += (passed // 5) * MINUTE
        of_now = []
        for urgent, delay in bodies:
            count += 1
            of_now.append(notice(count, now + delay * MINUTE, urgent=urgent))
        made.append((now, of_now))
    first, second = (run(made, Random(seed + n)) for n in (0, 1))
    assert first == second


def test_a_digest_is_one_send_with_a_key_of_its_own() -> None:
    phone, keys = Phone(), set[str]()
    phone.take(*some(20))
    decision = tick(phone.state, at(9, 10))
    (effect,) = decision.effects
    keys.add(effect.key)
    (send,) = tray(decision).sends
    assert (str(send.digest), effect.payload["alert"], effect.payload["template"]) == (effect.key, effect.key, "digest")
    assert [UUID(one["alert"]) for one in effect.payload["alerts"]] == [body.alert_id for body in some(20)[3:]]
    assert effect.weight == 17, "each of its alerts ends with an event"
    failed = done(decision.state, effect, at(9, 10), error="timed out")
    again = tick(failed.state, at(9, 11))
    assert {one.key for one in again.effects} == keys


def test_a_notice_over_no_channel_is_parked_so_that_somebody_sees_who_was_not_told() -> None:
    for state in (None, take(notice(1)).state):
        decision = take(notice(2, channels=()), state)
        assert decision.park
        assert [str(one) for one in decision.park.problems] == ["channels: found none; expected at least one channel"]
        assert decision.state is None
        assert not decision.effects
