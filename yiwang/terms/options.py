"""The options of ``yiwang terms``; what is wrong with them is said in one line."""

import argparse
from pathlib import Path
from typing import Final

from yiwang.dead.options import OneLine

LIMIT: Final = 50
WAIT: Final = 60.0


def add(terms: argparse.ArgumentParser) -> None:
    """Add the two commands."""
    whats = terms.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=OneLine)
    _shown(
        whats.add_parser("preview", help="what a table of terms would change for the clocks that run; changes nothing")
    )
    _apply(whats.add_parser("apply", help="order that the table in force counts for the clocks that run, too"))


def _shown(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, required=True, metavar="FILE", help="the table of terms (TOML)")
    parser.add_argument("--unit", metavar="CODE", help="only what this unit and those below it have")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"rows at most (default {LIMIT}; 0: all)")
    parser.add_argument("--json", action="store_true", help="for machines: a line for each change, the counts at last")


def _apply(parser: argparse.ArgumentParser) -> None:
    _shown(parser)
    parser.add_argument("--why", metavar="TEXT", help="the reason, which is recorded (1 to 500 characters)")
    parser.add_argument("--by", metavar="WHO", help="who has decided it, which is recorded (default: YIWANG_OPERATOR)")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument(
        "--wait",
        type=float,
        default=WAIT,
        metavar="SECONDS",
        help=f"how long for what becomes of each hundred orders (default {WAIT:.0f})",
    )
