"""The pipeline as a line of queues, and what a sizing makes of a full hour, a burst and an outage."""

from dataclasses import dataclass
from typing import Final

from bench.scale.arrivals import HOUR, poisson, steady
from bench.scale.queueing import Line, Run, Station, Step, play
from bench.scale.sizing import Needs, busy
from bench.scale.units import Assumptions, Costs
from services.chassis.lenient import MUCH
from services.chassis.pace import rest

ALERT: Final = "tray"
"""The step that ends with an alert."""
SEED: Final = 1
CALM: Final = 2_000
"""Reports of a run at the day's fullest hour."""
BURST: Final = 10.0
"""Seconds of a burst that are played, or more, so that there are enough reports."""
ENOUGH: Final = 4_000


@dataclass(frozen=True, slots=True)
class Proof:
    """What the model says of a sizing; times in seconds from a report to its alert."""

    calm_p50: float
    calm_p99: float
    burst_p50: float
    burst_p99: float
    busiest: float
    """The share of time in which the fullest member works in a burst; small batches make it fuller than reckoned."""
    backlog: float
    """Records that wait after an hour's outage at the fullest hour, at the station where most do."""
    drain: float
    """Seconds from the end of that outage until alerts are in time again."""


def line(costs: Costs, assumed: Assumptions, needs: Needs, hot: float = 0.0) -> Line:
    """The services with their members, and what a report asks of them until somebody is alerted, and beside that.

    A service's cost is parted among its steps by the records that each reads; the people of so large a share of
    reports are one and the same.
    """
    stations = tuple(
        Station(
            name=name,
            members=needs.services[name].count,
            partitions=needs.partitions,
            batch=service.batch,
            fixed=costs.batch_milliseconds / 1000,
            rest=rest,
            enough=MUCH / (costs.broker_bytes / costs.events),
        )
        for name, service in costs.services.items()
    )
    return Line(stations=stations, steps=steps(costs, hot), spread=assumed.spread)


def steps(costs: Costs, hot: float = 0.0) -> tuple[Step, ...]:
    """What a report asks of which service."""

    def step(name: str, station: str, records: float, after: str | None, key: int = 0, hot: float = 0.0) -> Step:
        service = costs.services[station]
        seconds = service.milliseconds / 1000 * records / service.records
        return Step(name=name, station=station, seconds=seconds, records=records, after=after, key=key, hot=hot)

    records = {name: service.records for name, service in costs.services.items()}
    return (
        step("intake", "intake", records["intake"], None),
        step("gis", "gis", records["gis"], "intake"),
        step("opening", "routing", 1.0, "gis"),
        step("deadline", "escalation", records["escalation"], "opening"),
        step("later", "routing", records["routing"] - 1.0, "deadline"),
        step("watch", "notification", records["notification"] - costs.alerts, "opening"),
        step(ALERT, "notification", costs.alerts, "watch", key=1, hot=hot),
    )


def prove(costs: Costs, assumed: Assumptions, needs: Needs) -> Proof:
    """Play the fullest hour, the burst, and an hour's outage."""
    of, load = line(costs, assumed, needs), needs.load
    calm = play(of, poisson(steady(load.fullest, CALM / load.fullest), SEED), SEED)
    full = play(of, poisson(steady(load.design, max(BURST, ENOUGH / load.design)), SEED), SEED)
    out = outage(of, load.fullest, HOUR, after=HOUR / 20)
    return Proof(
        calm_p50=calm.quantile(ALERT, 0.5),
        calm_p99=calm.quantile(ALERT, 0.99),
        burst_p50=full.quantile(ALERT, 0.5),
        burst_p99=full.quantile(ALERT, 0.99),
        busiest=max(seen.busiest for seen in full.stations.values()),
        backlog=max(seen.backlog for seen in out.stations.values()),
        drain=out.drained(ALERT, HOUR, assumed.late_seconds),
    )


def outage(of: Line, rate: float, seconds: float, after: float) -> Run:
    """All stations stand still from the first moment on for so long; reports come all the time, and ``after``."""
    return play(of.closed(0, seconds), poisson(steady(rate, seconds + after), SEED), SEED)


def capacity(costs: Costs, needs: Needs) -> float:
    """Reports a second at which the first service has all its members full."""
    return min(members.count / busy(costs, name, 1.0) for name, members in needs.services.items())


def reckoned_drain(costs: Costs, needs: Needs, rate: float, seconds: float) -> float:
    """How long a backlog of so many seconds at a rate takes: it goes off by what the fullest service has free."""
    return seconds * rate / (capacity(costs, needs) - rate)
