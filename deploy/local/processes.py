"""Starting and stopping children: each in a session of its own, logged to a file, and bound to this process's life."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.place import ROOT

CHILD = str(Path(__file__).with_name("child.py"))
STARTED = "--- started\n"
LOG_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command line with what it adds to the environment, and the file that its output is appended to."""

    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)


def bound(argv: Sequence[str]) -> list[str]:
    """`argv` run so that it ends with the calling process; to be started from the main thread."""
    return [sys.executable, "-I", "-S", CHILD, str(os.getpid()), *argv]


async def spawn(command: Command, *, visible: bool = False) -> asyncio.subprocess.Process:
    """
    Start a command in the repository's root.

    Its output goes to its log, which is moved to `<name>.log.1` once it has grown over 8 MiB, or to this terminal.
    """
    rotate(command.log, LOG_BYTES)
    with command.log.open("ab", buffering=0) as log:
        log.write(STARTED.encode())
        output = None if visible else log
        return await asyncio.create_subprocess_exec(
            *bound(command.argv),
            cwd=ROOT,
            env={**os.environ, **command.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Ask a child's process group to stop (SIGTERM), and kill it if it has not within `grace_s` seconds."""
    send(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), grace_s)
    except TimeoutError:
        send(process.pid, signal.SIGKILL)
        await process.wait()


def send(group: int, number: signal.Signals) -> None:
    """Signal a process group; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def rotate(log: Path, limit: int) -> None:
    """Keep one older log of at most about `limit` bytes beside the current one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_name(log.name + ".1"))


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log since its program's last start, for a message about what failed."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.rpartition(STARTED)[2].splitlines()[-lines:])


def note(log: Path, line: str) -> None:
    """Add a line of our own to a program's log."""
    with log.open("a") as output:
        output.write(f"--- {line}\n")
