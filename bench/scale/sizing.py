"""From unit costs and a load to what is needed: partitions, members, brokers, shards and money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

from bench.scale.arrivals import day
from bench.scale.units import Assumptions, Banner, Costs, Node, Prices
from contracts.topics import CASES, TOPICS

GIB: Final = 2**30
DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Load:
    """So many banners' reports."""

    banners: int
    reports_a_day: float
    peak: float
    """How many times the mean the fullest hour has."""
    burst: float
    """Reports a second that are held for as long as they come."""

    @property
    def fullest(self) -> float:
        """Reports a second in the fullest hour of the day."""
        return max(span.rate for span in day(self.reports_a_day, self.peak))

    @property
    def design(self) -> float:
        """Reports a second at which nothing may be fuller than the target."""
        return max(self.fullest, self.burst)

    def part(self, parts: int) -> "Load":
        """One of so many equal parts; bursts come independently, so a part's burst is more than its share."""
        return Load(ceil(self.banners / parts), self.reports_a_day / parts, self.peak, self.burst / sqrt(parts))


def load(banner: Banner, banners: int) -> Load:
    """The load of so many banners whose bursts are independent, so that they add up as the square root."""
    return Load(banners, banner.reports_a_day * banners, banner.peak, banner.burst * sqrt(banners))


@dataclass(frozen=True, slots=True)
class Members:
    """How many of one service."""

    count: int
    cores: float
    """How many processors they keep busy at the design rate, all together and with full batches."""
    asked: float
    """How much of a processor each pod asks for."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """Machines of one engine."""

    node: Node
    count: int
    disk_gib: float
    """Of each, so that it is no fuller than assumed."""
    bound: str
    """By what their number is bound."""

    def money(self, prices: Prices) -> float:
        """Yuan a month."""
        each = self.node.cores * prices.core + self.node.gib * prices.memory_gib + self.disk_gib * prices.disk_gib
        return self.count * each


@dataclass(frozen=True, slots=True)
class Needs:
    """What one platform needs: two engines, and in them so many namespaces, each with services of its own."""

    load: Load
    namespaces: int
    partitions: int
    """Of each topic."""
    services: Mapping[str, Members]
    """Of each namespace."""
    brokers: Nodes
    documents: Nodes
    shards: int
    broker_gib: float
    """What is kept on all brokers, copies included."""
    database_gib: float
    """The same of all shards."""
    pods_money: float
    money: float
    """Yuan a month, of everything."""

    @property
    def pods(self) -> int:
        """Of all namespaces."""
        return self.namespaces * sum(members.count for members in self.services.values())

    @property
    def pod_cores(self) -> float:
        """What all pods ask for."""
        return self.namespaces * sum(members.count * members.asked for members in self.services.values())

    @property
    def replicas(self) -> float:
        """Copies of partitions, of all topics and namespaces."""
        return self.namespaces * len(TOPICS) * self.partitions


def needs(costs: Costs, assumed: Assumptions, load: Load, namespaces: int = 1) -> Needs:
    """What a platform needs for a load that is parted equally among its namespaces."""
    services, partitions = members(costs, assumed, load.part(namespaces))
    replicas = assumed.copies * namespaces * len(TOPICS) * partitions
    brokers, broker_gib = _brokers(costs, assumed, load, replicas)
    documents, database_gib = _documents(costs, assumed, load)
    pods = namespaces * sum(_pod(each, assumed) * each.count for each in services.values())
    return Needs(
        load=load,
        namespaces=namespaces,
        partitions=partitions,
        services=services,
        brokers=brokers,
        documents=documents,
        shards=documents.count // assumed.copies,
        broker_gib=broker_gib,
        database_gib=database_gib,
        pods_money=pods,
        money=pods + brokers.money(assumed.prices) + documents.money(assumed.prices),
    )


def busy(costs: Costs, name: str, rate: float) -> float:
    """Processors that a service keeps busy at a rate, if its batches are full: what it cannot do without."""
    service = costs.services[name]
    return rate * (service.milliseconds + costs.batch_milliseconds * service.records / service.batch) / 1000


def members(costs: Costs, assumed: Assumptions, load: Load) -> tuple[dict[str, Members], int]:
    """How many members each service has, and how many partitions each topic.

    Members divide partitions, or the one with a partition more would be the fullest; all topics have equally many,
    because a case's topics are read together. Raises ValueError where no number of partitions suffices.
    """
    cores = {name: busy(costs, name, load.design) for name in costs.services}
    wanted = {name: max(assumed.least_members, ceil(used / assumed.utilisation)) for name, used in cores.items()}
    for partitions in assumed.partitions:
        counts = {name: _divisor(partitions, count) for name, count in wanted.items()}
        if partitions >= max(CASES.partitions, assumed.headroom * max(counts.values())):
            return {name: _members(counts[name], used, assumed) for name, used in cores.items()}, partitions
    raise ValueError(f"{load.design:g} reports a second need more than {assumed.partitions[-1]} partitions")


def _divisor(partitions: int, least: int) -> int:
    """The smallest divisor from ``least`` on; above all of them, ``least``."""
    return next((count for count in range(least, partitions + 1) if partitions % count == 0), least)


def _members(count: int, cores: float, assumed: Assumptions) -> Members:
    asked = ceil(10 * cores / count / assumed.utilisation) / 10
    return Members(count, cores, min(1.0, max(assumed.pod.least_cores, asked)))


def _pod(each: Members, assumed: Assumptions) -> float:
    return each.asked * assumed.prices.core + assumed.pod.gib * assumed.prices.memory_gib


def _brokers(costs: Costs, assumed: Assumptions, load: Load, replicas: int) -> tuple[Nodes, float]:
    """The cheapest brokers; each copy costs as much processor as the first, which is more than it does."""
    retention = CASES.retention
    if retention is None:
        raise ValueError("events of cases do not expire; right is a retention, or no disk is large enough")
    kept = costs.broker_bytes * load.reports_a_day * retention.days * assumed.copies / GIB
    cores = load.design * costs.kafka_milliseconds * assumed.copies / 1000 / assumed.utilisation
    partitions = ceil(replicas / assumed.brokers.replicas)

    def of(node: Node) -> Nodes:
        disk = ceil(kept / assumed.disk_used / assumed.brokers.disk_gib)
        bounds = {
            "copies": assumed.copies,
            "disk": disk,
            "partitions": partitions,
            "processor": ceil(cores / node.cores),
        }
        bound = _highest(bounds)
        return Nodes(node, bounds[bound], kept / bounds[bound] / assumed.disk_used, bound)

    return _cheapest([of(node) for node in assumed.brokers.nodes], assumed), kept


def _documents(costs: Costs, assumed: Assumptions, load: Load) -> tuple[Nodes, float]:
    """The cheapest shards; the processor that counts is that of each shard's primary."""
    once = costs.database_bytes * load.reports_a_day * DAYS_A_YEAR * assumed.years / GIB
    cores = load.design * costs.documents_milliseconds / 1000 / assumed.utilisation
    writes = ceil(load.design * costs.updates / assumed.documents.updates / assumed.utilisation)

    def of(node: Node) -> Nodes:
        room = min(assumed.documents.disk_gib, node.gib * assumed.documents.disk_a_gib)
        disk = ceil(once / assumed.disk_used / room)
        bounds = {"copies": 1, "disk": disk, "writes": writes, "processor": ceil(cores / node.cores)}
        bound = _highest(bounds)
        return Nodes(node, assumed.copies * bounds[bound], once / bounds[bound] / assumed.disk_used, bound)

    return _cheapest([of(node) for node in assumed.documents.nodes], assumed), once * assumed.copies


def _highest(bounds: Mapping[str, int]) -> str:
    """The bound that asks for most, the first of equal ones."""
    return max(bounds, key=lambda name: bounds[name])


def _cheapest(kinds: Sequence[Nodes], assumed: Assumptions) -> Nodes:
    """Of what holds all bounds on one kind of node or another, what costs least."""
    return min(kinds, key=lambda kind: kind.money(assumed.prices))
