import json
import os
from pathlib import Path

import pytest

from deploy.local.lock import sole_run
from deploy.local.supervisor import main


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_RUN", str(tmp_path))


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start"]) == 2
    assert capsys.readouterr().err == "usage: python -m deploy.local.supervisor run | serve | up | down | status\n"


@pytest.mark.parametrize("command", ["run", "serve", "up"])
def test_a_second_start_is_one_line(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sole_run(tmp_path):
        assert main([command]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert f"process {os.getpid()}" in lines[0]


def test_stopping_what_does_not_run_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down"]) == 0
    assert capsys.readouterr().out == "Yiwang does not run here\n"


def test_status_tells_each_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    programs = {"kafka": {"pid": 7, "deaths": 0}, "gis": {"pid": None, "deaths": 2}}
    (tmp_path / "state.json").write_text(json.dumps({"pid": os.getpid(), "ready": True, "programs": programs}))
    assert main(["status"]) == 1
    assert "does not run" in capsys.readouterr().out
    with sole_run(tmp_path):
        assert main(["status"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[1].split() == ["kafka", "7", "deaths", "0"]
    assert out[2].split() == ["gis", "down", "deaths", "2"]
