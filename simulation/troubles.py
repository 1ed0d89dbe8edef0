"""Trouble from outside the processes: servers away for a while, members that go or stand still, clocks that jump."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from simulation.chaos import BROKER, DATABASE, Chaos
from simulation.member import Member, Shop

MOST: Final = 8
"""Troubles of a run, at most, beside what strikes single calls."""
OUTAGES: Final = ((BROKER,), (DATABASE,), (BROKER, DATABASE))
AWAY: Final = (5.0, 400.0)
"""Seconds that servers are away: least and most."""
JUMP: Final = 300.0


@dataclass(slots=True)
class Slot:
    """A place for one member of a service: whoever dies there is followed by another, unless it is shut for a time."""

    shop: Shop
    name: str
    opens_at: float = 0.0
    member: Member | None = None
    lives: int = 0


@dataclass(slots=True)
class Troubles:
    """What happens to the machines of one run within ``seconds``."""

    chaos: Chaos
    slots: list[Slot]
    seconds: float

    async def strike(self) -> None:
        """Let all of it happen, each at its time."""
        random = self.chaos.random
        kinds = (self._outage, self._kill, self._roll, self._shut, self._jump, self._pause)
        moments = [(random.uniform(0, self.seconds), random.choice(kinds)) for _ in range(random.randrange(MOST + 1))]
        for at, kind in moments:
            asyncio.get_running_loop().call_later(at, self._start, kind)

    def _start(self, kind: Callable[[], None]) -> None:
        if not self.chaos.calm:
            kind()

    def _outage(self) -> None:
        servers, seconds = self.chaos.random.choice(OUTAGES), self.chaos.random.uniform(*AWAY)
        for server in servers:
            self.chaos.note(f"outage of {server}")
            self.chaos.down[server] += 1
            asyncio.get_running_loop().call_later(seconds, self._back, server)

    def _back(self, server: str) -> None:
        self.chaos.down[server] = max(0, self.chaos.down[server] - 1)
        self.chaos.tell("", f"{server} is back")

    def _kill(self) -> None:
        if member := self._anyone():
            self.chaos.note("kill", member.life.name)
            member.life.end()

    def _roll(self) -> None:
        """Stop a member in peace, as a rolling restart does."""
        if member := self._anyone():
            self.chaos.note("stopped in peace", member.life.name)
            member.life.start(member.stop())

    def _shut(self) -> None:
        """A whole service is away for long."""
        slot = self.chaos.random.choice(self.slots)
        until = asyncio.get_running_loop().time() + self.chaos.random.uniform(0, 0.3 * self.seconds)
        for each in self.slots:
            if each.shop is slot.shop:
                each.opens_at = until
                if each.member:
                    each.member.life.end()
        self.chaos.note("a service away", slot.shop.service.name)

    def _jump(self) -> None:
        if member := self._anyone():
            self.chaos.note("clock jump", member.life.name)
            member.clock.off += timedelta(seconds=self.chaos.random.uniform(-JUMP, JUMP))

    def _pause(self) -> None:
        """A member stands still."""
        if member := self._anyone():
            member.process.pause()

    def _anyone(self) -> Member | None:
        living = [slot.member for slot in self.slots if slot.member and slot.member.life.alive]
        return self.chaos.random.choice(living) if living else None
