"""Routing and escalation together: a case that nobody touches climbs on its own, and order never matters."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Action, Capacity, CaseAction, CaseEvent, CaseEventKind, ClockClass, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.report import ReportLocated, Urgency
from contracts.territory import BANNER, Path
from contracts.wire import Body, Event
from services.chassis.values import Context, Decision, Input, Tick
from services.escalation.ledger import Ledger
from services.routing.state import State as CaseState
from services.routing.state import wake
from tests import builders
from tests.builders import DAY, GRID, HOUR, MORNING, OTHER_PATH, PATH, TOWN, VILLAGE, arrived, context
from tests.unit.escalation import timebook as escalation
from tests.unit.routing import rulebook as routing

MIDNIGHT = MORNING + 15 * HOUR
BREACHED = DeadlineKind.BREACHED
ACTIONS = st.builds(
    builders.action,
    st.sampled_from(Action),
    capacity=st.sampled_from(Capacity),
    unit=st.sampled_from([None, None, *(unit.code for unit in PATH)]),
    minutes=st.sampled_from([60, 600, 6_000]),
    action_id=st.uuids().map(str),
    note=st.just("已修复"),
)
ABOVE = {"capacity": Capacity.SUPERIOR, "actor": "1200", "note": "同意"}


def _acts(what: Action, **fields: object) -> st.SearchStrategy[CaseAction]:
    return st.builds(
        builders.action,
        st.just(what),
        action_id=st.uuids().map(str),
        **{name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in fields.items()},
    )


CODES = st.sampled_from([unit.code for unit in PATH[:3]])
ASKS = _acts(Action.EXTEND, note="待料", minutes=st.sampled_from([60, 600])) | _acts(
    Action.SUSPEND, note="待料", minutes=st.sampled_from([60, 6_000])
)
TIME = st.one_of(
    _acts(Action.ACCEPT),
    ASKS,
    ASKS,
    _acts(Action.APPROVE, unit=CODES, **ABOVE),
    _acts(Action.APPROVE, unit=CODES, **ABOVE),
    _acts(Action.RESUME),
    _acts(Action.HAND_UP),
)
"""What people do about time: asked for, approved by whoever may be the unit above, and gone on with."""
BREACHES = st.builds(builders.deadline, st.just(DeadlineKind.BREACHED), st.integers(1, 5))
REPORTS = st.builds(
    builders.report,
    revision=st.integers(2, 9),
    urgency=st.sampled_from(Urgency),
    withdrawn=st.sampled_from([None] * 5 + ["误报"]),
    solved=st.sampled_from([None] * 5 + ["已现场调解"]),
)
PLACES = st.builds(builders.location, path=st.sampled_from([PATH[:1], PATH[:3], PATH, OTHER_PATH]))
ABOUT = st.sampled_from([(), (), PATH[:3], PATH])


def _about(located: ReportLocated, about: Path) -> ReportLocated:
    return located.model_copy(update={"about": about})


CORRECTIONS = st.builds(_about, st.builds(builders.located, REPORTS, PLACES), ABOUT)
LIVES = st.lists(ACTIONS | TIME | BREACHES | CORRECTIONS, max_size=12)
WAITS = st.timedeltas(min_value=HOUR / 3600, max_value=3 * DAY)


class Pair:
    """Both services over one case, joined by a queue that delivers at once."""

    def __init__(self) -> None:
        self.case: CaseState | None = None
        self.ledger: Ledger | None = None
        self.told: list[Event] = []

    def take(self, body: Body, at: datetime) -> None:
        waiting: deque[Input[Any]] = deque([arrived(body, at)])
        while waiting:
            one = waiting.popleft()
            for event in self._decide(one, at).events:
                if isinstance(event.body, CaseEvent | DeadlineEvent):
                    waiting.append(arrived(event.body, at, cause=event.id))
                self.told.append(event)

    def run_to(self, end: datetime) -> None:
        """Let the timers of both ring, each at its time."""
        while (due := min(self._timers(), key=lambda timer: timer[0], default=None)) and due[0] <= end:
            at, decision = due[0], due[1](Tick(due[0]), context(due[0]))
            if due[1] == self._escalate:
                self.ledger = decision.state or self.ledger
            else:
                self.case = decision.state or self.case
            self.told.extend(decision.events)
            for event in decision.events:
                if isinstance(event.body, CaseEvent | DeadlineEvent):
                    self.take(event.body, at)

    def _timers(self) -> Iterator[tuple[datetime, Callable[[Tick, Context], Decision[Any]]]]:
        if self.ledger and (at := escalation.wake(self.ledger)):
            yield at, self._escalate
        if self.case and (at := wake(self.case)):
            yield at, self._route

    def _escalate(self, tick: Tick, at: Context) -> Decision[Any]:
        return escalation.decide(self.ledger, tick, at)

    def _route(self, tick: Tick, at: Context) -> Decision[Any]:
        return routing.decide(self.case, tick, at)

    def _decide(self, one: Input[Any], at: datetime) -> Decision[Any]:
        decision: Decision[Any]
        if isinstance(one.body, CaseEvent):
            decision = escalation.decide(self.ledger, one, context(at))
            self.ledger = decision.state or self.ledger
        else:
            decision = routing.decide(self.case, one, context(at))
            self.case = decision.state or self.case
        return decision


def test_a_case_that_nobody_touches_climbs_to_the_banner_and_is_supervised_there() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    pair.run_to(MIDNIGHT + 17 * DAY)
    assert pair.ledger
    assert [(entry.unit, entry.due_at, entry.ended_how) for entry in pair.ledger.entries] == [
        (GRID, MIDNIGHT, "escalated"),
        (VILLAGE, MIDNIGHT + 3 * DAY, "escalated"),
        (TOWN, MIDNIGHT + 8 * DAY, "escalated"),
        (BANNER, MIDNIGHT + 15 * DAY, None),
    ]
    said = [event.body.kind for event in pair.told if isinstance(event.body, DeadlineEvent)]
    assert (
        [said.count(kind) for kind in (DeadlineKind.SCHEDULED, DeadlineKind.WARNED, DeadlineKind.PRESSING)]
        == [said.count(DeadlineKind.BREACHED)] * 3
        == [4] * 3
    )
    assert said.count(DeadlineKind.OVERDUE) == 2
    assert len({event.id for event in pair.told}) == len(pair.told)


def test_the_case_shows_the_due_time_of_its_newest_clock() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    pair.run_to(MIDNIGHT)
    assert pair.case
    assert pair.case.case
    assert pair.case.case.due_at == MIDNIGHT + 3 * DAY


def test_a_report_solved_on_the_spot_starts_no_clock() -> None:
    pair = Pair()
    pair.take(builders.located(builders.report(solved="已现场调解")), MORNING)
    assert pair.ledger
    assert pair.ledger.entries == ()
    assert not [event for event in pair.told if isinstance(event.body, DeadlineEvent)]


def told_by_routing(bodies: list[Body]) -> list[CaseEvent]:
    state: CaseState | None = None
    told: list[CaseEvent] = []
    for hour, body in enumerate([builders.located(), *bodies]):
        at = MORNING + hour * HOUR
        decision = routing.decide(state, arrived(body, at), context(at))
        state = decision.state or state
        told += [event.body for event in decision.events if isinstance(event.body, CaseEvent)]
    return told


def listen(told: list[CaseEvent]) -> Ledger:
    ledger: Ledger | None = None
    for body in told:
        decision = escalation.decide(ledger, arrived(body), context())
        ledger = decision.state or ledger
    assert ledger
    return ledger


COUNTED = {"moved", "warnings", "pressings", "asked", "warned_at", "pressed_at", "asked_at"}
"""What an entry knows of what was told; of events in another order, other ones are."""


def stands(ledger: Ledger) -> object:
    return ledger.running and ledger.running.model_dump(exclude=COUNTED)


@given(LIVES, st.randoms(use_true_random=False), st.data())
def test_case_events_in_any_order_and_number_end_with_the_same_running_clock(
    bodies: list[Body],
    chance: Random,
    data: st.DataObject,
) -> None:
    told = told_by_routing(bodies)
    again = told + data.draw(st.lists(st.sampled_from(told), max_size=5))
    chance.shuffle(again)
    in_order, shuffled = listen(told), listen(again)
    assert stands(shuffled) == stands(in_order)
    assert shuffled.case == in_order.case


@given(LIVES, st.randoms(use_true_random=False))
def test_every_open_case_has_exactly_one_running_clock_that_of_its_assignment(
    bodies: list[Body], chance: Random
) -> None:
    told = told_by_routing(bodies)
    newest = told[-1].case
    assert newest
    chance.shuffle(told)
    ledger = listen(told)
    running = [entry.assignment for entry in ledger.entries if entry.ended_at is None]
    assert running == ([newest.assignment.number] if newest.status.open else [])


@given(LIVES, st.lists(WAITS, min_size=1, max_size=20))
def test_ticks_at_any_times_are_never_early_keep_due_order_and_leave_a_later_wake(
    bodies: list[Body], waits: list[timedelta]
) -> None:
    ledger, at, versions = listen(told_by_routing(bodies)), MORNING, []
    for wait in waits:
        at += wait
        decision = escalation.decide(ledger, Tick(at), context(at))
        ledger = decision.state or ledger
        following = escalation.wake(ledger)
        assert following is None or following > at
        for event in decision.events:
            assert isinstance(event.body, DeadlineEvent)
            versions.append(event.body.version)
            due = {
                DeadlineKind.WARNED: event.body.warn_at,
                DeadlineKind.PRESSING: event.body.press_at,
                DeadlineKind.BREACHED: event.body.due_at,
            }
            overdue = event.body.due_at + event.body.n * escalation.TABLES.terms.supervise[event.body.case.clock]
            told_at = due.get(event.body.kind, overdue)
            assert told_at
            assert told_at <= at
    assert versions == list(range(ledger.version - len(versions) + 1, ledger.version + 1))


@given(st.lists(WAITS, max_size=10), st.lists(ACTIONS | TIME | CORRECTIONS, min_size=10, max_size=10))
def test_an_open_case_is_never_without_a_clock_whatever_people_do(waits: list[timedelta], bodies: list[Body]) -> None:
    pair, at = Pair(), MORNING
    pair.take(builders.located(), at)
    for wait, body in zip(waits, bodies, strict=False):
        at += wait
        pair.run_to(at)
        pair.take(body, at)
        assert pair.case
        assert pair.case.case
        assert pair.ledger
        running, case = pair.ledger.running, pair.case.case
        assert (running is not None) == case.status.open
        assert running is None or running.assignment == case.assignment.number
        assert running is None or running.rests is (case.status is Status.SUSPENDED)
        assert running is None or case.due_at == (None if running.rests else running.due_at)
        assert running is None or running.clock is case.clock


@given(st.lists(WAITS, min_size=4, max_size=10), st.lists(CORRECTIONS, min_size=10, max_size=10))
def test_corrections_never_put_off_what_the_unit_in_charge_has_to_do(
    waits: list[timedelta], bodies: list[ReportLocated]
) -> None:
    pair, at = Pair(), MORNING
    pair.take(builders.located(), at)
    for wait, body in zip(waits, bodies, strict=False):
        at += wait
        pair.run_to(at)
        before = pair.ledger.running if pair.ledger else None
        pair.take(body, at)
        after = pair.ledger.running if pair.ledger else None
        if before and after and before.unit.code == after.unit.code:
            assert after.due_at <= before.due_at


def test_a_correction_that_threatens_life_goes_to_the_banner_on_its_own_clock() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    pair.take(builders.located(builders.report(revision=2, urgency="life_threatening")), MORNING + HOUR)
    assert pair.ledger
    assert [(entry.unit, entry.clock, entry.ended_how) for entry in pair.ledger.entries] == [
        (GRID, ClockClass.STANDARD, "corrected"),
        (BANNER, ClockClass.LIFE, None),
    ]
    assert pair.ledger.entries[1].due_at == MORNING + 2 * HOUR


def test_a_withdrawn_case_rings_no_more() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    pair.take(builders.located(builders.report(revision=2, withdrawn="误报")), MORNING + HOUR)
    assert pair.ledger
    assert pair.ledger.entries[0].ended_how == "withdrawn"
    assert escalation.wake(pair.ledger) is None


def test_both_documents_come_back_from_json_as_they_were() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    pair.run_to(MIDNIGHT + 17 * DAY)
    assert pair.ledger
    assert pair.case
    assert Ledger.model_validate_json(pair.ledger.model_dump_json(exclude_none=True)) == pair.ledger
    assert CaseState.model_validate_json(pair.case.model_dump_json(exclude_none=True)) == pair.case


def test_a_breach_that_routing_has_not_read_yet_is_moot_once_the_case_was_handed_up() -> None:
    pair = Pair()
    pair.take(builders.located(), MORNING)
    assert pair.ledger
    breach = escalation.decide(pair.ledger, Tick(MIDNIGHT), context(MIDNIGHT)).events[-1].body
    pair.take(builders.action(Action.HAND_UP), MIDNIGHT)
    pair.take(breach, MIDNIGHT)
    assert pair.case
    assert pair.case.case
    assert pair.case.case.assignment.unit == VILLAGE
    kinds = [event.body.kind for event in pair.told if isinstance(event.body, CaseEvent)]
    assert kinds == [CaseEventKind.OPENED, CaseEventKind.ASSIGNED, CaseEventKind.MOOT]


@given(st.lists(st.timedeltas(HOUR / 60, 4 * HOUR), min_size=12, max_size=12), st.lists(TIME, min_size=12, max_size=12))
def test_whatever_is_approved_the_clock_ends_when_its_term_and_all_that_was_given_is_used(
    waits: list[timedelta], bodies: list[CaseAction]
) -> None:
    pair, at = Pair(), MORNING
    pair.take(builders.located(), at)
    for wait, body in zip(waits, bodies, strict=True):
        at += wait
        pair.run_to(at)
        pair.take(body, at)
    assert pair.ledger
    for entry in pair.ledger.entries:
        assert entry.base_at
        rested = sum((one.until - one.since for one in entry.pauses if one.until), timedelta())
        ahead = [one for one in entry.pauses if one.until and one.since >= entry.due_at]
        assert not ahead
        assert entry.due_at == entry.base_at + entry.extended * HOUR / 60 + rested
    breached = [one.body for one in pair.told if isinstance(one.body, DeadlineEvent) and one.body.kind is BREACHED]
    assert all(body.at >= body.due_at for body in breached)
