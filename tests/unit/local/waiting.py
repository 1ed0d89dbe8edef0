"""Waits with a deadline, and tiny programs to supervise."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.keeper import Program
from deploy.local.processes import Command

DEADLINE_S = 10.0


async def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < limit, "the deadline passed"
        await asyncio.sleep(0.005)


def is_alive(pid: int) -> bool:
    """False also for a process that has ended and waits for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def program(folder: Path, code: str, name: str = "tiny") -> Program:
    """A program of one Python statement; it serves once `folder/name` exists."""
    command = Command(argv=[sys.executable, "-I", "-S", "-c", code, str(folder / name)], log=folder / f"{name}.log")

    async def ready() -> bool:
        return (folder / name).exists()

    return Program(name=name, command=command, ready=ready, grace_s=0.3)


SERVES = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(60)"
DIES = "import sys; sys.exit('no settings')"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVES


def here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
