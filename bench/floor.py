"""The floor: one hop of the pipeline without its work, as plainly and as fast as the driver and the client can do it.

``python -m bench.floor HOP SAMPLES READY [bare]`` reads a hop's topic in batches, stores one document for each record,
sends what the service itself sent for such a report, and commits. Nothing is parsed, decided or remembered. ``bare`` it
sends one message a record, the one that the next hop reads.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from bson import json_util
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from contracts.topics import ALERTS, CASES, DEADLINES, LOCATED, NORMALISED, SUBMITTED
from contracts.wire import Topic

RECORDS: Final = 500
BATCH: Final = 256 * 1024
WAIT_MS: Final = 100
BARE: Final = "bare"


@dataclass(frozen=True, slots=True)
class Hop:
    """What a hop reads, what of that which it writes the next one reads, and whether it keeps documents."""

    reads: Sequence[Topic]
    writes: Topic
    keeps: bool


HOPS: Final[Mapping[str, Hop]] = {
    "intake": Hop(tuple(SUBMITTED.values()), NORMALISED, keeps=True),
    "gis": Hop((NORMALISED,), LOCATED, keeps=False),
    "routing": Hop((LOCATED,), CASES, keeps=True),
    "escalation": Hop((CASES,), DEADLINES, keeps=True),
    "notification": Hop((DEADLINES,), ALERTS, keeps=True),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One message that a service sent; without a ``key`` it goes by that of the record that brought it about."""

    topic: str
    value: bytes
    headers: list[tuple[str, bytes]]
    key: bytes | None


def messages(samples: Sequence[Any], hop: Hop, *, bare: bool) -> Iterator[list[Sample]]:
    """For ever: the messages of one report after the other, the first of them for the next hop, which gets no other."""
    made = []
    for one in samples:
        some = [_sample(*fields) for fields in one]
        on = [each for each in some if each.topic == hop.writes.name]
        aside = [each for each in some if each.topic != hop.writes.name]
        last = on[1:] if hop.writes is ALERTS else []
        made.append(on[:1] if bare else [*on[:1], *last, *aside])
    return cycle(made)


def _sample(topic: str, value: str, headers: Sequence[tuple[str, str]], key: str | None) -> Sample:
    return Sample(topic, value.encode(), [(name, raw.encode()) for name, raw in headers], key.encode() if key else None)


async def run(name: str, samples: Path, ready: Path, *, bare: bool) -> None:
    """Be a hop for ever; ``samples`` has what the service itself sent and stored, the file ``ready`` comes in time."""
    hop, space = HOPS[name], os.environ["YIWANG_NAMESPACE"]
    given = json.loads(await asyncio.to_thread((samples / f"{name}.json").read_text))
    sends = messages(given["messages"], hop, bare=bare)
    rows = cycle([json_util.loads(one) for one in given["documents"]] or [{}])
    servers = os.environ["YIWANG_KAFKA"].split(",")
    consumer = AIOKafkaConsumer(
        *(space + topic.name for topic in hop.reads),
        bootstrap_servers=servers,
        group_id=f"{space}{name}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=WAIT_MS,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=BATCH
    )
    motor: Any = AsyncIOMotorClient(os.environ["YIWANG_MONGO"], retryWrites=False, uuidRepresentation="standard")
    database = f"{space}floor-{name}".replace(".", "-")
    stored = motor[database].get_collection("documents", write_concern=WriteConcern("majority", j=True))
    await producer.start()
    await consumer.start()
    await producer.partitions_for(space + hop.writes.name)
    await asyncio.to_thread(ready.touch)
    while True:
        found = await consumer.getmany(timeout_ms=WAIT_MS, max_records=RECORDS)
        records = [record for some in found.values() for record in some]
        if not records:
            continue
        if hop.keeps:
            await stored.insert_many([{**next(rows), "_id": record.key} for record in records], ordered=False)
        sent = []
        for record in records:
            for one in next(sends):
                key = one.key or record.key
                sent.append(await producer.send(space + one.topic, value=one.value, key=key, headers=one.headers))
        await asyncio.gather(*sent)
        await consumer.commit()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), bare=BARE in sys.argv[4:]))
