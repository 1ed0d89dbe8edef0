"""Members that die at named points, become zombies, or are restarted one after the other."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Final

from tests.faults.dying import NEVER, points
from tests.faults.offsets import PARTITIONS, READS
from tests.faults.rig import Rig
from tests.pipeline import SERVICES, Pipeline, eventually

DYING: Final = "tests.faults.dying"
PASSED_SECONDS: Final = 120.0
"""How long a point may take to be passed under load."""
TAKEN_SECONDS: Final = 90.0
PASSINGS: Final = 3
MID_BATCH: Final = {
    "intake": "before_write",
    "gis": "mid_publish",
    "routing": "before_write",
    "escalation": "after_write",
    "notification": "before_commit",
}
"""Where each service's zombie stops: decided but not written, half published, written but not published, published."""


async def named_points(rig: Rig, rounds: int) -> Counter[str]:
    """Kill every service at each point that it passes; answers the deaths by service and point."""
    deaths: Counter[str] = Counter()
    await asyncio.gather(*(_die_everywhere(rig, service, rounds, deaths) for service in SERVICES))
    return deaths


async def _die_everywhere(rig: Rig, service: str, rounds: int, deaths: Counter[str]) -> None:
    random = Random(f"{rig.feeder.seed}/{service}")
    for point in points(service) * rounds:
        await asyncio.to_thread(rig.pipeline.kill, service)
        rig.pipeline.start_as(service, DYING, service, point, str(random.randint(1, PASSINGS)))
        await eventually(lambda: _has_ended(rig.pipeline, service), f"{service} passes {point}", seconds=PASSED_SECONDS)
        code = rig.pipeline.processes[service].returncode
        assert code == -signal.SIGKILL, f"{service} at {point}: ended with {code}"
        deaths[f"{service} {point}"] += 1
    rig.pipeline.start(service)
    await rig.pipeline.ready(service)


async def _has_ended(pipeline: Pipeline, name: str) -> bool:
    return pipeline.processes[name].poll() is not None


async def zombies(rig: Rig, stopped: float) -> list[str]:
    """The first member of each service stops in mid-batch, the second takes over, then the first goes on.

    Answers how many seconds each second member took to own everything.
    """
    return list(await asyncio.gather(*(_zombie(rig, service, stopped) for service in SERVICES)))


async def _zombie(rig: Rig, service: str, stopped: float) -> str:
    pipeline, clock = rig.pipeline, asyncio.get_running_loop().time
    await asyncio.to_thread(pipeline.kill, service)
    pipeline.start_as(service, DYING, service, MID_BATCH[service], str(PASSINGS), "STOP")
    await eventually(lambda: _is_stopped(pipeline, service), f"{service} stops", seconds=PASSED_SECONDS)
    began = clock()
    await eventually(lambda: _owns_all(pipeline, service), f"{service}.1 takes over", seconds=TAKEN_SECONDS)
    taken = clock() - began
    await asyncio.sleep(max(0.0, stopped - taken))
    assert not await pipeline.says_ready(service)
    pipeline.processes[service].send_signal(signal.SIGCONT)
    await pipeline.ready(service)
    await eventually(lambda: owns_some(pipeline, service), f"{service} is a member again", seconds=TAKEN_SECONDS)
    return f"{service}: stopped at {MID_BATCH[service]}, taken over after {taken:.1f} s, back as a member"


async def _is_stopped(pipeline: Pipeline, name: str) -> bool:
    return state_of(pipeline.processes[name].pid) == "T"


def state_of(pid: int) -> str:
    """What the kernel says that a process does: R, S, T (stopped) …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def _owns_all(pipeline: Pipeline, service: str) -> bool:
    owned = await pipeline.metric(f"{service}.1", "yiwang_owned_partitions")
    return owned == sum(PARTITIONS[topic] for topic in READS[service])


async def owns_some(pipeline: Pipeline, service: str) -> bool:
    """Whether it reads any partition."""
    return await pipeline.metric(service, "yiwang_owned_partitions") > 0


async def rolling_restart(rig: Rig) -> None:
    """Stop and start every member, one of each service at a time."""
    await asyncio.gather(*(_roll(rig, service) for service in SERVICES))


async def _roll(rig: Rig, service: str) -> None:
    for name in rig.pipeline.names:
        if name.partition(".")[0] == service:
            code = await asyncio.to_thread(rig.pipeline.stop, name)
            assert code == 0, f"{name} ended with {code}"
            start_noting(rig.pipeline, name)
            await rig.pipeline.ready(name)


def start_noting(pipeline: Pipeline, *names: str) -> None:
    """Start members that note what they are handed."""
    for name in names:
        service = name.partition(".")[0]
        pipeline.start_as(name, DYING, service, NEVER, "1", FAULTS_NOTES=str(notes(pipeline, service)))


def notes(pipeline: Pipeline, service: str) -> Path:
    """Where all members of a service note it."""
    return pipeline.folder / f"{service}.notes"


def repeated(lines: Iterable[str]) -> Counter[str]:
    """How many batches of each partition held a record that had been handed over before."""
    seen: dict[str, set[int]] = {}
    found: Counter[str] = Counter()
    for line in lines:
        for place, offsets in json.loads(line).items():
            known = seen.setdefault(place, set())
            found[place] += not known.isdisjoint(offsets)
            known.update(offsets)
    return +found
