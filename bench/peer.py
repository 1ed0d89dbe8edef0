"""The usual way of writing it: FastStream's handlers, one message at a time, with the very deciders that we have.

``python -m bench.peer SERVICE READY`` loads the message's document, decides, writes it, publishes what follows, makes
the calls that follow, and commits, before it takes the next. Law 4 and the inbox are kept; timers, history, the
breaker and whatever else the loop has are not.
"""

import asyncio
import importlib
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from contracts.wire import Message
from services.chassis.fold import Draft, draft, read
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Channel
from services.chassis.run import Composition
from services.chassis.settings import Settings
from services.chassis.values import Done, Effect, Input, Reader, Record

FREE = 1000


class Peer:
    """One service, written so."""

    def __init__(self, composition: Composition, settings: Settings) -> None:
        """Take the service and where its servers are."""
        service = composition.service
        self._service, self._channels = service, composition.channels
        self._space = settings.namespace
        self._store = MongoStore(client(settings.mongo), settings.database(service.name), service)
        self._readers: dict[str, Reader] = {self._space + reader.topic.name: reader for reader in service.readers}
        self.broker = KafkaBroker(
            settings.brokers, acks="all", enable_idempotence=True, allow_auto_create_topics=False, logger=None
        )
        handler = self.broker.subscriber(
            *self._readers,
            group_id=self._space + service.name,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_is,
            no_reply=True,
        )
        handler(self.handle)

    async def handle(self, message: KafkaMessage) -> None:
        """Settle one message."""
        raw: Any = message.raw_message
        reader = self._readers[raw.topic]
        record = Record(
            topic=reader.topic.name,
            partition=raw.partition,
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=tuple(raw.headers),
            time=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
        )
        await self._settle(read(reader, record))
        await message.ack()

    async def _settle(self, one: Input[Any]) -> None:
        while True:
            before = await self._draft(one.subject, one.record.partition)
            before.apply(one, self._free())
            if await self._true(before):
                return

    async def _ended(self, subject: str, partition: int, done: Done) -> None:
        while True:
            before = await self._draft(subject, partition)
            before.advance(done, done.at, self._free())
            if await self._true(before):
                return

    async def _draft(self, subject: str, partition: int) -> Draft:
        found = await self._store.load([subject]) if self._service.state else {}
        return draft(self._service, subject, found.get(subject), partition)

    async def _true(self, decided: Draft) -> bool:
        """Write, publish, call; answers whether the write won."""
        change = decided.change(uuid4().hex) if self._service.state else None
        if change and await self._store.write([change]):
            return False
        for message in decided.messages:
            await self._publish(message)
        for effect in decided.effects:
            done = await self._call(self._channels[effect.channel], effect)
            await self._ended(decided.subject, decided.partition, done)
        return True

    async def _publish(self, message: Message) -> None:
        await self.broker.publish(
            message.value,
            self._space + message.topic,
            key=message.key.encode(),
            headers={name: raw.decode() for name, raw in message.headers},
        )

    async def _call(self, channel: Channel, effect: Effect) -> Done:
        await channel.call(effect.key, effect.payload)
        return Done(effect=effect, at=datetime.now(UTC))

    def _free(self) -> Counter[str]:
        return Counter(dict.fromkeys(self._channels, FREE))


async def _as_is(message: Any) -> Any:
    return message.body


async def run(name: str, ready: Path) -> None:
    """Be a service for ever; the file ``ready`` comes in time."""
    app = importlib.import_module(f"services.{name}.app")
    kind = next(iter(app.compose.__annotations__.values()))
    settings = kind()
    peer = Peer(app.compose(settings), settings)
    await peer.broker.start()
    await asyncio.to_thread(ready.touch)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(sys.argv[1], Path(sys.argv[2])))
