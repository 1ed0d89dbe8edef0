"""What comes from outside in a simulated run: reports and what follows them, what people do, and rubbish."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Self
from uuid import UUID

from contracts.case import Action, Capacity, CaseAction, CaseEvent, CaseEventKind, Destination, Piece
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
REPLIES: Final[Mapping[CaseEventKind, Sequence[tuple[Action, Capacity, int]]]] = {
    # what happened              what somebody then does, as what, so often of a hundred times
    CaseEventKind.OPENED:        ((Action.TRANSFER, Capacity.HANDLER, 8), (Action.CANCEL, Capacity.CENTRE, 3),
                                  (Action.LINK, Capacity.CENTRE, 12)),
    CaseEventKind.ASSIGNED:      ((Action.HAND_BACK, Capacity.HANDLER, 30), (Action.TRANSFER, Capacity.SUPERIOR, 10)),
    CaseEventKind.ACCEPTED:      ((Action.EXTEND, Capacity.HANDLER, 15), (Action.SUSPEND, Capacity.HANDLER, 15),
                                  (Action.HAND_BACK, Capacity.HANDLER, 8), (Action.START, Capacity.HANDLER, 10),
                                  (Action.SPLIT, Capacity.HANDLER, 15)),
    CaseEventKind.LINKED:        ((Action.UNLINK, Capacity.CENTRE, 25),),
    CaseEventKind.SPLIT:         ((Action.JOIN, Capacity.HANDLER, 30),),
    CaseEventKind.REQUESTED:     ((Action.APPROVE, Capacity.SUPERIOR, 60), (Action.DECLINE, Capacity.SUPERIOR, 25)),
    CaseEventKind.SUSPENDED:     ((Action.RESUME, Capacity.HANDLER, 50), (Action.COMMENT, Capacity.REPORTER, 10)),
    CaseEventKind.RESOLVED:      ((Action.CONFIRM, Capacity.FOLLOW_UP, 20), (Action.REOPEN, Capacity.REPORTER, 20)),
    CaseEventKind.CONFIRMED:     ((Action.REOPEN, Capacity.FOLLOW_UP, 20),),
}  # fmt: skip
WISHES: Final = frozenset({Action.EXTEND, Action.SUSPEND})
DECISIONS: Final = frozenset({Action.APPROVE, Action.DECLINE})
"""Of what somebody asked for, by somebody else."""
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
    cases: list[UUID] = field(default_factory=list)
    """Cases that others may be said to be the same as."""
    happened: Counter[str] = field(default_factory=Counter)
    """How often each kind of event was heard of, with why its case was where it was."""
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
        self.happened[f"{event.kind.value} {event.case.assignment.because.value if event.case else ''}"] += 1
        self.hall.hear(event)
        self.cases += [event.case_id] if event.kind is CaseEventKind.OPENED else []
        for action in (*self._replies(event), *([self._meddling(event)] if self._of_a_hundred(MEDDLED) else [])):
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

    def _replies(self, event: CaseEvent) -> Iterator[CaseAction]:
        """What those do whom it concerns, as they should."""
        above = event.case.above() if event.case else None
        self.paths += [event.case.path_in_charge()] if event.case else []
        for action, capacity, share in REPLIES.get(event.kind, ()):
            if self._of_a_hundred(share):
                yield CaseAction(
                    case_id=event.case_id,
                    action=action,
                    sender="app",
                    action_id=f"reply-{event.version}-{action.value}",
                    actor="1002" if action in DECISIONS else "1001",
                    note="已核实。",
                    capacity=capacity if above or capacity is not Capacity.SUPERIOR else Capacity.CENTRE,
                    unit=above.code if above and capacity is Capacity.SUPERIOR else None,
                    minutes=self.random.choice((30, 240, 2_880)) if action in WISHES else None,
                    to=_named(self.random.choice(((), *self.paths))) if action is Action.TRANSFER else (),
                    department=self.random.choice(DEPARTMENTS) if action is Action.TRANSFER else None,
                    other=self.random.choice((event.case_id, *self.cases)) if action is Action.LINK else None,
                    pieces=self._pieces() if action is Action.SPLIT else (),
                )

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
            to=_named(self._somewhere(path)),
            department=self.random.choice((None, None, *DEPARTMENTS)),
            minutes=self.random.choice((None, 30, 600, 6_000, 60_000)),
            if_version=self.random.choice((None, None, None, event.version)),
            other=self.random.choice((None, name_id(f"no case {self.seed}"), *self.cases)),
            pieces=self.random.choice(((), self._pieces())),
        )

    def _pieces(self) -> tuple[Piece, ...]:
        """What somebody splits off, for who has the case or for somebody else."""
        count = self.random.randint(1, 3)
        return tuple(
            Piece(summary=f"子事项{n}", to=_named(self.random.choice(((), *self.paths)))) for n in range(count)
        )

    def _somewhere(self, path: Path) -> Path:
        """A unit above, or one that some other case has."""
        return self.random.choice((path, *self.paths))[: self.random.randrange(5)]

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


def _named(path: Path) -> tuple[Destination, ...]:
    return tuple(Destination(code=unit.code, name=unit.name) for unit in path)


async def _after(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    await asyncio.sleep(seconds)
    await work


def _body(action: CaseAction) -> bytes:
    return action.model_dump_json(exclude_none=True).encode()
