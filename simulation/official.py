"""Who sees to the table of terms in a run: deploys another one, member by member, and orders it of clocks that run."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import UUID

from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import name_id
from contracts.order import TermsOrder
from contracts.topics import DEADLINES, ORDERS
from services.chassis.values import Record, Service
from simulation import virtual
from simulation.chaos import Chaos
from simulation.kit import OTHER
from simulation.member import Shop
from simulation.stream import Broker

SHARE: Final = 0.6
"""The share of runs in which there is another table."""
ROLLING: Final = 600.0
"""About so many seconds after the deployment a member goes by the new table."""
DELAY: Final = 20_000.0
"""About so many seconds after a clock has begun somebody orders it alone, be the new table there or not."""
ALONE, WRONG, TWICE = 25, 10, 15
"""Of a hundred clocks, those ordered alone; of all orders, those of a table or assignment that is not; and twice."""
OFFICIAL: Final = "1003"


@dataclass(slots=True)
class Official:
    """Hears of clocks; before the new table runs everywhere, some orders are refused."""

    random: Random
    chaos: Chaos
    broker: Broker
    shop: Shop
    other: Service
    done: bool = False
    clocks: dict[UUID, DeadlineEvent] = field(default_factory=dict)
    """The newest clock of each case."""

    async def rule(self, seconds: float) -> None:
        """Deploy the other table some time within so many seconds, in some runs."""
        if self.random.random() >= SHARE:
            self.done = True
            return
        await asyncio.sleep(self.random.uniform(0.05, 0.6) * seconds)
        self.chaos.note("another table")
        self.shop.service = self.other
        for member in list(self.shop.members):
            await asyncio.sleep(self.random.expovariate(1 / ROLLING))
            if member.life.alive and not self.chaos.calm:
                member.life.start(member.stop())
        for said in list(self.clocks.values()):
            self._write(self._order(said))

    def hear(self, record: Record) -> None:
        """A clock has begun, or obeys."""
        if record.topic != DEADLINES.name:
            return
        said = DeadlineEvent.model_validate_json(record.value or b"")
        if said.kind is DeadlineKind.RESCHEDULED and said.basis and said.basis.ordered:
            self.chaos.note("obeyed")
        known = self.clocks.get(said.case_id)
        if said.kind is not DeadlineKind.SCHEDULED or (known and known.assignment >= said.assignment) or self.done:
            return
        self.clocks[said.case_id] = said
        if self._of_a_hundred(ALONE):
            self._later(self._order(said))

    def _later(self, order: TermsOrder) -> None:
        delay = self.random.expovariate(1 / DELAY)
        asyncio.get_running_loop().call_later(delay, self._write, order)

    def _write(self, order: TermsOrder) -> None:
        if self.done or self.chaos.calm:
            return
        self.chaos.note("ordered")
        self.broker.append(ORDERS.name, order.key, order.model_dump_json(exclude_none=True).encode())
        if self._of_a_hundred(TWICE):
            self._later(order)

    def _order(self, said: DeadlineEvent) -> TermsOrder:
        wrong = self._of_a_hundred(WRONG)
        return TermsOrder(
            case_id=said.case_id if self.random.random() > wrong / 2 else name_id("no case"),
            assignment=said.assignment + self.random.randrange(2) * wrong,
            application=name_id(f"decision {self.random.randrange(3)}"),
            table=self.random.choice((OTHER, "no table")) if wrong else OTHER,
            by=OFFICIAL,
            why="-",
            at=virtual.now(),
        )

    def _of_a_hundred(self, many: int) -> bool:
        return self.random.random() * 100 < many
