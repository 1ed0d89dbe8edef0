import sys
from pathlib import Path

import pytest

from deploy.local.documents import MEASURED, PROGRAM
from deploy.local.engines import Documents, Kafka, free_ports, start, wait_ready
from deploy.local.errors import OperatorError


def kafka(folder: Path, class_path: str = "none.jar") -> Kafka:
    port, controller_port = free_ports(2)
    return Kafka(folder=folder, port=port, controller_port=controller_port, class_path=class_path)


def test_two_nodes_share_neither_folder_nor_port(tmp_path: Path) -> None:
    one, two = kafka(tmp_path / "one").settings(), kafka(tmp_path / "two").settings()
    own = {"log.dirs", "listeners", "advertised.listeners", "controller.quorum.voters"}
    assert {name for name in one if one[name] != two[name]} == own


def test_engines_listen_on_this_machine_only(tmp_path: Path) -> None:
    listeners = kafka(tmp_path).settings()["listeners"].split(",")
    assert all("://127.0.0.1:" in listener for listener in listeners)
    argv = Documents(folder=tmp_path, port=1).argv()
    assert argv[argv.index("--host") + 1] == "127.0.0.1"
    assert "--sync-on-commit" in argv


def test_the_environment_names_the_server_of_documents_that_is_measured_and_it_gets_the_same_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = Documents(folder=tmp_path, port=1)
    monkeypatch.delenv(PROGRAM, raising=False)
    usual = documents.argv()
    monkeypatch.setenv(PROGRAM, "/fast/server")
    measured = documents.argv()
    assert usual[:3] == [sys.executable, "-m", "secantus"]
    assert measured[: -len(usual[3:])] == ["env", *MEASURED, "/fast/server"]
    assert measured[-len(usual[3:]) :] == usual[3:]


async def test_an_engine_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert not await kafka(tmp_path).answers()


def test_storage_that_cannot_be_formatted_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"Kafka's storage in .* could not be formatted: .+") as refusal:
        kafka(tmp_path).prepare()
    assert "\n" not in str(refusal.value)


async def test_a_private_document_server_starts_and_answers(tmp_path: Path) -> None:
    engine, log = Documents(folder=tmp_path / "documents", port=free_ports(1)[0]), tmp_path / "log"
    with start(engine, log) as process:
        await wait_ready(engine, process, log)
        assert await engine.answers()
        process.terminate()


async def test_an_engine_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("no folder")
    engine, log = Documents(folder=tmp_path / "documents", port=free_ports(1)[0]), tmp_path / "log"
    engine.prepare()
    (engine.folder / "data").write_text("no folder")
    with start(engine, log) as process:
        with pytest.raises(OperatorError, match=r"documents ended with \d+; .*log ends with:\n.+"):
            await wait_ready(engine, process, log)
        process.kill()
