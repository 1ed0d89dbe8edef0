"""What leaves a service as bytes: its events in their trace, and dead letters, each small enough for its topic."""

from base64 import b64encode
from datetime import datetime

from contracts.deadletter import DeadLetter
from contracts.identity import record_cause
from contracts.problem import Problem, shorten
from contracts.wire import KIB, Event, Message, event, message
from services.chassis.trace import child
from services.chassis.values import Park, Record, Service

RAW_LIMIT = 1400 * KIB
"""Raw bytes of a record that a dead letter keeps; base64 makes 4/3 of them, and a dead letter has at most 2 MiB."""
HEADERS_LIMIT = 64 * KIB


def outgoing(service: Service, told: Event, time: datetime, record: Record | None) -> Message:
    """An event as a message of this service, in the trace of the record that caused it."""
    parent = record.headers if record else ()
    seed = record_cause(record.topic, record.partition, record.offset) if record else told.id
    return message(told, source=f"yiwang/{service.name}", time=time, traceparent=child(parent, seed, told.id))


def letter(service: Service, record: Record, park: Park) -> Message:
    """The dead letter of a record; its id follows from the record's position.

    A record longer than a letter can be is kept in part, and the letter says so: the whole stands at its position for
    as long as its topic keeps it.
    """
    cause = record_cause(record.topic, record.partition, record.offset)
    found = len(record.value or b"") + len(record.key or b"") + _length(record.headers)
    cut = found > RAW_LIMIT or _length(record.headers) > HEADERS_LIMIT
    told = DeadLetter(
        id=cause,
        service=service.name,
        reason=park.reason,
        problems=(*park.problems, _cut(found)) if cut else park.problems,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=record.time,
        raw_key=_base64(record.key, HEADERS_LIMIT),
        raw_value=_base64(record.value, RAW_LIMIT - 2 * HEADERS_LIMIT),
        raw_headers=() if cut else tuple((name, _base64(raw, HEADERS_LIMIT)) for name, raw in record.headers),
    )
    return outgoing(service, event(service.dead, told, cause=cause), record.time, record)


def defect(fault: Exception) -> Problem:
    """What a dead letter says of a fault of ours."""
    return Problem(
        path="$",
        found=f"{type(fault).__name__}: {shorten(str(fault))}",
        expected="a record that the service can decide: this is a fault of the service, not of the record",
        expected_zh="服务内部错误，并非数据问题，已保留待修复后重放",
    )


def _cut(found: int) -> Problem:
    return Problem(
        path="$",
        found=f"a record of {found} bytes",
        expected=f"at most {RAW_LIMIT} bytes: only the beginning is kept here, the whole stands at its position",
        expected_zh=f"不得超过 {RAW_LIMIT} 字节：此处仅保留开头部分，完整记录仍在原位置",
    )


def _length(headers: tuple[tuple[str, bytes | None], ...]) -> int:
    return sum(len(name) + len(raw or b"") for name, raw in headers)


def _base64(raw: bytes | None, limit: int) -> str | None:
    return None if raw is None else b64encode(raw[:limit]).decode()
