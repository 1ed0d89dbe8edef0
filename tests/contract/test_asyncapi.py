"""The AsyncAPI document has the structure of AsyncAPI 3.0, resolves in itself, and says what the registry says."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.asyncapi import headers_schema, schema_name
from contracts.examples import examples
from contracts.generate import FOLDER
from contracts.identity import name_id
from contracts.topics import SERVICES, SUBMITTED, TOPICS
from contracts.wire import Body, Topic, event, message, settings, text_headers
from services.chassis.topics import _new_topic

Json = dict[str, Any]
TRACE = "00-00000000000000000000000000000001-0000000000000001-01"


def fields(required: tuple[str, ...], **properties: object) -> Json:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def each(schema: Json) -> Json:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": r"^[\w.-]+$"},
        "additionalProperties": schema,
    }


TEXT: Json = {"type": "string", "minLength": 1}
NAME: Json = {"type": "array", "items": fields(("name",), name=TEXT)}
REFERENCE = fields(("$ref",), **{"$ref": {"type": "string", "pattern": "^[#.]"}})
VERSION: Json = {"const": "0.5.0"}
CONFIGURATION = fields(
    ("cleanup.policy", "retention.ms", "max.message.bytes", "message.timestamp.type"),
    **{
        "cleanup.policy": {"type": "array", "items": {"enum": ["compact", "delete"]}},
        "retention.ms": {"type": "integer", "minimum": -1},
        "max.message.bytes": {"type": "integer", "minimum": 1},
        "message.timestamp.type": {"enum": ["CreateTime", "LogAppendTime"]},
    },
)
OF_CHANNEL = fields(
    ("bindingVersion",),
    partitions={"type": "integer", "minimum": 1},
    topicConfiguration=CONFIGURATION,
    bindingVersion=VERSION,
)
OF_MESSAGE = fields(("key",), key={"type": "object"}, bindingVersion=VERSION)
PAYLOAD = fields(("schemaFormat", "schema"), schemaFormat=TEXT, schema=REFERENCE)
CHANNEL = fields(
    ("address", "messages"),
    address=TEXT,
    description=TEXT,
    messages=each(REFERENCE),
    bindings=fields(("kafka",), kafka=OF_CHANNEL),
)
OPERATION = fields(("action", "channel"), action={"enum": ["send", "receive"]}, channel=REFERENCE, tags=NAME)
MESSAGE = fields(
    ("payload",),
    name=TEXT,
    contentType=TEXT,
    headers={"type": "object", "properties": {"type": {"const": "object"}}, "required": ["type", "properties"]},
    payload=PAYLOAD,
    bindings=fields(("kafka",), kafka=OF_MESSAGE),
    examples={"type": "array", "minItems": 1, "items": fields(("payload",), name=TEXT, payload={"type": "object"})},
)
ASYNCAPI_3 = fields(
    ("asyncapi", "info"),
    asyncapi={"const": "3.0.0"},
    info=fields(("title", "version"), title=TEXT, version=TEXT, description=TEXT),
    defaultContentType=TEXT,
    channels=each(CHANNEL),
    operations=each(OPERATION),
    components=fields((), messages=each(MESSAGE)),
)
"""The part of AsyncAPI 3.0.0 (specification of 2023-12) and of the Kafka bindings 0.5.0 that the document uses."""

STRUCTURE = Draft202012Validator(ASYNCAPI_3)


@pytest.fixture(scope="module")
def document() -> Json:
    loaded: Json = json.loads((FOLDER / "asyncapi.json").read_bytes())
    return loaded


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from references(inner)


def resolves(document: Json, reference: str) -> bool:
    if not reference.startswith("#/"):
        return (FOLDER / reference).is_file()
    at: Any = document
    for step in reference.removeprefix("#/").split("/"):
        at = at.get(step, {})
    return bool(at)


def test_the_document_has_the_structure_of_asyncapi_3(document: Json) -> None:
    STRUCTURE.validate(document)


SPOILT: Mapping[str, Callable[[Json], object]] = {
    "another version": lambda spoilt: spoilt.update(asyncapi="2.6.0"),
    "no title": lambda spoilt: spoilt["info"].pop("title"),
    "an action of version 2": lambda spoilt: first(spoilt["operations"]).update(action="publish"),
    "no partition": lambda spoilt: first(spoilt["channels"])["bindings"]["kafka"].update(partitions=0),
    "a message in place": lambda spoilt: first(spoilt["channels"]).update(messages={"a": {}}),
    "a message without payload": lambda spoilt: first(spoilt["components"]["messages"]).pop("payload"),
    "a name with a blank": lambda spoilt: spoilt["channels"].update({"a b": first(spoilt["channels"])}),
}


def first(part: Json) -> Json:
    found: Json = next(iter(part.values()))
    return found


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_document_is_refused(document: Json, spoil: Callable[[Json], object]) -> None:
    spoilt = deepcopy(document)
    spoil(spoilt)
    assert not STRUCTURE.is_valid(spoilt)


def test_every_reference_leads_somewhere(document: Json) -> None:
    found = set(references(document))
    assert found
    assert [reference for reference in found if not resolves(document, reference)] == []


def test_a_reference_to_nothing_is_seen(document: Json) -> None:
    assert not resolves(document, "#/channels/no.such.v1")
    assert not resolves(document, "./schemas/no.such.v1.json")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_is_a_channel_with_its_types_partitions_and_settings(document: Json, topic: Topic) -> None:
    channel = document["channels"][topic.name]
    kafka = channel["bindings"]["kafka"]
    assert set(channel["messages"]) == set(topic.types)
    assert kafka["partitions"] == topic.partitions
    said = {name: value if isinstance(value, list) else [value] for name, value in kafka["topicConfiguration"].items()}
    assert {name: ",".join(map(str, values)) for name, values in said.items()} == settings(topic)


def test_the_topics_that_are_made_have_the_settings_that_are_said() -> None:
    for topic in TOPICS:
        made = _new_topic("space.", topic, 3)
        assert made.num_partitions == topic.partitions
        assert made.topic_configs.items() >= settings(topic).items()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_where_several_send_the_version_is_said_to_count_for_each(topic: Topic) -> None:
    about = headers_schema(topic, topic.types[0])["properties"]["ce_subjectversion"]["description"]
    assert ("each ce_source counts for itself" in about) == (len(topic.producers) > 1)


def test_there_is_no_channel_and_no_message_beyond_the_registry(document: Json) -> None:
    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    assert set(document["components"]["messages"]) == {name for topic in TOPICS for name in topic.types}


def test_each_service_sends_and_receives_what_the_registry_says(document: Json) -> None:
    said = {
        (operation["tags"][0]["name"], operation["action"], operation["channel"]["$ref"].removeprefix("#/channels/"))
        for operation in document["operations"].values()
    }
    sent = {(service, "send", topic.name) for topic in TOPICS for service in topic.producers}
    received = {(service, "receive", topic.name) for topic in TOPICS for service in topic.consumers}
    assert said == {row for row in sent | received if row[0] in SERVICES}


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.internal], ids=lambda topic: topic.name)
def test_the_headers_of_a_real_message_fit_the_headers_schema(document: Json, topic: Topic) -> None:
    for example in examples(schema_name(topic), topic).values():
        assert isinstance(example, Body)
        out = event(topic, example, cause=name_id("a cause"))
        sent = message(out, source="yiwang/routing", time=datetime(2026, 3, 5, tzinfo=UTC), traceparent=TRACE)
        headers = text_headers(sent.headers)
        schema = document["components"]["messages"][sent.type]["headers"]
        Draft202012Validator(schema).validate(headers)
        for name in headers:
            assert not Draft202012Validator(schema).is_valid({**headers, name: " "})


def test_who_writes_by_hand_owes_no_header() -> None:
    topic = SUBMITTED["water"]
    schema = headers_schema(topic, topic.types[0])
    assert Draft202012Validator(schema).is_valid({})
    assert not Draft202012Validator(schema).is_valid({"ce_type": "another.type"})
