"""``yiwang dead discard``: puts letters aside for good; nothing is deleted, and who did it and why stays."""

from argparse import Namespace
from typing import Final

from contracts.deadletter import DispositionKind
from yiwang.dead.choice import chosen, confirmed, signed
from yiwang.dead.desk import Desk, Signed
from yiwang.dead.values import short

SLICE: Final = 500
"""Dispositions that are under way to the broker at once."""
NAMED: Final = 20
"""Letters that are named one by one if they are no more than these."""


async def discard(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Record of what is chosen that it is discarded; answers the exit code; raises Mistake."""
    sign = Signed(by="nobody", why="-") if asked.dry_run else signed(asked, operator)
    items = await chosen(asked, desk)
    digits = short([item.parked.id for item in items])
    if asked.dry_run:
        for item in items:
            desk.say(f"{item.parked.id.hex[:digits]}  would be discarded")
        return 0
    if not confirmed(asked, desk, items, "discard"):
        return 1
    for at in range(0, len(items), SLICE):
        part = items[at : at + SLICE]
        await desk.logs.publish([desk.disposition(item, DispositionKind.DISCARDED, sign) for item in part])
    for item in items if len(items) <= NAMED else ():
        desk.say(f"{item.parked.id.hex[:digits]}  discarded")
    desk.say(f"{len(items)} discarded")
    return 0
