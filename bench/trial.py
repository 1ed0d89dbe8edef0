"""One run: a load through one way, with what it took."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.cost import memory, processor, used
from bench.feed import Phase, feed
from bench.ground import Ground
from bench.told import told
from bench.ways import Way, running, services
from contracts.topics import ALERTS
from simulation.sent import Sent
from tests.faults.offsets import Offsets, looking
from tests.pipeline import Pipeline

LOOK: Final = 0.5
STILL: Final = 3
"""Looks in a row at which nothing is under way and nothing new has come: then all is through."""
LONGEST: Final = 1800.0


@dataclass(frozen=True, slots=True)
class Run:
    """What a load took: ``seconds`` from the first report appended to the last alert appended.

    ``waits`` are, for each report, the seconds to its first alert, in the order in which they were sent; ``processor``
    milliseconds a report of each process, ``memory`` MiB at the end.
    """

    way: Way
    reports: int
    alerts: int
    seconds: float
    waits: Sequence[float]
    processor: Mapping[str, float]
    memory: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Reports a second."""
        return self.reports / self.seconds

    @property
    def python(self) -> float:
        """Milliseconds of processor time a report that the services took, all together."""
        return sum(spent for name, spent in self.processor.items() if name not in {"kafka", "documents"})


async def trial(way: Way, found: Ground, sent: Sequence[Sent], phases: Sequence[Phase], members: int = 1) -> Run:
    """Start the way anew, send, wait until all is through, and look at what it took."""
    async with running(way, found, members) as pipeline:
        return await load(way, found, pipeline, sent, phases)


async def load(way: Way, found: Ground, pipeline: Pipeline, sent: Sequence[Sent], phases: Sequence[Phase]) -> Run:
    """The same with a way that runs already."""
    pids = {**found.pids, **services(pipeline)}
    before = processor(pids)
    appended = await feed(pipeline.servers.brokers, pipeline.space, sent, phases)
    async with looking(pipeline.servers.brokers, pipeline.space) as offsets:
        await through(way, offsets, len(sent))
    spent = used(before, processor(pids))
    heard = await told(pipeline.servers.brokers, pipeline.space)
    missing = [case for case in appended if case not in heard.first]
    if missing:
        raise LookupError(f"{len(missing)} of {len(sent)} reports have no alert, such as that of case {missing[0]}")
    return Run(
        way=way,
        reports=len(sent),
        alerts=heard.alerts,
        seconds=heard.last - min(appended.values()),
        waits=[heard.first[case] - at for case, at in appended.items()],
        processor={name: 1000 * seconds / len(sent) for name, seconds in spent.items()},
        memory={name: memory(pid) / 2**20 for name, pid in pids.items()},
    )


async def through(way: Way, offsets: Offsets, reports: int) -> None:
    """Return once all that was sent has come to its end."""
    still, before = 0, -1
    async with asyncio.timeout(LONGEST):
        while still < STILL:
            await asyncio.sleep(LOOK)
            alerts = sum(end for (topic, _), end in (await offsets.ends()).items() if topic == ALERTS.name)
            through = await _all_alerts(way, offsets, alerts, reports)
            still = still + 1 if through and alerts == before else 0
            before = alerts


async def _all_alerts(way: Way, offsets: Offsets, alerts: int, reports: int) -> bool:
    """A floor reads one topic a hop, so its lag says nothing, but its last hop has a record for each report."""
    if way.plain:
        return alerts >= reports
    return not any((await offsets.lags()).values())
