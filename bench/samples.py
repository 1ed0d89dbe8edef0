"""What services send and store for a report, for the floor to send and store as much: taken from a run of ours."""

import json
from collections import defaultdict
from typing import Any, Final

from bson import json_util
from pymongo import AsyncMongoClient

from bench.floor import HOPS
from bench.ground import Ground
from contracts.topics import NOTICES, RELATIONS, written_by
from tests.pipeline import Pipeline

KEPT: Final = 64
"""Reports, which the floor takes in turn."""
OWN_KEYS: Final = frozenset({RELATIONS.name, NOTICES.name})
"""Topics whose records are not keyed by their case."""

Sent = tuple[str, str, list[tuple[str, str]], str | None]
"""A message as text: topic, value, headers, and its key where that is not the case's."""


async def take(found: Ground, pipeline: Pipeline) -> None:
    """Write each hop's samples into the ground's folder."""
    found.samples.mkdir(exist_ok=True)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(found.servers.mongo)
    try:
        for name, hop in HOPS.items():
            database = f"{pipeline.space}yiwang-{name}".replace(".", "-")
            rows = await client[database]["documents"].find({}).to_list() if hop.keeps else []
            documents = [json_util.dumps(row) for row in rows if "/" not in row["_id"]][:KEPT]
            sent = await _sent(pipeline, name)
            messages = [some for some in sent.values() if any(one[0] == hop.writes.name for one in some)][:KEPT]
            if not messages or (hop.keeps and not documents):
                raise LookupError(f"{name} has sent {len(messages)} samples and stored {len(documents)}")
            file = found.samples / f"{name}.json"
            file.write_text(json.dumps({"messages": messages, "documents": documents}), encoding="utf-8")
    finally:
        await client.close()


async def _sent(pipeline: Pipeline, name: str) -> dict[str, list[Sent]]:
    """By case, what a service has sent."""
    by_case, source = defaultdict[str, list[Sent]](list), f"yiwang/{name}"
    for topic in written_by(name):
        for record in await pipeline.read(topic):
            headers = [(header, raw.decode()) for header, raw in record.headers or ()]
            if dict(headers).get("ce_source") != source:
                continue
            key, own = record.key.decode(), topic.name in OWN_KEYS
            case = json.loads(record.value)["case_id"] if own else key
            by_case[case].append((topic.name, record.value.decode(), headers, key if own else None))
    return by_case
