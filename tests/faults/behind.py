"""Servers as they are reached through a proxy: clients follow what a server advertises, unless told not to."""

from dataclasses import dataclass

from deploy.local.kafka import Kafka
from deploy.local.ports import HOST
from tests.faults.proxy import Proxy


@dataclass(frozen=True, kw_only=True)
class ProxiedKafka(Kafka):
    """A node whose clients come by ``proxy_port``, which passes on to ``inner_port``; the harness comes direct."""

    inner_port: int
    proxy_port: int

    def settings(self) -> dict[str, str]:
        """See ``Kafka``."""
        plain = Kafka.settings(self)
        return plain | {
            "listeners": f"{plain['listeners']},PROXIED://{HOST}:{self.inner_port}",
            "advertised.listeners": f"{plain['advertised.listeners']},PROXIED://{HOST}:{self.proxy_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        }


def by_proxy(wire: Proxy) -> str:
    """The address of a MongoDB behind a proxy; without the option its clients would go to where it says that it is."""
    return f"mongodb://{HOST}:{wire.port}/?directConnection=true"
