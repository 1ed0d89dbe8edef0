"""The five services' decisions one after another, in memory: all that they write of what is given to them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from contracts.case import CaseAction
from contracts.deadletter import Reason
from contracts.topics import ACTIONS, SUBMITTED
from contracts.wire import Message
from services.chassis.letters import defect, letter, outgoing
from services.chassis.values import Context, Decision, Done, Effect, Input, Invalid, Park, Reader, Record, Service, Tick
from services.notification.settings import NotificationSettings
from yiwang.services import ROOTS

NOWHERE = NotificationSettings(
    kafka="nowhere:0", mongo="mongodb://nowhere", smtp="nowhere:0", webhook="http://nowhere", sms="http://nowhere"
)
CAPACITY: Mapping[str, int] = dict.fromkeys(("mail", "webhook", "sms", "console"), 100)
PARTITION = 2

Answer = Callable[[Effect, datetime], Done | None]
Headers = tuple[tuple[str, bytes | None], ...]


def services(settings: NotificationSettings = NOWHERE) -> tuple[Service, ...]:
    """All five as they are composed under these settings."""
    servers = {"kafka": settings.kafka, "mongo": settings.mongo}
    chosen = {"notification": settings}
    return tuple(
        root.compose(chosen.get(name) or root.settings.model_validate(servers)).service for name, root in ROOTS.items()
    )


def took(effect: Effect, at: datetime) -> Done | None:
    """The channel takes every call at once."""
    return Done(effect=effect, at=at)


@dataclass(slots=True)
class Story:
    """What is given is decided at once by all whom it concerns, and so is whatever they write of it."""

    services: Sequence[Service] = field(default_factory=services)
    answer: Answer = took
    written: list[Message] = field(default_factory=list)
    states: dict[tuple[str, str], BaseModel] = field(default_factory=dict)

    def submit(self, value: bytes, at: datetime, *, offset: int = 0, headers: Headers = ()) -> None:
        """The water department writes this to its topic."""
        self._read(_record(SUBMITTED["water"].name, value, headers, at, offset))

    def ask(self, asked: CaseAction, at: datetime) -> None:
        """An app writes this, without headers."""
        self._read(_record(ACTIONS.name, asked.model_dump_json(exclude_none=True).encode(), (), at))

    def deliver(self, message: Message, at: datetime) -> None:
        """A message of some service comes (again), at this time."""
        self._read(_record(message.topic, message.value, message.headers, at))

    def wait(self, until: datetime) -> None:
        """Let all timers ring that are due by then, each at its time."""
        while (due := min(self._timers(), key=lambda timer: timer[0], default=None)) and due[0] <= until:
            at, service, subject = due
            self._decide(service, subject, Tick(at), at)

    def _timers(self) -> Iterator[tuple[datetime, Service, str]]:
        for service in self.services:
            for (name, subject), state in self.states.items():
                if name == service.name and service.wake and (at := service.wake(state)):
                    yield at, service, subject

    def _read(self, record: Record) -> None:
        for service in self.services:
            for reader in service.readers:
                if reader.topic.name == record.topic:
                    self._take(service, reader, record)

    def _take(self, service: Service, reader: Reader, record: Record) -> None:
        try:
            body = reader.parse(record)
            name = reader.identify(record, body)
        except Invalid as fault:
            told = [outgoing(service, one, record.time, record) for one in service.rejected(record, fault.problems)]
            self._publish([*told, letter(service, record, Park(reason=Reason.INVALID, problems=fault.problems))])
            return
        subject = reader.subject(body, name)
        self._decide(service, subject, Input(id=name, subject=subject, body=body, record=record), record.time)

    def _decide(self, service: Service, subject: str, step: Input[Any] | Tick | Done, now: datetime) -> None:
        decision = _decision(service, self.states.get((service.name, subject)), step, now)
        if decision.state is not None:
            text = decision.state.model_dump_json(exclude_none=True)
            self.states[service.name, subject] = type(decision.state).model_validate_json(text)
        record = step.record if isinstance(step, Input) else None
        parked = [letter(service, record, decision.park)] if record and decision.park else []
        self._publish([*(outgoing(service, told, now, record) for told in decision.events), *parked])
        for effect in decision.effects:
            if done := self.answer(effect, now):
                self._decide(service, subject, done, now)

    def _publish(self, messages: Sequence[Message]) -> None:
        self.written += messages
        for message in messages:
            self.deliver(message, message.time)


def _record(topic: str, value: bytes, headers: Headers, at: datetime, offset: int = 0) -> Record:
    time = at.astimezone(UTC)
    return Record(topic=topic, partition=PARTITION, offset=offset, key=None, value=value, headers=headers, time=time)


def _decision(
    service: Service, state: BaseModel | None, step: Input[Any] | Tick | Done, now: datetime
) -> Decision[Any]:
    try:
        return service.decide(state, step, Context(now=now, free=CAPACITY))
    except IndexError as fault:  # the one fault that the story of a defect has
        return Decision(park=Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)))
