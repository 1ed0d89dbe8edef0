"""How an event travels: CloudEvents 1.0 in binary content mode, one JSON model as the body, and topics as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from contracts.identity import event_id

KIB = 1024
MIB = 1024 * KIB
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROOM = 512 * KIB
"""Bytes above a topic's limit for one body: the broker's limit is for a whole batch, headers and framing included."""


class _Unsaid:
    """Bounds of what nobody ever wrote: to whom compares schemas, saying them now would be a break."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        return {word: value for word, value in schema.items() if word not in {"minimum", "maximum"}}


Count = Annotated[int, Field(ge=0, le=2**53), _Unsaid()]
"""A number that counts up, within what readers of JSON and databases keep exactly."""
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
"""A time at which something happens here: it can be reckoned with, which fails at the ends of what clocks can show."""
T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(fail_fast=True)]
"""A list whose first wrong entry speaks for all: a hundred thousand wrong ones are one fault, not as many."""


class Value(BaseModel):
    """A frozen value of a contract; fields that a later minor addition brings are ignored by older readers."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True)


class Body(Value):
    """The body of one event: it names its type, its subject and the subject's version."""

    version: Count

    @property
    def type(self) -> str:
        """The CloudEvents type, its contract's version at the end, such as ``yiwang.case.opened.v1``."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What the event is about: the id of the producer's document."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """The Kafka key: everything about one case travels in one partition."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One row of the registry: everything that a producer, a consumer and the cluster must agree on."""

    name: str
    model: type[BaseModel]
    types: tuple[str, ...]
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    key: str
    about: str
    partitions: int = 6
    retention: timedelta | None = timedelta(days=30)
    """How long records stay; None: they do not expire."""
    max_bytes: int = 2 * MIB
    """The longest body."""

    @property
    def internal(self) -> bool:
        """Whether only Yiwang's own services write here, with headers that they owe each other."""
        return all(producer.startswith("services/") for producer in self.producers)


def settings(topic: Topic) -> Mapping[str, str]:
    """The topic's settings on any cluster, in Kafka's words; none depends on the cluster's size."""
    milliseconds = -1 if topic.retention is None else topic.retention // timedelta(milliseconds=1)
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(milliseconds),
        "max.message.bytes": str(topic.max_bytes + ROOM),
        "message.timestamp.type": "LogAppendTime",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event on its way out: where to, under which identity, and what it says."""

    topic: Topic
    id: UUID
    body: Body


def event(topic: Topic, body: Body, *, cause: UUID, discriminator: str = "") -> Event:
    """The event that ``cause`` brings about; the same cause gives the same id for ever."""
    return Event(topic=topic, id=event_id(cause, body.type, discriminator), body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event as bytes, ready for the broker and small enough to be kept in a document's outbox."""

    id: UUID
    topic: str
    type: str
    key: str
    subject: str
    version: int
    time: datetime
    source: str
    traceparent: str
    value: bytes
    more: tuple[tuple[str, bytes], ...] = ()
    """Headers beside those of a CloudEvent."""

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Its attributes as those of a CloudEvents binary message, and what more there is."""
        return (
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_time", self.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_subjectversion", b"%d" % self.version),
            ("ce_traceparent", self.traceparent.encode()),
            ("content-type", b"application/json"),
            *self.more,
        )


def message(out: Event, *, source: str, time: datetime, traceparent: str) -> Message:
    """The event as a message of this source; ``time`` is when its cause happened (aware)."""
    body = out.body
    return Message(
        id=out.id,
        topic=out.topic.name,
        type=body.type,
        key=body.key,
        subject=body.subject,
        version=body.version,
        time=time,
        source=source,
        traceparent=traceparent,
        value=json_bytes(body),
    )


def json_bytes(model: BaseModel) -> bytes:
    """The model as JSON, without what is None; pydantic's own method makes text of these very bytes."""
    return model.__pydantic_serializer__.to_json(model, exclude_none=True)


def text_headers(headers: Sequence[tuple[str, bytes | None]]) -> Mapping[str, str]:
    """The headers that are UTF-8 text; a null or other bytes are left out, never raised over."""
    readable: dict[str, str] = {}
    for name, raw in headers:
        if raw is None:
            continue
        try:
            readable[name] = raw.decode()
        except UnicodeDecodeError:
            continue
    return readable


def schema_of(topic: Topic) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what is written to the topic; on topics that Yiwang writes, with open vocabularies.

    What others write has to be one of the words that are known; what Yiwang writes may get new words within a version,
    which a reader that does not know them passes over.
    """
    schema = topic.model.model_json_schema(mode="validation")
    return {"$schema": DIALECT, **(opened(schema) if topic.internal else schema)}


def opened(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with each enum of words as any text, the words known so far under ``x-words``."""
    parts = {name: _opened(part) for name, part in schema.items()}
    if schema.get("type") == "string" and "enum" in schema:
        return {("x-words" if name == "enum" else name): part for name, part in parts.items()}
    return parts


def _opened(part: object) -> object:
    if isinstance(part, list):
        return [_opened(inner) for inner in part]
    return opened(part) if isinstance(part, dict) else part
