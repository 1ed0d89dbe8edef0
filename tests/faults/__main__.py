"""``make faults``: every fault in its long form, with what was seen; exit 1 unless all is as promised."""

import argparse
import asyncio
import logging
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deploy.local.place import ROOT
from tests.faults.scale import LONG, SHORT, Scale
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import stage


def main() -> int:
    """Run the scenarios asked for, or all; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--short", action="store_true", help="as in `make test`")
    parser.add_argument("--rate", type=float, help="reports a second, if not those of the form")
    given = parser.parse_args()
    scale = SHORT if given.short else LONG
    scale = replace(scale, rate=given.rate or scale.rate)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = ROOT / ".run" / "faults" / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    failed = asyncio.run(run(given.scenarios or list(SCENARIOS), scale, folder))
    if failed:
        print(f"failed: {', '.join(failed)}; data in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


async def run(names: Sequence[str], scale: Scale, folder: Path) -> list[str]:
    """Play the scenarios one after the other, each on engines of its own; answers those that failed."""
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
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; nothing was judged")
