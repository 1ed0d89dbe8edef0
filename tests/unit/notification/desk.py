"""A small roster, the real policy, and the steps of a watch and of a tray, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from contracts.alert import AlertEvent
from contracts.case import CaseEvent
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import name_id
from contracts.notice import Notice, Words
from contracts.territory import BANNER, SHANGHAI
from contracts.topics import CASES, DEADLINES, NOTICES
from services.chassis.values import Context, Decision, Done, Effect, Input, Tick
from services.notification.domain import decide
from services.notification.hours import Hours, Shift
from services.notification.issue import alert_id
from services.notification.policy import load
from services.notification.roster import Duty, Leave, Person, Post, Roster
from services.notification.rules import Rules
from services.notification.state import State, wake
from services.notification.tray import Tray, tray_of
from services.notification.watch import Watch
from tests.builders import CASE_ID, GRID, HOUR, MORNING, OTHER_GRID, TOWN, VILLAGE, assignment, case, deadline, record

WEEK = frozenset(range(1, 8))
ALL = ("webhook", "sms", "mail")
DUTIES: Mapping[str, Duty] = {
    "day": Duty("每日7时至22时", (Shift(WEEK, Hours(time(7), time(22))),)),
    "early": Duty("每日7时至15时", (Shift(WEEK, Hours(time(7), time(15))),)),
    "late": Duty("每日14时至22时", (Shift(WEEK, Hours(time(14), time(22))),)),
    "always": Duty("昼夜", (Shift(WEEK, Hours(time(8), time(8))),)),
}
MEMBER, NEIGHBOUR, CADRE, EARLY, LATE, CENTRE, LIAISON = (
    "400011", "400021", "300011", "200011", "200012", "100011", "500011",
)  # fmt: skip


def person(staff: str, unit: str, duty: str, channels: Sequence[str] = ALL, deputy: str | None = None) -> Person:
    post = {"1": Post.CENTRE, "2": Post.CENTRE, "3": Post.CADRE, "4": Post.MEMBER, "5": Post.LIAISON}[staff[0]]
    return Person(staff, unit, post, duty, {channel: f"{channel}:{staff}" for channel in channels}, deputy)


PEOPLE = (
    person(MEMBER, GRID.code, "day", ("webhook", "sms"), NEIGHBOUR),
    person(NEIGHBOUR, OTHER_GRID.code, "day", ("webhook", "sms"), CADRE),
    person(CADRE, VILLAGE.code, "day", ("sms", "mail"), EARLY),
    person(EARLY, TOWN.code, "early", deputy=LATE),
    person(LATE, TOWN.code, "late", deputy=EARLY),
    person(CENTRE, BANNER.code, "always"),
    person(LIAISON, "water", "day", ("mail",)),
)


def roster(*people: Person, leave: Mapping[str, tuple[Leave, ...]] | None = None) -> Roster:
    return Roster.of(people or PEOPLE, DUTIES, leave or {}, "test")


def away(*staff: str) -> Mapping[str, tuple[Leave, ...]]:
    """Leave on the day of ``MORNING``, and the next."""
    return {one: (Leave(date(2026, 3, 5), date(2026, 3, 6)),) for one in staff}


POLICY = load()
RULES = Rules(roster(), POLICY, frozenset(ALL))
FREE: Mapping[str, int] = dict.fromkeys(ALL, 50)
EVENT = name_id("test/event")


def without(*staff: str) -> Rules:
    """The rules while these are on leave."""
    return replace(RULES, roster=roster(leave=away(*staff)))


def at(hour: int, minute: int = 0, day: int = 5) -> datetime:
    """A time of the day of ``MORNING``, in the banner."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def scheduled(
    number: int = 1, when: datetime = MORNING, due: datetime = MORNING + 15 * HOUR, **fields: Any
) -> DeadlineEvent:
    """The clock of a new assignment, by which its unit is told; due at the end of the day."""
    of = case(**({"assignment": assignment(number, assigned_at=when)} | fields))
    return deadline(DeadlineKind.SCHEDULED, of.assignment.number, case=of, at=when, due_at=due)


Body = CaseEvent | DeadlineEvent


def hear(body: Body, state: State | None = None, *, rules: Rules = RULES, event: UUID = EVENT) -> Decision[State]:
    """What the watch makes of an event, at the event's own time."""
    topic = CASES if isinstance(body, CaseEvent) else DEADLINES
    given = Input(id=event, subject=str(CASE_ID), body=body, record=record(body, topic, time=body.at))
    return decide(rules, state, given, Context(now=body.at))


def notices(*decisions: Decision[State]) -> list[Notice]:
    return [event.body for one in decisions for event in one.events if isinstance(event.body, Notice)]


def told(*decisions: Decision[State]) -> list[tuple[str, str, str]]:
    """Who is told, as what, in which words."""
    return [(one.staff, one.role, one.template) for one in notices(*decisions)]


def watch(decision: Decision[State]) -> Watch:
    assert decision.state is not None
    assert decision.state.watch is not None
    return decision.state.watch


def climbed(state: State | None, *, rules: Rules = RULES) -> list[tuple[datetime, list[tuple[str, str, str]]]]:
    """All steps of the ladder, each at its time, if nobody ever accepts."""
    found = []
    while state and (due := wake(state)):
        decision = decide(rules, state, Tick(due), Context(now=due))
        found.append((due, told(decision)))
        state = decision.state
    return found


def notice(n: int = 1, when: datetime = MORNING, **fields: Any) -> Notice:
    """The ``n``-th notice to the grid member, over the app."""
    event = name_id(f"test/event/{n}")
    words = Words(subject=f"第{n}件", text=f"第{n}件。请签收。", sms=f"第{n}件，请签收。", line=f"第{n}件，昂素镇")
    usual = {
        "version": n,
        "case_id": name_id(f"test/case/{n}"),
        "event_id": event,
        "alert_id": alert_id(event),
        "staff": MEMBER,
        "role": "in_charge",
        "rule": "assigned-grid",
        "channels": ("webhook",),
        "template": "opened",
        "words": words,
        "not_before": when,
        "why": "测试",
    }
    return Notice.model_validate(usual | fields)


def take(
    body: Notice,
    state: State | None = None,
    *,
    now: datetime | None = None,
    free: Mapping[str, int] = FREE,
    rules: Rules = RULES,
) -> Decision[State]:
    """What the tray makes of a notice, when it may first go out unless told otherwise."""
    now = now or body.not_before
    given = Input(id=body.event_id, subject=tray_of(body), body=body, record=record(body, NOTICES, time=now))
    return decide(rules, state, given, Context(now=now, free=free))


def tick(
    state: State | None, now: datetime, *, free: Mapping[str, int] = FREE, rules: Rules = RULES
) -> Decision[State]:
    return decide(rules, state, Tick(now), Context(now=now, free=free))


def done(
    state: State | None, effect: Effect, now: datetime = MORNING, error: str | None = None, *, lasting: bool = False
) -> Decision[State]:
    end = Done(effect=effect, at=now, error=error, lasting=lasting)
    return decide(RULES, state, end, Context(now=now, free=FREE))


def tray(decision: Decision[State]) -> Tray:
    assert decision.state is not None
    assert decision.state.tray is not None
    return decision.state.tray


def alerts(*decisions: Decision[State]) -> list[AlertEvent]:
    return [event.body for one in decisions for event in one.events if isinstance(event.body, AlertEvent)]
