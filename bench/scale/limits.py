"""What else gives way as a platform grows, in figures: quotas, trays, squares of the map, grids, a flood."""

from dataclasses import dataclass
from typing import Final

from bench.scale.sizing import Needs
from bench.scale.stations import ALERT, capacity, steps
from bench.scale.units import Assumptions, Costs, Size
from services.gis.boundaries import Boundaries
from services.intake.settings import IntakeSettings
from services.routing.nearby import KEPT, WIDTH, read

FLOOD: Final = 600.0
"""Seconds for which all banners send their burst at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one size, on one platform."""

    source: float
    """Reports a second of the largest source in a burst."""
    quota: float
    """Of which intake lets so many in, as it is set."""
    hot: float
    """The share of all alerts that may go to one person before one member is full; 1: all of them."""
    squares: int
    """Rows of nearby.toml whose squares forget cases before their days are over, of so many."""
    rows: int
    grids: int
    flood: float
    """Seconds until reports of all banners' bursts at once have gone through, from the flood's end."""
    read: float
    """GiB that whoever reads all topics must read."""


def limits(costs: Costs, assumed: Assumptions, size: Size, needs: Needs) -> Limits:
    """What gives way at this size."""
    source = assumed.largest_source * needs.load.design
    return Limits(
        source=source,
        quota=min(source, IntakeSettings.model_fields["quota_rate"].default * needs.services["intake"].count),
        hot=hottest(costs, needs),
        squares=sum(heard > KEPT for heard in squares(needs.load.reports_a_day / size.square_kilometres)),
        rows=len(read().near),
        grids=size.banners * len(Boundaries.load().grids),
        flood=flood(costs, assumed, needs),
        read=needs.broker_gib / assumed.copies,
    )


def hottest(costs: Costs, needs: Needs) -> float:
    """The share of alerts to one person that fills the member which has that person's partition, at the design rate."""
    members, rate = needs.services["notification"].count, needs.load.design
    tray = next(step.seconds for step in steps(costs) if step.name == ALERT)
    even = costs.services["notification"].milliseconds / 1000 / members
    return min(1.0, max(0.0, (1 / rate - even) / (tray - tray / members)))


def squares(density: float) -> list[float]:
    """Cases that a square of each row hears of in the row's days, by reports a day and km², each row an equal share."""
    near = read().near
    return [density / len(near) * (WIDTH * row.metres / 1000) ** 2 * row.days for row in near]


def flood(costs: Costs, assumed: Assumptions, needs: Needs) -> float:
    """All banners' bursts at once: what comes above the capacity waits, and drains by what the fullest hour leaves."""
    most, everywhere = capacity(costs, needs), assumed.banner.burst * needs.load.banners
    return max(0.0, everywhere - most) * FLOOD / (most - needs.load.fullest)
