"""Walks over the clocks that run, page by page along the index: it only reads, and keeps no more than a page."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Final

from contracts.territory import Level
from services.chassis.ports import Store
from services.escalation.ledger import Ledger
from services.escalation.shelf import ORDER, Shown, facets, running

PAGE: Final = 200


async def pages(store: Store, unit: str | None) -> AsyncIterator[list[Ledger]]:
    """The ledgers whose clock runs, of a unit and those below it or of all: by level and light, the soonest due first.

    A clock that moves or changes its light meanwhile may be met twice, or not: whoever must have all of them walks
    again. Raises Unavailable.
    """
    for level, light in product(Level, Shown):
        after: str | None = ""
        while after is not None:
            found = await store.query(running(unit=None, level=level, light=light, after=after), ORDER, PAGE)
            ledgers = [Ledger.model_validate(one.state) for one in found]
            yield [one for one in ledgers if one.running and one.running.unit.code.startswith(unit or "")]
            after = str(facets(ledgers[-1])["turn"]) if len(found) == PAGE else None
