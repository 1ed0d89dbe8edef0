"""The engines of a local run as values, and how a test starts private ones on free ports."""

import asyncio
import subprocess
import time
from pathlib import Path
from typing import Protocol

from deploy.local.documents import Documents
from deploy.local.errors import OperatorError
from deploy.local.jars import class_path
from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports
from deploy.local.processes import bound, tail

__all__ = ["Documents", "Engine", "Kafka", "class_path", "free_ports", "start", "wait_ready"]


class Engine(Protocol):
    """A server on this machine that is prepared once, started by its command line, and asked whether it answers."""

    @property
    def name(self) -> str:
        """Its name in logs and messages."""

    def prepare(self) -> None:
        """Write what the command line needs into the folder; keeps data that is there."""

    def argv(self) -> list[str]:
        """The command line."""

    async def answers(self) -> bool:
        """Whether it serves requests now."""


def start(engine: Engine, log: Path) -> subprocess.Popen[bytes]:
    """Prepare and start an engine for a test; it ends with this process at the latest."""
    engine.prepare()
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command line
            bound(engine.argv()), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


async def wait_ready(engine: Engine, process: subprocess.Popen[bytes], log: Path, deadline_s: float = 60) -> None:
    """Return when the engine answers; raises OperatorError with its last log lines if it ends or is too slow."""
    limit = time.monotonic() + deadline_s
    while not await engine.answers():
        if process.poll() is not None:
            raise OperatorError(f"{engine.name} ended with {process.returncode}; {log} ends with:\n{tail(log)}")
        if time.monotonic() > limit:
            raise OperatorError(f"{engine.name} was not ready in {deadline_s:g} s; {log} ends with:\n{tail(log)}")
        await asyncio.sleep(0.05)
