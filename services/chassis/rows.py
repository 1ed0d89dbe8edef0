"""Documents as MongoDB keeps them: fields and back, with no word of how they travel."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import starmap
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from contracts.wire import Message
from services.chassis.ports import Change, Document, Inbox, Past, Stored

UNREADABLE = ""
"""A state that is no JSON."""


def inserted(change: Change) -> dict[str, Any]:
    """The whole document that a change makes where there was none."""
    new = {
        "_id": change.subject,
        "rev": 1,
        "partition": change.partition,
        "inbox": change.inbox.raw if change.inbox is not None else b"",
    }
    return {**new, **_fields(change), "kept": dict(change.kept), "kept_bytes": _kept_bytes(change)}


def updated(change: Change) -> dict[str, Any]:
    """What a change does to the document that is there."""
    kept = {f"kept.{name}": raw for name, raw in change.kept.items()}
    inbox = {} if change.inbox is None else {"inbox": change.inbox.raw}
    update: dict[str, Any] = {
        "$set": {**_fields(change), **kept, **inbox},
        "$inc": {"rev": 1, "kept_bytes": _kept_bytes(change)},
    }
    if not change.wake_at:
        update["$unset"] = {"wake_at": ""}
    return update


def outbox(messages: Sequence[Message]) -> list[str]:
    """Each message as two texts, its attributes and its value: fields would cost the server more than all the rest.

    The value stays as it is: within a text it would grow by each of its quotation marks, past what a document may have.
    """
    return [text for message in messages for text in (_attributes(message), message.value.decode())]


def _attributes(message: Message) -> str:
    return to_json(
        (
            str(message.id),
            message.topic,
            message.type,
            message.key,
            message.subject,
            message.version,
            message.time.isoformat(),
            message.source,
            message.traceparent,
            message.more,
        )
    ).decode()


def _message(attributes: str, value: str) -> Message:
    name, topic, kind, key, subject, version, time, source, traceparent, more = from_json(attributes)
    return Message(
        id=UUID(name),
        topic=topic,
        type=kind,
        key=key,
        subject=subject,
        version=version,
        time=datetime.fromisoformat(time),
        source=source,
        traceparent=traceparent,
        value=value.encode(),
        more=tuple((header, text.encode()) for header, text in more),
    )


def past_row(subject: str, message: Message) -> dict[str, Any]:
    """One event of a document's history."""
    return {
        "_id": f"{message.id}/{message.topic}/{subject}",
        "event": str(message.id),
        "subject": subject,
        "version": message.version,
        "topic": message.topic,
        "type": message.type,
        "at": message.time,
        "value": message.value.decode(),
    }


def document(raw: Mapping[str, Any]) -> Document:
    """The document as the loop loads it; a row that is none becomes one whose state nobody can read.

    So it fails alone: the records for it are parked and its timer is put aside, like those of a broken state.
    """
    try:
        return _document(raw)
    except (AttributeError, LookupError, TypeError, ValueError):
        rev, partition = (raw[name] if isinstance(raw.get(name), int) else 0 for name in ("rev", "partition"))
        return Document(subject=raw["_id"], rev=rev, by="", schema=0, partition=partition, state=UNREADABLE)


def _document(raw: Mapping[str, Any]) -> Document:
    state, inbox, out = raw.get("state"), Inbox(raw["inbox"]), raw["outbox"]
    return Document(
        subject=raw["_id"],
        rev=raw["rev"],
        by=raw["by"],
        schema=raw["schema"],
        partition=raw["partition"],
        state=state,
        inbox=inbox,
        outbox=tuple(starmap(_message, zip(out[::2], out[1::2], strict=True))),
        size=len((state or "").encode()) + len(inbox.raw) + raw["kept_bytes"],
    )


def stored(raw: Mapping[str, Any]) -> Stored:
    """The document as queries see it."""
    state = json.loads(raw["state"]) if raw.get("state") else {}
    return Stored(raw["_id"], raw["rev"], state, Inbox(raw.get("inbox", b"")))


def faceted(where: Mapping[str, Any]) -> dict[str, Any]:
    """A filter over facets as one over the stored fields."""
    return {
        key if key == "_id" else (key if key.startswith("$") else f"facets.{key}"): (
            [faceted(part) for part in wanted] if key in {"$or", "$and"} else wanted
        )
        for key, wanted in where.items()
    }


def past(raw: Mapping[str, Any]) -> Past:
    """The event that ``past_row`` wrote."""
    return Past(UUID(raw["event"]), raw["topic"], raw["type"], raw["version"], raw["at"], raw["value"])


def _fields(change: Change) -> dict[str, Any]:
    return {
        "by": change.by,
        "schema": change.schema,
        "state": change.state,
        "outbox": outbox(change.outbox),
        "facets": dict(change.facets),
        **({"wake_at": change.wake_at} if change.wake_at else {}),
    }


def _kept_bytes(change: Change) -> int:
    return sum(map(len, change.kept.values()))
