"""Whatever the order of notices, timers, answers and crashes: each alert ends once, and keys never change."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.alert import AlertEvent
from services.chassis.values import Context, Decision, Done, Effect, Tick
from services.notification.domain import decide
from services.notification.rules import Rules
from services.notification.sending import ATTEMPTS, SendState
from services.notification.state import State, wake
from tests.builders import MORNING
from tests.unit.notification.desk import EARLY, RULES, alerts, notice, take, tick

CHANNELS = ("webhook", "mail")

PASS_TIME = st.tuples(st.integers(0, 300), st.integers(0, 3))  # seconds, and how many calls each channel can take
ANSWER = st.tuples(st.integers(0, 30), st.sampled_from(["taken", "passing", "lasting"]))  # to which call, and what
COME = st.tuples(st.integers(0, 3), st.just("come"))  # a notice, with so much room
STEPS = st.lists(st.one_of(PASS_TIME, ANSWER, COME), max_size=60)


class Run:
    """One tray under any steps, and all that its decisions brought about."""

    def __init__(self, rules: Rules, free: int, notices: int = 1) -> None:
        self.rules, self.now, self.state = rules, MORNING, State()
        self.effects: list[Effect] = []
        self.told = list[AlertEvent]()
        self.ids = list[UUID]()
        self.came = 0
        for _ in range(notices):
            self.come(free)

    def come(self, free: int) -> None:
        self.came += 1
        body = notice(self.came, staff=EARLY, channels=CHANNELS)
        state = self.state if self.state.tray else None
        self.keep(take(body, state, now=self.now, free=dict.fromkeys(CHANNELS, free), rules=self.rules))

    def keep(self, decision: Decision[State]) -> None:
        self.state = decision.state or self.state
        self.effects.extend(decision.effects)
        self.told.extend(alerts(decision))
        self.ids.extend(event.id for event in decision.events)
        assert self.state.tray is not None
        sends = self.state.tray.sends
        sending = {str(send.key): send.attempts for send in sends if send.state is SendState.SENDING}
        assert all(sending[effect.key] == effect.payload["attempt"] for effect in decision.effects)

    def tick(self, seconds: float, free: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.keep(tick(self.state, self.now, free=dict.fromkeys(CHANNELS, free), rules=self.rules))
        due = wake(self.state)
        assert due is None or due > self.now

    def answer(self, number: int, how: str) -> None:
        if self.effects:
            effect = self.effects[number % len(self.effects)]
            error = None if how == "taken" else how
            end = Done(effect=effect, at=self.now, error=error, lasting=how == "lasting")
            self.keep(decide(self.rules, self.state, end, Context(now=self.now, free=dict.fromkeys(CHANNELS, 1))))


def check(run: Run) -> None:
    ends = [(body.alert_id, body.recipient, body.channel) for body in run.told]
    assert len(ends) == len(set(ends))
    assert len(run.ids) == len(set(run.ids))
    tray = run.state.tray
    assert tray is not None
    attempts = [(effect.key, effect.payload["attempt"]) for effect in run.effects]
    assert len(attempts) == len(set(attempts))
    assert all(send.attempts <= ATTEMPTS and not send.state.ended for send in tray.sends)
    waiting = [item for heap in tray.heaps for item in heap.items]
    under_way = [item for send in tray.sends for item in send.items]
    assert len(ends) + len(waiting) + len(under_way) + len(tray.held) == run.came * len(CHANNELS)
    assert (wake(run.state) is None) == (not waiting and not under_way and not tray.held)
    assert sum(tray.ended.model_dump().values()) == len({(one.digest or one.alert_id, one.channel) for one in run.told})


@given(steps=STEPS, free=st.integers(0, 3), again=st.sets(st.sampled_from(CHANNELS)))
@settings(deadline=None)
def test_in_any_order_each_alert_ends_at_most_once_and_none_is_lost(
    steps: list[tuple[int, int | str]], free: int, again: set[str]
) -> None:
    run = Run(replace(RULES, again=frozenset(again)), free)
    for number, how in steps:
        if isinstance(how, int):
            run.tick(number, how)
        elif how == "come":
            run.come(number)
        else:
            run.answer(number, how)
        check(run)


@given(answers=st.lists(st.sampled_from(["taken", "passing", "lasting", "crash"]), max_size=40))
@settings(deadline=None)
def test_every_alert_comes_to_an_end_through_a_channel_that_takes_one_call_at_a_time(answers: list[str]) -> None:
    run = Run(RULES, free=1, notices=5)
    left = iter(answers)
    for _ in range(800):
        if (due := wake(run.state)) is None:
            break
        run.tick((due - run.now).total_seconds(), free=1)
        if (how := next(left, "crash")) != "crash":
            run.answer(-1, how)
    check(run)
    assert len(run.told) == 5 * len(CHANNELS)


def test_a_tick_of_a_document_that_holds_nothing_brings_nothing_about() -> None:
    decision = decide(RULES, State(), Tick(MORNING), Context(now=MORNING))
    assert (decision.state, decision.events, decision.effects) == (State(), (), ())
