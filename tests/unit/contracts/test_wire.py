"""On the wire: CloudEvents 1.0 in binary mode, deterministic bytes, and headers that may be anything."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.asyncapi import schema_name
from contracts.examples import examples
from contracts.examples.scene import CAUSE, REPORT_ID
from contracts.identity import event_id
from contracts.problem import problems
from contracts.topics import ALERTS, CASES, TOPICS
from contracts.wire import Body, Count, Event, Many, Message, Moment, Topic, Value, event, message, text_headers

TIME = datetime(2026, 3, 5, 14, 31, tzinfo=ZoneInfo("Asia/Shanghai"))
TRACE = "00-00000000000000000000000000000001-0000000000000001-01"
REQUIRED = {"ce_id", "ce_source", "ce_specversion", "ce_type"}
"""The required attributes of CloudEvents 1.0, as its Kafka binding names the headers."""

BODIES = [
    pytest.param(topic, body, id=f"{topic.name}/{name}")
    for topic in TOPICS
    for name, body in examples(schema_name(topic), topic).items()
    if isinstance(body, Body)
]


def sent(topic: Topic, body: Body) -> Message:
    return message(event(topic, body, cause=CAUSE), source="yiwang/routing", time=TIME, traceparent=TRACE)


def opened() -> Body:
    body = examples(CASES.name, CASES)["opened"]
    assert isinstance(body, Body)
    return body


@pytest.mark.parametrize(("topic", "body"), BODIES)
def test_every_event_carries_the_required_attributes_in_lower_case(topic: Topic, body: Body) -> None:
    headers = text_headers(sent(topic, body).headers)
    assert headers.keys() >= REQUIRED
    assert all(name == name.lower() and headers[name] for name in headers)


@pytest.mark.parametrize(("topic", "body"), BODIES)
def test_what_a_message_carries_is_read_back_as_it_was(topic: Topic, body: Body) -> None:
    assert topic.model.model_validate_json(sent(topic, body).value) == body


@pytest.mark.parametrize(("topic", "body"), BODIES)
def test_a_messages_bytes_are_those_that_the_models_own_text_would_have(topic: Topic, body: Body) -> None:
    assert sent(topic, body).value == body.model_dump_json(exclude_none=True).encode()


@pytest.mark.parametrize(("topic", "body"), BODIES)
def test_a_message_fits_its_topic(topic: Topic, body: Body) -> None:
    out = sent(topic, body)
    assert out.type in topic.types
    assert len(out.value) < topic.max_bytes


@pytest.mark.parametrize(("topic", "body"), BODIES)
def test_the_same_event_is_the_same_message_to_the_byte(topic: Topic, body: Body) -> None:
    again = type(body).model_validate(body.model_dump())
    assert sent(topic, body) == sent(topic, again)


def test_the_attributes_say_what_the_event_says() -> None:
    body = opened()
    assert text_headers(sent(CASES, body).headers) == {
        "ce_specversion": "1.0",
        "ce_id": str(event_id(CAUSE, "yiwang.case.opened.v1")),
        "ce_type": "yiwang.case.opened.v1",
        "ce_source": "yiwang/routing",
        "ce_time": "2026-03-05T06:31:00Z",
        "ce_subject": str(REPORT_ID),
        "ce_subjectversion": "1",
        "ce_traceparent": TRACE,
        "content-type": "application/json",
    }


def test_a_null_field_is_not_written() -> None:
    assert "resolution" not in json.loads(sent(CASES, opened()).value)["case"]


def test_a_field_of_a_later_addition_is_ignored_by_an_older_reader() -> None:
    body = opened()
    later = json.loads(sent(CASES, body).value) | {"satisfaction": "good"}
    assert type(body).model_validate_json(json.dumps(later)) == body


def test_an_alert_travels_with_its_case() -> None:
    body = examples(ALERTS.name, ALERTS)["sent"]
    assert isinstance(body, Body)
    out = sent(ALERTS, body)
    assert out.key == str(REPORT_ID) != out.subject


def test_two_events_of_one_cause_and_type_differ_by_their_discriminator() -> None:
    body = opened()
    made = {event(CASES, body, cause=CAUSE, discriminator=which).id for which in ("", "a", "b")}
    assert len(made) == 3


def test_an_event_keeps_the_id_it_was_given() -> None:
    out = Event(topic=CASES, id=REPORT_ID, body=opened())
    assert message(out, source="a", time=datetime(2026, 3, 5, tzinfo=UTC), traceparent=TRACE).id == REPORT_ID


def test_a_null_header_and_one_that_is_not_utf_8_are_left_out() -> None:
    headers = [("trace", None), ("ce_source", b"\xff\xfe"), ("ce_type", b"a"), ("来源", "水利".encode())]
    assert text_headers(headers) == {"ce_type": "a", "来源": "水利"}


@given(st.lists(st.tuples(st.text(), st.none() | st.binary())))
def test_no_headers_whatever_are_raised_over(headers: list[tuple[str, bytes | None]]) -> None:
    assert text_headers(headers).keys() <= {name for name, _ in headers}


class Kept(Value):
    at: Moment = TIME
    count: Count = 0
    many: Many[int] = ()


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"]
)
def test_a_moment_at_the_ends_of_time_with_which_nobody_could_reckon_is_refused(at: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Kept.model_validate({"at": at})
    (problem,) = problems(caught.value)
    assert problem.expected.startswith("a moment ")


@pytest.mark.parametrize("count", [-1, 2**53 + 1, 2**63, 10**100])
def test_a_count_that_no_reader_keeps_exactly_is_refused(count: int) -> None:
    with pytest.raises(ValidationError):
        Kept.model_validate({"count": count})
    assert Kept.model_validate({"count": 2**53}).count == 2**53


def test_a_hundred_thousand_wrong_entries_are_one_fault() -> None:
    with pytest.raises(ValidationError) as caught:
        Kept.model_validate({"many": ["x"] * 100_000})
    assert caught.value.error_count() == 1


def test_bounds_of_what_nobody_wrote_stand_in_no_schema() -> None:
    assert Kept.model_json_schema()["properties"]["count"] == {"default": 0, "title": "Count", "type": "integer"}
