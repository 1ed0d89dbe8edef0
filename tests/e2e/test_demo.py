"""A short demo comes to the same totals however slow the machine is, and ends everything that it started."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

from deploy.local.place import ROOT
from tests.servers import Servers, servers
from tests.unit.local.waiting import is_alive

DAYS = ("--days", "1", "--tail", "1")
SECONDS = 100.0
REAL = ("实际时间", "运行", "重发", ".svg", ".html")
"""What only lines have that tell of real time, of this machine's places, or of events sent again."""
PAUSE, REST = 0.8, 0.6
"""Seconds for which a service is stopped in mid-work, and between two stops."""
VICTIMS = ("routing", "notification", "gis", "escalation", "intake")


def programs(folder: Path) -> dict[str, int]:
    """The processes that run now, by name."""
    try:
        state = json.loads((folder / "demo" / "state.json").read_text())
    except FileNotFoundError:
        return {}
    return {name: one["pid"] for name, one in state["programs"].items() if one["pid"]}


async def start(folder: Path, **more: str) -> Process:
    argv = [sys.executable, "-m", "deploy.local.demo", *DAYS]
    env = {**os.environ, "YIWANG_RUN": str(folder), **more}
    return await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=env, stdout=PIPE)


@asynccontextmanager
async def slowed(folder: Path) -> AsyncIterator[list[str]]:
    """Stops one service after the other in mid-work, and lets it go on; gives their names."""
    stopped: list[str] = []
    task = asyncio.create_task(_slow(folder, stopped))
    try:
        yield stopped
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _slow(folder: Path, stopped: list[str]) -> None:
    for name in cycle(VICTIMS):
        if (pid := programs(folder).get(name)) and is_alive(pid):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(name)
            try:
                await asyncio.sleep(PAUSE)
            finally:
                os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(REST)


async def totals(folder: Path, given: Servers) -> tuple[str, list[str]]:
    """The last line of a run, and its summary without the lines that tell of real time or places."""
    run = await start(folder, YIWANG_KAFKA=given.kafka, YIWANG_MONGO=given.mongo)
    out, _ = await asyncio.wait_for(run.communicate(), SECONDS)
    lines = out.decode().splitlines()
    assert run.returncode == 0, lines[-40:]
    first = next(at for at, line in enumerate(lines) if line.startswith("■"))
    return lines[-1], [line for line in lines[first:] if not any(word in line for word in REAL)]


async def test_the_same_seed_gives_the_same_totals_on_a_slowed_machine(tmp_path: Path) -> None:
    with servers(tmp_path) as given:
        line, summary = await totals(tmp_path / "quick", given)
        async with slowed(tmp_path / "slow") as stopped:
            slow_line, slow_summary = await totals(tmp_path / "slow", given)

    assert set(stopped) == set(VICTIMS)
    assert line.startswith("demo: reports=")
    assert line.endswith(" lost=0 duplicated=0")
    assert slow_line == line
    assert slow_summary == summary


async def test_a_demo_that_is_interrupted_leaves_nothing_running(tmp_path: Path) -> None:
    run = await start(tmp_path)
    async with asyncio.timeout(SECONDS):
        while "intake" not in programs(tmp_path):
            await asyncio.sleep(0.05)
    found = programs(tmp_path)
    run.send_signal(signal.SIGINT)
    await asyncio.wait_for(run.communicate(), SECONDS)

    assert run.returncode == 130
    assert not [name for name, pid in found.items() if is_alive(pid)]
