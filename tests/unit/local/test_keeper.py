import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import OperatorError
from deploy.local.keeper import Fleet, next_delay
from tests.unit.local.waiting import DIES, SERVES, STUBBORN, here, is_alive, program, until


@pytest.mark.parametrize(
    ("last_s", "alive_s", "delay_s"),
    [
        (0.0, 0.0, 0.2),
        (0.2, 1.0, 0.4),
        (6.4, 29.9, 10.0),
        (10.0, 1.0, 10.0),
        (10.0, 30.0, 0.2),
    ],
)
def test_the_delay_doubles_to_ten_seconds_and_starts_anew_after_half_a_minute(
    last_s: float, alive_s: float, delay_s: float
) -> None:
    assert next_delay(last_s, alive_s) == delay_s


async def test_a_program_that_is_killed_is_started_again(tmp_path: Path) -> None:
    fleet = Fleet()
    await fleet.add([program(tmp_path, SERVES)], 10)
    keeper = fleet.keepers[0]
    assert keeper.process
    first = keeper.process.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: keeper.process is not None and keeper.process.pid != first)
    assert keeper.deaths == 1
    await fleet.stop(["tiny"])
    assert "tiny ended with -9; next start in 0.2 s" in (tmp_path / "tiny.log").read_text()


async def test_a_program_that_keeps_dying_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    fleet = Fleet()
    with pytest.raises(OperatorError, match=r"tiny died 3 times; .*tiny\.log ends with:\n(?s:.*)no settings"):
        await fleet.add([program(tmp_path, DIES)], 10)
    await fleet.stop(["tiny"])


async def test_a_program_that_never_serves_fails_the_start_at_the_deadline(tmp_path: Path) -> None:
    fleet = Fleet()
    with pytest.raises(OperatorError, match=r"tiny was not ready within 0\.1 s"):
        await fleet.add([program(tmp_path, "import time; time.sleep(60)")], 0.1)
    await fleet.stop(["tiny"])


async def test_stopping_ends_even_a_program_that_ignores_the_request(tmp_path: Path) -> None:
    fleet = Fleet()
    await fleet.add([program(tmp_path, STUBBORN)], 10)
    process = fleet.keepers[0].process
    assert process
    await fleet.stop(["tiny"])
    assert process.returncode == -signal.SIGKILL


async def test_stopping_names_what_it_stops(tmp_path: Path) -> None:
    fleet = Fleet()
    await fleet.add([program(tmp_path, SERVES, "service"), program(tmp_path, SERVES, "engine")], 10)
    await fleet.stop(["service"])
    running = {keeper.program.name for keeper in fleet.keepers if keeper.process}
    await fleet.stop(["engine"])
    assert running == {"engine"}


SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from deploy.local.keeper import Fleet
from tests.unit.local.waiting import STUBBORN, program

async def main():
    fleet, folder = Fleet(), Path(sys.argv[1])
    await fleet.add([program(folder, STUBBORN, name) for name in ("one", "two")], 10)
    print(*(keeper.process.pid for keeper in fleet.keepers), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_kill_9_of_the_supervisor_leaves_no_child(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=here()
    ) as supervisor:
        assert supervisor.stdout
        children = [int(pid) for pid in (await asyncio.to_thread(supervisor.stdout.readline)).split()]
        assert len(children) == 2
        assert all(is_alive(child) for child in children)
        supervisor.kill()
    await until(lambda: not any(is_alive(child) for child in children))
