"""How long a report takes to its first alert under a steady load, beside the floor; and what nothing to do costs."""

import asyncio
from typing import Final

from bench.cost import processor, used
from bench.feed import Phase
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.trial import Run, load, trial
from bench.ways import Way, running, services
from tests.long import say
from yiwang.tally import rank

WARM_SECONDS: Final = 10
"""The first seconds of a load do not count: connections are made, code is warmed."""
LIMITS: Final = {50: (40.0, 150.0), 200: (None, 300.0)}
"""Reports a second, and milliseconds that half of them and 99 of 100 may take."""
TWICE: Final = 2.0
IDLE_SECONDS: Final = 30
IDLE_PERCENT: Final = 5.0


async def latency(found: Ground, plan: Plan) -> list[Figure]:
    """Each rate through ours and the floor, one after the other."""
    figures = [Figure("idle, all five services", "% of a core", [await _idle(found)], most=IDLE_PERCENT)]
    for rate, (half, most) in LIMITS.items():
        waits = {way: await _waits(way, found, plan, rate) for way in (Way.OURS, Way.FLOOR)}
        mine, floor = waits[Way.OURS], waits[Way.FLOOR]
        figures += [
            Figure(f"p50 at {rate}/s", "ms", [rank(mine, 0.5)], most=half),
            Figure(f"p99 at {rate}/s", "ms", [rank(mine, 0.99)], most=most),
            Figure(f"p50 at {rate}/s, floor", "ms", [rank(floor, 0.5)]),
            Figure(f"p99 at {rate}/s, floor", "ms", [rank(floor, 0.99)]),
            Figure(f"p99 at {rate}/s / floor", "", [rank(mine, 0.99) / rank(floor, 0.99)], most=TWICE),
        ]
    return figures


async def _waits(way: Way, found: Ground, plan: Plan, rate: int) -> list[float]:
    count = rate * (plan.seconds + WARM_SECONDS)
    run = await trial(way, found, list(made(plan.seed, count)), [Phase(count, rate)])
    waits = [1000 * wait for wait in run.waits[rate * WARM_SECONDS :]]
    say(f"  {way.value:6} at {rate}/s: p50 {rank(waits, 0.5):.0f} ms, p99 {rank(waits, 0.99):.0f} ms, {_cost(run)}")
    return waits


def _cost(run: Run) -> str:
    return f"{run.python:.2f} ms of Python a report"


async def _idle(found: Ground) -> float:
    """Per cent of one core that the five services take together with nothing to do, after a little work."""
    async with running(Way.OURS, found) as pipeline:
        await load(Way.OURS, found, pipeline, list(made(1, 200)), [Phase(200, 50)])
        await asyncio.sleep(WARM_SECONDS)
        pids = services(pipeline)
        before = processor(pids)
        await asyncio.sleep(IDLE_SECONDS)
        spent = used(before, processor(pids))
    taken = 100 * sum(spent.values()) / IDLE_SECONDS
    say(
        f"  idle: {taken:.1f} % of a core, "
        + ", ".join(f"{name} {100 * s / IDLE_SECONDS:.1f}" for name, s in spent.items())
    )
    return taken
