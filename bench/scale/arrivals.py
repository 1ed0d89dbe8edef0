"""When reports come: at random at a rate, through a day, or in a burst; each a sorted tuple of seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, pi
from random import Random
from typing import Final

from simulation.chance import chance

HOUR: Final = 3600.0
HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which reports come at one rate."""

    seconds: float
    rate: float
    """Reports a second."""


def steady(rate: float, seconds: float) -> tuple[Span, ...]:
    """The same rate for so long."""
    return (Span(seconds, rate),)


def day(reports: float, peak: float) -> tuple[Span, ...]:
    """A day of hours with so many reports in all; its fullest hour, before noon, has ``peak`` times the mean.

    The rate goes up and down as a power of a cosine, the steeper the higher the peak.
    """
    hills = [((1 + cos(2 * pi * (hour - 10) / HOURS)) / 2) ** (peak**2 / 2) for hour in range(HOURS)]
    mean = sum(hills) / HOURS
    share = (peak - 1) / (1 / mean - 1)
    rates = [reports / (HOURS * HOUR) * (1 - share + share * hill / mean) for hill in hills]
    return tuple(Span(HOUR, rate) for rate in rates)


def burst(rate: float, height: float, *, before: float, seconds: float, after: float) -> tuple[Span, ...]:
    """A calm rate, a burst of another height for ``seconds``, and the calm rate again."""
    return (Span(before, rate), Span(seconds, height), Span(after, rate))


def poisson(spans: Sequence[Span], seed: int) -> tuple[float, ...]:
    """Times at which reports come, independent of each other, at the spans' rates one after the other."""
    random = chance(seed, "arrivals")
    starts = accumulate((span.seconds for span in spans), initial=0.0)
    return tuple(at for start, span in zip(starts, spans, strict=False) for at in _within(start, span, random))


def _within(start: float, span: Span, random: Random) -> Iterator[float]:
    if not span.rate:
        return
    at = start + random.expovariate(span.rate)
    while at < start + span.seconds:
        yield at
        at += random.expovariate(span.rate)
