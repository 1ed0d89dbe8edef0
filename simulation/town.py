"""What comes from outside in a simulated run: reports and what follows them, what people do, and rubbish."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Self

from contracts.case import Action, Capacity, CaseAction, CaseEvent, Destination
from contracts.identity import name_id
from contracts.report import Urgency
from contracts.territory import SHANGHAI, Path
from contracts.topics import ACTIONS, CASES, SUBMITTED
from services.chassis.values import Record
from simulation import virtual
from simulation.chance import chance
from simulation.desk import Desk
from simulation.draft import Ask
from simulation.follow import broken, fitting, follow, opening
from simulation.hall import TownHall
from simulation.land import Land
from simulation.people import People
from simulation.sent import Sent

DEPARTMENTS: Final = ("grid-members", "hotline-12345", "residents", "water")
"""Who sends in a run: a few, so that a run has few partitions."""
MOST: Final = 6
"""Reports of a run, beside what follows them."""

# Shares of a hundred.
URGENT, LIFE = 15, 10
FOLLOWED, BROKEN = 40, 8
AGAIN = 12
"""Of all records from outside, those that their source sends twice."""
MEDDLED, STRANGE = 12, 10
"""Of case events, those upon which somebody does something that need not be lawful; of these, on no case at all."""
RUBBISHES: Final = 3
RUBBISH: Final = (b"", b"\xff\xfe\x00", b"[[[[", b'{"case_id": 7}', b"\xc2\xd2\xc2\xeb", None)
LOOK: Final = (300.0, 7200.0)
"""Seconds after which people look at their cases again: least and most."""

Append = Callable[[str, str, bytes | None], object]
"""Writes to a topic, under a key."""


@dataclass(slots=True)
class Town:
    """The sources and the people of one run, who read and write without faults; what is lost is the platform's."""

    seed: int
    random: Random
    desk: Desk
    hall: TownHall
    append: Append
    sent: list[Sent] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    """Where cases have been, for those who would send others there."""
    done: bool = False
    """Whether nobody does anything any more."""

    @classmethod
    def of(cls, seed: int, land: Land, append: Append) -> Self:
        """The town of this seed."""
        return cls(seed, chance(seed, "town"), Desk(seed, land), TownHall(People.of(seed, {})), append)

    async def report(self, seconds: float) -> None:
        """Send all reports, and what follows them, within so many seconds."""
        asks = [self._ask(f"{self.seed}-{n}") for n in range(self.random.randint(3, MOST))]
        first = self.random.random() ** 2 * seconds
        moments = [(self.random.uniform(0, first), self._report(ask, seconds)) for ask in asks]
        rubbish = range(self.random.randrange(RUBBISHES))
        moments.extend((self.random.uniform(0, seconds), self._rubbish()) for _ in rubbish)
        await asyncio.gather(*(_after(delay, work) for delay, work in moments))

    async def work(self) -> None:
        """For ever: people look at their cases now and then, and do what they have to, or not."""
        while True:
            await asyncio.sleep(self.random.uniform(*LOOK))
            for action in self.hall.actions(virtual.now()) if not self.done else ():
                self._write(ACTIONS.name, action.key, _body(action))

    def hear(self, record: Record) -> None:
        """See what happens to cases."""
        if record.topic != CASES.name or self.done:
            return
        event = CaseEvent.model_validate_json(record.value or b"")
        self.hall.hear(event)
        if self._of_a_hundred(MEDDLED):
            action = self._meddling(event)
            delay = self.random.expovariate(1 / 600)
            asyncio.get_running_loop().call_later(delay, self._write, ACTIONS.name, action.key, _body(action))

    def _ask(self, reference: str) -> Ask:
        """Something that one of the sources tells of."""
        for n in range(1000):
            ask = self.desk.any(f"{reference}/{n}", virtual.now().astimezone(SHANGHAI))
            if ask.department in DEPARTMENTS:
                break
        draw = self.random.random() * 100
        pressing = Urgency.LIFE_THREATENING if draw < LIFE else Urgency.URGENT if draw < LIFE + URGENT else None
        return replace(ask, reference=reference, urgency=pressing, solved=ask.solved and not pressing)

    async def _report(self, ask: Ask, seconds: float) -> None:
        draft = self.desk.draft(replace(ask, sent_at=virtual.now().astimezone(SHANGHAI)))
        if self._of_a_hundred(BROKEN):
            self._send(broken(self.random, draft))
            return
        self._send(opening(draft))
        for _ in range(2):
            if self._of_a_hundred(FOLLOWED):
                kind = self.random.choice(tuple(fitting(draft)))
                for sent in follow(kind, self.random, self.desk, draft):
                    await asyncio.sleep(self.random.random() ** 3 * seconds)
                    self._send(sent)

    def _send(self, sent: Sent) -> None:
        self.sent.append(sent)
        self._write(SUBMITTED[sent.department].name, sent.reference, sent.body)

    async def _rubbish(self) -> None:
        topic = self.random.choice((ACTIONS.name, *(SUBMITTED[code].name for code in DEPARTMENTS)))
        self._write(topic, str(self.random.random()), self.random.choice(RUBBISH))

    def _meddling(self, event: CaseEvent) -> CaseAction:
        """Somebody acts on a case, whatever it is; perhaps twice under one id, perhaps on an assignment long past."""
        action = self.random.choice(tuple(Action))
        current = event.case.assignment.number if event.case else 1
        path = event.case.path_in_charge() if event.case else ()
        return CaseAction(
            case_id=name_id(f"no case {self.seed}") if self._of_a_hundred(STRANGE) else event.case_id,
            action=action,
            sender="app",
            action_id=f"meddling-{action.value}-{self.random.randrange(3)}",
            actor="1000",
            assignment=self.random.choice((None, current, max(1, current - 1))),
            note=self.random.choice((None, "已处理。")),
            capacity=self.random.choice(tuple(Capacity)),
            unit=self.random.choice((None, *(unit.code for unit in path))),
            to=tuple(Destination(code=each.code, name=each.name) for each in self._somewhere(path)),
            department=self.random.choice((None, None, *DEPARTMENTS)),
            minutes=self.random.choice((None, 30, 600, 6_000, 60_000)),
            if_version=self.random.choice((None, None, None, event.version)),
        )

    def _somewhere(self, path: Path) -> Path:
        """A unit above, or one that some other case has."""
        self.paths.append(path)
        return self.random.choice((path, self.random.choice(self.paths)))[: self.random.randrange(5)]

    def _write(self, topic: str, key: str, body: bytes | None) -> None:
        """Append it, perhaps twice."""
        if self.done:
            return
        self.append(topic, key, body)
        if self._of_a_hundred(AGAIN):
            delay = self.random.expovariate(1 / 300)
            asyncio.get_running_loop().call_later(delay, self._write, topic, key, body)

    def _of_a_hundred(self, many: float) -> bool:
        return self.random.random() * 100 < many


async def _after(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    await asyncio.sleep(seconds)
    await work


def _body(action: CaseAction) -> bytes:
    return action.model_dump_json(exclude_none=True).encode()
