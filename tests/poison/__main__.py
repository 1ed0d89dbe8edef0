"""``make poison``: ten thousand records of poison to every topic that a service reads; exit 1 if anything fails."""

import argparse
import asyncio
import shutil
import sys
import time

from deploy.local.place import ROOT
from tests.poison.feeding import Plan
from tests.poison.run import run
from tests.poison.sample import CONSUMED
from tests.servers import servers


def main() -> int:
    """Run it; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.poison", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="records of poison to each topic (default 10,000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same records (default 1)")
    parser.add_argument("--large", type=int, default=500, help="records of 1 MB to the first topic (default 500)")
    parser.add_argument("--topics", default="", help="only topics whose name contains one of these words, by comma")
    asked = parser.parse_args()
    words = asked.topics.split(",")
    topics = [topic for topic in CONSUMED if any(word in topic.name for word in words)]
    folder = ROOT / ".run" / "poison" / f"{time.strftime('%Y%m%d-%H%M%S')}-{asked.seed}"
    folder.mkdir(parents=True)
    with servers(folder) as found:
        plan = Plan(topics, asked.count, asked.seed, asked.large)
        one = asyncio.run(run(plan, found, folder / "run", _say))
    for line in one.wrong:
        _say(f"WRONG: {line}")
    sent = sum(row.sent for row in one.rows)
    _say(f"poison: seed={asked.seed} topics={len(topics)} sent={sent} wrong={len(one.wrong)}")
    if one.wrong:
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
