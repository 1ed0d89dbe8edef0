"""Kafka with a second listener, advertised at a proxy's port: clients follow what is advertised."""

from dataclasses import dataclass

from deploy.local.kafka import Kafka
from deploy.local.ports import HOST


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
