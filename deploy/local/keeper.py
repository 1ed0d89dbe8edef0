"""Keeps programs alive: starts each again when it dies, ever more slowly, until they are stopped."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from deploy.local.errors import OperatorError
from deploy.local.processes import Command, end, note, spawn, tail

FIRST_DELAY_S, LAST_DELAY_S, HEALTHY_S = 0.2, 10.0, 30.0
DEATHS_BEFORE_READY = 3
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to keep alive: its command, how to know that it serves, and how long it may take to stop."""

    name: str
    command: Command
    ready: Callable[[], Awaitable[bool]]
    grace_s: float = 10.0


def next_delay(last_s: float, alive_s: float) -> float:
    """Seconds to wait before the next start: doubling from 0.2 to 10, and from the beginning after 30 s alive."""
    if alive_s >= HEALTHY_S or not last_s:
        return FIRST_DELAY_S
    return min(last_s * 2, LAST_DELAY_S)


@dataclass(eq=False)
class Keeper:
    """One program with its process, the number of its deaths, and the task that starts it again."""

    program: Program
    changed: Callable[[], None]
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the process is started by the task."""
        self.task = asyncio.create_task(self._keep(), name=self.program.name)

    async def wait_ready(self, deadline_s: float) -> None:
        """Return when it serves; raises OperatorError with its last log lines when it keeps dying or is too slow."""
        limit = time.monotonic() + deadline_s
        while not (self.process and await self.program.ready()):
            if self.deaths >= DEATHS_BEFORE_READY:
                raise _failure(self.program, f"died {self.deaths} times")
            if time.monotonic() > limit:
                raise _failure(self.program, f"was not ready within {deadline_s:g} s")
            await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """No more starts; then end the process."""
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        if self.process:
            await end(self.process, self.program.grace_s)
            self.process = None
        self.changed()

    async def _keep(self) -> None:
        delay_s = 0.0
        while True:
            began = time.monotonic()
            self.process = await spawn(self.program.command)
            self.changed()
            code = await self.process.wait()
            self.process, self.deaths = None, self.deaths + 1
            delay_s = next_delay(delay_s, time.monotonic() - began)
            note(self.program.command.log, f"{self.program.name} ended with {code}; next start in {delay_s:g} s")
            self.changed()
            await asyncio.sleep(delay_s)


def _failure(program: Program, what: str) -> OperatorError:
    log = program.command.log
    return OperatorError(f"{program.name} {what}; {log} ends with:\n{tail(log)}")


@dataclass
class Fleet:
    """All programs of a run, in the order of their start."""

    changed: Callable[[], None] = lambda: None
    keepers: list[Keeper] = field(default_factory=list)

    async def add(self, programs: Iterable[Program], deadline_s: float) -> None:
        """Start these together and return when all serve; raises OperatorError for the first that does not."""
        added = [Keeper(program, self.changed) for program in programs]
        self.keepers += added
        for keeper in added:
            keeper.start()
        await asyncio.gather(*(keeper.wait_ready(deadline_s) for keeper in added))

    async def stop(self, names: Iterable[str]) -> None:
        """End these programs together."""
        wanted = set(names)
        await asyncio.gather(*(keeper.stop() for keeper in self.keepers if keeper.program.name in wanted))
