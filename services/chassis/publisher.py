"""Publishing: one idempotent producer, acks=all, whose timeouts mean "unknown" and whose broken state is replaced."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.wire import Message, Topic
from services.chassis.values import Unavailable

PUBLISH_SECONDS = 30.0
"""How long a publish may take before its fate counts as unknown; the same ids are then sent again."""
ANSWER_MS = 4_000
"""How long a connection may owe an answer: one that fell silent, half open, is given up and made anew."""
IDLE_MS = 5_000
"""How long a connection may rest and be used again: one that died meanwhile would take its first question with it."""
STOP_SECONDS = 10.0
BATCH = 256 * 1024
"""Bytes a batch: aiokafka's 16 KiB cost a third of the throughput."""
MAX_REQUEST = 3 * 1024 * 1024


class Publisher:
    """Sends messages to topics of one namespace."""

    def __init__(self, servers: list[str], namespace: str, known: Sequence[Topic] = ()) -> None:
        """Take the brokers, what stands before every topic's name, and which topics to know from the start."""
        self._servers, self._namespace, self._known = servers, namespace, known
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def start(self) -> None:
        """Connect; raises Unavailable."""
        await self._connected()

    async def stop(self) -> None:
        """Send what is under way, and disconnect."""
        if self._producer:
            await asyncio.wait_for(self._producer.stop(), STOP_SECONDS)

    async def publish(self, messages: Sequence[Message]) -> None:
        """See the stream's port. An idempotent producer never gives up by itself: a timeout here means unknown."""
        producer = await self._connected()
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                sent = [await self._send(producer, message) for message in messages]
                if sent:
                    await asyncio.wait(sent)
        except TimeoutError:
            await self._discard(producer)
            raise Unavailable(f"broker: no acknowledgement within {PUBLISH_SECONDS:.0f} s") from None
        except KafkaError as fault:
            await self._give_up(producer, fault)
        refused = [failed for one in sent if (failed := one.exception())]
        if refused:
            await self._give_up(producer, refused[0])

    async def _send(self, producer: AIOKafkaProducer, message: Message) -> asyncio.Future[Any]:
        sent: asyncio.Future[Any] = await producer.send(
            self._namespace + message.topic,
            value=message.value,
            key=message.key.encode("utf-8", "surrogatepass"),
            headers=list(message.headers),
        )
        sent.add_done_callback(_seen)
        return sent

    async def _give_up(self, producer: AIOKafkaProducer, fault: BaseException) -> None:
        """After an error that the producer cannot get over by itself, the next publish has a new one, the same ids."""
        if isinstance(fault, KafkaError) and not fault.retriable:
            await self._discard(producer)
        raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault

    async def _discard(self, broken: AIOKafkaProducer) -> None:
        """What the old one still holds may arrive late, beside its copy: ids are the same."""
        stopping = broken.stop()
        if self._producer is broken:
            self._producer = None
        await asyncio.wait([asyncio.ensure_future(stopping)], timeout=1)

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                self._producer = await self._new()
            return self._producer

    async def _new(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH,
            max_request_size=MAX_REQUEST,
            request_timeout_ms=ANSWER_MS,
            connections_max_idle_ms=IDLE_MS,
        )
        try:
            await producer.start()
            await asyncio.gather(*(producer.partitions_for(self._namespace + topic.name) for topic in self._known))
        except KafkaError as fault:
            await producer.stop()
            raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault
        return producer


def _seen(sent: asyncio.Future[Any]) -> None:
    """A send whose wait was given up may still fail; nobody else looks at it."""
    if not sent.cancelled():
        sent.exception()
