"""More members a service: what two and three bring on two cores, and how soon a stopped one's partitions are taken."""

import asyncio
import time
from typing import Final

from bench.feed import Phase, feed
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.told import told
from bench.trial import through, trial
from bench.ways import Way, running
from tests.faults.offsets import looking
from tests.long import say

ROUNDS: Final = 5
REPORTS: Final = 3_000
MEMBERS: Final = (1, 2, 3)
TAKEN_SECONDS: Final = 15.0
RATE: Final = 20
STRUCK: Final = "routing"


async def members(found: Ground, plan: Plan) -> list[Figure]:
    """By turns; two cores hold no more than one member of each service fills, so a second must cost next to nothing."""
    rates: dict[int, list[float]] = {count: [] for count in MEMBERS}
    sent = list(made(plan.seed, REPORTS))
    for _ in range(ROUNDS):
        for count in MEMBERS:
            run = await trial(Way.OURS, found, sent, [Phase(len(sent))], members=count)
            rates[count].append(run.rate)
            say(f"  {count} members a service: {run.rate:.0f}/s")
    over = {count: [a / b for a, b in zip(rates[count], rates[1], strict=True)] for count in MEMBERS}
    return [
        *(Figure(f"rate with {count} members a service", "reports/s", rates[count]) for count in MEMBERS),
        Figure("two members / one", "", over[2], least=0.95),
        Figure("three members / one", "", over[3]),
        *[await _taken(found, plan, how) for how in ("stopped", "killed")],
    ]


async def _taken(found: Ground, plan: Plan, how: str) -> Figure:
    """One of two members of a service ends in the midst of a load: the longest that a report then waits."""
    count = RATE * 60
    async with running(Way.OURS, found, members=2) as pipeline:
        feeding = asyncio.create_task(
            feed(pipeline.servers.brokers, pipeline.space, list(made(plan.seed, count)), [Phase(count, RATE)])
        )
        await asyncio.sleep(20)
        struck = time.time()
        if how == "stopped":
            await asyncio.to_thread(pipeline.stop, STRUCK)
        else:
            pipeline.kill(STRUCK)
        appended = await feeding
        async with looking(pipeline.servers.brokers, pipeline.space) as offsets:
            await through(Way.OURS, offsets, count)
        heard = await told(pipeline.servers.brokers, pipeline.space)
    longest = max(heard.first[case] - at for case, at in appended.items() if at > struck - 1)
    say(f"  a member of {STRUCK} {how}: no report waits for longer than {longest:.1f} s")
    return Figure(f"longest wait when a member is {how}", "s", [longest], most=TAKEN_SECONDS)
