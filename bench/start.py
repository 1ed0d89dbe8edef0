"""How soon a service is ready, and how much memory it has then."""

import time
from typing import Final

from bench.cost import memory
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.ways import Way, running
from tests.pipeline import SERVICES, eventually

ROUNDS: Final = 3
READY_SECONDS: Final = 3.0
MOST_MIB: Final = {"gis": 150.0}


async def start(found: Ground, _plan: Plan) -> list[Figure]:
    """One service after the other, alone on the machine, from its command line to its first yes."""
    seconds: dict[str, list[float]] = {name: [] for name in SERVICES}
    sizes: dict[str, list[float]] = {name: [] for name in SERVICES}
    for _ in range(ROUNDS):
        async with running(Way.OURS, found, started=False) as pipeline:
            for name in SERVICES:
                began = time.perf_counter()
                pipeline.start(name)

                async def ready(name: str = name) -> bool:
                    return await pipeline.says_ready(name)

                await eventually(ready, f"{name} ready", pause=0.02)
                seconds[name].append(time.perf_counter() - began)
                sizes[name].append(memory(pipeline.processes[name].pid) / 2**20)
                pipeline.stop(name)
    return [
        *(Figure(f"start {name}", "s", found, most=READY_SECONDS) for name, found in seconds.items()),
        *(
            Figure(f"memory {name} at start", "MiB", found, most=MOST_MIB.get(name, 120))
            for name, found in sizes.items()
        ),
    ]
