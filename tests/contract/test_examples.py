"""Every event type has examples; they parse, fit their schema, and speak of a place that exists."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from contracts.asyncapi import schema_name
from contracts.examples import examples
from contracts.examples.reports import SUBMITTED
from contracts.examples.scene import DEPARTMENT, RECEIVED, REPORT_ID, WELL
from contracts.generate import FOLDER, event_type
from contracts.report import Datum, Submission
from contracts.topics import TOPICS
from contracts.wire import Topic
from services.intake.datum import to_wgs84
from services.intake.reading import read

BY_SCHEMA = {schema_name(topic): topic for topic in TOPICS}
FILES = sorted((FOLDER / "examples").rglob("*.json"))
DATA = FOLDER.parents[1] / "services" / "gis" / "data"


def validator(schema: str) -> Draft202012Validator:
    text = (FOLDER / "schemas" / f"{schema}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())


def units(part: object) -> Iterator[tuple[str, str]]:
    """Code and name of every unit that a JSON value mentions."""
    if isinstance(part, dict) and {"code", "name", "level"} <= part.keys():
        yield part["code"], part["name"]
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from units(inner)


@pytest.fixture(scope="module")
def territory() -> set[tuple[str, str]]:
    with (DATA / "divisions.csv").open(encoding="utf-8") as rows:
        divisions = {(row["code"], row["name"]) for row in csv.DictReader(rows)}
    grids = json.loads((DATA / "grids.geojson").read_text(encoding="utf-8"))["features"]
    return divisions | {(grid["properties"]["code"], grid["properties"]["name"]) for grid in grids}


def test_there_are_examples_of_exactly_the_schemas_of_the_registry() -> None:
    assert {path.parent.name for path in FILES} == set(BY_SCHEMA)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_type_of_a_topic_has_an_example_and_no_example_is_of_another_type(topic: Topic) -> None:
    assert {event_type(topic, value) for value in examples(schema_name(topic), topic).values()} == set(topic.types)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_parses_to_the_value_it_was_written_from(path: Path) -> None:
    topic = BY_SCHEMA[path.parent.name]
    assert topic.model.model_validate_json(path.read_bytes()) == examples(path.parent.name, topic)[path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_fits_its_schema(path: Path) -> None:
    validator(path.parent.name).validate(json.loads(path.read_bytes()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_required_field_that_an_example_lacks_is_seen_by_model_and_schema(path: Path) -> None:
    check, model = validator(path.parent.name), BY_SCHEMA[path.parent.name].model
    for name in model.model_json_schema()["required"]:
        lacking = {key: value for key, value in json.loads(path.read_bytes()).items() if key != name}
        assert not check.is_valid(lacking)
        with pytest.raises(ValueError, match=name):
            model.model_validate_json(json.dumps(lacking))


@pytest.mark.parametrize("schema", BY_SCHEMA)
def test_a_schema_is_valid_json_schema_2020_12(schema: str) -> None:
    Draft202012Validator.check_schema(validator(schema).schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_units_of_an_example_are_those_of_the_territory(path: Path, territory: set[tuple[str, str]]) -> None:
    assert set(units(json.loads(path.read_bytes()))) <= territory


def test_the_smallest_report_has_three_fields() -> None:
    assert set(json.loads((FOLDER / "examples/report.submitted.v1/smallest.json").read_bytes())) == {
        "reference",
        "occurred_at",
        "text",
    }


def test_the_example_of_everything_leaves_no_field_out() -> None:
    assert SUBMITTED["everything"].model_fields_set == set(Submission.model_fields)


def test_a_correction_has_the_same_reference_and_a_higher_revision() -> None:
    first, second = SUBMITTED["smallest"], SUBMITTED["correction"]
    assert isinstance(first, Submission)
    assert isinstance(second, Submission)
    assert (second.reference, second.revision) == (first.reference, first.revision + 1)


@pytest.mark.parametrize("datum", Datum)
def test_the_coordinates_of_each_datum_show_the_same_well(datum: Datum) -> None:
    longitude, latitude = to_wgs84(*WELL[datum], datum)
    assert (longitude, latitude) == pytest.approx(WELL[Datum.WGS84], abs=2e-6)


@pytest.mark.parametrize("name", SUBMITTED)
def test_intake_reads_every_example_of_a_submission(name: str) -> None:
    raw = (FOLDER / "examples" / "report.submitted.v1" / f"{name}.json").read_bytes()
    assert read(DEPARTMENT, raw, sent_at=RECEIVED).report_id == REPORT_ID
