"""The tables of docs/scaling.md: unit costs, needs, what the model makes of them, layouts, limits, assumptions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.scale.arrivals import HOUR
from bench.scale.layouts import layouts
from bench.scale.limits import FLOOD, Limits, limits
from bench.scale.sizing import Needs, Nodes, load, needs
from bench.scale.stations import Proof, capacity, prove, reckoned_drain
from bench.scale.tables import Table, duration, figure, percent, whole
from bench.scale.units import Assumptions, Costs, Node, Size
from contracts.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Sized:
    """One size with all that was found of it."""

    size: Size
    needs: Needs
    proof: Proof
    limits: Limits
    capacity: float
    drain: float


Row = tuple[str, Callable[[Sized], str]]


def tables(costs: Costs, assumed: Assumptions) -> Iterator[Table]:
    """All of them, in the page's order."""
    sizes = [_sized(costs, assumed, size) for size in assumed.sizes]
    yield _measured(costs)
    yield _by_size("Needed, each size on one platform with one namespace:", NEEDED, sizes)
    yield _by_size("What the model makes of that, from a report to its alert:", _proven(assumed), sizes)
    yield _layouts(costs, assumed, sizes)
    yield _by_size("What gives way, on one platform:", GIVES_WAY, sizes)
    yield _assumed(assumed)


def _sized(costs: Costs, assumed: Assumptions, size: Size) -> Sized:
    found = needs(costs, assumed, load(assumed.banner, size.banners))
    return Sized(
        size,
        found,
        prove(costs, assumed, found),
        limits(costs, assumed, size, found),
        capacity(costs, found),
        reckoned_drain(costs, found, found.load.design, HOUR),
    )


def _by_size(title: str, rows: Sequence[Row], sizes: Sequence[Sized]) -> Table:
    return Table(title, ["", *(one.size.name for one in sizes)], [[name, *map(say, sizes)] for name, say in rows])


def _measured(costs: Costs) -> Table:
    rows = [
        [name, f"{service.milliseconds:.2f}", f"{service.records:g}", whole(service.batch)]
        for name, service in costs.services.items()
    ]
    engines = {"Kafka": costs.kafka_milliseconds, "documents": costs.documents_milliseconds}
    rows += [[name, f"{spent:.2f}", "", ""] for name, spent in engines.items()]
    total = costs.milliseconds + sum(engines.values())
    rows.append(["all", f"{total:.2f}", f"{sum(one.records for one in costs.services.values()):g}", ""])
    title = (
        f"Measured on {costs.measured} with {whole(costs.reports)} reports ({costs.machine}). A report publishes "
        f"{costs.events:g} events, alerts {costs.alerts:g} times, and leaves {whole(costs.broker_bytes / 1000)} KB "
        f"on the brokers and {whole(costs.database_bytes / 1000)} KB in the database, one copy each; a batch takes "
        f"{costs.batch_milliseconds:g} ms beside its records:"
    )
    return Table(title, ["a report", "ms of processor", "records read", "records at once"], rows)


def _members(name: str) -> Callable[[Sized], str]:
    return lambda one: whole(one.needs.services[name].count)


def _nodes(of: Callable[[Needs], Nodes]) -> Callable[[Sized], str]:
    def say(one: Sized) -> str:
        nodes = of(one.needs)
        return f"{whole(nodes.count)} × {nodes.node} ({nodes.bound})"

    return say


NEEDED: Final[tuple[Row, ...]] = (
    ("reports a day", lambda one: whole(one.needs.load.reports_a_day)),
    ("reports/s in the fullest hour", lambda one: figure(one.needs.load.fullest)),
    ("reports/s of a burst that is held: the design rate", lambda one: whole(one.needs.load.design)),
    (
        "processors that services keep busy at it",
        lambda one: figure(sum(members.cores for members in one.needs.services.values())),
    ),
    ("members: intake", _members("intake")),
    ("members: gis", _members("gis")),
    ("members: routing", _members("routing")),
    ("members: escalation", _members("escalation")),
    ("members: notification", _members("notification")),
    ("pods", lambda one: whole(one.needs.pods)),
    ("processors that pods ask for", lambda one: figure(one.needs.pod_cores)),
    ("partitions of each topic", lambda one: whole(one.needs.partitions)),
    (f"partitions of all {len(TOPICS)} topics", lambda one: whole(one.needs.replicas)),
    ("brokers (bound by)", _nodes(lambda found: found.brokers)),
    ("GiB on all brokers", lambda one: figure(one.needs.broker_gib)),
    ("shards of the database", lambda one: whole(one.needs.shards)),
    ("its nodes (shards bound by)", _nodes(lambda found: found.documents)),
    ("GiB in all of them at the end", lambda one: figure(one.needs.database_gib)),
    ("yuan a month: pods", lambda one: figure(one.needs.pods_money)),
    ("yuan a month: all", lambda one: figure(one.needs.money)),
    ("yuan for a thousand reports", lambda one: figure(1000 * one.needs.money / (30 * one.needs.load.reports_a_day))),
)


def _proven(assumed: Assumptions) -> tuple[Row, ...]:
    late = f"{assumed.late_seconds:g} s"
    return (
        ("fullest hour: p50", lambda one: duration(one.proof.calm_p50)),
        ("fullest hour: p99", lambda one: duration(one.proof.calm_p99)),
        ("design rate: p50", lambda one: duration(one.proof.burst_p50)),
        ("design rate: p99", lambda one: duration(one.proof.burst_p99)),
        ("design rate: the fullest member has a batch in hand", lambda one: percent(one.proof.busiest)),
        ("reports/s at which the first service is full", lambda one: figure(one.capacity)),
        ("an hour's outage in the fullest hour: records that wait at most", lambda one: figure(one.proof.backlog)),
        (f"until no alert is later than {late} again", lambda one: duration(one.proof.drain)),
        ("the same at the design rate (reckoned)", lambda one: duration(one.drain)),
    )


GIVES_WAY: Final[tuple[Row, ...]] = (
    ("reports/s of the largest source in a burst", lambda one: figure(one.limits.source)),
    ("of which its quota lets in", lambda one: figure(one.limits.quota)),
    ("alerts to one person that fill a member", lambda one: percent(one.limits.hot)),
    ("rows of nearby.toml that forget early", lambda one: f"{one.limits.squares} of {one.limits.rows}"),
    ("grids in one process of gis", lambda one: whole(one.limits.grids)),
    ("GiB that `yiwang check` reads", lambda one: figure(one.limits.read)),
    (
        f"all banners' bursts at once for {duration(FLOOD)}: drained after",
        lambda one: duration(one.limits.flood) if one.limits.flood else "held",
    ),
)


def _layouts(costs: Costs, assumed: Assumptions, sizes: Sequence[Sized]) -> Table:
    city = next(one.size.banners for one in sizes if one.size.name == "city")
    rows = [
        [
            one.size.name,
            layout.name,
            whole(layout.platforms * layout.each.pods),
            whole(layout.each.replicas * assumed.copies),
            whole(layout.platforms * layout.each.brokers.count),
            whole(layout.platforms * layout.each.documents.count),
            figure(layout.held),
            figure(layout.money / 1000),
        ]
        for one in sizes
        if one.size.banners >= city
        for layout in layouts(costs, assumed, one.size.banners, city)
    ]
    head = ["", "layout", "pods", "copies of partitions, each Kafka", "brokers", "database nodes"]
    head += ["reports/s that services hold", "thousand yuan a month"]
    return Table("The same reports on one platform or on many:", head, rows)


def _assumed(assumed: Assumptions) -> Table:
    rows = [*_loads(assumed), *_machines(assumed)]
    return Table("Assumed, not measured:", ["what", "how much"], [list(row) for row in rows])


def _loads(assumed: Assumptions) -> Iterator[tuple[str, str]]:
    banner = assumed.banner
    yield "a size", "so many banners; bursts are independent, so they add up as the square root of their number"
    yield "a banner", f"{banner.reports_a_day:g} reports a day, in the fullest hour {banner.peak:g} times the mean"
    yield "its burst", f"{banner.burst:g} reports a second"
    yield "the largest source", f"{percent(assumed.largest_source)} of all reports"
    yield "reports are unlike", f"their costs scatter by {assumed.spread:g} times the mean"
    areas = (f"{size.name} {whole(size.square_kilometres)}" for size in assumed.sizes)
    yield "km² (for squares of the map)", ", ".join(areas)


def _machines(assumed: Assumptions) -> Iterator[tuple[str, str]]:
    brokers, documents, prices = assumed.brokers, assumed.documents, assumed.prices
    full = f"{percent(assumed.utilisation)} of a processor at the design rate, {percent(assumed.disk_used)} of a disk"
    yield "as full as this", full
    yield "members", f"at least {assumed.least_members} of each service, a divisor of the partitions"
    yield "partitions", f"at least {assumed.headroom:g} for each member of the largest service"
    yield "kept", f"{assumed.years:g} years in the database, on brokers as in the registry; {assumed.copies} copies"
    yield "a pod", f"from {assumed.pod.least_cores:g} processors, {assumed.pod.gib:g} GiB"
    disk = f"{whole(brokers.disk_gib)} GiB, {whole(brokers.replicas)} copies of partitions"
    yield "a broker", f"{_kinds(brokers.nodes)}; {disk}"
    disk = f"{whole(documents.disk_gib)} GiB, {documents.disk_a_gib:g} for each GiB of memory"
    yield "a database node", f"{_kinds(documents.nodes)}; {disk}"
    yield "a shard", f"{whole(documents.updates)} durable writes a second"
    money = f"{prices.core:g} a processor, {prices.memory_gib:g} a GiB of memory, {prices.disk_gib:g} a GiB of disk"
    yield "yuan a month", money


def _kinds(nodes: Sequence[Node]) -> str:
    return " or ".join(str(node) for node in nodes)
