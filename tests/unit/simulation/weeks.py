"""Virtual days of the banner through the deciders of four services, in memory: nobody is told, all else happens."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

from pydantic import BaseModel

from contracts.case import CaseEvent
from contracts.deadline import DeadlineEvent
from contracts.identity import report_id
from contracts.outcome import ReportOutcome
from contracts.report import ReportLocated
from contracts.topics import ACTIONS, CASES, DEADLINES, LOCATED, OUTCOMES, SUBMITTED
from services.chassis.letters import outgoing
from services.chassis.settings import Settings
from services.chassis.values import Context, Input, Invalid, Reader, Record, Service, Tick
from services.escalation.app import compose as escalation
from services.escalation.settings import EscalationSettings
from services.gis.app import compose as gis
from services.intake.app import compose as intake
from services.intake.settings import IntakeSettings
from services.routing.app import compose as routing
from simulation.banner import Banner
from simulation.hall import TownHall

SERVERS = {"kafka": "nowhere:0", "mongo": "mongodb://nowhere"}


def services() -> tuple[Service, ...]:
    settings = Settings.model_validate(SERVERS)
    others = (compose(settings).service for compose in (gis, routing))
    taking = intake(IntakeSettings.model_validate(SERVERS)).service
    return (taking, *others, escalation(EscalationSettings.model_validate(SERVERS)).service)


@dataclass(slots=True)
class Weeks:
    """What is published at a moment, and all that follows of it; what was heard stands in the lists."""

    hall: TownHall
    services: Sequence[Service] = field(default_factory=services)
    states: dict[tuple[str, str], BaseModel] = field(default_factory=dict)
    cases: list[CaseEvent] = field(default_factory=list)
    deadlines: list[DeadlineEvent] = field(default_factory=list)
    outcomes: list[ReportOutcome] = field(default_factory=list)
    located: list[ReportLocated] = field(default_factory=list)
    timers: list[tuple[datetime, str, str]] = field(default_factory=list)
    offsets: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def run(self, banner: Banner, moments: Iterable[datetime]) -> None:
        """Let the moments come: at each first clocks, then sources and people."""
        for moment in moments:
            self._ring(moment)
            sent = banner.reports(moment)
            touched = {report_id(one.department, one.reference) for one in sent if one.revision > 1}
            actions = list(self.hall.actions(moment, touched))
            for one in sent:
                self._read(SUBMITTED[one.department].name, one.body, (), moment)
            for action in actions:
                self._read(ACTIONS.name, action.model_dump_json(exclude_none=True).encode(), (), moment)

    def _ring(self, now: datetime) -> None:
        while self.timers and self.timers[0][0] <= now:
            at, name, subject = heappop(self.timers)
            service = next(one for one in self.services if one.name == name)
            if service.wake and service.wake(self.states[name, subject]) == at:
                self._decide(service, subject, Tick(now.astimezone(UTC)), now)

    def _read(self, topic: str, value: bytes, headers: tuple[tuple[str, bytes | None], ...], at: datetime) -> None:
        self.offsets[topic] += 1
        record = Record(
            topic=topic,
            partition=0,
            offset=self.offsets[topic],
            key=None,
            value=value,
            headers=headers,
            time=at.astimezone(UTC),
        )
        for service in self.services:
            for reader in service.readers:
                if reader.topic.name == topic:
                    self._take(service, reader, record)

    def _take(self, service: Service, reader: Reader, record: Record) -> None:
        try:
            body = reader.parse(record)
        except Invalid as fault:
            self._tell(service, service.rejected(record, fault.problems), record.time, record)
            return
        name = reader.identify(record, body)
        subject = reader.subject(body, name)
        step = Input(id=name, subject=subject, body=body, record=record)
        self._decide(service, subject, step, record.time)

    def _decide(self, service: Service, subject: str, step: Input[Any] | Tick, now: datetime) -> None:
        decision = service.decide(self.states.get((service.name, subject)), step, Context(now=now, free={}))
        if decision.state is not None:
            self.states[service.name, subject] = decision.state
            if service.wake and (at := service.wake(decision.state)):
                heappush(self.timers, (at, service.name, subject))
        self._tell(service, decision.events, now, step.record if isinstance(step, Input) else None)

    def _tell(self, service: Service, events: Iterable[Any], now: datetime, record: Record | None) -> None:
        heard: dict[str, list[Any]] = {
            CASES.name: self.cases,
            DEADLINES.name: self.deadlines,
            OUTCOMES.name: self.outcomes,
            LOCATED.name: self.located,
        }
        for event in events:
            heard.get(event.topic.name, []).append(event.body)
            if isinstance(event.body, CaseEvent):
                self.hall.hear(event.body)
            message = outgoing(service, event, now, record)
            self._read(message.topic, message.value, message.headers, message.time)
