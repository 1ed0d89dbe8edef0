"""Loads that are not steady: a burst, a backlog after an outage, one case for all, a flood, a long report."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bench.cost import memory
from bench.feed import Phase, feed
from bench.figures import Figure, plot
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.told import told
from bench.trial import LOOK, STILL, load, through, trial
from bench.ways import Way, running, services
from contracts.case import Action, CaseAction
from contracts.identity import report_id
from contracts.topics import ACTIONS
from services.chassis.mongo import client
from tests.faults.judge import check, figures_of
from tests.faults.offsets import looking
from tests.long import say
from tests.pipeline import Pipeline
from yiwang.tally import rank

CALM, STORM, STORM_SECONDS, CALM_SECONDS = 2, 200, 30, 40
"""Reports a second before and after a burst, in it, and for how long."""
BACK_SECONDS: Final = 10
NORMAL: Final = 1.5
"""Back to normal is so many times what was normal before, or less than what a steady load may take."""
STEADY_MS: Final = 150.0
ACTS: Final = 1_000
DOCUMENT: Final = 64.0
FLOOD: Final = 3_000
OTHERS: Final = 5
"""Reports a second of the other departments while one floods."""
LONG: Final = 1_000_000
LOOK_SECONDS: Final = 5.0


async def burst(found: Ground, plan: Plan) -> list[Figure]:
    """A hundred times as much for half a minute: how soon is all as before?"""
    phases = [
        Phase(CALM * CALM_SECONDS, CALM), Phase(STORM * STORM_SECONDS, STORM), Phase(CALM * CALM_SECONDS, CALM)
    ]  # fmt: skip
    sent = list(made(plan.seed, sum(phase.count for phase in phases)))
    async with running(Way.OURS, found) as pipeline:
        run = await load(Way.OURS, found, pipeline, sent, phases)
        faults = await _faults(pipeline)
    waits = [1000 * wait for wait in run.waits]
    before, after = waits[CALM * BACK_SECONDS : phases[0].count], waits[-phases[2].count :][CALM * BACK_SECONDS :]
    most = max(STEADY_MS, NORMAL * rank(before, 0.99))
    say(f"  waits through it: {plot(_course(waits))} up to {max(waits) / 1000:.1f} s; checker: {faults:.0f} offences")
    return [
        Figure("burst: p99 before", "ms", [rank(before, 0.99)]),
        Figure("burst: p99 in it", "ms", [rank(waits[phases[0].count : -phases[2].count], 0.99)]),
        Figure("burst: p99 from 10 s after it", "ms", [rank(after, 0.99)], most=most),
        Figure("burst: lost, doubled or out of order", "", [faults], most=0),
    ]


def _course(waits: Sequence[float], columns: int = 60) -> list[float]:
    width = max(1, len(waits) // columns)
    return [max(waits[at : at + width]) for at in range(0, len(waits), width)]


async def _faults(pipeline: Pipeline) -> float:
    """What `yiwang check` finds wrong: records lost, doubled or against the laws."""
    code, said = await check(pipeline)
    figures = figures_of(said)
    offences = sum(figures.get(name, 0) for name in ("lost", "duplicated", "unlawful"))
    return max(offences, 1 if code else 0)


async def backlog(found: Ground, plan: Plan, top: float | None) -> list[Figure]:
    """Reports that came while no service ran: how fast are they settled, and does memory stay flat?"""
    sent = list(made(plan.seed, plan.backlog))
    async with running(Way.OURS, found, started=False) as pipeline:
        appended = await feed(pipeline.servers.brokers, pipeline.space, sent, [Phase(len(sent))])
        began = time.time()
        pipeline.start(*pipeline.names)
        await pipeline.ready(*pipeline.names)
        pids = services(pipeline)
        sizes: dict[str, list[float]] = {name: [] for name in pids}
        watching = asyncio.create_task(_watch(pids, sizes))
        async with looking(pipeline.servers.brokers, pipeline.space) as offsets:
            await through(Way.OURS, offsets, len(sent))
        watching.cancel()
        heard = await told(pipeline.servers.brokers, pipeline.space)
    missing = len(appended.keys() - heard.first.keys())
    rate = len(sent) / (heard.last - began)
    for name, course in sizes.items():
        say(f"  {name:12} {plot(course)} up to {max(course):.0f} MiB")
    half = {name: course[len(course) // 4 :] for name, course in sizes.items()}
    growth = max(course[-1] / course[0] - 1 for course in half.values())
    return [
        Figure(f"backlog of {plan.backlog}: rate", "reports/s", [rate], least=0.9 * top if top else None),
        Figure("backlog: reports without an alert", "", [missing], most=0),
        Figure("backlog: growth of memory after the first quarter", "%", [100 * growth], most=5),
    ]


async def _watch(pids: dict[str, int], sizes: dict[str, list[float]]) -> None:
    """Note each process's memory now and then, for ever."""
    while True:
        for name, pid in pids.items():
            sizes[name].append(memory(pid) / 2**20)
        await asyncio.sleep(LOOK_SECONDS)


async def hot(found: Ground, plan: Plan) -> list[Figure]:
    """A thousand acts on one case, one after the other in one partition."""
    (one,) = made(plan.seed, 1)
    case = report_id(one.department, one.reference)
    async with running(Way.OURS, found) as pipeline:
        await load(Way.OURS, found, pipeline, [one], [Phase(1)])
        acts = [_act(case, number) for number in range(ACTS)]
        began = time.perf_counter()
        async with looking(pipeline.servers.brokers, pipeline.space) as offsets:
            await pipeline.publish(ACTIONS, acts[:-1])
            await through(Way.OURS, offsets, 1)
            took = time.perf_counter() - began
            await pipeline.publish(ACTIONS, acts[-1:])  # alone, so that the document holds what one write sends
            await through(Way.OURS, offsets, 1)
        database = f"{pipeline.space}yiwang-routing".replace(".", "-")
        raw = await client(found.servers.mongo)[database]["documents"].find_one({"_id": str(case)})
    size = sum(len(part) if isinstance(part, bytes) else len(str(part).encode()) for part in raw.values()) / 1024
    return [
        Figure(f"hot case: {ACTS} acts", "acts/s", [(ACTS - 1) / (took - LOOK * STILL)]),
        Figure(f"hot case: its document after {ACTS}", "KiB", [size], most=DOCUMENT),
    ]


def _act(case: object, number: int) -> tuple[str, bytes]:
    act = CaseAction(
        case_id=case,
        action=Action.COMMENT,
        sender="bench",
        action_id=str(number),
        actor="900100",
        note=f"第{number}次备注",
    )
    return act.key, act.model_dump_json(exclude_none=True).encode()


async def flood(found: Ground, plan: Plan) -> list[Figure]:
    """One department sends thousands at once, by the quotas that hold in production: what do the others notice?"""
    sent = list(made(plan.seed, 40 * FLOOD))
    loud = [one for one in sent if one.department == "hotline-12345"][:FLOOD]
    quiet = [one for one in sent if one.department != "hotline-12345"][: OTHERS * plan.seconds]
    async with running(Way.OURS, found, settings={}) as pipeline:
        await load(Way.OURS, found, pipeline, sent[-100:], [Phase(100, 20)])
        flooding = asyncio.create_task(feed(pipeline.servers.brokers, pipeline.space, loud, [Phase(len(loud))]))
        appended = await feed(pipeline.servers.brokers, pipeline.space, quiet, [Phase(len(quiet), OTHERS)])
        await flooding
        async with looking(pipeline.servers.brokers, pipeline.space) as offsets:
            await through(Way.OURS, offsets, len(sent))
        heard = await told(pipeline.servers.brokers, pipeline.space)
    waits = [1000 * (heard.first[case] - at) for case, at in appended.items()]
    return [
        Figure(f"flood of {len(loud)} by one department: p50 of the others", "ms", [rank(waits, 0.5)]),
        Figure(f"flood of {len(loud)} by one department: p99 of the others", "ms", [rank(waits, 0.99)]),
    ]


async def long(found: Ground, plan: Plan) -> list[Figure]:
    """One report of a megabyte among others."""
    sent = list(made(plan.seed, 601))
    body = json.loads(sent[0].body)
    body["attachment_inline"] = "0" * LONG
    sent[0] = replace(sent[0], body=json.dumps(body).encode())
    run = await trial(Way.OURS, found, [*sent[1:301], sent[0], *sent[301:]], [Phase(601, 20)])
    waits = [1000 * wait for wait in run.waits]
    return [
        Figure("a report of a megabyte", "ms", [waits[300]]),
        Figure("p99 of those about it", "ms", [rank(waits[:300] + waits[301:], 0.99)]),
    ]
