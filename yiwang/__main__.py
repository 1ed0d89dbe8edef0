"""The command line: ``python -m yiwang COMMAND``; an operator's mistake ends in one line and exit code 2."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from services.chassis.settings import Settings
from services.chassis.values import Unavailable


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    root = argparse.ArgumentParser(
        prog="yiwang", description="Operate Yiwang; servers are taken from YIWANG_… variables."
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="create missing topics and indexes")
    init.add_argument("--replication", type=int, default=1, help="copies of each topic (default 1; 3 in production)")
    feed = commands.add_parser("feed", help="publish made-up reports on the real territory and follow their outcomes")
    feed.add_argument("--reports", type=int, default=300, help="how many (default 300)")
    feed.add_argument("--seed", type=int, default=1, help="the same seed gives the same reports (default 1)")
    return root


async def _init(settings: Settings, replication: int) -> int:
    from yiwang.init import init  # noqa: PLC0415 - a command loads what it needs
    from yiwang.services import services  # noqa: PLC0415 - as above

    created = await init(settings, services(), replication)
    print(f"topics created: {len(created)}; indexes are in place")
    return 0


async def _feed(settings: Settings, count: int, seed: int) -> int:
    from yiwang.feed import feed  # noqa: PLC0415 - as above

    return await feed(settings.brokers, settings.namespace, count=count, seed=seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    asked = parser().parse_args(arguments)
    try:
        settings = Settings()
        if asked.command == "init":
            return asyncio.run(_init(settings, asked.replication))
        return asyncio.run(_feed(settings, asked.reports, asked.seed))
    except ValidationError as fault:
        first = fault.errors()[0]
        print(f"YIWANG_{'_'.join(map(str, first['loc'])).upper()}: {first['msg']}", file=sys.stderr)
        return 2
    except Unavailable as fault:
        print(str(fault), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
