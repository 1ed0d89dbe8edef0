"""Walks over the clocks that run, page by page along the index: it only reads, and keeps no more than a page."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Final

from contracts.territory import Level
from services.chassis.ports import Store
from services.escalation.ledger import Ledger
from services.escalation.shelf import ORDER, Shown, running, turn, under

PAGE: Final = 200


async def pages(store: Store, unit: str | None) -> AsyncIterator[list[Ledger]]:
    """The ledgers whose clock runs, of a unit and those below it or of all: by level and light, the soonest due first.

    A clock that moves or changes its light meanwhile may be met twice, or not: whoever must have all of them walks
    again. Raises Unavailable.
    """
    within = {"unit": under(unit)} if unit else {}
    for level, light in product(Level, Shown):
        after: str | None = ""
        while after is not None:
            where = {**running(unit=None, level=level, light=light, after=after), **within}
            ledgers = [Ledger.model_validate(one.state) for one in await store.query(where, ORDER, PAGE)]
            yield [one for one in ledgers if one.running]
            last = ledgers[-1] if len(ledgers) == PAGE else None
            after = turn(last, last.running) if last and last.running else None
