"""What leaves a service as bytes: its events in their trace, and dead letters, each small enough for its topic.

And the way back: a replay becomes the record again that was parked.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError

from contracts.deadletter import Cut, DeadLetter, Replay, encoded
from contracts.problem import Problem, problems, shorten
from contracts.wire import KIB, Event, Message, event, message
from services.chassis.trace import child
from services.chassis.values import Invalid, Park, Record, Service

VALUE_LIMIT = 1272 * KIB
"""Bytes of a value that a dead letter keeps; base64 makes 4/3 of them, and a dead letter has at most 2 MiB."""
PART_LIMIT = 64 * KIB
"""Bytes of a key that it keeps, and bytes of all headers above which it keeps none of them."""
HEADER_BYTES = 16
"""What a header takes beside its name and value."""

Headers = tuple[tuple[str, bytes | None], ...]


def outgoing(service: Service, told: Event, time: datetime, record: Record | None) -> Message:
    """An event as a message of this service, in the trace of the record that caused it."""
    parent = record.headers if record else ()
    trace = child(parent, lambda: record.cause if record else told.id, told.id)
    return message(told, source=f"yiwang/{service.name}", time=time, traceparent=trace)


def letter(service: Service, record: Record, park: Park) -> Message:
    """The dead letter of a record; its id follows from the record's position, or is that of the replay.

    A record longer than a letter can be is kept in part, and the letter says so, with the digest of each part that was
    cut: the whole stands at its position for as long as its topic keeps it.
    """
    cut = cuts(record)
    told = DeadLetter(
        id=record.cause,
        service=service.name,
        reason=park.reason,
        problems=(*park.problems, *map(_too_long, cut)),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=record.time,
        raw_key=_base64(record.key, PART_LIMIT),
        raw_value=_base64(record.value, VALUE_LIMIT),
        raw_headers=() if any(one.part == "headers" for one in cut) else _packed(record.headers),
        cut=cut,
        replay=record.replay,
    )
    return outgoing(service, event(service.dead, told, cause=record.cause), record.time, record)


def again(record: Record) -> Record:
    """The parked record that a replay brings back, at its old position and time; raises Invalid."""
    try:
        replay = Replay.model_validate_json(record.value or b"")
        return Record(
            topic=replay.topic,
            partition=replay.partition,
            offset=replay.offset,
            key=_bytes(replay.raw_key),
            value=_bytes(replay.raw_value),
            headers=tuple((name, _bytes(raw)) for name, raw in replay.raw_headers),
            time=replay.appended_at,
            replay=replay.id,
        )
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
    except NotBase64 as error:
        raise Invalid(_not_base64(error)) from None


def cuts(record: Record) -> tuple[Cut, ...]:
    """The parts of a record that are too long for a letter, by size and digest."""
    parts = (
        ("key", record.key or b"", PART_LIMIT),
        ("value", record.value or b"", VALUE_LIMIT),
        ("headers", _joined(record.headers), PART_LIMIT - HEADER_BYTES * len(record.headers)),
    )
    return tuple(
        Cut(part=part, size=len(raw), sha256=sha256(raw).hexdigest()) for part, raw, limit in parts if len(raw) > limit
    )


def defect(fault: Exception) -> Problem:
    """What a dead letter says of a fault of ours."""
    return Problem(
        path="$",
        found=f"{type(fault).__name__}: {shorten(str(fault))}",
        expected="a record that the service can decide: this is a fault of the service, not of the record",
        expected_zh="服务内部错误，并非数据问题，已保留待修复后重放",
    )


def misplaced(topic: str) -> Problem:
    """What is wrong with a replay of a record that this service never read."""
    return Problem(
        path="topic",
        found=shorten(topic),
        expected="a topic that the service reads",
        expected_zh="应为该服务所读取的主题",
    )


def _too_long(cut: Cut) -> Problem:
    limit = VALUE_LIMIT if cut.part == "value" else PART_LIMIT
    return Problem(
        path=f"record {cut.part}",
        found=f"{cut.size} bytes",
        expected=f"at most {limit} bytes: here it is cut, the whole stands at the record's position",
        expected_zh=f"不得超过 {limit} 字节：此处已截断，完整记录仍在原位置",
    )


def _not_base64(error: Exception) -> Problem:
    return Problem(path="$", found=shorten(str(error)), expected="bytes in base64", expected_zh="应为 base64 编码")


def _joined(headers: Headers) -> bytes:
    return b"".join(name.encode("utf-8", "surrogatepass") + (raw or b"") for name, raw in headers)


def _packed(headers: Headers) -> tuple[tuple[str, str | None], ...]:
    return tuple((name, _base64(raw, PART_LIMIT)) for name, raw in headers)


def _base64(raw: bytes | None, limit: int) -> str | None:
    return encoded(raw and raw[:limit])


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text, validate=True)
