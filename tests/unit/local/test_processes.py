import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import OperatorError
from deploy.local.processes import CHILD, Command, note, rotate, tail
from deploy.local.steps import run_step, run_visibly


def command(folder: Path, code: str) -> Command:
    return Command(argv=[sys.executable, "-I", "-S", "-c", code], log=folder / "step.log", env={"STEP_COLOUR": "green"})


def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    done = subprocess.run([sys.executable, CHILD, "1", "echo", "started"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "the parent 1 has ended\n"


def test_a_log_that_has_grown_is_moved_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "kafka.log"
    rotate(log, 3)
    log.write_text("1234")
    rotate(log, 4)
    assert log.exists()
    rotate(log, 3)
    assert not log.exists()
    assert (tmp_path / "logs" / "kafka.log.1").read_text() == "1234"


def test_the_last_words_are_those_since_the_last_start(tmp_path: Path) -> None:
    log = tmp_path / "gis.log"
    assert tail(log) == ""
    log.write_text("--- started\nold\n--- started\nnew\n")
    note(log, "gis ended with 1")
    assert tail(log) == "new\n--- gis ended with 1"
    assert tail(log, 1) == "--- gis ended with 1"


async def test_a_step_gets_its_variables_and_its_output_goes_to_its_log(tmp_path: Path) -> None:
    await run_step(command(tmp_path, "import os; print(os.environ['STEP_COLOUR'])"), 10)
    assert tail(tmp_path / "step.log") == "green"


async def test_a_step_that_fails_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"ended with 3; .*step\.log ends with:\nno topics"):
        await run_step(command(tmp_path, "import sys; print('no topics', flush=True); sys.exit(3)"), 10)


async def test_a_step_that_hangs_is_ended_at_its_deadline(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"was not done within 0\.1 s"):
        await run_step(command(tmp_path, "import time; time.sleep(60)"), 0.1)


async def test_a_visible_step_hands_back_its_exit_code(tmp_path: Path) -> None:
    assert await run_visibly(command(tmp_path, "import sys; sys.exit(4)")) == 4
