"""Where an official's command sits: the ledgers, the broker, the tables that are meant, and the time."""

import re
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contracts.identity import application_id
from contracts.order import TermsOrder
from services.chassis.ports import Store
from services.escalation import validate
from services.escalation.ledger import Ledger
from services.escalation.obligation import Tables
from yiwang.dead.logs import Logs
from yiwang.dead.values import Mistake, Say
from yiwang.terms.changes import Change
from yiwang.terms.walk import pages

CODE: Final = re.compile(r"[0-9]{6}([0-9]{3}){0,3}")
"""A unit's code, whole: half of one would be that of a hundred units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision to apply a table: who, why and since when."""

    tables: Tables
    by: str
    why: str
    at: datetime

    def order(self, ledger: Ledger) -> TermsOrder:
        """What it orders of a case whose clock runs."""
        table = self.tables.terms.version
        return TermsOrder(
            case_id=ledger.case.case_id,
            assignment=ledger.entries[-1].assignment,
            application=application_id(table, self.by, self.why, self.at.isoformat()),
            table=table,
            by=self.by,
            why=self.why,
            at=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a command needs; ``confirm`` asks a person (None: there is no terminal)."""

    store: Store
    logs: Logs
    calendar: Path
    say: Say
    warn: Say
    now: Callable[[], Awaitable[datetime]]
    confirm: Callable[[str], bool] | None = None

    def tables(self, asked: Namespace) -> Tables:
        """The table that is meant, proven, and the calendar; raises BrokenTableError and Mistake."""
        if asked.limit < 0:
            raise Mistake(f"--limit: found {asked.limit}; right is 0 for all, or how many")
        if asked.unit is not None and not CODE.fullmatch(asked.unit):
            raise Mistake(f"--unit: found {asked.unit!r}; right is a code of 6, 9, 12 or 15 digits")
        return validate.load(asked.table, self.calendar)

    async def changes(self, decision: Decision, unit: str | None) -> AsyncIterator[list[Change]]:
        """What it would change, page by page."""
        async for ledgers in pages(self.store, unit):
            now = await self.now()
            found = (Change.of(decision.tables, one, decision.order(one), now) for one in ledgers)
            yield [one for one in found if one]
