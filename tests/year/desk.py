"""One service with one case's document: what is appended waits while it is away, timers ring when it is there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from contracts.case import CaseAction
from contracts.wire import Event, Topic
from services.chassis.values import Context, Decision, Input, Record, Tick
from tests.year.weather import Weather

TURN: Final = timedelta(seconds=1)
"""Between two looks for what is due."""

Decide = Callable[[Any, Any, Context], Decision[Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """An event: when what it follows from was appended, or for a timer when it rang; when it was decided, and why."""

    at: datetime
    handled: datetime
    event: Event
    given: Input[Any] | None
    read: int
    """How many records had been read by then."""


@dataclass(slots=True)
class Desk:
    """``decide`` and ``wake`` are the service's own. A backlog is read topic after topic, in an order of chance."""

    decide: Callable[[datetime], Decide]
    wake: Callable[[Any], datetime | None]
    weather: Weather
    random: Random
    state: Any = None
    waiting: list[Input[Any]] = field(default_factory=list)
    done: dict[UUID, Input[Any]] = field(default_factory=dict)
    """All that was read, in its order."""
    stuck: int = 0
    """Timers that were still due after they rang."""

    def take(self, one: Input[Any]) -> datetime:
        """Something was appended for it; answers when it will be read."""
        self.waiting.append(one)
        return self.weather.back(one.record.time)

    def read(self, now: datetime) -> list[Told]:
        """Everything that waits, if the service is there."""
        if self.weather.back(now) > now:
            return []
        topics = sorted({one.record.topic for one in self.waiting})
        self.random.shuffle(topics)
        waiting, self.waiting = sorted(self.waiting, key=lambda one: topics.index(one.record.topic)), []
        found = list[Told]()
        for one in waiting:
            self.done[one.id] = one
            found += self._decided(one, one.record.time, now)
        return found

    def since(self, cause: UUID | None) -> datetime | None:
        """When this was appended, if it was read."""
        known = self.done.get(cause) if cause else None
        return known.record.time if known else None

    def tick(self, now: datetime) -> list[Told]:
        """Let time pass, if the service is there and has read everything."""
        if self.waiting or self.weather.back(now) > now or not self._due(now):
            return []
        told = self._decided(Tick(now), now, now)
        self.stuck += self._due(now)
        return told

    def next_tick(self, now: datetime) -> datetime | None:
        """When it will look, and find something due."""
        at = self.wake(self.state) if self.state else None
        if at is None:
            return None
        turns = -((now - at) // TURN) if at > now else 0  # at its turn, which is later than the timer by a part of one
        return self.weather.back(now + max(0, turns) * TURN)

    def _due(self, now: datetime) -> bool:
        at = self.wake(self.state) if self.state else None
        return at is not None and at <= now

    def _decided(self, given: Input[Any] | Tick, at: datetime, now: datetime) -> list[Told]:
        decision = self.decide(now)(self.state, given, Context(now=at))
        self.state = self.state if decision.state is None else decision.state
        one = given if isinstance(given, Input) else None
        return [Told(at, now, event, one, len(self.done)) for event in decision.events]


def appended(topic: Topic, body: Any, at: datetime, cause: Any, subject: str) -> Input[Any]:
    """What a service reads: the body, with the broker's time."""
    name = body.cause if isinstance(body, CaseAction) else cause
    record = Record(topic=topic.name, partition=0, offset=0, key=None, value=None, headers=(), time=at)
    return Input(id=name, subject=subject, body=body, record=record)
