import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import OperatorError
from deploy.local.lock import holder, sole_run
from tests.unit.local.waiting import here


def test_a_second_run_is_refused_naming_the_first(tmp_path: Path) -> None:
    with sole_run(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with (
            pytest.raises(OperatorError, match=rf"runs here already \(process {os.getpid()}\).*make down"),
            sole_run(tmp_path),
        ):
            pass


def test_a_run_that_has_ended_holds_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with sole_run(tmp_path):
        pass
    assert holder(tmp_path) is None
    with sole_run(tmp_path):
        assert holder(tmp_path) == os.getpid()


HOLDER = """
import sys
from pathlib import Path
from deploy.local.lock import sole_run
with sole_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_kill_9_frees_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=here()
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        assert holder(tmp_path) == process.pid
        process.kill()
        process.wait()
    assert holder(tmp_path) is None
