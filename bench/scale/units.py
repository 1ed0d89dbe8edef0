"""What a report costs, as measured, and what a size is reckoned by, as assumed: two files that a reader may replace."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DATA: Final = Path(__file__).parent / "data"
COSTS: Final = DATA / "costs.json"
ASSUMPTIONS: Final = DATA / "assumptions.json"
SERVICES: Final = {"intake", "gis", "routing", "escalation", "notification"}

Positive = Annotated[float, Field(gt=0)]
Whole = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]


class Part(BaseModel):
    """A frozen value of a file; a name that nobody reads is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Service(Part):
    """What a report costs one service, over all the records that it reads because of it."""

    milliseconds: Positive
    """Of processor."""
    records: Positive
    batch: Whole
    """Records that it takes at once at the most."""


class Costs(Part):
    """What was measured of one report, with where and when."""

    machine: str
    measured: date
    reports: Whole
    """So many were sent."""
    services: Mapping[str, Service]
    batch_milliseconds: Positive
    """What a batch takes beside its records: the calls to both servers."""
    alerts: Positive
    events: Positive
    """Published, by all services together."""
    kafka_milliseconds: Positive
    documents_milliseconds: Positive
    broker_bytes: Positive
    """One copy of all records that a report causes."""
    database_bytes: Positive
    """One copy of its documents and their history."""

    @model_validator(mode="after")
    def _parts(self) -> Self:
        """Routing reads the report and what comes later; notification the case's events and a notice for each alert."""
        if self.services.keys() != SERVICES:
            raise ValueError(f"services are {', '.join(self.services)}; right is {', '.join(sorted(SERVICES))}")
        if self.services["routing"].records <= 1 or self.services["notification"].records <= self.alerts:
            raise ValueError("routing reads more than one record a report, notification more than there are alerts")
        return self

    @property
    def milliseconds(self) -> float:
        """Of all services together."""
        return sum(service.milliseconds for service in self.services.values())

    @property
    def updates(self) -> float:
        """Writes of documents a report, at the most one for each record; gis, which keeps none, writes none."""
        return sum(service.records for name, service in self.services.items() if name != "gis")


class Banner(Part):
    """The unit that sizes are multiples of."""

    reports_a_day: Positive
    peak: Annotated[float, Field(ge=1)]
    """How many times the mean the fullest hour has."""
    burst: Positive
    """Reports a second that are to be held."""


class Size(Part):
    """A multiple of that, on an area."""

    name: str
    banners: Whole
    square_kilometres: Positive


class Node(Part):
    """A machine that an engine runs on."""

    cores: Whole
    gib: Positive

    def __str__(self) -> str:
        """As prices lists have it."""
        return f"{self.cores} cores, {self.gib:g} GiB"


class Brokers(Part):
    """What brokers run on and what one of them takes."""

    nodes: tuple[Node, ...]
    disk_gib: Positive
    replicas: Whole
    """Copies of partitions on one of them."""


class Documents(Part):
    """What members of a shard run on and what one shard takes."""

    nodes: tuple[Node, ...]
    disk_gib: Positive
    disk_a_gib: Positive
    """GiB of disk for each GiB of memory at the most, so that what is new stays in memory."""
    updates: Positive
    """Durable writes a second."""


class Pod(Part):
    """What a pod asks for."""

    least_cores: Positive
    gib: Positive


class Prices(Part):
    """Yuan a month."""

    core: Positive
    memory_gib: Positive
    disk_gib: Positive


class Assumptions(Part):
    """What nobody has measured: how full things may be, what machines there are and what they cost."""

    banner: Banner
    sizes: tuple[Size, ...]
    utilisation: Share
    headroom: Positive
    """Partitions for each member of the largest service."""
    partitions: tuple[Whole, ...]
    least_members: Whole
    spread: Annotated[float, Field(ge=0, le=1)]
    late_seconds: Positive
    largest_source: Share
    years: Positive
    copies: Whole
    pod: Pod
    disk_used: Share
    brokers: Brokers
    documents: Documents
    prices: Prices


def costs(file: Path = COSTS) -> Costs:
    """The measured costs; raises ValidationError where the file is not as it should be."""
    return Costs.model_validate_json(file.read_text(encoding="utf-8"))


def assumptions(file: Path = ASSUMPTIONS) -> Assumptions:
    """The assumptions; raises ValidationError likewise."""
    return Assumptions.model_validate_json(file.read_text(encoding="utf-8"))
