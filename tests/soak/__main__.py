"""``make soak``: kill -9 at random and at named points for as long as asked for; exit 1 unless all is as promised."""

import argparse
import asyncio
import logging
import secrets
import shutil
import sys
import time

from deploy.local.place import ROOT
from tests.soak.soak import Plan, soak


def main() -> int:
    """Run one soak; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--rate", type=float, default=11, help="reports a second")
    parser.add_argument("--members", type=int, default=2, help="of each service")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    given = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    plan = Plan(**vars(given))
    folder = ROOT / ".run" / "soak" / f"{time.strftime('%Y%m%d-%H%M%S')}-{plan.seed}"
    folder.mkdir(parents=True)
    print(f"{plan}\ndata in {folder}", flush=True)
    if not asyncio.run(soak(plan, folder, _say)):
        print(f"kept: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; nothing was judged")
