"""A TCP proxy before one server: it passes, delays, cuts connections, or lets them stand half open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

CHUNK: Final = 64 * 1024
HOST: Final = "127.0.0.1"


class Mode(StrEnum):
    """What the proxy does with what comes."""

    PASS = "pass"
    CUT = "cut"
    """Every connection is reset, and new ones are closed as soon as they are made."""
    STALL = "stall"
    """Connections stand and new ones are taken, but nothing said is passed on or answered."""


@dataclass(slots=True)
class Proxy:
    """Between clients and the server at ``target``; ``delay`` seconds are added in each direction."""

    port: int
    target: int
    delay: float = 0.0
    mode: Mode = Mode.PASS
    taken: int = 0
    """Connections so far."""
    carried: int = 0
    """Bytes passed on so far, both ways."""
    _open: set["_Link"] = field(default_factory=set)

    def pass_on(self, delay: float = 0.0) -> None:
        """Like a wire again. Connections that stalled stay dead, as after a lost state in a firewall."""
        self.mode, self.delay = Mode.PASS, delay

    def cut(self) -> None:
        """Reset all connections now, and refuse new ones."""
        self.mode = Mode.CUT
        self.reset()

    def reset(self) -> None:
        """Reset all connections now; new ones are taken as before."""
        for link in list(self._open):
            link.abort()

    def stall(self) -> None:
        """From now on the connections that stand are dead and do not know it; so is each new one."""
        self.mode = Mode.STALL
        for link in self._open:
            link.dead = True

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        self.taken += 1
        if self.mode is Mode.CUT:
            writer.transport.abort()
            return
        link = _Link(self, writer, dead=self.mode is Mode.STALL)
        self._open.add(link)
        try:
            with suppress(asyncio.CancelledError):  # the harness ends: asyncio's own server would report it
                await link.run(reader)
        finally:
            self._open.discard(link)
            link.abort()


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, *, dead: bool) -> None:
        self._proxy, self._writers, self.dead = proxy, [client], dead

    def abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def run(self, reader: asyncio.StreamReader) -> None:
        if self.dead:
            await self._swallow(reader)
            return
        with suppress(OSError):
            answers, server = await asyncio.open_connection(HOST, self._proxy.target)
            self._writers.append(server)
            both = (self._way(reader, server), self._way(answers, self._writers[0]))
            ways = [asyncio.create_task(way) for way in both]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while await reader.read(CHUNK):
                pass

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes on in their order, each not before its delay; what a dead link is told is lost."""
        clock, line = asyncio.get_running_loop().time, asyncio.Queue[tuple[float, bytes]]()
        sending = asyncio.create_task(self._send(line, writer))
        try:
            while data := await reader.read(CHUNK):
                if not self.dead:
                    line.put_nowait((clock() + self._proxy.delay, data))
                if sending.done():
                    return
            line.put_nowait((clock() + self._proxy.delay, b""))
            await sending
        finally:
            sending.cancel()

    async def _send(self, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due, data = await line.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not data:
                return
            if not self.dead:
                self._proxy.carried += len(data)
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def proxy(port: int, target: int) -> AsyncIterator[Proxy]:
    """Listening for as long as the context lasts."""
    found = Proxy(port, target)
    server = await asyncio.start_server(found.take, HOST, port)
    try:
        yield found
    finally:
        server.close()
        found.reset()
