"""A service that comes to a stand ends itself, one that cannot start exits; the local supervisor starts it again."""

import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from contracts.outcome import OutcomeKind
from contracts.topics import OUTCOMES, SUBMITTED
from deploy.local.engines import Documents, Kafka, class_path, free_ports
from deploy.local.keeper import Keeper, Program
from deploy.local.place import ROOT
from deploy.local.processes import Command
from tests.pipeline import Pipeline, eventually, status
from tests.servers import Servers, running

SOURCE = SUBMITTED["water"]


def report(name: str) -> tuple[str, bytes]:
    body = {"reference": name, "occurred_at": "2026-11-27T08:30:00+08:00", "text": "机井水位下降"}
    return name, json.dumps(body, ensure_ascii=False).encode()


@asynccontextmanager
async def kept(found: Pipeline, argv: Sequence[str]) -> AsyncIterator[Keeper]:
    """Intake under the supervisor's keeper, by this command line, for as long as the context lasts."""
    command = Command(argv=[sys.executable, *argv], log=found.folder / "intake.log", env=found.env("intake"))
    keeper = Keeper(Program(name="intake", command=command, ready=partial(serves, found.ports["intake"])), lambda: None)
    keeper.start()
    try:
        yield keeper
    finally:
        await keeper.stop()


async def serves(port: int) -> bool:
    return await status(port, "/readyz") == 200


async def received(found: Pipeline, names: Sequence[str]) -> bool:
    told = (await found.events(OUTCOMES)).values()
    return {one.reference for one in told if one.kind is OutcomeKind.RECEIVED} == set(names)


@pytest.mark.parametrize("way", ["decision", "answer", "consumer"])
async def test_a_service_that_comes_to_a_stand_ends_itself_and_its_next_life_loses_nothing(
    servers: Servers, tmp_path: Path, way: str
) -> None:
    found = Pipeline(servers, tmp_path)
    found.prepare()
    names = [f"S-{n}" for n in range(20)]
    async with kept(found, ["-m", "tests.faults.stuck", "intake", way, str(tmp_path / "stuck-once")]) as keeper:
        await eventually(keeper.program.ready, "intake ready")
        await found.publish(SOURCE, [report(name) for name in names])
        await eventually(lambda: received(found, names), "every report received")
        assert keeper.deaths == 1
    log = (tmp_path / "intake.log").read_text()
    assert "no progress, the process ends" in log
    assert "intake ended with 1" in log


async def test_a_service_without_its_servers_exits_with_one_line_and_serves_once_they_are_there(
    tmp_path: Path,
) -> None:
    port, controller, documents_port = free_ports(3)
    kafka = Kafka(
        folder=tmp_path / "kafka", port=port, controller_port=controller, class_path=class_path(ROOT / ".run")
    )
    documents = Documents(folder=tmp_path / "documents", port=documents_port)
    found = Pipeline(Servers(kafka.address, documents.uri), tmp_path, space="alone.")
    found.ports = {"intake": free_ports(1)[0], "smtp": 1, "webhook": 1}
    (tmp_path / "tokens.toml").touch()
    async with kept(found, ["-m", "services.intake.app"]) as keeper:
        await eventually(partial(died, keeper, 1), "an exit without any server")
        with running(documents, tmp_path):
            deaths = keeper.deaths
            await eventually(partial(died, keeper, deaths + 1), "an exit without Kafka")
            with running(kafka, tmp_path):
                found.prepare()
                await eventually(keeper.program.ready, "intake ready once its servers are there")
    said = [line for line in (tmp_path / "intake.log").read_text().splitlines() if "cannot start" in line]
    assert len(said) >= 2
    assert "Traceback" not in (tmp_path / "intake.log").read_text()


async def died(keeper: Keeper, times: int) -> bool:
    return keeper.deaths >= times
