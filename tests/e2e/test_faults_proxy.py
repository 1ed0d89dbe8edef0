"""The proxy itself: what it promises to do to a connection, it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.ports import HOST, free_ports
from tests.faults.proxy import Proxy, proxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
    writer.close()


@asynccontextmanager
async def before_an_echo() -> AsyncIterator[Proxy]:
    port, target = free_ports(2)
    server = await asyncio.start_server(echo, HOST, target)
    async with proxy(port, target) as found:
        yield found
    server.close()


class Client:
    """One connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, found: Proxy) -> "Client":
        return cls(*await asyncio.open_connection(HOST, found.port))

    async def ask(self, word: str, seconds: float = 5) -> str:
        self.writer.write(f"{word}\n".encode())
        return (await asyncio.wait_for(self.reader.readline(), seconds)).decode().strip()


async def test_a_connection_passes_and_is_answered() -> None:
    async with before_an_echo() as found:
        client = await Client.to(found)
        assert [await client.ask(word) for word in ("one", "two")] == ["one", "two"]


async def test_a_delay_is_added_in_both_directions_and_keeps_the_order() -> None:
    async with before_an_echo() as found:
        client, clock = await Client.to(found), asyncio.get_running_loop().time
        found.pass_on(delay=0.1)
        began = clock()
        for word in ("one", "two"):
            client.writer.write(f"{word}\n".encode())
        assert [(await client.reader.readline()).decode().strip() for _ in range(2)] == ["one", "two"]
        assert clock() - began >= 0.2


async def test_a_cut_resets_what_stands_and_takes_nothing_new_until_it_is_over() -> None:
    async with before_an_echo() as found:
        client = await Client.to(found)
        await client.ask("one")
        found.cut()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.reader.readexactly(1)
        with pytest.raises((ConnectionError, AssertionError)):
            assert await (await Client.to(found)).ask("two") == "two"
        found.pass_on()
        assert await (await Client.to(found)).ask("three") == "three"


async def test_a_stalled_connection_stands_is_never_answered_and_stays_dead() -> None:
    async with before_an_echo() as found:
        before = await Client.to(found)
        await before.ask("one")
        found.stall()
        during = await Client.to(found)
        for client in (before, during):
            with pytest.raises(TimeoutError):
                await client.ask("two", seconds=0.2)
        found.pass_on()
        for client in (before, during):
            with pytest.raises(TimeoutError):
                await client.ask("three", seconds=0.2)
        assert await (await Client.to(found)).ask("four") == "four"
