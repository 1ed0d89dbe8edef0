"""Real servers for tests: private ones on free ports, or those that YIWANG_KAFKA and YIWANG_MONGO name."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from deploy.local.engines import Documents, Engine, Kafka, class_path, free_ports, start, wait_ready
from deploy.local.place import ROOT


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the brokers and the documents are."""

    kafka: str
    mongo: str

    @property
    def brokers(self) -> list[str]:
        return self.kafka.split(",")


def namespace() -> str:
    """A namespace that no other test has, so that all may share the servers."""
    return f"t{uuid4().hex[:8]}."


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Servers for as long as the context lasts."""
    given = os.environ.get("YIWANG_KAFKA"), os.environ.get("YIWANG_MONGO")
    if given[0] and given[1]:
        yield Servers(given[0], given[1])
        return
    port, controller, documents_port = free_ports(3)
    jars = class_path(ROOT / ".run")
    kafka = Kafka(folder=folder / "kafka", port=port, controller_port=controller, class_path=jars)
    documents = Documents(folder=folder / "documents", port=documents_port)
    with ExitStack() as stack:
        for engine in (kafka, documents):
            stack.enter_context(running(engine, folder))
        yield Servers(kafka.address, documents.uri)


@contextmanager
def running(engine: Engine, folder: Path) -> Iterator[None]:
    """One engine, ready."""
    log = folder / f"{engine.name}.log"
    process = start(engine, log)
    try:
        with ThreadPoolExecutor(1) as beside:  # a test's own event loop may be running in this thread
            beside.submit(asyncio.run, wait_ready(engine, process, log)).result()
        yield
    finally:
        process.kill()
        process.wait()


class Server:
    """An engine that a test may kill: its data and its port stay."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.log = engine, folder / f"{engine.name}.log"
        self.process = start(engine, self.log)

    async def ready(self) -> None:
        await wait_ready(self.engine, self.process, self.log)

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        self.process.wait()

    async def start_again(self) -> None:
        self.process = start(self.engine, self.log)
        await self.ready()
