"""A soak: kill -9 all over the services under a steady load, then the checker's word on what became of each report."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.judge import judge
from tests.faults.rig import Rig, rig
from tests.faults.stage import stage
from tests.soak.lives import Deaths, Life, shares

PROGRESS_SECONDS: Final = 30.0
QUIET_SECONDS: Final = 600.0
"""How long, after the last kill, everything may take to come to rest."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how many kills, how many reports a second, how many members a service; and by which seed."""

    seed: int
    minutes: float
    kills: int
    rate: float
    members: int = 2


async def soak(plan: Plan, folder: Path, say: Say) -> bool:
    """Run the plan and say how it goes, in the last line how it went; answers whether all is as promised."""
    deaths = Deaths()
    async with stage(folder) as ground, rig(ground, rate=plan.rate, seed=plan.seed, members=plan.members) as found:
        progress = asyncio.create_task(_tell(found, deaths, say))
        try:
            await _kill(plan, found, deaths)
            await found.stop_feeding()
            took = await found.quiet(QUIET_SECONDS)
            say(f"all is read {took:.0f} s after the last report; now the checker reads everything")
        finally:
            progress.cancel()
        judgement = await judge(found)
    for line in (*_ways(deaths), *judgement.said, *judgement.wrong, *deaths.surprises):
        say(line)
    say(
        f"soak: seed={plan.seed} minutes={plan.minutes:g} kills={deaths.total} reports={found.feeder.reports} "
        f"{judgement.tail()}"
    )
    return judgement.ok and not deaths.surprises


def _ways(deaths: Deaths) -> list[str]:
    return [f"killed at {way}: {count}" for way, count in sorted(deaths.kills.items())]


async def _kill(plan: Plan, found: Rig, deaths: Deaths) -> None:
    names = found.pipeline.names
    lives = [Life(found.pipeline, name, plan.seed, deaths) for name in names]
    parts = shares(plan.kills, names)
    await asyncio.gather(*(life.live(parts[life.name], plan.minutes * 60) for life in lives))


async def _tell(found: Rig, deaths: Deaths, say: Say) -> None:
    began = asyncio.get_running_loop().time()
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        passed = asyncio.get_running_loop().time() - began
        lag = await found.lag()
        say(
            f"{int(passed // 60):3}:{int(passed % 60):02} kills={deaths.total} reports={found.feeder.reports} "
            f"lag={'unknown' if lag is None else lag}"
        )
