"""``make poison``: ten thousand records of poison to every topic that a service reads; exit 1 if anything fails."""

import argparse
import asyncio
from functools import partial
from pathlib import Path

from tests.long import end, kept, say
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
    return kept("poison", partial(poison, Plan(topics, asked.count, asked.seed, asked.large)))


def poison(plan: Plan, folder: Path) -> bool:
    """Carry out the plan on servers of its own, and tell what was wrong; answers whether nothing was."""
    with servers(folder) as found:
        one = asyncio.run(run(plan, found, folder / "run", say))
    for line in one.wrong:
        say(f"WRONG: {line}")
    sent = sum(row.sent for row in one.rows)
    say(f"poison: seed={plan.seed} topics={len(plan.topics)} sent={sent} wrong={len(one.wrong)}")
    return not one.wrong


if __name__ == "__main__":
    end(main)
