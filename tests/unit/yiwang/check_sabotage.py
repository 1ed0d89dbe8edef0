"""Ways to put evidence out of order: a record taken away, changed, or said once more; a document or a row changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.identity import name_id
from contracts.wire import Topic
from services.chassis.ports import Document
from services.chassis.values import Record
from tests.unit.yiwang.check_world import Evidence, Sabotage

Pick = Callable[[Mapping[str, Any]], bool]
Change = Callable[[dict[str, Any]], None]
NEW = name_id("an id that follows from nothing")


def body(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.value or b"{}")
    return found


def where(**fields: Any) -> Pick:
    """Whether a body has these values; two underscores go down one level."""

    def fits(said: Mapping[str, Any]) -> bool:
        return all(_at(said, path) == value for path, value in fields.items())

    return fits


def _at(said: Any, path: str) -> Any:
    for part in path.split("__"):
        said = said.get(part) if isinstance(said, Mapping) else None
    return said


def sets(**fields: Any) -> Change:
    """Give a body these values; two underscores go down one level."""

    def change(said: dict[str, Any]) -> None:
        for path, value in fields.items():
            *parts, last = path.split("__")
            inner = said
            for part in parts:
                inner = inner[part]
            inner[last] = value

    return change


def moves(field: str, **span: float) -> Change:
    """Move a body's time by a timedelta."""

    def change(said: dict[str, Any]) -> None:
        said[field] = (datetime.fromisoformat(said[field]) + timedelta(**span)).isoformat()

    return change


def both(one: Change, other: Change) -> Change:
    """Change a body twice."""

    def change(said: dict[str, Any]) -> None:
        one(said)
        other(said)

    return change


def first(evidence: Evidence, topic: Topic, pick: Pick) -> Record:
    """The first record of a topic whose body fits."""
    return next(one for one in evidence.records if one.topic == topic.name and pick(body(one)))


def named(record: Record, name: UUID) -> Record:
    headers = tuple((key, str(name).encode() if key == "ce_id" else raw) for key, raw in record.headers)
    return replace(record, headers=headers)


def changed(record: Record, change: Change) -> Record:
    said = body(record)
    change(said)
    return replace(record, value=json.dumps(said).encode())


def without(topic: Topic, pick: Pick, *, every: bool = False) -> Sabotage:
    """The record is gone, or every one that fits."""

    def sabotage(evidence: Evidence) -> Evidence:
        one = first(evidence, topic, pick)
        gone = {
            other.position for other in evidence.records if every and other.topic == topic.name and pick(body(other))
        }
        return evidence.but(
            records=[other for other in evidence.records if other.position not in gone | {one.position}]
        )

    return sabotage


def edited(topic: Topic, pick: Pick, change: Change) -> Sabotage:
    """The record says something else under its own id."""
    return _replaced(topic, pick, lambda record: changed(record, change))


def renamed(topic: Topic, pick: Pick) -> Sabotage:
    """The record has an id that follows from nothing."""
    return _replaced(topic, pick, lambda record: named(record, NEW))


def rekeyed(topic: Topic, pick: Pick) -> Sabotage:
    """The record has another key."""
    return _replaced(topic, pick, lambda record: replace(record, key=b"?"))


def _replaced(topic: Topic, pick: Pick, change: Callable[[Record], Record]) -> Sabotage:
    def sabotage(evidence: Evidence) -> Evidence:
        one = first(evidence, topic, pick)
        return evidence.but(records=[change(one) if other is one else other for other in evidence.records])

    return sabotage


def repeated(topic: Topic, pick: Pick, change: Change = lambda _said: None, name: UUID | None = NEW) -> Sabotage:
    """The record is there once more, at the end of its partition, changed and under another id."""

    def sabotage(evidence: Evidence) -> Evidence:
        one = first(evidence, topic, pick)
        again = changed(named(one, name) if name else one, change)
        return added(evidence, again)

    return sabotage


def added(evidence: Evidence, record: Record) -> Evidence:
    """One record more at the end of its partition."""
    log = [one for one in evidence.records if (one.topic, one.partition) == (record.topic, record.partition)]
    last = replace(record, offset=max((one.offset for one in log), default=-1) + 1)
    return evidence.but(records=[*evidence.records, last])


def swapped(topic: Topic, pick: Pick, other: Pick) -> Sabotage:
    """Two records stand at each other's places."""

    def sabotage(evidence: Evidence) -> Evidence:
        one, two = first(evidence, topic, pick), first(evidence, topic, other)
        places = {one.position: replace(two, offset=one.offset), two.position: replace(one, offset=two.offset)}
        return evidence.but(records=[places.get(each.position, each) for each in evidence.records])

    return sabotage


def document(service: str, pick: Pick, change: Callable[[Document], Document]) -> Sabotage:
    """The first document of a service whose state fits is changed."""

    def sabotage(evidence: Evidence) -> Evidence:
        one = next(
            each for name, each in evidence.documents if name == service and pick(json.loads(each.state or "{}"))
        )
        return evidence.but(
            documents=[(name, change(each) if each is one else each) for name, each in evidence.documents]
        )

    return sabotage


def state(change: Change) -> Callable[[Document], Document]:
    """The document's state is changed."""

    def apply(one: Document) -> Document:
        said = json.loads(one.state or "{}")
        change(said)
        return replace(one, state=json.dumps(said))

    return apply
