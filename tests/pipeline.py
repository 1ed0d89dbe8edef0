"""The five services as real processes on real servers, in a namespace of their own, with people who receive alerts."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.wire import Topic
from deploy.local.engines import free_ports
from deploy.local.processes import bound
from tests.servers import Servers, namespace
from tests.stable import Running, Stable
from tests.telling import NO_STORM, plain_policy

SERVICES = ("intake", "gis", "routing", "escalation", "notification")
ROLES = ("department", "officer", "operator")
ROOT = Path(__file__).parents[1]


async def eventually(
    holds: Callable[[], Awaitable[bool]], what: str, *, seconds: float = 60, pause: float = 0.1
) -> None:
    """Wait until something holds, or fail and say what did not."""
    limit = asyncio.get_running_loop().time() + seconds
    while not await holds():
        assert asyncio.get_running_loop().time() < limit, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(pause)


async def get(port: int, path: str) -> tuple[int, str]:
    """The status and body that a GET on this machine is answered with, (0, "") without an answer; cheap to ask."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = (await reader.read()).decode()
            writer.close()
    except (OSError, TimeoutError):
        return 0, ""
    head, _, body = answer.partition("\r\n\r\n")
    return (int(head.split()[1]), body) if head else (0, "")


async def status(port: int, path: str) -> int | None:
    """The status alone; None without an answer."""
    return (await get(port, path))[0] or None


@dataclass(slots=True)
class Pipeline:
    """Everything that runs, and the public doors to it."""

    servers: Servers
    folder: Path
    space: str = field(default_factory=namespace)
    members: int = 1
    """How many members each service has: the first has the service's name, the others ``routing.1`` and so on."""
    settings: dict[str, str] = field(default_factory=dict)
    at_once: int | None = NO_STORM
    """From how many messages a minute on a person gets digests; None: as the services' own policy has it."""
    people: bool = True
    """Whether somebody receives what is sent to people; else that is a line of the service's log."""
    stable: Stable | None = None
    """Where members are forked from; without it each is a new interpreter."""
    processes: dict[str, Running] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=lambda: {role: secrets.token_urlsafe(24) for role in ROLES})

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    @property
    def policy(self) -> Path:
        """The table of who is told of what."""
        return self.folder / "policy.toml"

    @property
    def names(self) -> list[str]:
        """All members of all services."""
        return [f"{service}.{n}" if n else service for n in range(self.members) for service in SERVICES]

    def env(self, name: str) -> dict[str, str]:
        service, _, number = name.partition(".")
        ways = {
            "YIWANG_SMTP": f"127.0.0.1:{self.ports['smtp']}",
            "YIWANG_WEBHOOK": f"{self.url('webhook')}/webhook",
            "YIWANG_SMS": f"{self.url('webhook')}/sms",
        }
        return {
            **os.environ,
            **(ways if self.people else {}),
            "YIWANG_KAFKA": self.servers.kafka,
            "YIWANG_MONGO": self.servers.mongo,
            "YIWANG_NAMESPACE": self.space,
            "YIWANG_TOKENS": str(self.folder / "tokens.toml"),
            "YIWANG_PEOPLE": str(self.folder / "people"),
            "YIWANG_POLICY": str(self.policy),
            "YIWANG_HTTP_PORT": str(self.ports.get(name, 0)),
            "YIWANG_MEMBER": f"{service}-{number or 0}",
            **self.settings,
        }

    def prepare(self) -> None:
        """Ports, tokens, topics and indexes."""
        names = [*self.names, "smtp", "webhook"]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        rows = [
            f'[[tokens]]\nname = "test-{role}"\nrole = "{role}"\nsha256 = "{sha256(token.encode()).hexdigest()}"\n'
            + ('source = "hotline-12345"\n' if role == "department" else "")
            for role, token in self.tokens.items()
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "tokens.toml").write_text("\n".join(rows))
        plain_policy(self.folder, datetime.now(UTC), self.at_once)
        made = subprocess.run([sys.executable, "-m", "yiwang", "init"], cwd=ROOT, env=self.env("-"), check=False)
        assert made.returncode == 0, "yiwang init failed"

    def start(self, *names: str) -> None:
        for name in names:
            self.start_as(name, "deploy.local.people" if name == "people" else f"services.{name.partition('.')[0]}.app")

    def start_as(self, name: str, module: str, *arguments: str, **settings: str) -> None:
        """Start a member by another module than its own, or with settings of its own."""
        log, env = self.folder / f"{name}.log", self.env(name) | settings
        if self.stable and "LD_PRELOAD" not in settings:  # a fork loads no libraries anew
            self.processes[name] = self.stable.start(module, arguments, env, log)
            return
        with log.open("ab") as output:
            argv = bound([sys.executable, "-m", module, *arguments])
            self.processes[name] = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=output, stderr=output)

    def kill(self, name: str) -> None:
        """Kill -9, and nothing else."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self, name: str, seconds: float = 15) -> int:
        """SIGTERM; answers the exit code."""
        self.processes[name].send_signal(signal.SIGTERM)
        return self.processes[name].wait(seconds)

    def end(self) -> None:
        """Kill all that still runs."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    async def ready(self, *names: str) -> None:
        for name in names:
            await eventually(partial(self._ready, name), f"{name} ready; see {self.folder}")

    async def _ready(self, name: str) -> bool:
        code = self.processes[name].poll()
        assert code is None, f"{name} ended with {code}:\n{self.log(name)}"
        return await self.says_ready(name)

    async def says_ready(self, name: str) -> bool:
        """Whether /readyz says yes."""
        return (await get(self.ports[name], "/readyz"))[0] == 200

    async def metric(self, name: str, metric: str) -> float:
        """The sum of a metric's samples at a member; 0 without an answer."""
        lines = (await get(self.ports[name], "/metrics"))[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{metric} ", f"{metric}{{")))

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def received(self) -> list[dict[str, Any]]:
        """What reached people, mails, calls and text messages alike."""
        files = [self.folder / "people" / name for name in ("mail.jsonl", "webhook.jsonl", "sms.jsonl")]
        return [json.loads(line) for file in files if file.exists() for line in file.read_text().splitlines()]

    async def publish(self, topic: Topic, bodies: Sequence[tuple[str, bytes]]) -> None:
        """As a department would: no headers, acks=all."""
        producer = AIOKafkaProducer(bootstrap_servers=self.servers.brokers, acks="all")
        await producer.start()
        try:
            sent = [await producer.send(self.space + topic.name, value, key=key.encode()) for key, value in bodies]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()

    async def read(self, topic: Topic) -> list[Any]:
        """Every record of a topic so far, in the order of each partition."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers.brokers, auto_offset_reset="earliest")
        await consumer.start()
        try:
            places = [TopicPartition(self.space + topic.name, number) for number in range(topic.partitions)]
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            records: list[Any] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for found in (await consumer.getmany(timeout_ms=200)).values():
                    records.extend(found)
            return records
        finally:
            await consumer.stop()

    async def events(self, topic: Topic) -> dict[str, Any]:
        """The topic's events by their id, each once; the same id with other content fails."""
        found: dict[str, bytes] = {}
        for record in await self.read(topic):
            name = dict(record.headers)["ce_id"].decode()
            assert found.setdefault(name, record.value) == record.value, (
                f"{topic.name}: {name} twice with other content"
            )
        return {name: topic.model.model_validate_json(value) for name, value in found.items()}


@asynccontextmanager
async def pipeline(servers: Servers, folder: Path, **settings: str) -> AsyncIterator[Pipeline]:
    """All of it, ready; ended when the context ends."""
    found = Pipeline(servers, folder, settings=settings)
    found.prepare()
    try:
        found.start("people", *SERVICES)
        await found.ready(*SERVICES)
        yield found
    finally:
        found.end()
