"""The database as one process sees it: away, slow, silent after the effect, done in part or late; and its clock."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from contracts.wire import Message
from services.chassis.ports import Change, Document, Intent, Past, Stored
from services.chassis.values import Unavailable
from simulation import virtual
from simulation.chaos import DATABASE, Process
from simulation.store import MemoryStore

T = TypeVar("T")


class FlakyStore:
    """The store port of one process, over the documents that all members of its service share."""

    def __init__(self, server: MemoryStore, process: Process) -> None:
        """Take the documents and the process."""
        self._server, self._process = server, process

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """See the port."""
        return await self._ask("load", lambda: self._server.found(subjects))

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See the port: where the answer is lost all are in doubt, done or not, in part, or later."""
        every, chaos = frozenset(change.subject for change in changes), self._process.chaos
        try:
            await self._process.before(DATABASE, "write")
        except Unavailable:
            chaos.later("write", lambda: self._apply(changes))
            return every
        if chaos.strikes("partial", "write"):
            await self._in_part(changes)
            return every
        doubtful = self._apply(changes)
        try:
            await self._process.after(DATABASE, "write")
        except Unavailable:
            return every
        return doubtful

    async def _in_part(self, changes: Sequence[Change]) -> None:
        """Some are done, the others not, or later; then the answer is lost, or the process dies."""
        chaos = self._process.chaos
        done = {change.subject for change in changes if chaos.heads()}
        self._apply([change for change in changes if change.subject in done])
        rest = [change for change in changes if change.subject not in done]
        chaos.later("write", lambda: self._apply(rest))
        if chaos.heads():
            chaos.note("crash amid write", self._process.life.name)
            await self._process.life.die()

    def _apply(self, changes: Sequence[Change]) -> frozenset[str]:
        doubtful = self._server.apply(changes)
        if changes and self._process.replaced:
            self._process.chaos.note("zombie wrote", self._process.life.name)
        if doubtful:
            self._process.chaos.note("write lost to another", self._process.life.name)
        return doubtful

    async def record(self, past: Sequence[tuple[str, Message]]) -> None:
        """See the port."""
        await self._ask("record", lambda: self._server.insert(past))

    async def due(self, partition: int, at: datetime, limit: int) -> Sequence[Document]:
        """See the port."""
        return await self._ask("due", lambda: self._server.ripe(partition, at, limit))

    async def intend(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
        """See the port."""
        return await self._ask("intend", lambda: self._server.note(revs))

    async def intents(self, partitions: Collection[int]) -> Sequence[Intent]:
        """See the port."""
        return await self._ask("intents", lambda: self._server.noted(partitions))

    async def fulfilled(self, intents: Sequence[str]) -> None:
        """See the port."""
        await self._ask("fulfilled", lambda: self._server.strike(intents))

    async def put_aside(self, subject: str, rev: int, until: datetime) -> None:
        """See the port."""
        await self._ask("put_aside", lambda: self._server.rest(subject, rev, until))

    async def read(self, subject: str) -> Stored | None:
        """See the port."""
        return await self._server.read(subject)

    async def query(self, where: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int) -> list[Stored]:
        """See the port."""
        return await self._server.query(where, order, limit)

    async def count(self, where: Mapping[str, Any], most: int) -> int:
        """See the port."""
        return await self._server.count(where, most)

    async def history(self, subject: str, limit: int = 1000, topic: str | None = None) -> list[Past]:
        """See the port."""
        return await self._server.history(subject, limit, topic)

    async def _ask(self, point: str, effect: Callable[[], T]) -> T:
        await self._process.before(DATABASE, point)
        answer = effect()
        await self._process.after(DATABASE, point)
        return answer


class MemberClock:
    """The clock port of one process, whose machine's own clock is off."""

    def __init__(self, process: Process, off: timedelta) -> None:
        """Take by how much the machine's clock is ahead."""
        self._process, self.off = process, off
        self._ahead = timedelta(0)

    async def now(self) -> datetime:
        """See the port."""
        await self._process.before(DATABASE, "clock")
        found = virtual.now()
        await self._process.after(DATABASE, "clock")
        self._ahead = self.off
        return found

    def wall(self) -> datetime:
        """See the port."""
        return virtual.now() + self.off - self._ahead

    def skew(self) -> float:
        """See the port."""
        return self._ahead.total_seconds()

    def monotonic(self) -> float:
        """See the port."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """See the port."""
        await asyncio.sleep(seconds)
