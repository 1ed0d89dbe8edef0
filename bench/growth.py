"""Does it matter how much is stored? Throughput, reads, ticks and memory with nothing, 10⁵ and 10⁶ cases."""

import time
from http import HTTPStatus
from statistics import median
from typing import Any, Final

import httpx
from pymongo import AsyncMongoClient

from bench.cost import memory
from bench.feed import Phase
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.stored import lay
from bench.trial import load
from bench.ways import Way, running, services
from tests.long import say
from tests.pipeline import Pipeline
from yiwang.tally import rank

REPORTS: Final = 3_000
READS: Final = 300
READ_SECONDS: Final = 20.0
"""Reads of one kind are no more than these allow, where one takes long."""
READ_MS: Final = 20.0
LEAST: Final = 0.9
MOST_MIB: Final = {"gis": 150.0}
PATHS: Final = {
    "routing": (
        "/v1/cases?unit={unit}&status=assigned",
        "/v1/cases?status=assigned&due_before={due}",
        "/v1/cases?unit={unit}",
    ),
    "escalation": ("/v1/deadlines?unit={unit}", "/v1/deadlines?light=green"),
}


async def growth(found: Ground, plan: Plan) -> list[Figure]:
    """One namespace that grows; the same load at each size, other reports each time."""
    sent, figures, rates = list(made(plan.seed, REPORTS * (len(plan.stored) + 1))), list[Figure](), list[float]()
    async with running(Way.OURS, found) as pipeline:
        await load(Way.OURS, found, pipeline, sent[:REPORTS], [Phase(REPORTS)])  # warm, and something to copy
        there = 0
        for number, size in enumerate(plan.stored, start=1):
            await lay(found, pipeline, there, size)
            there = size
            some = sent[number * REPORTS : (number + 1) * REPORTS]
            run = await load(Way.OURS, found, pipeline, some, [Phase(REPORTS)])
            rates.append(run.rate)
            say(f"  {size} stored: {run.rate:.0f} reports/s")
            figures += [
                Figure(f"rate with {size} stored", "reports/s", [run.rate]),
                *await _reads(found, pipeline, size),
                *(
                    Figure(
                        f"memory {name} with {size} stored", "MiB", [memory(pid) / 2**20], most=MOST_MIB.get(name, 120)
                    )
                    for name, pid in services(pipeline).items()
                ),
            ]
    return [
        *figures,
        Figure(f"rate with {plan.stored[-1]} stored / with none", "", [rates[-1] / rates[0]], least=LEAST),
    ]


async def _reads(found: Ground, pipeline: Pipeline, size: int) -> list[Figure]:
    """How long lists take by the HTTP doors, with a new connection for none of them."""
    units, figures = await _units(found, pipeline), list[Figure]()
    async with httpx.AsyncClient(trust_env=False, timeout=60, headers=pipeline.bearer("officer")) as http:
        for service, paths in PATHS.items():
            for path in paths:
                took = list[float]()
                for number in range(READS):
                    if sum(took) > 1000 * READ_SECONDS:
                        break
                    asked = path.format(unit=units[number % len(units)], due="2027-06-01T00:00:00Z")
                    began = time.perf_counter()
                    answer = await http.get(pipeline.url(service) + asked)
                    took.append(1000 * (time.perf_counter() - began))
                    if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:  # then it took at least so long
                        answer.raise_for_status()
                name = (
                    path.partition("?")[0].rpartition("/")[2]
                    + " by "
                    + path.partition("?")[2].replace("{", "").replace("}", "")
                )
                say(f"  {size} stored, {name}: p50 {median(took):.1f} ms, p99 {rank(took, 0.99):.1f} ms")
                figures.append(Figure(f"p99 of {name} with {size} stored", "ms", [rank(took, 0.99)], most=READ_MS))
    return figures


async def _units(found: Ground, pipeline: Pipeline) -> list[str]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(found.servers.mongo)
    try:
        rows = (
            await client[f"{pipeline.space}yiwang-routing".replace(".", "-")]["documents"].find({}).limit(500).to_list()
        )
    finally:
        await client.close()
    return sorted({str(row["facets"]["unit"]) for row in rows if isinstance(row.get("facets"), dict) and row["facets"]})
