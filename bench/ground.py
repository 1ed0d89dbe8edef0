"""The engines that a measurement stands on: private ones, whose processor time is counted too."""

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.engines import Documents, Kafka, class_path, free_ports
from deploy.local.place import ROOT
from tests.servers import Server, Servers


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the engines are, and which processes they are by name."""

    folder: Path
    servers: Servers
    pids: Mapping[str, int]

    @property
    def samples(self) -> Path:
        """Where what services sent and stored is kept for the floor to send and store the like."""
        return self.folder / "samples"


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """Both engines with new data in ``folder``, ready until the context ends."""
    port, controller, documents_port = free_ports(3)
    kafka = Kafka(folder=folder / "kafka", port=port, controller_port=controller, class_path=class_path(ROOT / ".run"))
    documents = Documents(folder=folder / "documents", port=documents_port)
    with ExitStack() as stack:
        started = {engine.name: Server(engine, folder) for engine in (kafka, documents)}
        for each in started.values():
            stack.callback(each.kill)
        for each in started.values():
            await each.ready()
        pids = {name: each.process.pid for name, each in started.items()}
        yield Ground(folder, Servers(kafka.address, documents.uri), pids)
