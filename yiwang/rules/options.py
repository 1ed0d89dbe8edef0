"""The options of ``yiwang rules``."""

import argparse
from pathlib import Path
from typing import Final

from services.routing.rules import FILE
from yiwang.dead.options import OneLine

LIMIT: Final = 100


def add(rules: argparse.ArgumentParser) -> None:
    """Add the one command."""
    whats = rules.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=OneLine)
    replay = whats.add_parser("replay", help="decide what was decided by another table, change nothing, say what moves")
    replay.add_argument("--table", type=Path, default=FILE, help="the other table (default: the one that is here)")
    replay.add_argument("--since", metavar="TIME", help="decided at this time or later: ISO 8601, or 3h or 2d ago")
    replay.add_argument("--until", metavar="TIME", help="decided before this time")
    replay.add_argument("--limit", type=int, default=LIMIT, help=f"rows at most (default {LIMIT}); --json has them all")
    replay.add_argument("--json", action="store_true", help="for machines")
