"""The verdict on a run: what was acknowledged stands in the logs, and `yiwang check` finds nothing wrong."""

import asyncio
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.chassis.ports import Partition
from tests.faults.rig import Rig
from tests.pipeline import ROOT, Pipeline

PENDING_SECONDS: Final = 180.0
"""How long what is read may take to come to its end: a call that a crash cut off is looked at for 45 s."""
AGAIN_SECONDS: Final = 10.0
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the checker said line by line, its figures, and what else was found wrong."""

    said: tuple[str, ...]
    figures: Mapping[str, int]
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong

    def line(self) -> str:
        """The checker's own last line."""
        return next((line for line in reversed(self.said) if line.startswith("check: ")), "no verdict")

    def tail(self) -> str:
        """The figures that end a line for machines."""
        names = ("lost", "duplicated", "unlawful", "redelivered", "resent", "unknown")
        return " ".join(f"{name}={self.figures.get(name, '?')}" for name in names)


async def judge(rig: Rig) -> Judgement:
    """Read everything, when all is quiet; what is under way to people is waited for."""
    clock = asyncio.get_running_loop().time
    limit = clock() + PENDING_SECONDS
    while True:
        code, said = await check(rig.pipeline)
        figures = figures_of(said)
        if not figures.get("pending") or clock() > limit:
            break
        await asyncio.sleep(AGAIN_SECONDS)
    wrong = [*rig.feeder.refused, *await missing(rig.pipeline, rig.feeder.acknowledged)]
    if code or not figures:
        wrong.append(f"yiwang check ended with {code}")
    if figures.get("pending"):
        wrong.append(f"{figures['pending']} still pending {PENDING_SECONDS:.0f} s after all was read")
    return Judgement(tuple(said), figures, tuple(wrong))


async def check(pipeline: Pipeline) -> tuple[int, list[str]]:
    """`yiwang check` on the run's namespace: its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yiwang", "check", "--people", str(pipeline.folder / "people"),
        cwd=ROOT, env=pipeline.env("-"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode(errors="replace").splitlines()


def figures_of(said: list[str]) -> dict[str, int]:
    """The figures of the checker's last line."""
    last = next((line for line in reversed(said) if line.startswith("check: ")), "")
    return {name: int(figure) for name, figure in re.findall(r"(\w+)=(\d+)", last)}


async def missing(pipeline: Pipeline, acknowledged: Mapping[Partition, Mapping[int, int]]) -> list[str]:
    """What the broker has acknowledged and does not hold, or holds with other content: by partition."""
    found = {place: dict(checksums) for place, checksums in acknowledged.items()}
    wires = {TopicPartition(pipeline.space + topic, number): (topic, number) for topic, number in found}
    if not wires:
        return ["nothing was acknowledged"]
    consumer = AIOKafkaConsumer(bootstrap_servers=pipeline.servers.brokers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign(list(wires))
        ends = await consumer.end_offsets(list(wires))
        while any([await consumer.position(wire) < end for wire, end in ends.items()]):
            for wire, records in (await consumer.getmany(timeout_ms=200)).items():
                for record in records:
                    if found[wires[wire]].get(record.offset) == crc32(record.value or b""):
                        del found[wires[wire]][record.offset]
    finally:
        await consumer.stop()
    return [
        f"{topic}/{number}: {len(left)} acknowledged records are gone, such as at {min(left)}"
        for (topic, number), left in found.items()
        if left
    ]
