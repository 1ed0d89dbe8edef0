"""Documents as MongoDB keeps them: fields and back, with no word of how they travel."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

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


def _out(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "topic": message.topic,
        "type": message.type,
        "key": message.key,
        "subject": message.subject,
        "version": message.version,
        "time": message.time.isoformat(),
        "value": message.value.decode(),
        "headers": [[name, raw.decode()] for name, raw in message.headers],
    }


def _message(raw: Mapping[str, Any]) -> Message:
    return Message(
        id=UUID(raw["id"]),
        topic=raw["topic"],
        type=raw["type"],
        key=raw["key"],
        subject=raw["subject"],
        version=raw["version"],
        time=datetime.fromisoformat(raw["time"]),
        value=raw["value"].encode(),
        headers=tuple((name, text.encode()) for name, text in raw["headers"]),
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
    state, inbox = raw.get("state"), Inbox(raw["inbox"])
    return Document(
        subject=raw["_id"],
        rev=raw["rev"],
        by=raw["by"],
        schema=raw["schema"],
        partition=raw["partition"],
        state=state,
        inbox=inbox,
        outbox=tuple(_message(out) for out in raw["outbox"]),
        size=len(state or "") + len(inbox.raw) + raw["kept_bytes"],
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
        "outbox": [_out(message) for message in change.outbox],
        "facets": dict(change.facets),
        **({"wake_at": change.wake_at} if change.wake_at else {}),
    }


def _kept_bytes(change: Change) -> int:
    return sum(map(len, change.kept.values()))
