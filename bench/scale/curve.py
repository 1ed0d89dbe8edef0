"""A picture: how long the slowest of a hundred alerts takes beside the rate of reports, with one sizing."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from bench.scale.arrivals import poisson, steady
from bench.scale.queueing import play
from bench.scale.sizing import Needs
from bench.scale.stations import ALERT, SEED, capacity, line
from bench.scale.units import Assumptions, Costs
from yiwang.demo.svg import BLUE, FAINT, RED, RULE, Point, Sheet

SHARES: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Rates, as shares of what the fullest service can do."""
HOT: Final = 0.5
"""The share of alerts that all go to one person, for the second line."""
SECONDS: Final = 20.0
SIZE: Final = (760.0, 400.0)
LEFT, RIGHT, TOP, BOTTOM = 70.0, 730.0, 80.0, 340.0
MOST: Final = 2.0
"""Seconds at the top of the picture; what takes longer is drawn there."""

Curve = Sequence[tuple[float, float]]
"""Reports a second, and seconds from report to alert of the slowest in a hundred."""


def curve(costs: Costs, assumed: Assumptions, needs: Needs, hot: float = 0.0) -> Curve:
    """The 99th percentile at each rate; so large a share of alerts goes to one person."""
    of, most = line(costs, assumed, needs, hot), capacity(costs, needs)
    rates = [share * most for share in SHARES]
    runs = [play(of, poisson(steady(rate, SECONDS), SEED), SEED) for rate in rates]
    return [(rate, run.quantile(ALERT, 0.99)) for rate, run in zip(rates, runs, strict=True)]


def drawn(even: Curve, hot: Curve, design: float) -> str:
    """Both lines and the rate that the sizing is for, as SVG."""
    sheet = Sheet(*SIZE, "From report to alert, p99, by the model: the banner's sizing")
    end = even[-1][0] / SHARES[-1]
    for tick in range(5):
        seconds = MOST * tick / 4
        sheet.line(_at(0, seconds, end), _at(end, seconds, end), stroke=RULE)
        sheet.text((LEFT - 10, _at(0, seconds, end)[1] + 4), f"{seconds:g} s", size=12, fill=FAINT, anchor="end")
        rate = end * tick / 4
        sheet.text((_at(rate, 0, end)[0], BOTTOM + 20), f"{rate:.0f}", size=12, fill=FAINT, anchor="middle")
    sheet.text(
        (RIGHT, BOTTOM + 42), "reports a second; at the right edge the first service is full", size=12, anchor="end"
    )
    sheet.line(_at(design, 0, end), _at(design, MOST, end), stroke=FAINT, dashes="4 4")
    sheet.text((_at(design, 0, end)[0] + 6, TOP + 12), f"sized for {design:g}", size=12, fill=FAINT)
    _draw(sheet, even, end, BLUE)
    _draw(sheet, hot, end, RED)
    sheet.text((LEFT + 130, TOP - 16), "alerts to many people", size=13, fill=BLUE)
    sheet.text((LEFT + 330, TOP - 16), f"{100 * HOT:.0f} % of alerts to one person", size=13, fill=RED)
    return sheet.string()


def _draw(sheet: Sheet, points: Curve, end: float, stroke: str) -> None:
    places = [_at(rate, seconds, end) for rate, seconds in points]
    for first, second in pairwise(places):
        sheet.line(first, second, stroke=stroke, thick=2)
    for place in places:
        sheet.circle(place, 3, fill=stroke)


def _at(rate: float, seconds: float, end: float) -> Point:
    """Where on the sheet, to a tenth of a pixel."""
    across = LEFT + (RIGHT - LEFT) * rate / end
    return round(across, 1), round(BOTTOM - (BOTTOM - TOP) * min(seconds, MOST) / MOST, 1)
