"""What is generated is what is committed: nothing missing, nothing stale, nothing left over."""

import json
from pathlib import Path

import pytest

from contracts.generate import FOLDER, drift, files, main, write
from contracts.topics import TOPICS
from contracts.wire import settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A generated folder of its own, up to date."""
    write(tmp_path / "generated")
    return tmp_path / "generated"


def test_the_generated_files_follow_from_the_registry_and_none_is_left_over() -> None:
    assert drift(FOLDER) == {}


def test_generating_twice_gives_the_same_bytes() -> None:
    assert files() == files()


def test_a_file_that_differs_is_named_on_one_line_and_the_check_exits_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "topics.json").write_text("[]\n")
    assert main(["--check"], folder) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{folder.parent.name}/generated/topics.json differs; run python -m contracts.generate"
    ]
    assert (folder / "topics.json").read_text() == "[]\n"


def test_a_missing_file_and_one_that_belongs_to_nothing_are_drift(folder: Path) -> None:
    (folder / "asyncapi.json").unlink()
    (folder / "schemas" / "old.v1.json").write_text("{}")
    assert drift(folder) == {
        "asyncapi.json": "is missing",
        "schemas/old.v1.json": "belongs to nothing in the registry",
    }


def test_writing_mends_all_drift_and_then_the_check_exits_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "asyncapi.json").unlink()
    (folder / "topics.json").write_text("[]\n")
    (folder / "schemas" / "old.v1.json").write_text("{}")
    assert main([], folder) == 0
    assert main(["--check"], folder) == 0
    assert capsys.readouterr().out == ""


def test_the_list_of_topics_is_sorted_and_has_one_row_for_each() -> None:
    rows = json.loads((FOLDER / "topics.json").read_bytes())
    assert [row["name"] for row in rows] == sorted(topic.name for topic in TOPICS)


def test_the_list_of_topics_has_the_settings_of_each() -> None:
    rows = {row["name"]: row["settings"] for row in json.loads((FOLDER / "topics.json").read_bytes())}
    assert rows == {topic.name: settings(topic) for topic in TOPICS}


def test_the_list_of_topics_points_to_schemas_that_exist() -> None:
    rows = json.loads((FOLDER / "topics.json").read_bytes())
    assert all((FOLDER / row["schema"]).is_file() for row in rows)


def test_topics_of_one_model_share_one_schema() -> None:
    schemas = {path.stem for path in (FOLDER / "schemas").iterdir()}
    assert len(schemas) == len({topic.model for topic in TOPICS})
    assert {"report.submitted.v1", "dead-letter.v1"} <= schemas
