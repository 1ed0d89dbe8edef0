"""Every metric of the chassis: one name each, typed and explained, in the service's own registry."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SLOW = (*FAST, 60, 600, 3600)
LATE = (1, 10, 60, 600)


class Figure(NamedTuple):
    """A gauge of the service's own: its name, what it says, and its value at a moment (aware)."""

    name: str
    about: str
    value: Callable[[datetime], float]


class Metrics:
    """The chassis' metrics of one service; a service adds figures of its own."""

    def __init__(self, service: str) -> None:
        """Register everything once."""
        self.registry = CollectorRegistry()
        count = partial(Counter, registry=self.registry, namespace="yiwang")
        gauge = partial(Gauge, registry=self.registry, namespace="yiwang")
        spread = partial(Histogram, registry=self.registry, namespace="yiwang")
        gauge("service_info", "The service that these figures are of", ["service"]).labels(service).set(1)
        self.records = count("records", "Records settled, by topic", ["topic"])
        self.parked = count("parked", "Records parked as dead letters", ["topic", "reason"])
        self.published = count("published", "Messages acknowledged by the broker", ["topic"])
        self.doubtful = count("doubtful_writes", "Writes whose fate had to be read")
        self.recalled = count("recalled_documents", "Documents decided on as this process wrote them last, not loaded")
        self.outdated = count("outdated_documents", "Documents decided on unseen, whose write lost")
        self.rescued = count("rescued_messages", "Messages sent again from an outbox not known to be sent")
        self.faults = count("faults", "Exceptions of our own, by where", ["where"])
        self.pauses = count("pauses", "Times the loop backed off")
        self.step = spread("step_seconds", "Time of one step of the loop", ["step"], buckets=FAST)
        self.lateness = spread(
            "timer_lateness_seconds", "From a timer's due time until what it says is published", buckets=LATE
        )
        self.delay = spread("record_delay_seconds", "From a record's append to its commit", ["topic"], buckets=SLOW)
        self.lag = gauge("lag_records", "Records not yet settled", ["topic", "partition"])
        self.owned = gauge("owned_partitions", "Partitions that this member reads")
        self.held = gauge("held_partitions", "Partitions held back, as their source has used up its quota", ["topic"])
        self.under_way = gauge("calls_under_way", "Calls begun whose ends are not yet settled", ["channel"])
        self.skew = gauge("clock_skew_seconds", "How far this machine's clock is ahead of the database's")
        self.ready = gauge("ready", "Whether /readyz says yes")

    def show(self, figure: Figure, now: Callable[[], datetime]) -> None:
        """Have a figure of the service's own, reckoned whenever it is asked for."""
        shown = Gauge(figure.name, figure.about, registry=self.registry, namespace="yiwang")
        shown.set_function(lambda: figure.value(now()))
