"""``yiwang terms apply``: shows what would change, asks, then orders it of each case, and tells what became of it.

The service decides; this program writes orders and looks. Portion by portion: the next hundred go out when the service
has settled the last, so that it is never flooded, and one that runs another table is noticed after the first. Cut off,
the command may be run again: what goes by the table already is not ordered twice.
"""

import asyncio
import json
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from contracts.order import TermsOrder
from contracts.topics import ORDERS
from contracts.wire import Message, event, message
from services.chassis.trace import child
from services.chassis.values import Outcome
from yiwang.dead.choice import signed
from yiwang.dead.values import Mistake, Place
from yiwang.terms.desk import Decision, Desk
from yiwang.terms.preview import show

SOURCE: Final = "yiwang/terms"
SERVICE: Final = "escalation"
PORTION: Final = 100
"""Orders that are under way at once."""
PASSES: Final = 3
"""How often it is looked whether a clock that moved meanwhile was left out."""
BREATH: Final = 0.2
"""Seconds between two looks."""
PROGRESS: Final = 1000
"""Orders from one line of progress to the next."""
WORDS: Final[Mapping[Outcome | None, str]] = {
    Outcome.APPLIED: "by the table now",
    Outcome.NOTHING: "by it already",
    Outcome.STALE: "ended or over meanwhile, left as they are",
    Outcome.REFUSED: "refused",
    Outcome.PARKED: "parked",
    None: "not yet decided",
}


class Stopped(Exception):
    """It goes no further; the line says why, and what is right."""


async def apply(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Exit code 0 if the table counts for all that it could; raises Unavailable, BrokenTableError and Mistake."""
    tables, sign = desk.tables(asked), signed(asked, operator)
    await desk.logs.ends([ORDERS])  # before anything is asked: is there a topic to write to?
    decision = Decision(tables=tables, by=sign.by, why=sign.why, at=await desk.now())
    counts = await show(desk, asked, decision)
    if not counts.ordered:
        desk.say("nothing to order") if not asked.json else None
        return 0
    if not _confirmed(desk, asked, counts.ordered, decision):
        return 1
    run = Run(desk, decision, asked.wait)
    try:
        await run.order(asked.unit)
    except Stopped as why:
        desk.warn(str(why))
        return 1
    finally:
        _tell(desk, asked, decision, run.ends)
    return 0


def _confirmed(desk: Desk, asked: Namespace, count: int, decision: Decision) -> bool:
    if asked.yes:
        return True
    if desk.confirm is None:
        raise Mistake(f"{count} clocks, and no terminal to ask at; right is --yes, or terms preview first")
    return desk.confirm(f"order the table {decision.tables.terms.version} for {count} clocks? [y/N] ")


def _tell(desk: Desk, asked: Namespace, decision: Decision, ends: Counter[Outcome | None]) -> None:
    told = {WORDS[outcome]: count for outcome, count in ends.items()}
    if asked.json:
        desk.say(json.dumps({"table": decision.tables.terms.version, "by": decision.by, "orders": told}))
        return
    said = ", ".join(f"{count} {words}" for words, count in told.items())
    desk.say(f"{ends.total()} ordered: {said or 'none'}")


class Run:
    """One run of the command: what became of what it has ordered."""

    def __init__(self, desk: Desk, decision: Decision, wait: float) -> None:
        """Begin with nothing ordered; ``wait`` is how long each portion may take."""
        self._desk, self._decision, self._wait = desk, decision, wait
        self.ends = Counter[Outcome | None]()

    async def order(self, unit: str | None) -> None:
        """Order it of all clocks that it would reach; raises Stopped."""
        for _ in range(PASSES):
            before = self.ends.total()
            async for changes in self._desk.changes(self._decision, unit):
                orders = [self._decision.order(one.ledger) for one in changes if one.after]
                for at in range(0, len(orders), PORTION):
                    await self._portion(orders[at : at + PORTION])
            if self.ends.total() == before:
                return

    async def _portion(self, orders: Sequence[TermsOrder]) -> None:
        places = await self._desk.logs.publish([(_message(one), None) for one in orders])
        done = await self._settled(places)
        found = await self._desk.store.load([one.subject for one in orders]) if done else {}
        ends = [found[one.subject].inbox.get(one.cause) if one.subject in found else None for one in orders]
        before = self.ends.total()
        self.ends.update(ends)
        if before // PROGRESS < self.ends.total() // PROGRESS:
            self._desk.warn(f"{self.ends.total()} ordered")
        self._judge(ends)

    async def _settled(self, places: Sequence[Place]) -> bool:
        """Whether the service has settled all of them in time."""
        limit = asyncio.get_running_loop().time() + self._wait
        while True:
            settled = await self._desk.logs.settled(SERVICE)
            if all(settled.get((one.topic, one.partition), 0) > one.offset for one in places):
                return True
            if asyncio.get_running_loop().time() >= limit:
                return False
            await asyncio.sleep(BREATH)

    def _judge(self, ends: Sequence[Outcome | None]) -> None:
        if Outcome.REFUSED in ends:
            version = self._decision.tables.terms.version
            raise Stopped(
                f"{SERVICE} runs another table than {version}; right is to deploy this one there (YIWANG_TERMS), "
                "to all members, and then to run this again: nothing more is ordered"
            )
        if Outcome.PARKED in ends:
            raise Stopped(f"{SERVICE} has parked an order: see yiwang dead list --service {SERVICE}")
        if None in ends:
            raise Stopped(
                f"{SERVICE} has not settled these orders within {self._wait:g} s: it is down, paused or behind; what "
                "was ordered stands and is decided when it is read; run this again then"
            )


def _message(order: TermsOrder) -> Message:
    out = event(ORDERS, order, cause=order.cause)
    return message(out, source=SOURCE, time=order.at, traceparent=child((), lambda: order.cause, out.id))
