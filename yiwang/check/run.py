"""``yiwang check``: reads an environment, production included, changes nothing, and says what is wrong with it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.chassis.mongo import MongoStore, Steps, client
from services.chassis.settings import Settings
from services.chassis.timeline import shifted
from services.chassis.values import Record, Service
from yiwang.check.broker import Broker, Offsets
from yiwang.check.checker import Checker
from yiwang.check.progress import counted
from yiwang.check.received import receipts
from yiwang.check.telling import document, lines
from yiwang.check.values import Verdict

SKEW = timedelta(seconds=1)
"""How far the broker's clock may be from the database's: a member that is further off says so and is not ready."""


async def check(settings: Settings, services: Mapping[str, Service], people: Path | None, *, as_json: bool) -> int:
    """Read, judge and tell; 0 where nothing is wrong, else 1. Raises Unavailable."""
    verdict = await judged(settings, services, people)
    print(json.dumps(document(verdict), ensure_ascii=False, indent=2) if as_json else "\n".join(lines(verdict)))
    return int(not verdict.ok)


async def judged(settings: Settings, services: Mapping[str, Service], people: Path | None = None) -> Verdict:
    """The verdict on an environment; ``people`` is the folder with what reached them. Raises Unavailable."""
    reading = Reading(settings, services)
    await reading.read(people)
    return reading.checker.verdict()


class Reading:
    """One reading of an environment: the order of its steps makes the verdict exact though everything goes on.

    What is settled is sampled before any record is read, documents come behind the records, histories behind the
    documents, then what reached people, and at last what was published meanwhile.
    """

    def __init__(self, settings: Settings, services: Mapping[str, Service]) -> None:
        """Take the settings, and the services by name."""
        motor = client(settings.mongo)
        kept = {name: service for name, service in services.items() if service.state}
        self._stores = {name: MongoStore(motor, settings.database(name), one) for name, one in kept.items()}
        self._steps = Steps(motor, settings.database("timeline")) if settings.timeline else None
        self._broker = Broker(settings.brokers, settings.namespace)
        self.checker = Checker(SKEW if self._steps is None else timedelta(0))

    async def read(self, people: Path | None) -> None:
        """Read everything there is. Raises Unavailable."""
        async with self._broker.connected():
            for service, offsets in (await self._broker.settled()).items():
                self.checker.settle(service, offsets)
            begins = await self._broker.begins()
            self.checker.begin(begins)
            ends = await self._broker.ends()
            await self._records(begins, ends)
            await self._documents()
            for channel, key in receipts(people) if people else ():
                self.checker.receive(channel, key)
            await self._records(ends, await self._broker.ends())

    async def _records(self, begins: Offsets, ends: Offsets) -> None:
        hear, total = await self._hear(), sum(end - begins[place] for place, end in ends.items())
        async for record in counted("records", self._broker.read(begins, ends), total):
            hear(record)

    async def _hear(self) -> Callable[[Record], None]:
        """How a record is heard: at its append time or, where time is stepped, at that of the steps."""
        if self._steps is None:
            return self.checker.hear
        steps = await self._steps.read()
        return lambda record: self.checker.hear(replace(record, time=shifted(steps, record.time)))

    async def _documents(self) -> None:
        for name, store in self._stores.items():
            async for found in counted(f"documents of {name}", store.every_document()):
                self.checker.keep(name, found)
        for name, store in self._stores.items():
            async for subject, past in counted(f"history of {name}", store.every_past()):
                self.checker.remember(name, subject, past)
            self.checker.whole(name)
        for name, store in self._stores.items():
            for intent in await store.intents(self._broker.numbers):
                self.checker.note(name, intent)
