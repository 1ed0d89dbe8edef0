"""The ground that everything stands on: engines of its own that can be killed, a proxy before each, a warm stable."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.engines import Documents, class_path, free_ports
from deploy.local.place import ROOT
from deploy.local.ports import HOST
from tests.faults.behind import ProxiedKafka, by_proxy
from tests.faults.proxy import Proxy, proxy
from tests.servers import Server, Servers
from tests.stable import Stable


@dataclass(slots=True)
class Stage:
    """Engines, and the two ways to them: straight, or through proxies."""

    folder: Path
    kafka: Server
    documents: Server
    straight: Servers
    to_kafka: Proxy
    to_documents: Proxy
    stable: Stable

    @property
    def proxied(self) -> Servers:
        """Where the proxies are."""
        return Servers(f"{HOST}:{self.to_kafka.port}", by_proxy(self.to_documents))

    async def heal(self) -> None:
        """Whatever the scenario before has left: all runs, and the network is whole."""
        for each in (self.kafka, self.documents):
            if each.process.poll() is not None:
                await each.start_again()
        for way in (self.to_kafka, self.to_documents):
            way.pass_on()


@asynccontextmanager
async def stage(folder: Path, logs: Path | None = None) -> AsyncIterator[Stage]:
    """All of it in a folder that exists, ready until the context ends; ``logs`` is Kafka's folder, if elsewhere."""
    port, controller, inner, outer, documents_port, documents_proxy = free_ports(6)
    kafka = ProxiedKafka(
        folder=logs or folder / "kafka", port=port, controller_port=controller, class_path=class_path(ROOT / ".run"),
        inner_port=inner, proxy_port=outer,
    )  # fmt: skip
    documents = Documents(folder=folder / "documents", port=documents_port)
    async with AsyncExitStack() as stack:
        stable = Stable(ROOT, folder / "stable.log")
        stack.callback(stable.close)
        started = [Server(engine, folder) for engine in (kafka, documents)]
        for each in started:
            stack.callback(each.kill)
        for each in started:
            await each.ready()
        to_kafka = await stack.enter_async_context(proxy(outer, inner))
        to_documents = await stack.enter_async_context(proxy(documents_proxy, documents_port))
        straight = Servers(kafka.address, documents.uri)
        yield Stage(folder, started[0], started[1], straight, to_kafka, to_documents, stable)
