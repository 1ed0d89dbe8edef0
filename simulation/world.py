"""A whole run: five services of several members on one broker and five databases, days of trouble, then peace."""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Self

from services.chassis.ports import Channel
from services.chassis.values import Record, Service
from simulation import virtual
from simulation.chance import chance
from simulation.chaos import Chaos, Process
from simulation.clerk import Clerk
from simulation.defect import SHARE, broken
from simulation.group import Group
from simulation.kit import CHANNELS, PARTITIONS, Kit, topics
from simulation.member import Member, Shop
from simulation.official import Official
from simulation.phones import PersonChannel, Phones
from simulation.store import MemoryStore
from simulation.stream import Broker
from simulation.town import DEPARTMENTS, Town
from simulation.troubles import Slot, Troubles

HOUR: Final = 3600.0
SPANS: Final = ((6 * HOUR, 45), (30 * HOUR, 42), (200 * HOUR, 9), (460 * HOUR, 4))
"""How long the trouble of a run lasts at most, and of a hundred runs how many last so long."""
SLOTS: Final = (1, 1, 2, 2, 3)
"""How many members a service may have at once; drawn evenly."""
PEACE_SECONDS: Final = 6 * HOUR
"""How long a run may take to come to rest once all faults have ceased."""
REST_SECONDS: Final = 70.0
"""How long nothing may be left to do before that counts as rest: longer than any late request takes."""
GLANCE: Final = 10.0
"""How often somebody looks whether all rests."""
RESENT, BACKLOG = 0.7, 0.15
"""The shares of runs that make cut-off sends again, and of services that start when much lies there already."""
RETENTIVE: Final = 0.5
"""The share of runs in which members remember every document that they write, not only what is wanted again soon."""
WEEK: Final = 168 * HOUR
OFF: Final = (0.0, 0.0, 300.0, -300.0, 2.0)
"""Seconds by which a machine's clock may be ahead."""


class World:
    """One run: made from a seed, lived through once, then looked at."""

    def __init__(self, seed: int, kit: Kit, trace: list[str] | None = None) -> None:
        """Take the seed, and a list for what happens, step by step, if that is wanted."""
        self.seed, self.kit = seed, kit
        self.chaos = Chaos.of(seed)
        self.chaos.trace = trace
        self.broker = Broker([replace(one, partitions=PARTITIONS) for one in topics(DEPARTMENTS)], now=virtual.now)
        again = frozenset(CHANNELS) if self.chaos.random.random() < RESENT else frozenset[str]()
        services = kit.all_services(again)
        retimed = kit.retimed
        if self.chaos.random.random() < RETENTIVE:
            services = {name: replace(one, soon=_always) for name, one in services.items()}
            retimed = replace(retimed, soon=_always)
        if self.chaos.random.random() < SHARE:
            services = {name: broken(one, self.chaos) for name, one in services.items()}
            retimed = broken(retimed, self.chaos)
        self.shops = {name: self._shop(one) for name, one in services.items()}
        self.phones = Phones()
        self.town = Town.of(seed, kit.land, self.broker.append)
        self.clerk = Clerk(chance(seed, "clerk"), self.broker)
        self.official = Official(chance(seed, "official"), self.chaos, self.broker, self.shops["escalation"], retimed)
        self.slots = [slot for shop in self.shops.values() for slot in self._slots(shop)]
        self.unmeant, self.broken = list[str](), list[BaseException]()
        """Exceptions of the platform's own code: what it counted otherwise than was meant, and what ended a process."""
        self._calmed = asyncio.Event()
        self.left, self.seconds = list[str](), 0.0
        """What was left to do when the run should have come to rest, and how much virtual time it took in all."""

    def run(self) -> Self:
        """Live through it."""
        start = self.chaos.random.uniform(0, WEEK)
        virtual.run(self._run(), start)
        return self

    async def _run(self) -> None:
        loop, random = asyncio.get_running_loop(), self.chaos.random
        began = loop.time()
        most = random.choices([most for most, _ in SPANS], [share for _, share in SPANS])[0]
        seconds = most * random.uniform(0.2, 1)
        self.broker.heard.append(self._heard)
        running = [asyncio.ensure_future(work) for work in self._parts(began, seconds)]
        await asyncio.sleep(seconds)
        await self._peace()
        self.seconds = loop.time() - began
        for work in running:
            if work.done():
                work.result()
            work.cancel()

    def _parts(self, began: float, seconds: float) -> Iterator[Coroutine[Any, Any, None]]:
        for shop in self.shops.values():
            shop.store.heard.append(shop.hear)
            yield shop.group.coordinate()
        late = {name: self._delay(seconds) for name in self.shops}
        for slot in self.slots:
            slot.opens_at = began + late[slot.shop.service.name]
            yield self._keep(slot)
        yield self.town.report(0.6 * seconds)
        yield self.town.work()
        yield self.official.rule(seconds)
        yield Troubles(self.chaos, self.slots, seconds).strike()

    def _delay(self, seconds: float) -> float:
        """Seconds until a service starts: now and then there is a backlog by then."""
        random = self.chaos.random
        if random.random() < BACKLOG:
            self.chaos.note("backlog before start")
            return random.uniform(0, 0.5 * seconds)
        return random.uniform(0, 30)

    async def _keep(self, slot: Slot) -> None:
        """For ever: somebody serves here."""
        random = self.chaos.random
        while True:
            await self._open(slot)
            slot.lives += 1
            name = f"{slot.name}/{slot.lives}"
            member = Member(slot.shop, name, self.chaos, timedelta(seconds=random.choice(OFF)), self._channels)
            slot.member = member
            slot.shop.members.append(member)
            member.start()
            await member.life.over.wait()
            slot.shop.members.remove(member)
            self._account(member)
            self.chaos.tell(name, "is gone")
            await asyncio.sleep(random.uniform(0.2, 8))

    async def _open(self, slot: Slot) -> None:
        """Return when somebody may serve there: in peace at once."""
        while not self.chaos.calm and slot.opens_at > asyncio.get_running_loop().time():
            with suppress(TimeoutError):
                async with asyncio.timeout_at(slot.opens_at):
                    await self._calmed.wait()

    def _account(self, member: Member) -> None:
        for what, times in member.remembered().items():
            self.chaos.struck[what] += times
        said, meant = member.faults(), member.life.met
        cut_off = not (member.life.alive or member.peaceful)  # amid a step, with something met and not yet said
        if said > meant or (said < meant and not cut_off):
            self.unmeant.append(f"{member.life.name}: {said:.0f} exceptions of our own, {meant} are meant")
        if member.life.broken:
            self.broken.append(member.life.broken)

    async def _peace(self) -> None:
        """All faults cease; then everything is read, decided and told, within bounds."""
        self.chaos.tell("", "peace")
        self.chaos.calm, self.town.done, self.official.done = True, True, True
        self._calmed.set()
        self.clerk.rush()
        self.chaos.down.clear()
        quiet = 0.0
        for _ in range(int(PEACE_SECONDS / GLANCE)):
            await asyncio.sleep(GLANCE)
            quiet = quiet + GLANCE if not self.unrest() else 0.0
            if quiet >= REST_SECONDS:
                break
        else:
            self.left = self.unrest() or ["no rest for long enough"]
        for slot in self.slots:
            if slot.member and slot.member in slot.shop.members:
                self._account(slot.member)

    def unrest(self) -> list[str]:
        """What is left to do: unread partitions, due timers, notes of what was to be sent."""
        return [f"{name}: {what}" for name, shop in self.shops.items() for what in shop.unrest()]

    def digest(self) -> str:
        """What the run has left behind, as one word: the same seed, the same word, on any machine."""
        word = hashlib.sha256()
        for place, log in sorted(self.broker.logs.items()):
            for record in log:
                word.update(
                    repr((place, record.offset, record.key, record.value, record.headers, record.time)).encode()
                )
        word.update(repr(sorted(self.broker.offsets.items())).encode())
        for name, shop in self.shops.items():
            for subject, row in sorted(shop.store.rows.items()):
                document = row.document
                word.update(repr((name, subject, document.rev, document.state, row.wake_at, document.inbox)).encode())
        word.update(repr((self.phones.received, self.seconds, sorted(self.chaos.struck.items()))).encode())
        return word.hexdigest()

    def _shop(self, service: Service) -> Shop:
        return Shop(service, MemoryStore(), Group(service.name, self.broker, self.chaos))

    def _slots(self, shop: Shop) -> list[Slot]:
        return [Slot(shop, f"{shop.service.name}-{n}") for n in range(self.chaos.random.choice(SLOTS))]

    def _heard(self, record: Record) -> None:
        self.town.hear(record)
        self.clerk.hear(record)
        self.official.hear(record)
        for shop in self.shops.values():
            shop.group.stir(record)

    def _channels(self, process: Process) -> Mapping[str, Channel]:
        return {name: PersonChannel(name, self.phones, process) for name in CHANNELS}


def _always(_state: object) -> bool:
    return True
