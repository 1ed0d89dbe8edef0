"""The budget of each hop: microseconds a report of its parts, above servers in memory, in one process.

What is left of a hop's real cost, beside these, is the driver's, the broker's client's and the event loop's.
"""

import gc
import importlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from bench.memory import Documents, Logs, Still, Stream
from bench.stopwatch import Stopwatch
from contracts.identity import report_id
from contracts.topics import SUBMITTED
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.chassis.ports import Ended
from services.chassis.run import COLLECT, Composition
from services.chassis.values import Done, Effect, Service
from simulation.sent import Sent
from tests.pipeline import SERVICES

BATCH: Final = 250
ENDS: Final = 100
FREE: Final = 1000
PARTS: Final = ("parse", "decide", "serialise", "rows", "loop")
"""Records to inputs; the pure decision; states and events to bytes and states back; rows to BSON and back; the rest."""
NOWHERE: Final = {"YIWANG_KAFKA": "nowhere:1", "YIWANG_MONGO": "mongodb://nowhere:1"}


@dataclass(frozen=True, slots=True)
class Hop:
    """What one service takes for a report, in microseconds by part, and how much of what it has to do with."""

    parts: Mapping[str, float]
    records: float
    writes: float
    past: float
    published: float

    @property
    def total(self) -> float:
        """All parts together."""
        return sum(self.parts.values())


class Calls:
    """The ways to people: every call ends at once, and well."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the channels' names."""
        self._names = names
        self.begun: list[tuple[str, Effect]] = []

    def free(self) -> Mapping[str, int]:
        """See the port."""
        return dict.fromkeys(self._names, FREE)

    def start(self, subject: str, effects: Sequence[Effect]) -> None:
        """See the port."""
        self.begun.extend((subject, effect) for effect in effects)

    def ended(self, at: datetime) -> list[Ended]:
        """The ends of what was begun since the last time."""
        ended = [(subject, Done(effect=effect, at=at)) for subject, effect in self.begun]
        self.begun.clear()
        return ended


class Member:
    """One service's loop above servers in memory."""

    def __init__(self, name: str, logs: Logs, clock: Still) -> None:
        """Compose it as its process would."""
        app = importlib.import_module(f"services.{name}.app")
        composition: Composition = app.compose(next(iter(app.compose.__annotations__.values()))())
        self.watch, self._logs, self._clock = Stopwatch(), logs, clock
        service = timed(composition.service, self.watch)
        self.documents = Documents(self.watch)
        self.calls = Calls(list(composition.channels))
        self._topics = [reader.topic.name for reader in service.readers]
        self.stream = Stream(logs, self._topics, self.watch)
        self.loop = Loop(
            service,
            stream=self.stream,
            clock=clock,
            metrics=Metrics(name),
            store=self.documents if service.state else None,
            performer=self.calls,
        )
        self._read: dict[str, int] = dict.fromkeys(self._topics, 0)
        self.records = 0

    async def run(self) -> bool:
        """Settle all there is; answers whether there was anything."""
        waiting = [record for name in self._topics for record in self._logs.records[name][self._read[name] :]]
        self._read |= {name: len(self._logs.records[name]) for name in self._topics}
        self.records += len(waiting)
        for at in range(0, len(waiting), BATCH):
            with self.watch.part("loop"):
                await self.loop.on_records(waiting[at : at + BATCH])
            while ended := self.calls.ended(self._clock.time):
                for first in range(0, len(ended), ENDS):
                    with self.watch.part("loop"):
                        await self.loop.on_done(ended[first : first + ENDS])
        return bool(waiting)

    def hop(self, reports: int) -> Hop:
        """What it took for each report."""
        return Hop(
            parts={name: self.watch.seconds[name] / reports * 1e6 for name in PARTS},
            records=self.records / reports,
            writes=self.documents.writes / reports,
            past=self.documents.inserts / reports,
            published=self.stream.published / reports,
        )


def timed(service: Service, watch: Stopwatch) -> Service:
    """The service with its parts timed."""
    readers = tuple(
        replace(reader, parse=watch.timed("parse", reader.parse), identify=watch.timed("parse", reader.identify))
        for reader in service.readers
    )
    state: Any = service.state and _timed_state(service.state, watch)
    return replace(service, readers=readers, decide=watch.timed("decide", service.decide), state=state)


def _timed_state(state: Any, watch: Stopwatch) -> Any:
    """Stands for the model where the loop reads a stored state."""

    class Timed:
        model_validate_json = staticmethod(watch.timed("serialise", state.model_validate_json))

    return Timed


async def measure(sent: Sequence[Sent], policy: str) -> dict[str, Hop]:
    """Let the reports go through all five services, one service after the other, until nothing is left."""
    now = datetime.now(UTC)
    logs, clock = Logs(now), Still(now)
    with _surroundings(policy):
        members = {name: Member(name, logs, clock) for name in SERVICES}
    for one in sent:
        key = str(report_id(one.department, one.reference)).encode()
        logs.append(SUBMITTED[one.department].name, key, one.body)
    with _collector():
        busy = True
        while busy:
            busy = any([await member.run() for member in members.values()])
    return {name: member.hop(len(sent)) for name, member in members.items()}


@contextmanager
def _surroundings(policy: str) -> Iterator[None]:
    """What services read of their environment; as it was when the context ends."""
    before = dict(os.environ)
    os.environ |= NOWHERE | {"YIWANG_POLICY": policy}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


@contextmanager
def _collector() -> Iterator[None]:
    """Python's collector as services set it; as it was when the context ends."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
