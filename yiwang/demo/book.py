"""Everything that was sent and everything that was heard, in the banner's time and in real time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from contracts.alert import AlertEvent
from contracts.case import Case, CaseEvent
from contracts.deadletter import DeadLetter
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.notice import Notice
from contracts.outcome import ReportOutcome
from contracts.report import ReportLocated, ReportNormalised
from contracts.topics import ALERTS, CASES, DEAD, DEADLINES, LOCATED, NORMALISED, NOTICES, OUTCOMES
from contracts.wire import Topic
from simulation.sent import Sent

HEARD = (NORMALISED, LOCATED, CASES, DEADLINES, NOTICES, ALERTS, OUTCOMES, *DEAD.values())
"""The topics whose every record is kept."""

B_co = TypeVar("B_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report with the place (topic/partition/offset) and time that the broker gave it, and the banner's time."""

    sent: Sent
    position: str
    at: datetime
    moment: datetime


@dataclass(frozen=True, slots=True)
class Said(Generic[B_co]):
    """One event: its id, when the broker took it, and what it says."""

    id: str
    at: datetime
    body: B_co


@dataclass(slots=True)
class Book:
    """What was sent and heard, each event once."""

    delivered: list[Delivered] = field(default_factory=list)
    cases: dict[UUID, Case] = field(default_factory=dict)
    """The newest snapshot of each case."""
    _said: dict[str, dict[str, Said[Any]]] = field(default_factory=dict)

    def hear(self, topic: Topic, name: str, at: datetime, value: bytes) -> BaseModel | None:
        """Take one record of a topic, ``name`` its event's id; answer what it says, if that is new."""
        said = self._said.setdefault(topic.name, {})
        if name in said:
            return None
        body = topic.model.model_validate_json(value)
        said[name] = Said(name, at, body)
        if isinstance(body, CaseEvent):
            self._follow(body)
        return body

    def _follow(self, event: CaseEvent) -> None:
        known = self.cases.get(event.case_id)
        if event.case and (known is None or event.case.version >= known.version):
            self.cases[event.case_id] = event.case

    @property
    def normalised(self) -> Iterator[Said[ReportNormalised]]:
        """What intake made of the reports."""
        return self._of(NORMALISED)

    @property
    def located(self) -> Iterator[Said[ReportLocated]]:
        """Where gis found them."""
        return self._of(LOCATED)

    @property
    def events(self) -> Iterator[Said[CaseEvent]]:
        """What happened to cases."""
        return self._of(CASES)

    @property
    def deadlines(self) -> Iterator[Said[DeadlineEvent]]:
        """What clocks said."""
        return self._of(DEADLINES)

    @property
    def notices(self) -> Iterator[Said[Notice]]:
        """Who was to be told of what."""
        return self._of(NOTICES)

    @property
    def alerts(self) -> Iterator[Said[AlertEvent]]:
        """What became of that."""
        return self._of(ALERTS)

    @property
    def outcomes(self) -> Iterator[Said[ReportOutcome]]:
        """What sources were told."""
        return self._of(OUTCOMES)

    @property
    def letters(self) -> Iterator[Said[DeadLetter]]:
        """What was parked, by all services."""
        return self._of(*DEAD.values())

    def clocks(self, *kinds: DeadlineKind) -> list[DeadlineEvent]:
        """What clocks said, of these kinds or of all."""
        return [said.body for said in self.deadlines if said.body.kind in (kinds or DeadlineKind)]

    def _of(self, *topics: Topic) -> Iterator[Any]:
        return (said for topic in topics for said in self._said.get(topic.name, {}).values())
