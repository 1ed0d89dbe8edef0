"""Readers for topics whose records this system writes itself: a JSON body, and an id in the headers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from contracts.problem import Problem, problems, shorten
from contracts.wire import Body, Topic
from services.chassis.values import Invalid, Reader, Record


def parse_json(topic: Topic) -> Callable[[Record], BaseModel]:
    """A parser of the topic's model; raises Invalid with what is wrong."""
    model = topic.model

    def parse(record: Record) -> BaseModel:
        try:
            return model.model_validate_json(record.value or b"")
        except ValidationError as error:
            raise Invalid(*problems(error)) from None

    return parse


def header_id(record: Record, _body: Any) -> UUID:
    """The event's own id, which its producer derived from the event's cause."""
    found = next((raw for name, raw in record.headers if name == "ce_id"), None)
    try:
        return UUID((found or b"").decode())
    except ValueError:
        raise Invalid(
            Problem(
                path="header ce_id",
                found=shorten(found) if found else "nothing",
                expected="the event's id, a UUID",
                expected_zh="应为事件编号（UUID）",
            )
        ) from None


def _own_subject(body: Body, _id: UUID) -> str:
    return body.subject


def internal(topic: Topic, *, subject: Callable[[Any, UUID], str] = _own_subject, **more: Any) -> Reader:
    """The reader of a topic that only this system's services write to; ``more`` are other fields of it."""
    return Reader(topic=topic, parse=parse_json(topic), identify=header_id, subject=subject, **more)
