"""A year of the whole banner in portions, each case lived and judged; several processes share them."""

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import Final

from contracts.case import CaseEvent
from contracts.deadline import DeadlineEvent
from tests.year.judge import Judge, Offence
from tests.year.life import Life
from tests.year.world import World

PORTION: Final = 20
KINDS: Final = ("early", "missed", "double", "false", "wrong")


@dataclass(slots=True)
class Lived:
    """What came of some cases: how often each thing was said, what is wrong, and how late the latest breach was."""

    cases: int = 0
    clocks: int = 0
    said: Counter[str] = field(default_factory=Counter)
    offences: list[Offence] = field(default_factory=list)
    late: timedelta = timedelta()

    def take(self, life: Life) -> None:
        """Count a case in."""
        judge = Judge(life)
        self.cases += 1
        self.clocks += len(life.truth.clocks)
        self.said.update(_said(told.event.body) for told in (*life.cases, *life.deadlines))
        self.offences += judge.offences()
        self.late = max([self.late, *judge.late()])

    def add(self, other: "Lived") -> None:
        """Count what another process has lived."""
        self.cases += other.cases
        self.clocks += other.clocks
        self.said += other.said
        self.offences += other.offences
        self.late = max(self.late, other.late)

    def line(self, seed: int) -> str:
        """All figures, for machines."""
        found = Counter(offence.kind for offence in self.offences)
        wrong = " ".join(f"{kind}={found[kind]}" for kind in KINDS)
        told = " ".join(f"{kind}={self.said[kind]}" for kind in ("warned", "breached", "extended", "suspended"))
        counts = f"cases={self.cases} clocks={self.clocks} {told} rescheduled={self.said['rescheduled']}"
        return f"year: seed={seed} {counts} latest={self.late.total_seconds():.1f}s {wrong}"


def year(seed: int, cases: int, processes: int) -> Iterator[Lived]:
    """Live a year of so many cases, portion by portion; 0 processes: in this one."""
    portions = [range(first, min(cases, first + PORTION)) for first in range(0, cases, PORTION)]
    if not processes:
        yield from map(partial(lived, seed), portions)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=partial(os.nice, 10)) as pool:
        yield from pool.map(partial(lived, seed), portions)


def lived(seed: int, numbers: Sequence[int]) -> Lived:
    """Live these cases one after the other."""
    found = Lived()
    for number in numbers:
        found.take(_world(seed).life(number).run())
    return found


@cache
def _world(seed: int) -> World:
    found = World.of(seed)
    gc.collect()
    gc.freeze()
    return found


def _said(body: object) -> str:
    return body.kind.value if isinstance(body, CaseEvent | DeadlineEvent) else ""
