"""``yiwang feed``: publishes made-up reports on the real territory and follows each to its outcome."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError

from contracts.outcome import ReportOutcome
from contracts.topics import OUTCOMES, SUBMITTED
from services.chassis.values import Unavailable
from services.gis.boundaries import Boundaries
from simulation.reports import reports
from simulation.sent import Sent
from yiwang.tally import Delivered, Tally

SLICE: Final = 10
"""Reports that are under way to the broker at once."""
RATE: Final = 50.0
"""Reports a second: far above a banner's, and low enough that no queue hides how long one report takes."""
PROGRESS: Final = 50
"""Reports from one line of progress to the next."""
PUBLISH_SECONDS: Final = 30.0
"""How long a slice may take to be acknowledged."""
OUTCOME_SECONDS: Final = 60.0
"""How long, after the last report, outcomes are waited for."""
STOP_SECONDS: Final = 5.0
"""How long leaving the broker may take: an idempotent producer would wait for one that is away for ever."""

Say = Callable[[str], None]


async def feed(
    servers: list[str],
    namespace: str,
    *,
    count: int,
    seed: int,
    rate: float = RATE,
    patience: float = OUTCOME_SECONDS,
    say: Say = print,
) -> int:
    """Publish ``count`` reports, ``rate`` a second, and say what became of them.

    Outcomes are waited for ``patience`` seconds after the last report. Answers the exit code: 0 if each report came
    to the outcome that it must come to, else 1. Raises Unavailable.
    """
    made = reports(seed, count, Boundaries.load(), datetime.now(UTC))
    tally = Tally(count)
    try:
        async with _ends(servers, namespace + OUTCOMES.name) as (producer, consumer):
            listening = asyncio.create_task(_listen(consumer, tally))
            try:
                await _publish(_paced(made, rate), producer, namespace, tally, say)
                await _follow(listening, tally, patience)
            finally:
                listening.cancel()
    except (KafkaError, TimeoutError) as fault:
        raise Unavailable(f"Kafka at {','.join(servers)}: {str(fault) or 'no answer in time'}") from None
    for line in tally.lines():
        say(line)
    return int(bool(tally.missing))


@asynccontextmanager
async def _ends(servers: list[str], topic: str) -> AsyncIterator[tuple[AIOKafkaProducer, AIOKafkaConsumer]]:
    """A producer, and a consumer that stands at the topic's end."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="latest")
    try:
        await producer.start()
        await consumer.start()
        await consumer.seek_to_end()
        yield producer, consumer
    finally:
        ends = (asyncio.wait_for(end.stop(), STOP_SECONDS) for end in (producer, consumer))
        await asyncio.gather(*ends, return_exceptions=True)


async def _publish(
    parts: AsyncIterator[Sequence[Sent]], producer: AIOKafkaProducer, namespace: str, tally: Tally, say: Say
) -> None:
    async for part in parts:
        async with asyncio.timeout(PUBLISH_SECONDS):
            delivered = await asyncio.gather(*(_deliver(producer, namespace, sent) for sent in part))
        for one in delivered:
            tally.deliver(one)
        count = len(tally.delivered)
        if count % PROGRESS == 0 or count == tally.expected:
            say(f"sent {count} of {tally.expected} reports, {count - len(tally.missing)} have their outcome")


async def _deliver(producer: AIOKafkaProducer, namespace: str, sent: Sent) -> Delivered:
    topic = SUBMITTED[sent.department].name
    taken = await producer.send_and_wait(namespace + topic, sent.body, key=sent.reference.encode())
    return Delivered(sent, f"{topic}/{taken.partition}/{taken.offset}", _moment(taken.timestamp))


async def _listen(consumer: AIOKafkaConsumer, tally: Tally) -> None:
    record: ConsumerRecord[bytes | None, bytes | None]
    async for record in consumer:
        tally.hear(ReportOutcome.model_validate_json(record.value or b""), _moment(record.timestamp))
        if tally.complete:
            return


async def _follow(listening: asyncio.Task[None], tally: Tally, patience: float) -> None:
    if not tally.complete:
        with suppress(TimeoutError):
            await asyncio.wait_for(listening, patience)


async def _paced(made: Iterator[Sent], rate: float) -> AsyncIterator[Sequence[Sent]]:
    while part := list(islice(made, SLICE)):
        yield part
        await asyncio.sleep(len(part) / rate)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
