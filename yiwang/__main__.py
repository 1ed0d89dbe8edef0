"""The command line: ``python -m yiwang COMMAND``; an operator's mistake ends in one line and exit code 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvloop
from pydantic import ValidationError

from services.chassis.settings import Settings
from services.chassis.values import Unavailable
from yiwang.dead import options
from yiwang.rules import options as rules_options
from yiwang.terms import options as terms_options


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
    demo = commands.add_parser("demo", help="run weeks of the virtual banner on services whose time can be stepped")
    demo.add_argument("--seed", type=int, default=1, help="the same seed gives the same totals (default 1)")
    demo.add_argument("--days", type=int, default=14, help="days with reports (default 14)")
    demo.add_argument("--volume", type=int, default=40, help="openings on an ordinary day (default 40)")
    demo.add_argument("--tail", type=int, default=8, help="days after them, without reports (default 8)")
    demo.add_argument("--folder", type=Path, default=Path(), help="where the pictures and the report are written")
    demo.add_argument(
        "--prepare", action="store_true", help="write roster and first step instead; before services start"
    )
    check = commands.add_parser("check", help="read all topics and stores, change nothing, and name what is wrong")
    check.add_argument("--json", action="store_true", help="the verdict with all offences as JSON")
    check.add_argument("--people", type=Path, help="folder with what reached people in a local run")
    notify = commands.add_parser("notify", help="what people are told").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    explain = notify.add_parser("explain", help="who was told of an event, or would be, when and why")
    explain.add_argument("event", metavar="EVENT", help="its ce_id; or a file with its JSON (-: standard input) to try")
    options.add(commands.add_parser("dead", help="dead letters: list, show, edit, replay, discard"))
    rules_options.add(commands.add_parser("rules", help="the routing table: what another one would have decided"))
    terms_options.add(
        commands.add_parser("terms", help="deadlines that run already: what another table changes, and its order")
    )
    return root


async def _init(settings: Settings, replication: int) -> int:
    from yiwang.init import init
    from yiwang.services import services

    created = await init(settings, services(), replication)
    print(f"topics created: {len(created)}; indexes are in place")
    return 0


async def _feed(settings: Settings, count: int, seed: int) -> int:
    from yiwang.feed import feed

    return await feed(settings.brokers, settings.namespace, count=count, seed=seed)


async def _demo(settings: Settings, asked: argparse.Namespace) -> int:
    from yiwang.demo.plan import Plan, write_roster
    from yiwang.demo.run import demo, prepare
    from yiwang.services import services

    plan = Plan(seed=asked.seed, days=asked.days, tail=asked.tail, volume=asked.volume)
    if asked.prepare:
        write_roster(plan, Path(os.environ["YIWANG_ROSTER"]))
        await prepare(settings, services())
        return 0
    found = services()
    doors = {name: os.environ[f"YIWANG_{name.upper()}"] for name in found}
    return await demo(settings, found, doors, plan, Path(os.environ["YIWANG_PEOPLE"]), asked.folder)


async def _check(settings: Settings, people: Path | None, *, as_json: bool) -> int:
    from services.chassis.logs import configure
    from yiwang.check.run import check
    from yiwang.services import services

    configure("ERROR")
    return await check(settings, services(), people, as_json=as_json)


async def _on_servers(settings: Settings, asked: argparse.Namespace) -> int:
    if asked.command == "init":
        return await _init(settings, asked.replication)
    if asked.command == "demo":
        return await _demo(settings, asked)
    if asked.command == "check":
        return await _check(settings, asked.people, as_json=asked.json)
    return await _feed(settings, asked.reports, asked.seed)


def _explain(event: str) -> int:
    from yiwang.notify import explain

    return explain(event)


async def _dead(asked: argparse.Namespace) -> int:
    from yiwang.dead.run import run

    return await run(asked)


async def _rules(asked: argparse.Namespace) -> int:
    from services.chassis.logs import configure
    from yiwang.rules.run import run

    configure("ERROR")
    return await run(asked)


async def _terms(asked: argparse.Namespace) -> int:
    from yiwang.terms.run import run

    return await run(asked)


OWN: Final = {"dead": _dead, "rules": _rules, "terms": _terms}
"""Commands that read their settings themselves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    asked = parser().parse_args(arguments)
    try:
        if asked.command == "notify":
            return _explain(asked.event)
        if asked.command in OWN:
            return uvloop.run(OWN[asked.command](asked))
        settings = Settings()
        return uvloop.run(_on_servers(settings, asked))
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
