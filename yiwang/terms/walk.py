"""Walks over the clocks that run, the soonest due first, page by page: it only reads, and keeps no more than a page."""

from collections.abc import AsyncIterator
from typing import Final

from services.chassis.ports import Store
from services.escalation.ledger import Ledger
from services.escalation.shelf import ORDER, facets, running

PAGE: Final = 200


async def pages(store: Store, unit: str | None) -> AsyncIterator[list[Ledger]]:
    """The ledgers whose clock runs, of one unit and those below it or of all. Raises Unavailable.

    A clock that moves meanwhile may be met twice, or not: whoever must have all of them walks again.
    """
    after = ""
    while True:
        found = await store.query(running(unit=None, level=None, light=None, after=after), ORDER, PAGE)
        ledgers = [Ledger.model_validate(one.state) for one in found]
        yield [one for one in ledgers if one.running and one.running.unit.code.startswith(unit or "")]
        if len(found) < PAGE:
            return
        after = str(facets(ledgers[-1])["turn"])
