"""Lives one seed through and judges it; and many of them, in several processes."""

import gc
import logging
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import structlog

from simulation.kit import Kit
from simulation.world import World
from tests.seeds.judge import offences

PORTION = 20
"""Seeds that a process takes at once."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of one seed; ``seconds`` are virtual, ``struck`` counts the faults by kind and place, ``happened`` what
    was told of cases by kind and by why its unit had it.
    """

    seed: int
    seconds: float
    offences: tuple[str, ...]
    struck: Counter[str]
    happened: Counter[str]
    records: int
    digest: str

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {len(self.offences)} offences; again with: make simulate SEED={self.seed}"]
        return "\n".join([*lines, *(f"  {each}" for each in self.offences[:10])])


@cache
def kit() -> Kit:
    """All that runs share, read once a process, and left alone by the collector of garbage."""
    found = Kit.load()
    gc.collect()
    gc.freeze()
    return found


def live(seed: int, trace: list[str] | None = None) -> Lived:
    """Live this seed through, and judge it."""
    world = World(seed, kit(), trace).run()
    records = sum(map(len, world.broker.logs.values()))
    return Lived(
        seed, world.seconds, tuple(offences(world)), world.chaos.struck, world.town.happened, records, world.digest()
    )


def many(seeds: Sequence[int], processes: int) -> Iterator[Lived]:
    """Live them all through, each as soon as it is there; 0 processes: in this one."""
    if not processes:
        hush()
        yield from map(live, seeds)
        return
    portions = [seeds[at : at + PORTION] for at in range(0, len(seeds), PORTION)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_yield) as pool:
        for lived in pool.map(_portion, portions):
            yield from lived


def hush() -> None:
    """The platform's log lines tell of faults that are meant; the judge sees those that are not."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=True
    )


def _yield() -> None:
    """This takes minutes: whoever else wants the machine comes first."""
    os.nice(19)
    hush()


def _portion(seeds: Sequence[int]) -> list[Lived]:
    return [live(seed) for seed in seeds]
