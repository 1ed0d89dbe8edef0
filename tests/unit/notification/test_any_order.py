"""Whatever the order of timers, answers and crashes: a send ends once, versions have no gap, keys never change."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.alert import AlertEvent
from contracts.deadline import DeadlineKind
from contracts.identity import name_id
from contracts.territory import BANNER
from contracts.topics import DEADLINES
from services.chassis.values import Context, Decision, Done, Effect, Input, Tick
from services.notification.alert import Alert, SendState, alert_id, wake
from services.notification.domain import ATTEMPTS, Rules, decide
from services.notification.roster import Recipient, Roster
from tests.builders import MORNING, deadline, record

CHANNELS = ("mail", "webhook")
CROWD = tuple(Recipient(f"10001{n}", channel, "-") for n in range(2) for channel in CHANNELS)
EVENT = name_id("test/any-order")

PASS_TIME = st.tuples(st.integers(0, 300), st.integers(0, 3))  # seconds, and how many calls each channel can take
ANSWER = st.tuples(st.integers(0, 30), st.sampled_from(["taken", "passing", "lasting"]))  # to which call, and what
STEPS = st.lists(st.one_of(PASS_TIME, ANSWER), max_size=60)


class Run:
    """One alert under any steps, and all that its decisions brought about."""

    def __init__(self, rules: Rules, free: int) -> None:
        self.rules, self.now = rules, MORNING
        self.effects: list[Effect] = []
        self.told: list[AlertEvent] = []
        self.ids = list[UUID]()
        body = deadline(DeadlineKind.SCHEDULED)
        opening = Input(id=EVENT, subject=str(alert_id(EVENT)), body=body, record=record(body, DEADLINES))
        self.alert = self.take(decide(rules, None, opening, self.context(free)))

    def context(self, free: int) -> Context:
        return Context(now=self.now, free=dict.fromkeys(CHANNELS, free))

    def take(self, decision: Decision[Alert]) -> Alert:
        alert = decision.state or self.alert
        self.effects.extend(decision.effects)
        self.told.extend(event.body for event in decision.events if isinstance(event.body, AlertEvent))
        self.ids.extend(event.id for event in decision.events)
        sending = {str(send.key): send.attempts for send in alert.sends if send.state is SendState.SENDING}
        assert all(sending[effect.key] == effect.payload["attempt"] for effect in decision.effects)
        return alert

    def tick(self, seconds: float, free: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.alert = self.take(decide(self.rules, self.alert, Tick(self.now), self.context(free)))
        due = wake(self.alert)
        assert due is None or due > self.now

    def answer(self, number: int, how: str) -> None:
        if self.effects:
            effect = self.effects[number % len(self.effects)]
            error = None if how == "taken" else how
            end = Done(effect=effect, at=self.now, error=error, lasting=how == "lasting")
            self.alert = self.take(decide(self.rules, self.alert, end, self.context(1)))


def check(run: Run) -> None:
    ends = [(body.recipient, body.channel) for body in run.told]
    assert len(ends) == len(set(ends))
    assert len(run.ids) == len(set(run.ids))
    assert [body.version for body in run.told] == list(range(1, run.alert.version + 1))
    assert {(send.recipient, send.channel) for send in run.alert.sends if send.state.ended} == set(ends)
    assert len({effect.key for effect in run.effects}) <= len(CROWD)
    attempts = [(effect.key, effect.payload["attempt"]) for effect in run.effects]
    assert len(attempts) == len(set(attempts))
    assert all(send.attempts <= ATTEMPTS for send in run.alert.sends)
    assert (wake(run.alert) is None) == all(send.state.ended for send in run.alert.sends)


@given(steps=STEPS, free=st.integers(0, 3), again=st.sets(st.sampled_from(CHANNELS)))
@settings(deadline=None)
def test_in_any_order_each_send_ends_at_most_once(
    steps: list[tuple[int, int | str]], free: int, again: set[str]
) -> None:
    run = Run(Rules(Roster({BANNER.code: CROWD}), frozenset(again)), free)
    for number, how in steps:
        if isinstance(how, int):
            run.tick(number, how)
        else:
            run.answer(number, how)
        check(run)


@given(answers=st.lists(st.sampled_from(["taken", "passing", "lasting", "crash"]), max_size=40))
@settings(deadline=None)
def test_every_alert_comes_to_an_end_through_a_channel_that_takes_one_call_at_a_time(answers: list[str]) -> None:
    run = Run(Rules(Roster({BANNER.code: CROWD}), frozenset(CHANNELS)), free=1)
    left = iter(answers)
    for _ in range(400):
        if (due := wake(run.alert)) is None:
            break
        run.tick((due - run.now).total_seconds(), free=1)
        if (how := next(left, "crash")) != "crash":
            run.answer(-1, how)
    check(run)
    assert len(run.told) == len(CROWD)
