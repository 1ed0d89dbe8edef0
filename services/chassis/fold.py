"""Inputs folded over one document: a pure step from what is stored to what should be."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.deadletter import DeadLetter, Reason
from contracts.identity import record_cause
from contracts.problem import Problem, shorten
from contracts.wire import MIB, Event, Message, event, message
from services.chassis.ports import Change, Document, Entry
from services.chassis.trace import child
from services.chassis.values import Context, Decision, Done, Effect, Input, Outcome, Park, Reader, Record, Service, Tick

DOCUMENT_LIMIT = 12 * MIB
"""Bytes that one document may keep; MongoDB's own limit is 16 MiB."""


@dataclass(slots=True)
class Draft:
    """One document under decision: what it was, what it becomes, and what it brings about."""

    service: Service
    subject: str
    partition: int
    document: Document | None
    state: BaseModel | None = None
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    letters: list[Message] = field(default_factory=list)
    parked: list[tuple[str, Reason]] = field(default_factory=list)
    faults: list[tuple[Record, Exception]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    changed: bool = False
    repeats: int = 0

    def apply(self, one: Input[Any], free: Counter[str]) -> None:
        """Decide one record, unless the inbox knows it."""
        known = self.document.inbox if self.document else {}
        if one.id in known or any(entry.id == one.id for entry in self.entries):
            self.repeats += 1
            return
        context = Context(now=one.record.time, free=free)
        try:
            decision = self.service.decide(self.state, one, context)
            self._take(one, decision, free)
        except TooLarge as fault:
            self._park(one, Park(reason=Reason.TOO_LARGE, problems=(fault.problem,)))
        except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record
            self.blame(one, fault)
            self.entries.append(Entry(one.id, Outcome.PARKED))

    def blame(self, one: Input[Any], fault: Exception) -> None:
        """Put a record aside that met a fault of ours."""
        self.faults.append((one.record, fault))
        self._letter(one, Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)))

    def advance(self, step: Tick | Done, now: datetime, free: Counter[str]) -> None:
        """Decide a timer or the end of an effect; an exception is the caller's to see."""
        decision = self.service.decide(self.state, step, Context(now=now, free=free))
        out = [outgoing(self.service, told, now, None) for told in decision.events]
        self._check(decision, out)
        wake = wake_of(self.service, decision.state or self.state)
        if isinstance(step, Tick) and wake and wake <= step.at:
            raise StuckTimer(self.subject, wake)
        self._accept(decision, out, free)

    def change(self) -> Change | None:
        """The write that makes the draft true; None when there is nothing to write."""
        if not self.changed and not self.entries:
            return None
        state = self.state
        return Change(
            subject=self.subject,
            rev=self.document.rev if self.document else 0,
            schema=self.service.schema,
            partition=self.partition,
            state=state.model_dump_json(exclude_none=True) if state else None,
            entries=tuple(self.entries),
            outbox=tuple(self.messages),
            wake_at=wake_of(self.service, state),
            facets=self.service.facets(state) if state else {},
            kept=self.kept,
        )

    def _take(self, one: Input[Any], decision: Decision[Any], free: Counter[str]) -> None:
        out = [outgoing(self.service, told, one.record.time, one.record) for told in decision.events]
        self._check(decision, out)
        said = self.document or self.state or decision.state or decision.events or decision.park
        if not said and decision.outcome is Outcome.NOTHING:
            return
        self._accept(decision, out, free)
        self.entries.append(Entry(one.id, Outcome.PARKED if decision.park else decision.outcome))
        if decision.park:
            self._letter(one, decision.park)
        if decision.keep is not None:
            self.kept[one.id.hex] = decision.keep

    def _accept(self, decision: Decision[Any], out: Sequence[Message], free: Counter[str]) -> None:
        if decision.state is not None:
            self.state, self.changed = decision.state, True
        self.messages.extend(out)
        self.effects.extend(decision.effects)
        free.subtract(effect.channel for effect in decision.effects)

    def _park(self, one: Input[Any], park: Park) -> None:
        self._letter(one, park)
        self.entries.append(Entry(one.id, Outcome.PARKED))

    def _letter(self, one: Input[Any], park: Park) -> None:
        self.letters.append(letter(self.service, one.record, park))
        self.parked.append((one.record.topic, park.reason))

    def _check(self, decision: Decision[Any], out: Sequence[Message]) -> None:
        for told, sent in zip(decision.events, out, strict=True):
            if len(sent.value) > told.topic.max_bytes:
                raise TooLarge(f"an event for {sent.topic}", len(sent.value), told.topic.max_bytes)
        size = (self.document.size if self.document else 0) + sum(len(sent.value) for sent in (*self.messages, *out))
        size += len(decision.keep or b"") + sum(map(len, self.kept.values()))
        if size > DOCUMENT_LIMIT:
            raise TooLarge(f"document {self.subject}", size, DOCUMENT_LIMIT)


class TooLarge(Exception):  # noqa: N818 - named for what is found, before the write
    """A decision that would not fit where it must go."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        """Take what does not fit, its bytes and the bytes that fit."""
        super().__init__(f"{what} has {found} bytes; the limit is {limit}")
        self.problem = Problem(
            path="$",
            found=f"{what} of {found} bytes",
            expected=f"at most {limit} bytes",
            expected_zh=f"不超过 {limit} 字节",
        )


class StuckTimer(Exception):  # noqa: N818 - named for what is found
    """A tick that left its own timer due: deciding it again at once would go on for ever."""

    def __init__(self, subject: str, wake: datetime) -> None:
        """Take the document and the wake time that did not move."""
        super().__init__(f"document {subject}: after its tick the timer is still due, at {wake.isoformat()}")


def wake_of(service: Service, state: BaseModel | None) -> datetime | None:
    """When a document of this state wants a tick."""
    return service.wake(state) if service.wake and state else None


def read(reader: Reader, record: Record) -> Input[Any]:
    """The record as an input; raises Invalid."""
    body = reader.parse(record)
    name = reader.identify(record, body)
    return Input(id=name, subject=reader.subject(body, name), body=body, record=record)


def draft(service: Service, subject: str, document: Document | None, partition: int) -> Draft:
    """A draft of what is stored; ``partition`` is taken for a document that is new."""
    state = None
    if document and document.state is not None and service.state:
        state = service.state.model_validate_json(document.state)
    where = document.partition if document else partition
    return Draft(service=service, subject=subject, partition=where, document=document, state=state)


def fold(service: Service, inputs: Sequence[Input[Any]], document: Document | None, free: Counter[str]) -> Draft:
    """All of one document's inputs in a batch, in order; a document that cannot be read parks them, unrecorded."""
    first = inputs[0]
    try:
        result = draft(service, first.subject, document, first.record.partition)
    except Exception as fault:  # noqa: BLE001 - law 6: a broken document must not stop the stream
        result = Draft(service=service, subject=first.subject, partition=first.record.partition, document=document)
        for one in inputs:
            result.blame(one, fault)
        return result
    for one in inputs:
        result.apply(one, free)
    return result


def outgoing(service: Service, told: Event, time: datetime, record: Record | None) -> Message:
    """An event as a message of this service, in the trace of the record that caused it."""
    parent = record.headers if record else ()
    seed = record_cause(record.topic, record.partition, record.offset) if record else told.id
    return message(told, source=f"yiwang/{service.name}", time=time, traceparent=child(parent, seed, told.id))


def letter(service: Service, record: Record, park: Park) -> Message:
    """The dead letter of a record; its id follows from the record's position."""
    cause = record_cause(record.topic, record.partition, record.offset)
    told = DeadLetter(
        id=cause,
        service=service.name,
        reason=park.reason,
        problems=park.problems,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=record.time,
        raw_key=_base64(record.key),
        raw_value=_base64(record.value),
        raw_headers=tuple((name, _base64(raw)) for name, raw in record.headers),
    )
    return outgoing(service, event(service.dead, told, cause=cause), record.time, record)


def by_subject(inputs: Sequence[Input[Any]]) -> Mapping[str, list[Input[Any]]]:
    """The inputs of each document, in order."""
    groups: dict[str, list[Input[Any]]] = {}
    for one in inputs:
        groups.setdefault(one.subject, []).append(one)
    return groups


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else b64encode(raw).decode()


def defect(fault: Exception) -> Problem:
    """What a dead letter says of a fault of ours."""
    said = shorten(str(fault))
    return Problem(
        path="$",
        found=f"{type(fault).__name__}: {said}",
        expected="a record that the service can decide: this is a fault of the service, not of the record",
        expected_zh="服务内部错误，并非数据问题，已保留待修复后重放",
    )
