"""Documents that lie there: copies of what services have stored, as many as a banner has in years, each its own."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pymongo import AsyncMongoClient

from bench.ground import Ground
from services.chassis.pages import place
from tests.long import say
from tests.pipeline import Pipeline

BULK: Final = 2_000
KEEPERS: Final = ("intake", "routing", "escalation", "notification")
LATER: Final = timedelta(days=30)
"""What wants attention does so no sooner: nothing of it falls due while it is measured."""
SPREAD_SECONDS: Final = 3 * 365 * 86_400
SAY: Final = 50


async def lay(found: Ground, pipeline: Pipeline, first: int, last: int) -> None:
    """Store copies number ``first`` to ``last`` in each service's database."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(found.servers.mongo, uuidRepresentation="standard")
    try:
        for name in KEEPERS:
            documents = client[f"{pipeline.space}yiwang-{name}".replace(".", "-")]["documents"]
            rows = [row for row in await documents.find({}).limit(500).to_list() if "/" not in row["_id"]]
            for at in range(first, last, BULK):
                made = copies(rows, range(at, min(at + BULK, last)))
                await documents.insert_many(made, ordered=False)
                if at // BULK % SAY == 0:
                    say(f"  {name}: {at} documents laid")
                await asyncio.sleep(0)
    finally:
        await client.close()


def copies(rows: list[dict[str, Any]], numbers: range) -> list[dict[str, Any]]:
    """Of these rows one after the other, under new ids, at other times."""
    return [_copy(rows[number % len(rows)], number) for number in numbers]


def _copy(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    name = str(UUID(int=number + (0xC0FFEE << 96)))
    due = datetime.now(UTC) + LATER + timedelta(seconds=number * 7919 % SPREAD_SECONDS)
    facets = {key: CHANGED.get(key, _same)(found, due, name) for key, found in row.get("facets", {}).items()}
    later = {"wake_at": due} if row.get("wake_at") else {}
    return {**row, "_id": name, "facets": facets, **later}


def _same(found: Any, _due: datetime, _name: str) -> Any:
    return found


CHANGED: Final[Mapping[str, Callable[[Any, datetime, str], Any]]] = {
    "turn": lambda _found, due, name: place(due, name),
    "due_at": lambda _found, due, _name: due,
}
"""By what a document is found in order; unit, level and status stay as they are."""
