"""``make steady``: the highest rate that the machine holds, for minutes; exit 1 unless services' memory is flat."""

import argparse
import asyncio
import time
from pathlib import Path
from typing import Final

from tests.faults.judge import judge
from tests.faults.rig import Rig, rig
from tests.faults.stage import stage
from tests.long import end, kept
from tests.pipeline import SERVICES
from tests.soak.flat import Course, Sample

LOOK_SECONDS: Final = 2.0
SAMPLE_SECONDS: Final = 10.0
LOW, HIGH = 300, 1500
"""Records not settled, of all services together: under the one the load rises, over the other it falls."""
RISE, FALL = 1.05, 0.8
FIRST_RATE: Final = 20.0
QUIET_SECONDS: Final = 900.0
PAGE: Final = 4096


def main() -> int:
    """Run it; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.steady", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return kept("steady", lambda folder: asyncio.run(steady(folder, given.minutes, given.seed)))


async def steady(folder: Path, minutes: float, seed: int) -> bool:
    """Saturate a platform, watch its memory, and have what it did judged."""
    async with stage(folder) as ground, rig(ground, rate=FIRST_RATE, seed=seed, warm=False) as found:
        saturating = asyncio.create_task(_saturate(found))
        courses = await _watch(found, minutes * 60)
        saturating.cancel()
        await found.stop_feeding()
        await found.quiet(QUIET_SECONDS)
        judgement = await judge(found)
    for course in courses:
        print(course.line())
    print(*judgement.said, *judgement.wrong, sep="\n")
    ours = [course for course in courses if course.name in SERVICES]
    rate = found.feeder.reports / (minutes * 60)
    bad = sum(not course.flat for course in ours)
    print(
        f"steady: seed={seed} minutes={minutes:g} reports={found.feeder.reports} rate={rate:.1f} "
        f"not_flat={bad} {judgement.tail()}"
    )
    return not bad and judgement.ok


async def _saturate(found: Rig) -> None:
    """Let the load rise while the platform keeps up, and fall when it does not: the backlog stays bounded."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        lag = await found.lag()
        if lag is not None and lag < LOW:
            found.feeder.rate *= RISE
        elif lag is None or lag > HIGH:
            found.feeder.rate *= FALL


async def _watch(found: Rig, seconds: float) -> list[Course]:
    """Sample every process until the time is over; says how it goes once a minute."""
    pids = {name: process.pid for name, process in found.pipeline.processes.items()}
    pids |= {"kafka": found.stage.kafka.process.pid, "documents": found.stage.documents.process.pid}
    samples: dict[str, list[Sample]] = {name: [] for name in pids}
    began = time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        for name, pid in pids.items():
            samples[name].append(Sample(at, _resident(pid)))
        if len(samples["kafka"]) % 6 == 1:
            sizes = " ".join(f"{name}={told[-1].size >> 20}" for name, told in samples.items())
            print(
                f"{at / 60:5.1f} min  {found.feeder.reports} reports, {found.feeder.rate:.0f}/s, MiB: {sizes}",
                flush=True,
            )
        await asyncio.sleep(SAMPLE_SECONDS)
    return [Course(name, told) for name, told in samples.items()]


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


if __name__ == "__main__":
    end(main)
