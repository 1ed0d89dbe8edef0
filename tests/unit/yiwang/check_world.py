"""A small banner in memory: the five real loops over one broker, and the evidence that they leave for the checker."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from contracts.case import Action, Capacity, CaseAction, Piece
from contracts.examples.scene import TOWN
from contracts.identity import application_id, report_id
from contracts.order import TermsOrder
from contracts.topics import ACTIONS, ORDERS, SUBMITTED, TOPICS
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.chassis.ports import Document, Intent, Partition, Past
from services.chassis.values import Done, Effect, Record, Service
from services.escalation import app as escalation
from services.escalation.terms import term
from services.escalation.validate import load
from simulation.clock import MemoryClock
from simulation.store import MemoryStore
from simulation.stream import Broker, Fault, MemoryStream, no_fault
from tests.contract.story import services
from yiwang.check.checker import Checker
from yiwang.check.values import Verdict

COMPOSED = cache(services)
"""The five services; pure values, so that all worlds may have the same."""
CAPACITY = {"mail": 100, "webhook": 100, "sms": 100}
PLACE = {"longitude": 107.407334, "latitude": 38.458799, "datum": "WGS-84"}
SOURCE = "water"


class Phones:
    """People whose channels take every call at once; ``received`` is what reached them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Effect]] = []
        self.received: list[tuple[str, str]] = []

    def free(self) -> Mapping[str, int]:
        return CAPACITY

    def start(self, subject: str, effects: Sequence[Effect]) -> None:
        self.calls.extend((subject, effect) for effect in effects)
        self.received.extend((effect.channel, effect.key) for effect in effects)


class Crash(BaseException):
    """A process dies here."""


class Once:
    """A crash at the first passing of a named point."""

    def __init__(self, point: str) -> None:
        self.point = point

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.point = ""
            raise Crash


@dataclass(slots=True)
class Member:
    """One service: its loop, what it reads, and its documents."""

    service: Service
    loop: Loop
    stream: MemoryStream
    store: MemoryStore


class World:
    """All five services and the time that they live in."""

    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.broker = Broker(TOPICS, now=lambda: self.clock.time)
        self.phones = Phones()
        self.faults: dict[str, Fault] = {}
        self.members = {one.name: self._member(one, MemoryStore(self._fault(one.name))) for one in COMPOSED()}

    def _fault(self, service: str) -> Fault:
        def passes(point: str) -> None:
            self.faults.get(service, no_fault)(point)

        return passes

    def restart(self, service: str, instead: Service | None = None) -> None:
        """A new process on the same servers, perhaps with other tables."""
        member = self.members[service]
        self.members[service] = self._member(instead or member.service, member.store)

    def _member(self, service: Service, store: MemoryStore) -> Member:
        phones = self.phones if service.name == "notification" else None
        topics = [topic.name for topic in service.topics]
        stream = MemoryStream(self.broker, service.name, topics, self._fault(service.name))
        kept = store if service.state else None
        metrics = Metrics(service.name)
        loop = Loop(service, stream=stream, clock=self.clock, metrics=metrics, store=kept, performer=phones)
        return Member(service, loop, stream, store)

    def send(self, value: bytes, *, department: str = SOURCE, key: str = "-") -> Record:
        """A department publishes these bytes."""
        return self.broker.append(SUBMITTED[department].name, key, value)

    def report(self, reference: str, **fields: Any) -> Record:
        usual = {"reference": reference, "occurred_at": "2026-03-02 08:30", "text": "牧区机井损坏，无法取水。"}
        return self.send(json.dumps(usual | {"coordinates": PLACE} | fields, ensure_ascii=False).encode())

    def ask(self, reference: str, action: Action, action_id: str, note: str | None = None, **more: Any) -> Record:
        """An officer acts on the case of a report."""
        case = report_id(SOURCE, reference)
        usual = {
            "case_id": case,
            "action": action,
            "sender": "app",
            "action_id": action_id,
            "actor": "1001",
            "note": note,
        }
        asked = CaseAction.model_validate(usual | more)
        return self.broker.append(ACTIONS.name, str(case), asked.model_dump_json(exclude_none=True).encode())

    def order(self, reference: str, table: str) -> Record:
        """An official orders this version of the table for a case's first assignment."""
        case, by, at = report_id(SOURCE, reference), "900017", self.clock.time
        name = application_id(table, by, "-", "once")
        order = TermsOrder(case_id=case, assignment=1, application=name, table=table, by=by, why="-", at=at)
        return self.broker.append(ORDERS.name, str(case), order.model_dump_json(exclude_none=True).encode())

    async def rest(self) -> None:
        """Let all services work until there is nothing to read, and nobody to be called."""
        busy = True
        while busy:
            busy = False
            for member in self.members.values():
                while records := member.stream.poll():
                    self.clock.advance(milliseconds=7)
                    await member.loop.on_records(records)
                    busy = True
            calls, self.phones.calls = self.phones.calls, []
            if calls:
                ended = [(subject, Done(effect=effect, at=self.clock.time)) for subject, effect in calls]
                await self.members["notification"].loop.on_done(ended)

    async def wait(self, span: timedelta, step: timedelta = timedelta(hours=4)) -> None:
        """Let time pass, step by step."""
        until = self.clock.time + span
        while self.clock.time < until:
            self.clock.time += step
            for member in self.members.values():
                await member.loop.on_tick()
                await member.loop.on_tick()
            await self.rest()

    def evidence(self) -> "Evidence":
        """What can be seen of it from outside."""
        offsets: dict[str, dict[Partition, int]] = {name: {} for name in self.members}
        for (group, place), offset in self.broker.offsets.items():
            offsets[group][place] = offset
        stores = {name: member.store for name, member in self.members.items() if member.service.state}
        rows = [(name, *pair) for name, store in stores.items() for pair in store.past.values()]
        return Evidence(
            offsets=offsets,
            records=[record for log in self.broker.logs.values() for record in log],
            documents=[(name, row.document) for name, one in stores.items() for row in one.rows.values()],
            history=[
                (name, subject, Past(m.id, m.topic, m.type, m.version, m.time, m.value.decode()))
                for name, subject, m in rows
            ],
            notes=[(name, one) for name, store in stores.items() for one in notes(store)],
            received=list(self.phones.received),
            stores=list(stores),
        )


def notes(store: MemoryStore) -> list[Intent]:
    return [Intent(name, revs) for name, (_, revs) in store.notes.items()]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the checker is given, each part to be put out of order by a test."""

    offsets: Mapping[str, Mapping[Partition, int]]
    records: Sequence[Record]
    documents: Sequence[tuple[str, Document]]
    history: Sequence[tuple[str, str, Past]]
    received: Sequence[tuple[str, str]]
    stores: Collection[str]
    """The services whose stores were read whole."""
    notes: Sequence[tuple[str, Intent]] = ()
    late: Sequence[Record] = ()
    begins: Mapping[Partition, int] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Evidence":
        return replace(self, **changes)

    def checker(self) -> Checker:
        checker = Checker()
        for service, offsets in self.offsets.items():
            checker.settle(service, offsets)
        checker.begin(self.begins)
        for record in self.records:
            checker.hear(record)
        self._stores_to(checker)
        for record in self.late:
            checker.hear(record)
        for channel, key in self.received:
            checker.receive(channel, key)
        return checker

    def _stores_to(self, checker: Checker) -> None:
        for name, document in self.documents:
            checker.keep(name, document)
        for name, subject, past in self.history:
            checker.remember(name, subject, past)
        for name in self.stores:
            checker.whole(name)
        for name, intent in self.notes:
            checker.note(name, intent)

    def verdict(self) -> Verdict:
        return self.checker().verdict()


Sabotage = Callable[[Evidence], Evidence]


async def lived() -> Evidence:
    """Two weeks of a small banner in which everything happens that there is a rule for."""
    world = World()
    world.report("A-1")
    world.report("A-2", solved_on_the_spot={"what_was_done": "已更换水泵"})
    world.report("A-3", urgency="life_threatening")
    await world.rest()
    world.report("A-1")
    world.report("A-1", text="另一件事")
    world.report("A-1", revision=2, people=5)
    world.report("A-4", revision=3)
    world.send(b"not json")
    await world.rest()
    world.report("A-4", revision=2)
    world.ask("A-1", Action.ACCEPT, "a1")
    world.ask("A-1", Action.ACCEPT, "a1")
    await world.rest()
    world.ask("A-1", Action.HAND_UP, "a2")
    world.ask("A-9", Action.ACCEPT, "a9")
    await world.rest()
    await world.wait(timedelta(days=1))
    world.ask("A-1", Action.RESOLVE, "a3", "已修好")
    world.report("A-5")
    await world.rest()
    world.report("A-5", revision=2, withdrawn="重复登记")
    await world.rest()
    await given_time(world)
    await joined(world)
    await world.wait(timedelta(days=9))
    await ordered(world)
    return world.evidence()


async def joined(world: "World") -> None:
    """One case follows another one, which is split into two."""
    world.report("B-1")
    world.report("B-2")
    await world.rest()
    main = report_id(SOURCE, "B-1")
    world.ask("B-2", Action.LINK, "c1", "同一机井", capacity=Capacity.CENTRE, other=main)
    world.ask("B-1", Action.SPLIT, "c2", "分头办理", pieces=(Piece(summary="更换水泵"), Piece(summary="修复道路")))
    await world.rest()


async def ordered(world: "World") -> None:
    """Escalation gets another table, and an official orders it of a case that runs, twice, and of an unknown one."""
    world.report("A-7")
    await world.rest()
    known = load()
    first, *others = known.terms.rows
    rows = (first.model_copy(update={"within": term("2 days")}), *others)
    terms = replace(known.terms, version="another", rows=rows)
    world.restart("escalation", escalation.service(known._replace(terms=terms)))
    for reference, table in (("A-7", "another"), ("A-7", "another"), ("A-8", "another"), ("A-7", "a third")):
        world.order(reference, table)
    await world.rest()
    await world.wait(timedelta(days=2))


async def given_time(world: "World") -> None:
    """One case is handed up, and is there extended, suspended, and resumed by itself."""
    above = {"capacity": Capacity.SUPERIOR, "unit": TOWN.code, "actor": "1002"}
    world.report("A-6")
    await world.rest()
    world.ask("A-6", Action.HAND_UP, "b0", "须由嘎查办理")
    await world.rest()
    steps: tuple[tuple[Action, dict[str, Any]], ...] = (
        (Action.ACCEPT, {}),
        (Action.EXTEND, {"minutes": 600}),
        (Action.APPROVE, above),
        (Action.SUSPEND, {"minutes": 2880}),
        (Action.APPROVE, above),
    )
    for n, (action, fields) in enumerate(steps):
        world.ask("A-6", action, f"b{n + 1}", "配件未到", **fields)
        await world.rest()
