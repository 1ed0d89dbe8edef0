"""``make soak``: kill -9 at random and at named points for as long as asked for; exit 1 unless all is as promised."""

import argparse
import asyncio
import secrets

from tests.long import end, kept, say
from tests.soak.soak import Plan, soak


def main() -> int:
    """Run one soak; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=23, help="reports a second")
    parser.add_argument("--members", type=int, default=2, help="of each service")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    given = parser.parse_args()
    plan = Plan(**vars(given))
    say(str(plan))
    return kept("soak", lambda folder: asyncio.run(soak(plan, folder, say)))


if __name__ == "__main__":
    end(main)
