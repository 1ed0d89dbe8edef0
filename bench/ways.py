"""The three ways through the same topics: ours, the floor below it, and the usual way of writing it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from bench.ground import Ground
from tests.pipeline import SERVICES, Pipeline, eventually

NO_QUOTA: Final[Mapping[str, str]] = {"YIWANG_QUOTA_RATE": "10000", "YIWANG_QUOTA_BURST": "1000000"}
"""The load is ours, and no source's allowance is to hold it back."""
AT_ONCE: Final[Mapping[str, str]] = {"YIWANG_CONSOLE_CAPACITY": "1000"}
"""Calls to people at once: a line of the log takes no time, and what finds no free call waits for seconds."""


class Way(StrEnum):
    """How five processes carry a report to a person.

    The floor sends the messages that ours sends, ``bare`` one a hop.
    """

    OURS = "ours"
    FLOOR = "floor"
    BARE = "bare"
    PEER = "peer"

    @property
    def plain(self) -> bool:
        """Whether it decides nothing."""
        return self in {Way.FLOOR, Way.BARE}


@asynccontextmanager
async def running(
    way: Way, found: Ground, members: int = 1, *, settings: Mapping[str, str] = NO_QUOTA, started: bool = True
) -> AsyncIterator[Pipeline]:
    """Its processes, ready, in a namespace of their own, until the context ends; not ``started``, the ground alone."""
    pipeline = Pipeline(found.servers, found.folder, members=members, settings={**AT_ONCE, **settings}, people=False)
    pipeline.folder = found.folder / pipeline.space.strip(".")
    pipeline.prepare()
    try:
        if started:
            for name in pipeline.names:
                _start(way, pipeline, name, found)
            await _ready(way, pipeline)
        yield pipeline
    finally:
        pipeline.end()


def _start(way: Way, pipeline: Pipeline, name: str, found: Ground) -> None:
    service, ready = name.partition(".")[0], str(pipeline.folder / f"{name}.ready")
    match way:
        case Way.OURS:
            pipeline.start(name)
        case Way.PEER:
            pipeline.start_as(name, "bench.peer", service, ready)
        case Way.FLOOR | Way.BARE:
            pipeline.start_as(name, "bench.floor", service, str(found.samples), ready, way.value)


async def _ready(way: Way, pipeline: Pipeline) -> None:
    if way is Way.OURS:
        await pipeline.ready(*pipeline.names)
        return

    async def there() -> bool:
        for name, process in pipeline.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended:\n{pipeline.log(name)}")
        return all((pipeline.folder / f"{name}.ready").exists() for name in pipeline.names)

    await eventually(there, f"{way} ready; see {pipeline.folder}")


def services(pipeline: Pipeline) -> dict[str, int]:
    """The processes of the five services."""
    return {name: process.pid for name, process in pipeline.processes.items() if name.partition(".")[0] in SERVICES}
