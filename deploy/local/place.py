"""Where a local run lives: its folder, its ports and the addresses that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from deploy.local.errors import OperatorError
from deploy.local.ports import HOST

ROOT = Path(__file__).parents[2]
RUN = ROOT / ".run"
SERVICES = ("intake", "gis", "routing", "escalation", "notification")

# variable → default port
PORTS = {
    "YIWANG_KAFKA_PORT": 29092,
    "YIWANG_KAFKA_CONTROLLER_PORT": 29093,
    "YIWANG_MONGO_PORT": 29017,
    "YIWANG_INTAKE_PORT": 18081,
    "YIWANG_GIS_PORT": 18082,
    "YIWANG_ROUTING_PORT": 18083,
    "YIWANG_ESCALATION_PORT": 18084,
    "YIWANG_NOTIFICATION_PORT": 18085,
    "YIWANG_SMTP_PORT": 18025,
    "YIWANG_WEBHOOK_PORT": 18026,
}
KAFKA_PORTS = ("YIWANG_KAFKA_PORT", "YIWANG_KAFKA_CONTROLLER_PORT")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A run's folder, ports by variable, and servers from outside (None: start our own)."""

    folder: Path
    ports: Mapping[str, int]
    outside_kafka: str | None = None
    outside_mongo: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    """Further variables for every program."""

    @property
    def kafka(self) -> str:
        """Kafka's bootstrap addresses, comma-separated."""
        return self.outside_kafka or f"{HOST}:{self.ports['YIWANG_KAFKA_PORT']}"

    @property
    def mongo(self) -> str:
        """MongoDB's URI."""
        return self.outside_mongo or f"mongodb://{HOST}:{self.ports['YIWANG_MONGO_PORT']}"

    @property
    def logs(self) -> Path:
        """One log per program."""
        return self.folder / "logs"

    @property
    def people(self) -> Path:
        """What reached people: mail.jsonl, webhook.jsonl and sms.jsonl."""
        return self.folder / "people"

    def url(self, service: str) -> str:
        """A service's address over HTTP."""
        return f"http://{HOST}:{self.ports[f'YIWANG_{service.upper()}_PORT']}"

    def used_ports(self) -> dict[str, int]:
        """The ports that this run will listen on, by variable."""
        outside = set(KAFKA_PORTS) if self.outside_kafka else set()
        outside |= {"YIWANG_MONGO_PORT"} if self.outside_mongo else set()
        return {name: port for name, port in self.ports.items() if name not in outside}

    def env(self) -> dict[str, str]:
        """What every program of the run, and programs beside it, are told in variables."""
        return {
            "YIWANG_KAFKA": self.kafka,
            "YIWANG_MONGO": self.mongo,
            **{f"YIWANG_{service.upper()}": self.url(service) for service in SERVICES},
            "YIWANG_SMTP": f"{HOST}:{self.ports['YIWANG_SMTP_PORT']}",
            "YIWANG_WEBHOOK": self.url("webhook") + "/webhook",
            "YIWANG_SMS": self.url("webhook") + "/sms",
            "YIWANG_PEOPLE": str(self.people),
            "YIWANG_TOKENS": str(self.folder / "tokens.toml"),
            **self.more,
        }


def from_environment(environ: Mapping[str, str]) -> Place:
    """
    The place that these variables describe; YIWANG_RUN names another folder than `.run`.

    The addresses of this run's own servers, as its env file gives them, are not servers from outside.
    Raises OperatorError for a port that is none or is given twice.
    """
    ports = {name: _port(name, environ.get(name, str(default))) for name, default in PORTS.items()}
    _refuse_shared(ports)
    own = Place(folder=Path(environ.get("YIWANG_RUN") or RUN).resolve(), ports=MappingProxyType(ports))
    return replace(
        own,
        outside_kafka=_other_than(own.kafka, environ.get("YIWANG_KAFKA")),
        outside_mongo=_other_than(own.mongo, environ.get("YIWANG_MONGO")),
    )


def _other_than(own: str, given: str | None) -> str | None:
    return given if given and given != own else None


def _port(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise OperatorError(f"{name}={text} is no port: give a number from 1 to 65535")
    return int(text)


def _refuse_shared(ports: Mapping[str, int]) -> None:
    owners: dict[int, str] = {}
    for name, port in ports.items():
        if port in owners:
            raise OperatorError(f"{owners[port]} and {name} are both {port}: give each its own")
        owners[port] = name
