"""How fast the platform comes back: when each service consumes again, and when all that waited is settled."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from math import inf
from typing import Final, NamedTuple

from aiokafka.errors import KafkaError

from tests.faults.offsets import Committed, Ends, behind, looking
from tests.faults.rig import Rig
from tests.pipeline import SERVICES

LOOK_SECONDS: Final = 1.0
CAUGHT_UP_SECONDS: Final = 3.0
"""Caught up: everything that was appended until so long ago is settled."""
WARM_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 20.0
CONSUMING_LIMIT: Final = 10.0
LAG_LIMIT: Final = 60.0


class Look(NamedTuple):
    """What was seen at a moment of the running loop's time."""

    at: float
    committed: Committed
    ends: Ends


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from the server's return: until the last service has settled a record, and until all has caught up."""

    outage: str
    consuming: float
    slowest: str
    caught_up: float
    waiting: int
    """Records not settled when it was first looked after the return."""
    rate: float
    """Reports a second: less than asked for where the machine does not hold that."""

    def within(self, slack: float = 1.0, lag: float = LAG_LIMIT) -> bool:
        """Whether both times are within their limits; ``slack`` times as much for the first."""
        return self.consuming <= slack * CONSUMING_LIMIT and self.caught_up <= lag

    def line(self) -> str:
        return (
            f"{self.outage:<44} consuming again {self.consuming:5.1f} s ({self.slowest}), "
            f"caught up {self.caught_up:5.1f} s, waiting {self.waiting:5}, at {self.rate:g}/s"
        )


class NotBack(AssertionError):
    """The platform is not what it was before, long after the return."""

    def __init__(self, outage: str, rig: Rig, consuming: Mapping[str, float], look: Look) -> None:
        lags = {service: behind(service, look.committed[service], look.ends) for service in SERVICES}
        super().__init__(f"{outage}: not back; consuming {dict(consuming)}; lags {lags}; feeder {rig.feeder.state()}")


async def recovery(rig: Rig, outage: str, seconds: float = 180) -> Recovery:
    """Call it at the moment of the return; it looks until all has caught up, or for so long.

    Raises NotBack for a service that settled nothing in all that time.
    """
    began, consuming = asyncio.get_running_loop().time(), dict[str, float]()
    first: Look | None = None
    async with aclosing(looks(rig)) as seen:
        recent: deque[Look] = deque()
        async for look in seen:
            first = first or look
            for service in SERVICES:
                if look.committed[service] != first.committed[service]:
                    consuming.setdefault(service, look.at - began)
            if caught_up(recent, look) and len(consuming) == len(SERVICES):
                break
            if look.at - began > seconds:
                if len(consuming) < len(SERVICES):
                    raise NotBack(outage, rig, consuming, look)
                return Recovery(outage, *_slowest(consuming), inf, _waiting(first), rig.feeder.rate)
    assert first
    return Recovery(outage, *_slowest(consuming), look.at - began, _waiting(first), rig.feeder.rate)


def _slowest(consuming: Mapping[str, float]) -> tuple[float, str]:
    return max((seconds, service) for service, seconds in consuming.items())


def _waiting(look: Look) -> int:
    return sum(behind(service, look.committed[service], look.ends) for service in SERVICES)


async def steady(rig: Rig, seconds: float = 120) -> None:
    """Wait until the platform keeps up with the load; what the machine does not hold at all is halved.

    Before that, no outage would prove anything.
    """
    clock, warm = asyncio.get_running_loop().time, rig.feeder.reports + WARM_SECONDS * rig.feeder.rate
    patience = clock() + PATIENCE_SECONDS
    async with asyncio.timeout(seconds), aclosing(looks(rig)) as seen:
        recent: deque[Look] = deque()
        async for look in seen:
            if caught_up(recent, look) and rig.feeder.reports >= warm:
                return
            if clock() > patience:
                patience, rig.feeder.rate = clock() + PATIENCE_SECONDS, rig.feeder.rate / 2


def caught_up(recent: deque[Look], look: Look) -> bool:
    """Whether some earlier look, not longer ago than allowed, saw no record that is not settled now; remembers this."""
    while recent and recent[0].at < look.at - CAUGHT_UP_SECONDS:
        recent.popleft()
    done = any(not any(behind(service, look.committed[service], old.ends) for service in SERVICES) for old in recent)
    recent.append(look)
    return done


async def looks(rig: Rig) -> AsyncGenerator[Look, None]:
    """Look again and again, over a new connection whenever one fails."""
    clock = asyncio.get_running_loop().time
    while True:
        try:
            async with looking(rig.pipeline.servers.brokers, rig.pipeline.space) as offsets:
                while True:
                    ends = await offsets.ends()
                    yield Look(clock(), await offsets.committed(), ends)
                    await asyncio.sleep(LOOK_SECONDS)
        except (KafkaError, TimeoutError, OSError):
            await asyncio.sleep(LOOK_SECONDS)
