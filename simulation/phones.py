"""Ways to people that are slow, fail, refuse, hang, or take a message whose answer is lost."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.chassis.ports import Refused
from simulation.chaos import PEOPLE, Process

CAPACITY: Final = 4
"""Calls of one member at once on one channel: few, so that they wait for each other."""
PATIENCE: Final = 10.0
"""Seconds after which a channel gives up, as the real ones do."""


@dataclass(slots=True)
class Phones:
    """What has reached people, as often as it did: channel, key, and the number of the attempt."""

    received: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(slots=True)
class PersonChannel:
    """The channel port of one process."""

    name: str
    phones: Phones
    process: Process
    honours_key: bool = False
    capacity: int = CAPACITY

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """See the port; ``payload`` would be shown to its recipient."""
        async with asyncio.timeout(PATIENCE):
            await self.process.before(PEOPLE, "send")
            chaos = self.process.chaos
            if chaos.strikes("refused", self.name):
                raise Refused(f"no such address {payload['to']}")
            if chaos.strikes("failed", self.name):
                raise ConnectionError(self.name)
            self.phones.received.append((self.name, key, payload["attempt"]))
            await self.process.after(PEOPLE, "send")
            if chaos.strikes("unanswered", self.name):
                await asyncio.sleep(2 * PATIENCE)

    async def close(self) -> None:
        """See the port: nothing is open."""
