"""``make faults``: every fault in its long form, with what was seen; exit 1 unless all is as promised."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.faults.scale import LONG, SHORT, Scale
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import stage
from tests.long import end, kept, say


def main() -> int:
    """Run the scenarios asked for, or all; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--short", action="store_true", help="as in `make test`")
    parser.add_argument("--rate", type=float, help="reports a second, if not those of the form")
    given = parser.parse_args()
    scale = SHORT if given.short else LONG
    scale = replace(scale, rate=given.rate or scale.rate)
    names = given.scenarios or list(SCENARIOS)
    return kept("faults", lambda folder: asyncio.run(run(names, scale, folder)))


async def run(names: Sequence[str], scale: Scale, folder: Path) -> bool:
    """Play the scenarios one after the other, each on engines of its own; answers whether none failed."""
    failed = []
    for name in names:
        began, own = time.monotonic(), folder / name
        own.mkdir()
        try:
            async with stage(own) as found:
                seen = await SCENARIOS[name](found, scale)
        except Exception as fault:  # noqa: BLE001 - the next scenario is played whatever became of this one
            failed.append(name)
            seen = [f"FAILED {type(fault).__name__}", *str(fault).splitlines()]
        print(f"{name} ({time.monotonic() - began:.0f} s)", *seen, sep="\n    ", flush=True)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return not failed


if __name__ == "__main__":
    end(main)
