"""Whether a process's memory is flat: robust statistics over samples, and a plot of characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

WARM_SECONDS: Final = 300.0
"""The first five minutes do not count: caches and bounded memories fill."""
ALLOWED: Final = 0.05
PARTS: Final = 5
"""The newest and the oldest fifth of what counts are compared by their medians, so that one spike is none of both."""
BARS: Final = "▁▂▃▄▅▆▇█"
WIDTH: Final = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the beginning, and bytes."""

    at: float
    size: int


@dataclass(frozen=True, slots=True)
class Course:
    """How one process's memory went."""

    name: str
    samples: Sequence[Sample]

    @property
    def counted(self) -> list[int]:
        """What was seen after the first minutes."""
        return [sample.size for sample in self.samples if sample.at >= WARM_SECONDS]

    @property
    def growth(self) -> float:
        """The newest fifth's median over the oldest fifth's, less one; 0 where there is too little to compare."""
        part = len(self.counted) // PARTS
        if part == 0:
            return 0.0
        return median(self.counted[-part:]) / median(self.counted[:part]) - 1

    @property
    def flat(self) -> bool:
        """Whether it grew or shrank by no more than is allowed, and there was enough to see it by."""
        return len(self.counted) >= PARTS and abs(self.growth) <= ALLOWED

    def line(self) -> str:
        """The course as a row: from, to, growth, and its shape from the first sample on."""
        sizes = [sample.size / 2**20 for sample in self.samples]
        return (
            f"{self.name:<14} {sizes[0]:6.0f} → {sizes[-1]:6.0f} MiB  {self.growth:+6.1%}  "
            f"{'flat' if self.flat else 'NOT FLAT':<8}  {plot(sizes)}"
        )


def plot(values: Sequence[float]) -> str:
    """The values from 0 up as bars, as many as fit."""
    count = min(WIDTH, len(values))
    edges = [round(n * len(values) / count) for n in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    top = max(means) or 1.0
    return "".join(BARS[min(len(BARS) - 1, int(mean / top * len(BARS)))] for mean in means)
