"""The whole platform under fault: members of five services, people and a steady load, in a namespace of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.topics import ALERTS, NOTICES
from tests.faults.feeder import ACTED, Feeder, feeding
from tests.faults.offsets import PARTITIONS, Ends, looking
from tests.faults.stage import Stage
from tests.pipeline import Pipeline

NO_QUOTA: Final = {"YIWANG_QUOTA_RATE": "10000", "YIWANG_QUOTA_BURST": "100000"}
"""The load is ours: most of it comes from one source, and no allowance is to hold it back."""
QUIET_SECONDS: Final = 3.0
"""When all is read and nothing new comes for so long, nothing is under way."""


@dataclass(slots=True)
class Rig:
    """Everything that can be struck, and what watches it."""

    stage: Stage
    pipeline: Pipeline
    feeder: Feeder
    _load: AsyncExitStack

    async def stop_feeding(self) -> None:
        """No more reports; all that is under way is acknowledged."""
        await self._load.aclose()

    async def lag(self) -> int | None:
        """Records that services have not settled; None while the broker does not say."""
        try:
            async with looking(self.pipeline.servers.brokers, self.pipeline.space) as offsets:
                return sum((await offsets.lags()).values())
        except (KafkaError, TimeoutError):
            return None

    async def quiet(self, seconds: float) -> float:
        """Wait until every service has read all and nothing new comes; answers how long that took.

        Reminders do not count: they come for as long as nobody has accepted a case.
        """
        clock = asyncio.get_running_loop().time
        began, found = clock(), dict[str, int]()
        async with looking(self.pipeline.servers.brokers, self.pipeline.space) as offsets:
            while clock() - began < seconds:
                before = _but_reminders(await offsets.ends())
                found = dict(await offsets.lags())
                await asyncio.sleep(QUIET_SECONDS)
                if not any(found.values()) and _but_reminders(await offsets.ends()) == before:
                    return clock() - began - QUIET_SECONDS
        raise AssertionError(f"not quiet within {seconds:.0f} s; lag {found}")


def _but_reminders(ends: Ends) -> Ends:
    return {place: end for place, end in ends.items() if place[0] not in (NOTICES.name, ALERTS.name)}


async def clear(stage: Stage, space: str) -> None:
    """Delete a namespace's topics: after a kill -9 the broker goes through every log that it has."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.straight.brokers, request_timeout_ms=10_000)
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(20):
            await admin.start()
            await admin.delete_topics([space + topic for topic in PARTITIONS])
    await admin.close()


@asynccontextmanager
async def rig(
    found: Stage,
    *,
    rate: float,
    seed: int,
    acted: float = ACTED,
    members: int = 1,
    proxied: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
    start: Callable[..., None] = Pipeline.start,
    warm: bool = True,
) -> AsyncIterator[Rig]:
    """All of it, ready and under load; ended when the context ends. Services come ``proxied``, the harness straight.

    ``start`` starts members, if not as themselves; those that are not ``warm`` are interpreters of their own.
    """
    await found.heal()
    ways = {"YIWANG_KAFKA": found.proxied.kafka, "YIWANG_MONGO": found.proxied.mongo} if proxied else {}
    stable = found.stable if warm else None
    pipeline = Pipeline(found.straight, found.folder, members=members, at_once=None, stable=stable)
    pipeline.folder = found.folder / pipeline.space.strip(".")
    await asyncio.to_thread(pipeline.prepare)
    pipeline.settings = {**NO_QUOTA, **ways, **settings}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(clear, found, pipeline.space)
        stack.callback(pipeline.end)
        pipeline.start("people")
        start(pipeline, *pipeline.names)
        await pipeline.ready(*pipeline.names)
        feeder, load = Feeder(found.straight.brokers, pipeline.space, rate, seed, acted), AsyncExitStack()
        stack.push_async_exit(load)
        await load.enter_async_context(feeding(feeder))
        yield Rig(found, pipeline, feeder, load)
