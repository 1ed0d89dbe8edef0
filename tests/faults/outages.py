"""Servers that go away and come back: killed, both at once, or behind a network that delays, cuts or falls silent."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.faults.proxy import Proxy
from tests.faults.recovery import Recovery, recovery, steady
from tests.faults.rig import Rig
from tests.servers import Server

MUCH: Final = 200_000
"""Bytes that the services exchange with either server before an outage, at least; looks at their health are less."""
ADDED: Final = 0.25
"""Seconds of delay in each direction: half a second on every question and its answer."""

Outage = Callable[[Rig, float], Awaitable[Recovery]]
"""Strikes a rig that keeps up, for so many seconds, and answers how it came back."""


async def killed(rig: Rig, what: str, seconds: float, *servers: Server) -> Recovery:
    """Kill -9 these servers, and start them again after a while; the return is when the last of them answers."""
    await steady(rig)
    for server in servers:
        server.kill()
    await asyncio.sleep(seconds)
    await asyncio.gather(*(server.start_again() for server in servers))
    return await recovery(rig, f"{what} killed, away for {seconds:g} s")


async def struck(rig: Rig, what: str, seconds: float, strike: Callable[[Proxy], None], *proxies: Proxy) -> Recovery:
    """Let the network before these servers be struck for a while; the return is when it passes all on again."""
    before = [each.carried for each in proxies]
    await steady(rig)
    carried = [each.carried - then for each, then in zip(proxies, before, strict=True)]
    assert min(carried) > MUCH, f"nobody comes by the proxy: {carried} bytes"
    for each in proxies:
        strike(each)
    await asyncio.sleep(seconds)
    for each in proxies:
        each.pass_on()
    return await recovery(rig, f"{what} for {seconds:g} s")


def slow(proxy: Proxy) -> None:
    """Every question takes half a second longer."""
    proxy.pass_on(ADDED)


async def kafka_killed(rig: Rig, seconds: float) -> Recovery:
    return await killed(rig, "Kafka", seconds, rig.stage.kafka)


async def documents_killed(rig: Rig, seconds: float) -> Recovery:
    return await killed(rig, "documents", seconds, rig.stage.documents)


async def both_killed(rig: Rig, seconds: float) -> Recovery:
    return await killed(rig, "Kafka and documents", seconds, rig.stage.kafka, rig.stage.documents)


async def both_slow(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "500 ms more to both", seconds, slow, rig.stage.to_kafka, rig.stage.to_documents)


async def kafka_cut(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "connections to Kafka cut", seconds, Proxy.cut, rig.stage.to_kafka)


async def documents_cut(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "connections to documents cut", seconds, Proxy.cut, rig.stage.to_documents)


async def kafka_silent(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "Kafka half open", seconds, Proxy.stall, rig.stage.to_kafka)


async def both_silent(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "both half open", seconds, Proxy.stall, rig.stage.to_kafka, rig.stage.to_documents)


async def documents_silent(rig: Rig, seconds: float) -> Recovery:
    return await struck(rig, "documents half open", seconds, Proxy.stall, rig.stage.to_documents)


KILLS: Final[Mapping[str, Outage]] = {
    "kafka-killed": kafka_killed,
    "documents-killed": documents_killed,
    "both-killed": both_killed,
}
NETWORK: Final[Mapping[str, Outage]] = {
    "both-slow": both_slow,
    "kafka-cut": kafka_cut,
    "documents-cut": documents_cut,
    "kafka-silent": kafka_silent,
    "documents-silent": documents_silent,
    "both-silent": both_silent,
}
