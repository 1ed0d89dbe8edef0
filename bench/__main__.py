"""``make bench``: measure the parts asked for, or all; the table, what is stored of it, and whether targets hold."""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from bench import budget
from bench.feed import Phase
from bench.figures import Figure, store, stored, table
from bench.ground import Ground, ground
from bench.growth import growth
from bench.latency import latency
from bench.machine import calibration, described
from bench.members import members
from bench.page import RESULTS
from bench.plan import Plan
from bench.profiles import profile
from bench.reports import made
from bench.samples import take
from bench.shapes import backlog, burst, flood, hot, long
from bench.start import start
from bench.throughput import throughput
from bench.trial import load
from bench.ways import Way, running
from deploy.local.place import ROOT
from tests.long import say

WARM: Final = 300

Part = Callable[[Ground, Plan], Awaitable[list[Figure]]]


async def _budget(_found: Ground, plan: Plan) -> list[Figure]:
    return await asyncio.to_thread(budget.budget, plan)


async def _backlog(found: Ground, plan: Plan) -> list[Figure]:
    return await backlog(found, plan, stored(RESULTS).get("rate ours"))


PARTS: Final[Mapping[str, Part]] = {
    "budget": _budget,
    "start": start,
    "throughput": throughput,
    "latency": latency,
    "burst": burst,
    "hot": hot,
    "flood": flood,
    "long": long,
    "members": members,
    "profile": profile,
    "growth": growth,
    "backlog": _backlog,
}


def main() -> int:
    """Run it; answers the exit code: 1 where a figure falls short of what is wanted."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--reports", type=int, default=Plan.reports, help="for the highest rate")
    parser.add_argument("--runs", type=int, default=Plan.runs)
    parser.add_argument("--seconds", type=int, default=Plan.seconds, help="of a steady load")
    parser.add_argument("--backlog", type=int, default=Plan.backlog)
    parser.add_argument("--stored", type=int, nargs="+", default=list(Plan.stored), help="cases that lie there")
    parser.add_argument(
        "--check", action="store_true", help="compare each hop's cost with what is stored of it, no more"
    )
    parser.add_argument("--keep", action="store_true", help="store each hop's cost, for --check to compare with")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; right are {', '.join(PARTS)}")
    if given.check or given.keep:
        return _hops(keep=given.keep, seed=given.seed)
    plan = Plan(given.seed, given.reports, given.runs, given.seconds, given.backlog, tuple(given.stored))
    found = asyncio.run(_measure(given.parts or list(PARTS), plan))
    return int(any(one.holds is False for one in found))


def _hops(*, keep: bool, seed: int) -> int:
    hops, fixed = budget.best(seed)
    print(*budget.lines(hops, fixed), sep="\n")
    if keep:
        budget.keep(hops, fixed)
        return 0
    kept = budget.stored()
    if not kept:
        print(f"nothing to compare with: {budget.FILE.name} is made by python -m bench --keep", file=sys.stderr)
        return 2
    over = budget.exceeded(hops, fixed, kept)
    print(*over, f"bench-check: {len(over)} of {len(hops)} hops cost more than they may", sep="\n")
    return int(bool(over))


async def _measure(names: Sequence[str], plan: Plan) -> list[Figure]:
    """Each part on engines of its own; figures are stored as soon as they are there."""
    found, before = list[Figure](), stored(RESULTS)
    for name in names:
        began, own = time.monotonic(), ROOT / ".run" / "bench" / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"
        own.mkdir(parents=True)
        about = _about()
        say(f"{name} (the fixed job takes {about['fixed job, ms']} ms, load {about['load']})")
        async with ground(own) as under:
            if name in {"throughput", "latency"}:
                await _samples(under)
            figures = await PARTS[name](under, plan)
        shutil.rmtree(own)
        store(RESULTS, name, about, figures)
        found += figures
        print(*table(figures, before), f"  {name} took {time.monotonic() - began:.0f} s", sep="\n  ", flush=True)
    return found


def _about() -> dict[str, object]:
    """When and of what, on which machine, and how busy and fast that was."""
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z",
        "commit": _commit(),
        "fixed job, ms": round(calibration() / 1000, 1),
        "load": round(os.getloadavg()[0], 1),
        **described(),
    }


async def _samples(found: Ground) -> None:
    """Let ours do some work, and keep of it what the floor is to send and store."""
    async with running(Way.OURS, found) as pipeline:
        await load(Way.OURS, found, pipeline, list(made(2, WARM)), [Phase(WARM)])
        await take(found, pipeline)


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "-"
    argv = [git, "describe", "--always", "--dirty"]
    said = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    return said.stdout.strip() or "-"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; what was finished is stored")
