"""A workbench for the loop: a toy service on servers in memory, with faults where a test wants them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from contracts.wire import text_headers
from services.chassis.loop import PACE, Loop
from services.chassis.metrics import Metrics
from services.chassis.pace import Pace
from services.chassis.ports import Partition
from services.chassis.values import Done, Effect, Service
from simulation.clock import MemoryClock
from simulation.store import MemoryStore
from simulation.stream import Broker, Fault, MemoryStream, no_fault
from tests.toy import IN, OUT, SERVICE, TOPICS, Put, Sum, Told


class Crash(BaseException):
    """The process dies here: nothing after it happens, nobody catches it."""


class Once:
    """A fault at the n-th passing of a named point, and never again."""

    def __init__(self, point: str, fault: BaseException, n: int = 1) -> None:
        self.point, self.fault, self.left = point, fault, n

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                raise self.fault


class Bell:
    """A performer that writes down what was called; the test says when a call ends."""

    def __init__(self, free: int = 2) -> None:
        self.calls: list[tuple[str, Effect]] = []
        self.room = free

    def free(self) -> dict[str, int]:
        return {"bell": self.room}

    def start(self, subject: str, effects: Sequence[Effect]) -> None:
        self.calls.extend((subject, effect) for effect in effects)


class Bench:
    """Everything of one member; ``restart`` gives it a new process on the same servers."""

    def __init__(self, service: Service = SERVICE, fault: Fault = no_fault, pace: Pace = PACE) -> None:
        self.service, self.pace = service, pace
        self.clock = MemoryClock()
        self.broker = Broker(TOPICS, now=lambda: self.clock.time)
        self.fault: Fault = fault
        self.store = MemoryStore(self._fail)
        self.bell = Bell()
        self.restart()

    def restart(self) -> None:
        topics = [topic.name for topic in self.service.topics]
        self.stream = MemoryStream(self.broker, "toy", topics, self._fail)
        self.metrics = Metrics("toy")
        self.loop = Loop(
            self.service,
            stream=self.stream,
            clock=self.clock,
            metrics=self.metrics,
            store=self.store if self.service.state else None,
            performer=self.bell,
            pace=self.pace,
        )

    def _fail(self, point: str) -> None:
        self.fault(point)

    def calls(self) -> list[str]:
        """What is asked of the servers from now on, as it comes."""
        passed = list[str]()
        self.fault = passed.append
        return passed

    async def crash(self, point: str, n: int = 1) -> None:
        """Settle what there is until the process dies at the n-th passing of this point; a new one takes its place."""
        self.fault = Once(point, Crash(), n)
        with pytest.raises(Crash):
            await self.run()
        self.fault = no_fault
        self.restart()

    def put(self, name: str, nonce: str, topic: str = IN.name, **fields: Any) -> None:
        body = Put(name=name, nonce=nonce, **fields)
        self.broker.append(topic, name, body.model_dump_json().encode())

    async def run(self, limit: int = 500) -> None:
        """Poll and settle until nothing is left to read."""
        for _ in range(20):
            records = self.stream.poll(limit)
            if not records:
                return
            await self.loop.on_records(records)
        raise AssertionError("the loop does not come to an end")

    async def tick(self, **later: float) -> None:
        self.clock.advance(**later)
        await self.loop.on_tick()

    async def end_calls(self, error: str | None = None) -> None:
        ended = [(subject, Done(effect=effect, at=self.clock.time, error=error)) for subject, effect in self.bell.calls]
        self.bell.calls.clear()
        await self.loop.on_done(ended)

    def told(self, topic: str = OUT.name) -> list[Told]:
        return [Told.model_validate_json(record.value or b"") for record in self.broker.read(topic)]

    def told_ids(self) -> Counter[str]:
        return Counter(text_headers(record.headers)["ce_id"] for record in self.broker.read(OUT.name))

    def state(self, name: str) -> Sum:
        stored = self.store.rows[name].document.state
        assert stored is not None
        return Sum.model_validate_json(stored)

    def lag(self) -> dict[Partition, int]:
        return {
            place: len(log) - self.broker.offsets.get(("toy", place), 0)
            for place, log in self.broker.logs.items()
            if place[0] == IN.name
        }


def survive(work: Callable[[], Any]) -> bool:
    """Run the coroutine; answer whether the process died in it."""
    try:
        asyncio.run(work())
    except Crash:
        return True
    return False
