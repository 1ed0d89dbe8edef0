import os
from pathlib import Path

import pytest

from deploy.local.demo import clear, main, place
from deploy.local.documents import Documents
from deploy.local.lock import sole_run
from deploy.local.place import PORTS, from_environment


def test_a_demo_has_a_folder_and_ports_of_its_own(tmp_path: Path) -> None:
    run, demo = from_environment({"YIWANG_RUN": str(tmp_path)}), place({"YIWANG_RUN": str(tmp_path)})

    assert demo.folder == run.folder / "demo"
    assert set(demo.ports) == set(PORTS)
    assert not set(demo.ports.values()) & set(run.ports.values())
    assert "YIWANG_NAMESPACE" not in demo.env()


def test_only_a_demo_steps_the_time_and_has_a_roster_of_its_own(tmp_path: Path) -> None:
    demo = place({"YIWANG_RUN": str(tmp_path)}).env()

    assert (demo["YIWANG_TIMELINE"], demo["YIWANG_ROSTER"]) == ("true", str(tmp_path / "demo" / "roster"))
    assert "YIWANG_TIMELINE" not in from_environment({"YIWANG_RUN": str(tmp_path)}).env()


def test_on_given_servers_a_demo_works_under_a_name_that_nobody_has(tmp_path: Path) -> None:
    given = {"YIWANG_RUN": str(tmp_path), "YIWANG_KAFKA": "one:9092", "YIWANG_MONGO": "mongodb://two"}
    first, second = place(given).env(), place(given).env()

    assert (first["YIWANG_KAFKA"], first["YIWANG_MONGO"]) == ("one:9092", "mongodb://two")
    assert first["YIWANG_NAMESPACE"].startswith("demo-")
    assert first["YIWANG_NAMESPACE"] != second["YIWANG_NAMESPACE"]


def test_what_an_earlier_demo_left_is_deleted_but_the_lock(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "data").touch()
    (tmp_path / "map.svg").touch()
    with sole_run(tmp_path):
        clear(tmp_path)

    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_a_second_demo_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIWANG_RUN", str(tmp_path))
    with sole_run(tmp_path / "demo"):
        assert main([]) == 2
    assert f"process {os.getpid()}" in capsys.readouterr().err


def test_documents_sync_every_commit_unless_told_not_to(tmp_path: Path) -> None:
    usual, quick = Documents(folder=tmp_path, port=1), Documents(folder=tmp_path, port=1, synced=False)

    assert ("--sync-on-commit" in usual.argv(), "--sync-on-commit" in quick.argv()) == (True, False)
