"""``yiwang terms preview``: counts and lists what a table would change; nothing is written anywhere."""

import json
from argparse import Namespace
from collections.abc import Iterable

from yiwang.terms.changes import Change, Effect
from yiwang.terms.counts import Counts
from yiwang.terms.desk import Decision, Desk
from yiwang.terms.listing import line, listed

NOBODY = "preview"
"""Who would have decided it."""
MOVED = frozenset({Effect.SOONER, Effect.LATER})


async def preview(desk: Desk, asked: Namespace) -> int:
    """Show it; exit code 0. Raises Unavailable, BrokenTableError and Mistake."""
    tables = desk.tables(asked)
    await show(desk, asked, Decision(tables=tables, by=NOBODY, why="-", at=await desk.now()))
    return 0


async def show(desk: Desk, asked: Namespace, decision: Decision) -> Counts:
    """What would change, as it was asked for; answers the counts."""
    counts, moved, rows = Counts(), 0, list[Change]()
    async for changes in desk.changes(decision, asked.unit):
        for change in changes:
            counts.take(change)
        found = [one for one in changes if one.effect in MOVED]
        fresh = found[: max(0, asked.limit - moved)] if asked.limit else found
        moved += len(found)
        if asked.json:
            _say(desk, map(line, fresh))
        else:
            rows += fresh
    left_out = max(0, moved - asked.limit) if asked.limit else 0
    if asked.json:
        found_all = {"table": decision.tables.terms.version, **counts.view(), "left_out": left_out}
        desk.say(json.dumps(found_all, ensure_ascii=False))
        return counts
    _say(desk, listed(rows))
    _say(desk, [f"… and {left_out} more; --limit 0 lists them all"] if left_out else [])
    _say(desk, counts.lines())
    return counts


def _say(desk: Desk, lines: Iterable[str]) -> None:
    for text in lines:
        desk.say(text)
