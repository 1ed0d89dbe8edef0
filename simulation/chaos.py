"""What goes wrong, and when: every chance of a run is drawn here, from one seed, and each strike is counted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Self

from services.chassis.values import Unavailable
from simulation import virtual
from simulation.chance import chance
from simulation.virtual import Life

BROKER, DATABASE, PEOPLE = "broker", "database", "people"
"""The servers that a process calls."""

CRASH, STALL, UNAVAILABLE, SLOW = AT_CALLS = ("crash", "stall", "unavailable", "slow")
"""The kinds of fault that may strike at any call."""
EVEN: Final = 0.5
PROMPT: Final = 0.7
"""The share of ways that take no time."""

# Of how many calls, at most, a fault of this kind meets one: each seed draws its own share of it, often none.
KINDS: Final[Mapping[str, float]] = {
    "crash":        0.004,
    "unavailable":  0.02,
    "stall":        0.002,
    "slow":         0.05,
    "partial":      0.08,
    "late":         0.6,
    "uncommitted":  0.1,
    "refused":      0.1,
    "failed":       0.3,
    "unanswered":   0.2,
}  # fmt: skip
SPARED: Final = 0.35
"""Of the kinds of fault, the share that a seed leaves out."""
SESSION_SECONDS: Final = 10.0
"""How long a process may stand still before its group takes it for dead."""
LATE_SECONDS: Final = 60.0
"""How long after its caller has given up a request may still arrive."""


@dataclass(slots=True)
class Chaos:
    """All chance of one run: ``rates`` by kind, ``struck`` counts what happened, ``calm`` ends all of it."""

    random: Random
    rates: dict[str, float]
    struck: Counter[str] = field(default_factory=Counter)
    down: Counter[str] = field(default_factory=Counter)
    calm: bool = False
    trace: list[str] | None = None

    @classmethod
    def of(cls, seed: int) -> Self:
        """The chance of this seed; seed by seed other kinds of fault come together."""
        random = chance(seed, "chaos")
        rates = {kind: 0.0 if random.random() < SPARED else most * random.random() for kind, most in KINDS.items()}
        return cls(random, rates)

    def strikes(self, kind: str, what: str = "") -> bool:
        """Whether a fault of this kind strikes now; if so it is counted, under the place that it strikes at."""
        if self.calm or self.random.random() >= self.rates[kind]:
            return False
        self.note(f"{kind} {what}".rstrip())
        return True

    def heads(self) -> bool:
        """Throw a coin."""
        return self.random.random() < EVEN

    def draw(self, kinds: Sequence[str]) -> str:
        """One of these kinds of fault by its rate, or mostly none."""
        if self.calm:
            return ""
        draw = self.random.random()
        for kind in kinds:
            draw -= self.rates[kind]
            if draw < 0:
                return kind
        return ""

    def span(self, fault: str) -> float:
        """Seconds that one way takes: mostly none, else enough for others to come in between."""
        if fault == SLOW:
            return self.random.uniform(0, 20)
        draw = 0.0 if self.calm else self.random.random()
        return 0.0 if draw < PROMPT else draw * 0.05

    def note(self, what: str, who: str = "") -> None:
        """Count something that happened."""
        self.struck[what] += 1
        self.tell(who, what)

    def tell(self, who: str, what: str) -> None:
        """Write it into the trace, if one is wanted."""
        if self.trace is not None:
            self.trace.append(f"{virtual.now():%m-%dT%H:%M:%S.%f} {who:15} {what}")

    def later(self, what: str, effect: Callable[[], object]) -> None:
        """Let a request arrive though its caller has given up, some time later; or never."""
        if self.strikes("late", what):
            asyncio.get_running_loop().call_later(self.random.uniform(0, LATE_SECONDS), effect)


@dataclass(slots=True)
class Process:
    """A running member as faults see it; ``replaced``: its group has given its share away, which it does not know."""

    life: Life
    chaos: Chaos
    replaced: bool = False
    wakes_at: float = 0.0
    stalled: Callable[[], None] | None = None
    """Told when it begins to stand still."""
    _since: float = 0.0

    def stands_still_for(self, seconds: float) -> bool:
        """Whether it has stood still for so long, and still does."""
        now = asyncio.get_running_loop().time()
        return self._since + seconds <= now < self.wakes_at

    def pause(self) -> None:
        """Let it stand still for a while, as SIGSTOP does: no call goes out, and no answer is seen."""
        self._since = asyncio.get_running_loop().time()
        self.wakes_at = self._since + self.chaos.random.uniform(1, 6 * SESSION_SECONDS)
        if self.stalled:
            self.stalled()

    async def before(self, server: str, point: str) -> None:
        """A call sets out; raises Unavailable when it does not arrive."""
        await self._pass(server, f"before {point}", lost=False)

    async def after(self, server: str, point: str) -> None:
        """Its answer comes back; raises Unavailable when it does not: the effect has happened all the same."""
        await self._pass(server, f"after {point}", lost=True)

    async def linger(self, point: str) -> None:
        """A place where it may be slow, stand still or die, and no server is asked."""
        await self._pass("", point, lost=False)

    async def _pass(self, server: str, place: str, *, lost: bool) -> None:
        chaos = self.chaos
        if not self.life.alive:
            await self.life.die()
        fault = chaos.draw(AT_CALLS)
        if fault:
            chaos.note(f"{fault} {place}", self.life.name)
        if fault == CRASH:
            await self.life.die()
        if fault == STALL:
            self.pause()
        if span := chaos.span(fault):
            await asyncio.sleep(span)
        await self._awake()
        if server and chaos.down[server]:
            chaos.note(f"{server} down, {'answer' if lost else 'call'} lost", self.life.name)
            await asyncio.sleep(chaos.random.uniform(0, 5))
            raise Unavailable(f"{server} is down")
        if server and fault == UNAVAILABLE:
            raise Unavailable(f"{server}: {place}")

    async def _awake(self) -> None:
        """Return once it does not stand still."""
        if (left := self.wakes_at - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)
            await self._awake()
