"""Inputs folded over one document: a pure step from what is stored to what should be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from contracts.deadletter import Reason
from contracts.problem import Problem
from contracts.wire import MIB, Message
from services.chassis.letters import defect, letter, outgoing
from services.chassis.ports import Change, Document, Entry
from services.chassis.values import Context, Decision, Done, Effect, Input, Outcome, Park, Reader, Record, Service, Tick

DOCUMENT_LIMIT = 12 * MIB
"""Bytes that one document may keep; MongoDB's own limit is 16 MiB."""
ROUND_BYTES = 4 * MIB
"""Bytes of records that one document takes in a round; the rest of a batch waits for the next round."""


@dataclass(frozen=True, slots=True)
class Form:
    """A state as it is stored: its JSON, its next tick, its indexed fields."""

    json: str
    wake_at: datetime | None
    facets: Mapping[str, Any]


@dataclass(slots=True)
class Draft:
    """One document under decision: what it was, what it becomes, and what it brings about."""

    service: Service
    subject: str
    partition: int
    document: Document | None
    state: BaseModel | None = None
    form: Form | None = None
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    parked: list[tuple[str, Reason]] = field(default_factory=list)
    faults: list[tuple[Record, Exception]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    seen: dict[UUID, Outcome] = field(default_factory=dict)
    added: int = 0
    taken: int = 0

    def apply(self, one: Input[Any], free: Counter[str]) -> None:
        """Decide one record, unless the inbox knows it; whatever it raises parks that record alone.

        What is known as parked is decided again when a replay brings it: so it takes its place once.
        """
        self.taken += 1
        known = self._known(one.id)
        if known is not None and not (known is Outcome.PARKED and one.record.replay):
            return
        self.seen[one.id] = Outcome.NOTHING
        try:
            decision = self.service.decide(self.state, one, Context(now=one.record.time, free=free))
            self._take(one, decision, free)
        except TooLarge as fault:
            self._letter(one, Park(reason=Reason.TOO_LARGE, problems=(fault.problem,)))
            if not fault.document:
                self._enter(one, Outcome.PARKED)
        except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record
            self.blame(one, fault)
            self._enter(one, Outcome.PARKED)

    def blame(self, one: Input[Any], fault: Exception) -> None:
        """Put a record aside that met a fault of ours."""
        self.faults.append((one.record, fault))
        self._letter(one, Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)))

    def advance(self, step: Tick | Done, now: datetime, free: Counter[str]) -> None:
        """Decide a timer or the end of an effect; an exception is the caller's to see."""
        decision = self.service.decide(self.state, step, Context(now=now, free=free))
        out = [outgoing(self.service, told, now, None) for told in decision.events]
        form = self._form(decision, out)
        wake = form.wake_at if form else wake_of(self.service, self.state)
        if isinstance(step, Tick) and wake and wake <= step.at:
            raise StuckTimer(self.subject, wake)
        self._accept(decision, form, out, free)

    def change(self, by: str) -> Change | None:
        """The write that makes the draft true, under the name of this attempt; None when there is nothing to write."""
        if self.form is None and not self.entries:
            return None
        before = self.document
        form = self.form or form_of(self.service, self.state)
        return Change(
            subject=self.subject,
            rev=before.rev if before else 0,
            by=by,
            schema=self.service.schema,
            partition=self.partition,
            state=form.json if form else None,
            entries=tuple(self.entries),
            outbox=tuple(self.messages),
            wake_at=form.wake_at if form else None,
            facets=form.facets if form else {},
            kept=self.kept,
        )

    def _take(self, one: Input[Any], decision: Decision[Any], free: Counter[str]) -> None:
        out = [outgoing(self.service, told, one.record.time, one.record) for told in decision.events]
        form = self._form(decision, out)
        said = self.document or self.state or decision.state or decision.events or decision.park
        if not said and decision.outcome is Outcome.NOTHING:
            return
        self._accept(decision, form, out, free)
        self._enter(one, Outcome.PARKED if decision.park else decision.outcome)
        if decision.park:
            self._letter(one, decision.park)
        if decision.keep is not None:
            self.kept[one.id.hex] = decision.keep

    def _known(self, name: UUID) -> Outcome | None:
        """How this input ended before, here or in the inbox; None if it did not."""
        return self.seen.get(name, self.document.inbox.get(name) if self.document else None)

    def _enter(self, one: Input[Any], outcome: Outcome) -> None:
        self.seen[one.id] = outcome
        self.entries.append(Entry(one.id, outcome))

    def _accept(self, decision: Decision[Any], form: Form | None, out: Sequence[Message], free: Counter[str]) -> None:
        if form is not None:
            self.state, self.form = decision.state, form
        self.messages.extend(out)
        self.added += sum(len(sent.value) for sent in out) + len(decision.keep or b"")
        self.effects.extend(decision.effects)
        free.subtract(effect.channel for effect in decision.effects)

    def _letter(self, one: Input[Any], park: Park) -> None:
        told = letter(self.service, one.record, park)
        self.messages.append(told)
        self.added += len(told.value)
        self.parked.append((one.record.topic, park.reason))

    def _form(self, decision: Decision[Any], out: Sequence[Message]) -> Form | None:
        """The new state as it would be stored; raises TooLarge where it, or an event, would not fit."""
        for told, sent in zip(decision.events, out, strict=True):
            if len(sent.value) > told.topic.max_bytes:
                raise TooLarge(f"an event for {sent.topic}", len(sent.value), told.topic.max_bytes)
        form = form_of(self.service, decision.state)
        size = (self.document.size if self.document else 0) + self.added + (len(form.json) if form else 0)
        size += sum(len(sent.value) for sent in out) + len(decision.keep or b"")
        if size > DOCUMENT_LIMIT:
            raise TooLarge(f"document {self.subject}", size, DOCUMENT_LIMIT, document=True)
        return form


class TooLarge(Exception):
    """A decision that would not fit where it must go; ``document``: not even its entry in the inbox would."""

    def __init__(self, what: str, found: int, limit: int, *, document: bool = False) -> None:
        """Take what does not fit, its bytes and the bytes that fit."""
        super().__init__(f"{what} has {found} bytes; the limit is {limit}")
        self.document = document
        self.problem = Problem(
            path="$",
            found=f"{what} of {found} bytes",
            expected=f"at most {limit} bytes",
            expected_zh=f"不得超过 {limit} 字节",
        )


class StuckTimer(Exception):
    """A tick that left its own timer due: deciding it again at once would go on for ever."""

    def __init__(self, subject: str, wake: datetime) -> None:
        """Take the document and the wake time that did not move."""
        super().__init__(f"document {subject}: after its tick the timer is still due, at {wake.isoformat()}")


def wake_of(service: Service, state: BaseModel | None) -> datetime | None:
    """When a document of this state wants a tick."""
    return service.wake(state) if service.wake and state else None


def form_of(service: Service, state: BaseModel | None) -> Form | None:
    """The state as it is stored; None where there is none."""
    if state is None:
        return None
    return Form(state.model_dump_json(exclude_none=True), wake_of(service, state), service.facets(state))


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
    """A document's inputs of a batch, in order, as many as one round takes: ``taken`` tells how many they were.

    A document that cannot be read parks them, unrecorded.
    """
    first = inputs[0]
    try:
        result = draft(service, first.subject, document, first.record.partition)
    except Exception as fault:  # noqa: BLE001 - law 6: a broken document must not stop the stream
        result = Draft(service=service, subject=first.subject, partition=first.record.partition, document=document)
        for one in inputs:
            result.blame(one, fault)
        result.taken = len(inputs)
        return result
    room = ROUND_BYTES
    for one in inputs:
        room -= len(one.record.value or b"")
        if room < 0 and result.taken:
            break
        result.apply(one, free)
    return result


def by_subject(inputs: Sequence[Input[Any]]) -> dict[str, list[Input[Any]]]:
    """The inputs of each document, in order."""
    groups: dict[str, list[Input[Any]]] = {}
    for one in inputs:
        groups.setdefault(one.subject, []).append(one)
    return groups
