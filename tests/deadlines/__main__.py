"""``make deadlines``: a hundred thousand open deadlines, of which some fall due; exit 1 unless all is as promised."""

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.local.documents import PROGRAM, Documents
from deploy.local.engines import free_ports
from tests.deadlines.cost import costs
from tests.deadlines.scenarios import SCENARIOS, Plan
from tests.faults.stage import stage
from tests.long import end, kept, say
from tests.servers import Server

PLAN: Final = Plan(stored=100_000, due=5_000, seconds=60, late=5.0)
SIZES: Final = (10_000, 100_000, 1_000_000)
TWICE: Final = 2.0
"""So many times as long as with the fewest may a tick take with the most that are stored."""
COST: Final = "cost"


def main() -> int:
    """Run the scenarios asked for, or all; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.deadlines", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join((*SCENARIOS, COST)))
    parser.add_argument("--stored", type=int, default=PLAN.stored, help="open deadlines")
    parser.add_argument("--due", type=int, default=PLAN.due, help="of them, those that fall due")
    parser.add_argument("--seconds", type=float, default=PLAN.seconds, help="within so many seconds")
    given = parser.parse_args()
    plan = Plan(stored=given.stored, due=given.due, seconds=given.seconds, late=PLAN.late)
    names = given.scenarios or [*SCENARIOS, COST]
    return kept("deadlines", lambda folder: asyncio.run(run(names, plan, folder)))


async def run(names: Sequence[str], plan: Plan, folder: Path) -> bool:
    """Play them one after the other, each on engines of its own; answers whether all was as promised."""
    failed = []
    for name in names:
        began, own = time.monotonic(), folder / name
        own.mkdir()
        try:
            seen = await (_cost(own) if name == COST else _scenario(name, plan, own))
        except AssertionError as fault:
            failed.append(name)
            seen = ["FAILED", *str(fault).splitlines()]
        load = os.getloadavg()[0]
        print(f"{name} ({time.monotonic() - began:.0f} s, load {load:.1f})", *seen, sep="\n    ", flush=True)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return not failed


async def _scenario(name: str, plan: Plan, folder: Path) -> list[str]:
    async with stage(folder) as found:
        return await SCENARIOS[name](found, plan)


async def _cost(folder: Path) -> list[str]:
    if not os.environ.get(PROGRAM):
        return ["left out: the usual server takes too long to store a million; name the fast one"]
    documents = Documents(folder=folder / "documents", port=free_ports(1)[0])
    server = Server(documents, folder)
    try:
        await server.ready()
        found = await costs(documents.uri, server.process.pid, SIZES, say)
    finally:
        server.kill()
    fewest, most = found[0], found[-1]
    idle, full = most.idle / fewest.idle, most.full / fewest.full
    said = f"{most.stored // fewest.stored} times as many stored: a tick takes {idle:.2f} and {full:.2f} times as long"
    assert max(idle, full) <= TWICE, said
    return [said]


if __name__ == "__main__":
    end(main)
