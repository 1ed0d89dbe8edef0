"""Every example of an event is, word for word, what the services write when its story is played to them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from contracts.examples import recorded
from contracts.topics import ALERTS, CASES, DEADLINES, NOTICES, TOPICS
from contracts.wire import Message
from tests.contract.record import ROWS, Row, example
from tests.contract.stories import play

WRITTEN = [topic for topic in TOPICS if topic.internal]


@pytest.fixture(scope="module")
def played() -> Mapping[str, list[Message]]:
    return play()


def of_type(messages: Sequence[Message], wanted: str) -> Iterator[Message]:
    return (message for message in messages if message.type == wanted)


def near(part: Any) -> Any:
    """The same JSON, of which degrees may be off by 0.2 m: sines differ in their last digits between machines."""
    if isinstance(part, dict):
        return {name: near(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [near(inner) for inner in part]
    return pytest.approx(part, abs=2e-6) if isinstance(part, float) else part


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.schema}/{row.name}")
def test_an_example_is_what_a_service_writes(row: Row, played: Mapping[str, list[Message]]) -> None:
    assert json.loads(recorded(row.schema)[row.name]) == near(example(row, played))


def test_no_recorded_example_is_of_no_story() -> None:
    found = {(schema, name) for schema in {row.schema for row in ROWS} for name in recorded(schema)}
    assert found == {(row.schema, row.name) for row in ROWS}


def test_all_that_the_services_write_is_of_a_type_that_has_an_example(played: Mapping[str, list[Message]]) -> None:
    written = {message.type for messages in played.values() for message in messages}
    assert written == {name for topic in WRITTEN for name in topic.types}


def test_each_message_names_the_service_that_wrote_it(played: Mapping[str, list[Message]]) -> None:
    producers = {
        topic.name: {f"yiwang/{name.removeprefix('services/')}" for name in topic.producers} for topic in TOPICS
    }
    for message in (one for messages in played.values() for one in messages):
        assert dict(message.headers)["ce_source"].decode() in producers[message.topic]


def test_the_people_of_a_grid_are_told_once_of_a_new_case_over_each_channel(
    played: Mapping[str, list[Message]],
) -> None:
    (clock,) = (message.id for message in of_type(played["reported"], "yiwang.deadline.scheduled.v1"))
    notices = [json.loads(one.value) for one in played["reported"] if one.topic == NOTICES.name]
    alerts = [json.loads(one.value) for one in played["reported"] if one.topic == ALERTS.name]
    told = [(one["recipient"], one["channel"]) for one in alerts]
    assert {one["staff"] for one in notices if one["role"] == "in_charge"} == {"403371", "403372"}
    assert sorted(told) == sorted((one["staff"], channel) for one in notices for channel in one["channels"])
    assert {one["event_id"] for one in alerts} == {str(clock)}


def test_a_case_climbs_to_the_banner_and_is_kept_and_supervised_there(played: Mapping[str, list[Message]]) -> None:
    told = [one.type.split(".")[2] for one in played["climbed"] if one.topic in {CASES.name, DEADLINES.name}]
    rung = ["scheduled", "warned", "pressing", "breached"]
    climb = ["opened", *rung, *(["assigned", *rung] * 3), "kept"]
    assert told[: len(climb)] == climb
    assert set(told[len(climb) :]) == {"overdue"}
