"""The driver's view of the running pipeline: broker, documents, calls to the outside, and the steps of its time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

import aiohttp

from services.chassis.fold import wake_of
from services.chassis.mongo import MongoStore, Steps, client
from services.chassis.settings import Settings
from services.chassis.values import Service
from yiwang.demo.broker import PARTITIONS, Broker
from yiwang.demo.quiet import Pipeline

PAUSE_SECONDS: Final = 0.03
UNDER_WAY: Final = "yiwang_calls_under_way"
LOOKED: Final = 500
PATIENCE: Final = aiohttp.ClientTimeout(total=10)
STEPS: Final = "yiwang_step_seconds_count"
TICKS: Final = f'{STEPS}{{step="tick"}}'


class Servers:
    """What ``settle`` asks, and the hand that steps the time."""

    def __init__(self, settings: Settings, services: Mapping[str, Service], doors: Mapping[str, str]) -> None:
        """Take the settings, and by name the services and their addresses over HTTP."""
        motor = client(settings.mongo)
        self._groups = {name: service.topics for name, service in services.items()}
        self.broker = Broker(settings.brokers, settings.namespace, self._groups)
        self._timed = {name: service for name, service in services.items() if service.state and service.wake}
        self._stores = {name: MongoStore(motor, settings.database(name), one) for name, one in self._timed.items()}
        self._steps = Steps(motor, settings.database("timeline"))
        self._doors = doors

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Open for as long as the context lasts."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as self._http, self.broker.connected():
            yield

    @property
    def pipeline(self) -> Pipeline:
        """What can be asked."""
        return Pipeline(
            ends=self.broker.ends,
            settled={group: partial(self.broker.settled, group) for group in self._groups},
            timers={name: partial(self._waiting, name) for name in self._stores},
            calls=self._calls,
        )

    async def step(self, moment: datetime) -> None:
        """Let the banner's time be this from now on."""
        await self._steps.step(moment)

    async def ticked(self, times: int) -> None:
        """Return once each with timers has let time pass so often: what it did by an older time is then over."""
        before = await self._ticks()
        while min(now - then for now, then in zip(await self._ticks(), before, strict=True)) < times:  # noqa: ASYNC110 - told by nobody
            await asyncio.sleep(PAUSE_SECONDS)

    async def soonest(self, name: str, prefix: str, after: datetime, until: datetime) -> datetime | None:
        """The earliest time between these at which a service's document with such a name wants attention.

        Answers None, too, where more documents of other names want it before than are looked at.
        """
        service, store = self._timed[name], self._stores[name]
        found = await asyncio.gather(*(store.due(number, until, LOOKED) for number in range(PARTITIONS)))
        states = [one.state for part in found for one in part if one.state and one.subject.startswith(prefix)]
        model = service.state
        wakes = [wake_of(service, model.model_validate_json(state)) for state in states] if model else []
        return min((at for at in wakes if at and at > after), default=None)

    async def _waiting(self, name: str, now: datetime) -> list[str]:
        store, numbers = self._stores[name], range(PARTITIONS)
        due = await asyncio.gather(*(store.due(number, now, 1) for number in numbers))
        notes = await store.intents(numbers)
        timers = [f"{name}: {document.subject} is due" for found in due for document in found]
        return [*timers, *(f"{name}: a timer's messages are not sent yet, {note.id}" for note in notes)]

    async def _calls(self) -> Sequence[str]:
        lines = await self._metrics(UNDER_WAY, UNDER_WAY, ["notification"])
        return [f"notification: {line}" for line in lines if float(line.rpartition(" ")[2])]

    async def _ticks(self) -> list[float]:
        return [float(line.rpartition(" ")[2]) for line in await self._metrics(STEPS, TICKS, list(self._timed))]

    async def _metrics(self, name: str, start: str, services: Sequence[str]) -> list[str]:
        addresses = [f"{self._doors[service]}/metrics" for service in services]
        pages = await asyncio.gather(*(self._page(one, name) for one in addresses))
        return [line for page in pages for line in page.splitlines() if line.startswith(start)]

    async def _page(self, address: str, name: str) -> str:
        async with self._http.get(address, params={"name[]": name}) as answer:
            return await answer.text()
