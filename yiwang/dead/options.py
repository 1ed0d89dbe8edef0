"""The options of ``yiwang dead``; what is wrong with them is said in one line."""

import argparse
import sys
from typing import Final, NoReturn

from contracts.deadletter import Reason
from contracts.topics import DEAD
from yiwang.dead.values import State

ALL: Final = "all"
LIMIT: Final = 100
WAIT: Final = 10.0


class OneLine(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end with exit code 2."""
        print(f"{self.prog}: {message}", file=sys.stderr)
        self.exit(2)


def add(dead: argparse.ArgumentParser) -> None:
    """Add the five commands."""
    whats = dead.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=OneLine)
    _list(whats.add_parser("list", help="which letters there are, and why"))
    _show(whats.add_parser("show", help="everything of one letter, masked unless --reveal"))
    _edit(whats.add_parser("edit", help="mend the body that a replay will send"))
    _replay(whats.add_parser("replay", help="send letters back to the service that parked them, and to it alone"))
    _discard(whats.add_parser("discard", help="put letters aside for good; nothing is deleted"))


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", choices=sorted(DEAD), help="the service that parked them")
    parser.add_argument("--reason", choices=[reason.value for reason in Reason], help="why they were parked")
    parser.add_argument("--source", help="who sent them: a department's code, an action's sender, a ce_source")
    parser.add_argument("--since", metavar="TIME", help="parked at this time or later: ISO 8601, or 3h or 2d ago")
    parser.add_argument("--until", metavar="TIME", help="parked before this time")
    states = [*(state.value for state in State), ALL]
    parser.add_argument("--state", choices=states, default=State.OPEN.value, help="how they stand (default open)")


def _signed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--why", metavar="TEXT", help="the reason, which is recorded (1 to 500 characters)")
    parser.add_argument("--by", metavar="WHO", help="who acts, which is recorded (default: YIWANG_OPERATOR)")


def _one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the letter's id, or as many of its first digits as no other has")
    parser.add_argument("--service", choices=sorted(DEAD), help="where two services have parked one record")
    _signed(parser)


def _many(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="letters by their ids; or --all, and filters")
    parser.add_argument("--all", action="store_true", help="every letter that the filters let through")
    parser.add_argument("--again", action="store_true", help="also what was replayed or discarded already")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    _filters(parser)
    _signed(parser)


def _list(parser: argparse.ArgumentParser) -> None:
    _filters(parser)
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"rows at most (default {LIMIT}; 0: all)")
    parser.add_argument("--json", action="store_true", help="for machines")


def _show(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("--reveal", action="store_true", help="unmasked; first it is recorded that you look, and why")
    parser.add_argument("--raw", metavar="FILE", help="write the body's bytes to a new file; counts as --reveal")


def _edit(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("--file", metavar="FILE", help="the whole new body (-: standard input)")
    parser.add_argument("--set", action="append", metavar="PATH=JSON", help="one value of a JSON body; may be repeated")
    parser.add_argument("--anyway", action="store_true", help="record it though the service's reader refuses it")


def _replay(parser: argparse.ArgumentParser) -> None:
    _many(parser)
    parser.add_argument(
        "--wait",
        type=float,
        default=WAIT,
        metavar="SECONDS",
        help=f"how long for what becomes of them (default {WAIT:.0f})",
    )


def _discard(parser: argparse.ArgumentParser) -> None:
    _many(parser)
