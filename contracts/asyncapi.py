"""The registry as an AsyncAPI 3.0 document: channels, messages with their CloudEvents headers, operations."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

from contracts.topics import SERVICES, TOPICS
from contracts.wire import Topic, settings

Json: TypeAlias = Mapping[str, Any]
BINDING = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=2020-12"

# header, what it is, pattern of its text
HEADERS = (
    ("ce_specversion", "CloudEvents 1.0", r"^1\.0$"),
    ("ce_id", "the event's id; the same cause has the same id", r"^[0-9a-f-]{36}$"),
    ("ce_type", "the event's type", None),
    ("ce_source", "who sent it, such as yiwang/routing", r"^\S+$"),
    ("ce_time", "when its cause happened, RFC 3339 in UTC", r"Z$"),
    ("ce_subject", "the id of what it is about", r"^\S+$"),
    ("ce_subjectversion", "the subject's version; a lower one is older", r"^\d+$"),
    ("ce_traceparent", "W3C trace context", r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"),
    ("content-type", "the body is JSON in UTF-8", r"^application/json$"),
)

PER_SENDER = "the subject's version, which each ce_source counts for itself; of one ce_source a lower one is older"


def schema_name(topic: Topic) -> str:
    """The name of the topic's schema: its own, or where topics share a model, that of their one event type."""
    shared = Counter(other.model for other in TOPICS)[topic.model] > 1
    return topic.types[0].removeprefix("yiwang.") if shared else topic.name


def headers_schema(topic: Topic, event_type: str) -> Json:
    """JSON Schema of the headers as text: all are owed between services, none by those who write by hand."""
    properties: dict[str, Json] = {
        name: {"type": "string", "description": about} | ({"pattern": pattern} if pattern else {})
        for name, about, pattern in HEADERS
    }
    properties["ce_type"] = {**properties["ce_type"], "const": event_type}
    if len(topic.producers) > 1:
        properties["ce_subjectversion"] = {**properties["ce_subjectversion"], "description": PER_SENDER}
    return {"type": "object", "properties": properties, "required": sorted(properties) if topic.internal else []}


def document(examples: Mapping[str, Mapping[str, Json]]) -> Json:
    """The AsyncAPI document; ``examples`` are payloads by event type and example name."""
    topics = sorted(TOPICS, key=lambda topic: topic.name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Yiwang (一网)",
            "version": "1",
            "description": "What departments and services exchange. Add a server with your own Kafka's address.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": dict(sorted(operation for topic in topics for operation in _operations(topic).items())),
        "components": {
            "messages": {
                event_type: _message(topic, event_type, examples[event_type])
                for event_type, topic in sorted(_by_type().items())
            },
        },
    }


def _by_type() -> Mapping[str, Topic]:
    """One topic that carries each event type; those of one type agree in all that a message says."""
    return {event_type: topic for topic in TOPICS for event_type in topic.types}


def _channel(topic: Topic) -> Json:
    kafka = {"partitions": topic.partitions, "topicConfiguration": _configuration(topic), "bindingVersion": BINDING}
    return {
        "address": topic.name,
        "description": topic.about,
        "messages": {event_type: {"$ref": f"#/components/messages/{event_type}"} for event_type in topic.types},
        "bindings": {"kafka": kafka},
    }


def _configuration(topic: Topic) -> Json:
    """The topic's settings with the types that the binding has for them."""
    set_to = settings(topic)
    return {
        **set_to,
        "cleanup.policy": set_to["cleanup.policy"].split(","),
        "retention.ms": int(set_to["retention.ms"]),
        "max.message.bytes": int(set_to["max.message.bytes"]),
    }


def _message(topic: Topic, event_type: str, examples: Mapping[str, Json]) -> Json:
    payload = {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{schema_name(topic)}.json"}}
    key = {"type": "string", "description": topic.key}
    return {
        "name": event_type,
        "contentType": "application/json",
        "headers": headers_schema(topic, event_type),
        "payload": payload,
        "bindings": {"kafka": {"key": key, "bindingVersion": BINDING}},
        "examples": [{"name": name, "payload": payload} for name, payload in examples.items()],
    }


def _operations(topic: Topic) -> Json:
    sends = [("send", producer) for producer in topic.producers]
    receives = [("receive", consumer) for consumer in topic.consumers]
    return {
        f"{service.removeprefix('services/')}.{action}.{topic.name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "tags": [{"name": service}],
        }
        for action, service in sends + receives
        if service in SERVICES
    }
