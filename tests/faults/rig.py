"""The whole platform under fault: engines that can be killed, members of five services, people, and a steady load."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.errors import KafkaError

from deploy.local.engines import Documents, Kafka, class_path, free_ports
from deploy.local.place import ROOT
from tests.faults.feeder import Feeder, feeding
from tests.faults.offsets import looking
from tests.pipeline import Pipeline
from tests.servers import Server, Servers
from tests.stable import Stable

NO_QUOTA = {"YIWANG_QUOTA_RATE": "10000", "YIWANG_QUOTA_BURST": "100000"}
"""The load is ours: most of it comes from one source, and no allowance is to hold it back."""
QUIET_SECONDS = 3.0
"""When all is read and nothing new comes for so long, nothing is under way."""


@dataclass(slots=True)
class Rig:
    """Everything that can be struck, and what watches it."""

    kafka: Server
    documents: Server
    pipeline: Pipeline
    feeder: Feeder
    stack: AsyncExitStack

    async def stop_feeding(self) -> None:
        """No more reports; all that is under way is acknowledged."""
        await self.stack.aclose()

    async def lag(self) -> int | None:
        """Records that services have not settled; None while the broker does not say."""
        try:
            async with looking(self.pipeline.servers.brokers, self.pipeline.space) as offsets:
                return sum((await offsets.lags()).values())
        except (KafkaError, TimeoutError):
            return None

    async def quiet(self, seconds: float) -> float:
        """Wait until every service has read all and nothing new comes; answers how long that took."""
        clock = asyncio.get_running_loop().time
        began, found = clock(), dict[str, int]()
        while clock() - began < seconds:
            try:
                async with looking(self.pipeline.servers.brokers, self.pipeline.space) as offsets:
                    before = await offsets.ends()
                    found = dict(await offsets.lags())
                    await asyncio.sleep(QUIET_SECONDS)
                    if not any(found.values()) and await offsets.ends() == before:
                        return clock() - began - QUIET_SECONDS
            except (KafkaError, TimeoutError):
                await asyncio.sleep(1)
        raise AssertionError(f"not quiet within {seconds:.0f} s; lag {found}")


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[tuple[Server, Server, Servers]]:
    """Kafka and the documents' server, ready, for this rig alone."""
    port, controller, documents_port = free_ports(3)
    jars = class_path(ROOT / ".run")
    kafka = Kafka(folder=folder / "kafka", port=port, controller_port=controller, class_path=jars)
    documents = Documents(folder=folder / "documents", port=documents_port)
    started = [Server(engine, folder) for engine in (kafka, documents)]
    try:
        for each in started:
            await each.ready()
        yield started[0], started[1], Servers(kafka.address, documents.uri)
    finally:
        for each in started:
            each.kill()


@asynccontextmanager
async def rig(folder: Path, *, rate: float, seed: int, members: int = 1, **settings: str) -> AsyncIterator[Rig]:
    """All of it in a folder that exists, ready and under load; ended when the context ends."""
    async with AsyncExitStack() as stack:
        kafka, documents, servers = await stack.enter_async_context(engines(folder))
        pipeline = Pipeline(servers, folder, members=members, settings=NO_QUOTA | settings)
        pipeline.stable = Stable(ROOT, folder / "stable.log")
        stack.callback(pipeline.stable.close)
        pipeline.prepare()
        stack.callback(pipeline.end)
        pipeline.start("people", *pipeline.names)
        await pipeline.ready(*pipeline.names)
        feeder, load = Feeder(servers.brokers, pipeline.space, rate, seed), AsyncExitStack()
        stack.push_async_exit(load)
        await load.enter_async_context(feeding(feeder))
        yield Rig(kafka, documents, pipeline, feeder, load)
