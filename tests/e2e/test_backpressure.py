"""A slow database slows consumption and says so; a slow channel delays itself alone; nothing is dropped."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from contracts.outcome import OutcomeKind
from contracts.topics import OUTCOMES, SUBMITTED
from deploy.local.engines import free_ports
from tests.faults.behind import by_proxy
from tests.faults.proxy import Proxy, proxy
from tests.pipeline import Pipeline, eventually
from tests.servers import Servers

REPORTS, BATCH = 600, 50
DELAY = 0.8
"""Seconds that the wire adds in each direction."""


def reports() -> list[tuple[str, bytes]]:
    body = {"occurred_at": "2026-11-27T08:30:00+08:00", "text": "机井水位下降"}
    return [
        (f"B-{n}", json.dumps({"reference": f"B-{n}", **body}, ensure_ascii=False).encode()) for n in range(REPORTS)
    ]


@asynccontextmanager
async def behind(servers: Servers, folder: Path) -> AsyncIterator[tuple[Pipeline, Proxy]]:
    """Intake whose database is reached through a proxy."""
    port, target = free_ports(1)[0], urlsplit(servers.mongo).port
    assert target
    async with proxy(port, target) as wire:
        found = Pipeline(servers, folder)
        found.prepare()
        found.settings |= {"YIWANG_MONGO": by_proxy(wire), "YIWANG_BATCH_RECORDS": str(BATCH)}
        try:
            found.start("intake")
            await found.ready("intake")
            yield found, wire
        finally:
            found.end()


async def said(found: Pipeline) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer: dict[str, Any] = (await http.get(f"{found.url('intake')}/readyz")).json()
    return answer


async def received(found: Pipeline) -> int:
    return sum(one.kind is OutcomeKind.RECEIVED for one in (await found.events(OUTCOMES)).values())


async def test_a_slow_database_slows_consumption_says_so_and_drops_nothing(servers: Servers, tmp_path: Path) -> None:
    async with behind(servers, tmp_path) as (found, wire):
        wire.pass_on(DELAY)
        await found.publish(SUBMITTED["water"], reports())

        async def slow() -> bool:
            return any("database" in part for part in (await said(found))["slow"])

        await eventually(slow, "the slow database is told of")
        assert await received(found) < REPORTS, "consumption waits for the database"
        answer = await said(found)
        assert (answer["ready"], answer["why"]) == (True, []), "slow is not away"
        wire.pass_on()

        async def all_of_them() -> bool:
            return await received(found) == REPORTS

        await eventually(all_of_them, "every report")

        async def quick() -> bool:
            await found.publish(SUBMITTED["water"], [("B-0", reports()[0][1])])
            await asyncio.sleep(0.2)
            return not (await said(found))["slow"]

        await eventually(quick, "no word of slowness any more")
