"""An office on a broker in memory: intake parks what it cannot use, and an operator sits at the desk."""

import shlex
from argparse import ArgumentParser
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from contracts.deadletter import DeadLetter, Disposition, Reason
from contracts.identity import record_cause
from contracts.problem import Problem
from contracts.topics import DEAD, DISPOSITIONS, SUBMITTED, TOPICS
from contracts.wire import Topic, text_headers
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.chassis.ports import Partition
from services.chassis.values import Record, Service
from services.intake.app import compose
from services.intake.settings import IntakeSettings
from simulation.clock import MemoryClock
from simulation.store import MemoryStore
from simulation.stream import Broker, MemoryStream
from yiwang.dead import options
from yiwang.dead.desk import Desk
from yiwang.dead.logs import Out
from yiwang.dead.run import obey
from yiwang.dead.values import Place

WATER = SUBMITTED["water"]
PHONE, LANDLINE, ID = "13900001111", "0477-7620000", "150623196001011234"
"""Numbers of nobody: what may be seen of none of them is their middle."""
GOOD = b'{"reference": "A-1", "occurred_at": "2026-03-01 14:30", "text": "t"}'
NO_DATUM = (
    b'{"reference": "A-1", "occurred_at": "2026-03-01 14:30", "text": "t",'
    b' "coordinates": {"longitude": 107.4, "latitude": 38.4}}'
)
DATUM = """--set coordinates.datum='"WGS-84"'"""
OPERATOR = "900017"


@cache
def intake() -> Service:
    return compose(IntakeSettings(kafka="nowhere:1", mongo="mongodb://nowhere.invalid")).service


class MemoryLogs:
    """The commands' port on a broker in memory; ``serve`` runs whenever a service is asked how far it is."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.gone: set[Place] = set()
        self.fault: Callable[[Topic], None] = lambda _topic: None
        self.serve: Callable[[], Awaitable[None]] | None = None

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Partition, int]:
        names = {topic.name for topic in topics}
        return {place: len(log) for place, log in self.broker.logs.items() if place[0] in names}

    async def read(self, begins: Mapping[Partition, int], ends: Mapping[Partition, int]) -> AsyncIterator[Record]:
        for place, end in ends.items():
            for record in self.broker.logs[place][begins.get(place, 0) : end]:
                yield record

    async def at(self, place: Place) -> Record | None:
        log = self.broker.logs.get((place.topic, place.partition), [])
        return log[place.offset] if place.offset < len(log) and place not in self.gone else None

    async def publish(self, messages: Sequence[Out]) -> Sequence[Place]:
        places = []
        for out, partition in messages:
            self.fault(next(topic for topic in TOPICS if topic.name == out.topic))
            taken = self.broker.append(out.topic, out.key, out.value, out.headers, partition)
            places.append(Place(taken.topic, taken.partition, taken.offset))
        return places

    async def settled(self, service: str) -> Mapping[Partition, int]:
        if self.serve:
            await self.serve()
        return {place: offset for (group, place), offset in self.broker.offsets.items() if group == service}


@dataclass
class Office:
    """Everything in one room."""

    clock: MemoryClock = field(default_factory=MemoryClock)
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    operator: str | None = OPERATOR

    def __post_init__(self) -> None:
        self.broker = Broker(TOPICS, now=lambda: self.clock.time)
        self.logs = MemoryLogs(self.broker)
        self.stream = MemoryStream(self.broker, "intake", [topic.name for topic in intake().topics])
        metrics, store = Metrics("intake"), MemoryStore()
        self.loop = Loop(intake(), stream=self.stream, clock=self.clock, metrics=metrics, store=store)
        self.desk = Desk(
            logs=self.logs,
            kafka="nowhere:1",
            say=self.said.append,
            warn=self.warned.append,
            now=lambda: self.clock.time,
        )

    async def serve(self) -> None:
        """Intake reads all that there is."""
        while records := self.stream.poll():
            await self.loop.on_records(records)

    async def submit(
        self, value: bytes | None, *, key: str = "k", headers: Sequence[tuple[str, bytes | None]] = ()
    ) -> Record:
        """The water department sends, and intake decides."""
        record = self.broker.append(WATER.name, key, value, headers)
        await self.serve()
        return record

    def park(self, **fields: Any) -> DeadLetter:
        """A letter, written as any service might have written it."""
        told = letter(**fields)
        self.broker.append(DEAD[told.service].name, told.key, told.model_dump_json().encode())
        return told

    async def do(self, command: str) -> int:
        """One command, as it would be typed; what it said before is forgotten."""
        self.said.clear()
        self.warned.clear()
        parser = ArgumentParser(prog="yiwang")
        options.add(parser)
        return await obey(self.desk, parser.parse_args(shlex.split(command)), self.operator)

    def letters(self, service: str = "intake") -> list[DeadLetter]:
        """Each once, the oldest first."""
        found = [DeadLetter.model_validate_json(raw.value or b"") for raw in self.broker.read(DEAD[service].name)]
        return sorted({one.id: one for one in found}.values(), key=lambda one: one.replay is not None)

    def story(self) -> list[Disposition]:
        """All that was written down."""
        found = [Disposition.model_validate_json(raw.value or b"") for raw in self.broker.read(DISPOSITIONS.name)]
        return sorted(found, key=lambda one: one.version)

    def told(self, topic: Topic) -> dict[str, str]:
        """Types of events by their ids."""
        headers = [text_headers(record.headers) for record in self.broker.read(topic.name)]
        return {one["ce_id"]: one["ce_type"] for one in headers}


def letter(**fields: Any) -> DeadLetter:
    """A letter of intake's, of the water department's first record; what a test cares about is given by name."""
    usual: dict[str, Any] = {
        "service": "intake",
        "reason": Reason.INVALID,
        "problems": (Problem(path="text", found="nothing", expected="a value", expected_zh="缺少该项"),),
        "topic": WATER.name,
        "partition": 0,
        "offset": 0,
        "appended_at": datetime.fromisoformat("2026-03-02T09:00:00+08:00"),
        "raw_headers": (),
        "raw_key": base64(b"k"),
        "raw_value": base64(b"{}"),
    }
    given = usual | fields
    return DeadLetter.model_validate({"id": record_cause(given["topic"], given["partition"], given["offset"]), **given})


def base64(raw: bytes) -> str:
    return b64encode(raw).decode()
