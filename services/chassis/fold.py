"""Inputs folded over one document: a pure step from what is stored to what should be.

What a document is stored as is made once a round, not once an input: a large one that takes many would cost the square.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from contracts.deadletter import Reason
from contracts.problem import Problem
from contracts.wire import MIB, Message, json_bytes
from services.chassis.letters import defect, letter, outgoing
from services.chassis.ports import Change, Document, Entry, Inbox
from services.chassis.values import Context, Decision, Done, Effect, Input, Outcome, Park, Reader, Record, Service, Tick

DOCUMENT_LIMIT = 12 * MIB
"""Bytes that one document may keep; MongoDB's own limit is 16 MiB."""


@dataclass(frozen=True, slots=True)
class Form:
    """A state as it is stored: its JSON and the bytes of that, next tick, indexed fields; whether more comes soon."""

    json: str
    size: int
    wake_at: datetime | None
    facets: Mapping[str, Any]
    soon: bool


@dataclass(slots=True)
class Draft:
    """One document under decision: what it was, what it becomes, and what it brings about."""

    service: Service
    subject: str
    partition: int
    document: Document | None
    state: BaseModel | None = None
    touched: bool = False
    """Whether it has another state than the one that is stored."""
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    parked: list[tuple[str, Reason]] = field(default_factory=list)
    faults: list[tuple[Record, Exception]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    seen: dict[UUID, Outcome] = field(default_factory=dict)
    added: int = 0
    taken: int = 0
    presumed: bool = False
    """Whether it was not looked for, as it most likely is not there."""
    _form: Form | None = None

    @property
    def recalled(self) -> bool:
        """Whether it goes by what this process wrote last, and not by what the store has now."""
        return self.document is not None and self.document.known is not None

    @property
    def unsure(self) -> bool:
        """Whether only a write that wins shows that it was decided on what is there."""
        return self.presumed or self.recalled

    @property
    def form(self) -> Form | None:
        """Its new state as it is stored; None where that has not changed."""
        return self.whole if self.touched else None

    @property
    def whole(self) -> Form | None:
        """Its state as it is stored, changed or not; None where there is none."""
        if self._form is None:
            self._form = form_of(self.service, self.state)
        return self._form

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
            self._refuse(one, fault)
            self._enter(one, Outcome.PARKED)
        except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record
            self.blame(one, fault)
            self._enter(one, Outcome.PARKED)

    def blame(self, one: Input[Any], fault: Exception) -> None:
        """Put a record aside that met a fault of ours."""
        self.faults.append((one.record, fault))
        self._letter(one, Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)))

    def again(self) -> "Draft":
        """The same document, with nothing decided."""
        return Draft(
            service=self.service,
            subject=self.subject,
            partition=self.partition,
            document=self.document,
            state=self.state,
        )

    def take_none(self, one: Input[Any], fault: Exception) -> None:
        """Put a record aside whose decision cannot be stored; where there is no room, not even an entry finds any."""
        self.taken += 1
        if isinstance(fault, TooLarge):
            self._refuse(one, fault)
            return
        self.blame(one, fault)
        self._enter(one, Outcome.PARKED)

    def _refuse(self, one: Input[Any], fault: "TooLarge") -> None:
        self._letter(one, Park(reason=Reason.TOO_LARGE, problems=(fault.problem,)))

    def advance(self, step: Tick | Done, now: datetime, free: Counter[str]) -> None:
        """Decide a timer or the end of an effect; an exception is the caller's to see."""
        decision = self.service.decide(self.state, step, Context(now=now, free=free))
        out = [outgoing(self.service, told, now, None) for told in decision.events]
        _check_events(decision, out)
        if isinstance(step, Tick):
            self._check_timer(step, self.state if decision.state is None else decision.state)
        self._accept(decision, out, free)

    def check(self) -> None:
        """Raises TooLarge for a document that would not fit with all that it took in."""
        before, after = self.document.size if self.document else 0, self.form.size if self.form else 0
        size = before + self.added + after
        if size > DOCUMENT_LIMIT:
            raise TooLarge(f"document {self.subject}", size, DOCUMENT_LIMIT)

    def change(self, by: str) -> Change | None:
        """The write that makes the draft true, under the name of this attempt; None when there is nothing to write."""
        if not self.touched and not self.entries:
            return None
        before = self.document
        form = self.whole
        return Change(
            subject=self.subject,
            rev=before.rev if before else 0,
            by=by,
            schema=self.service.schema,
            partition=self.partition,
            state=form.json if form else None,
            inbox=(before.inbox if before else Inbox()).after(self.entries) if self.entries else None,
            outbox=tuple(self.messages),
            wake_at=form.wake_at if form else None,
            facets=form.facets if form else {},
            kept=self.kept,
        )

    def _take(self, one: Input[Any], decision: Decision[Any], free: Counter[str]) -> None:
        out = [outgoing(self.service, told, one.record.time, one.record) for told in decision.events]
        _check_events(decision, out)
        said = self.document or self.state or decision.state or decision.events or decision.park
        if not said and decision.outcome is Outcome.NOTHING:
            return
        self._accept(decision, out, free)
        self._enter(one, Outcome.PARKED if decision.park else decision.outcome)
        if decision.park:
            self._letter(one, decision.park)
        if decision.keep is not None:
            self.kept[one.id.hex] = decision.keep

    def _check_timer(self, step: Tick, after: BaseModel | None) -> None:
        wake = wake_of(self.service, after)
        if wake and wake <= step.at:
            raise StuckTimer(self.subject, wake)

    def _known(self, name: UUID) -> Outcome | None:
        """How this input ended before, here or in the inbox; None if it did not."""
        return self.seen.get(name, self.document.inbox.get(name) if self.document else None)

    def _enter(self, one: Input[Any], outcome: Outcome) -> None:
        self.seen[one.id] = outcome
        self.entries.append(Entry(one.id, outcome))

    def _accept(self, decision: Decision[Any], out: Sequence[Message], free: Counter[str]) -> None:
        if decision.state is not None:
            self.state, self.touched, self._form = decision.state, True, None
        self.messages.extend(out)
        self.added += sum(len(sent.value) for sent in out) + len(decision.keep or b"")
        self.effects.extend(decision.effects)
        free.subtract(effect.channel for effect in decision.effects)

    def _letter(self, one: Input[Any], park: Park) -> None:
        told = letter(self.service, one.record, park)
        self.messages.append(told)
        self.added += len(told.value)
        self.parked.append((one.record.topic, park.reason))


class TooLarge(Exception):
    """A decision that would not fit where it must go: an event in its topic, or all of it in its document."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        """Take what does not fit, its bytes and the bytes that fit."""
        super().__init__(f"{what} has {found} bytes; the limit is {limit}")
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
    raw = json_bytes(state)
    return Form(raw.decode(), len(raw), wake_of(service, state), service.facets(state), service.soon(state))


def read(reader: Reader, record: Record) -> Input[Any]:
    """The record as an input; raises Invalid."""
    body = reader.parse(record)
    name = reader.identify(record, body)
    return Input(id=name, subject=reader.subject(body, name), body=body, record=record)


def draft(service: Service, subject: str, document: Document | None, partition: int) -> Draft:
    """A draft of what is stored; ``partition`` is taken for a document that is new."""
    state = document.known if document else None
    if state is None and document and document.state is not None and service.state:
        state = service.state.model_validate_json(document.state)
    where = document.partition if document else partition
    return Draft(service=service, subject=subject, partition=where, document=document, state=state)


def fold(service: Service, inputs: Sequence[Input[Any]], document: Document | None, free: Counter[str]) -> Draft:
    """What comes of a document's inputs of a batch: the last of ``folding``."""
    *_, found = folding(service, inputs, document, free)
    return found


def folding(
    service: Service, inputs: Sequence[Input[Any]], document: Document | None, free: Counter[str]
) -> Iterator[Draft]:
    """A document's inputs of a batch, in order, as many as one round takes: ``taken`` tells how many they were.

    The draft after each input, so that others may have their turn in between; the last one is whole. A document that
    cannot be read parks its inputs, unrecorded; so does one input that a document has no room for, not even by its
    entry in the inbox.
    """
    first, count = inputs[0], len(inputs)
    try:
        start = draft(service, first.subject, document, first.record.partition)
    except Exception as fault:  # noqa: BLE001 - law 6: a broken document must not stop the stream
        broken = Draft(service=service, subject=first.subject, partition=first.record.partition, document=document)
        for one in inputs:
            broken.blame(one, fault)
        broken.taken = len(inputs)
        yield broken
        return
    while True:
        result, left = start.again(), Counter(free)
        for one in inputs[:count]:
            result.apply(one, left)
            yield result
        try:
            result.check()
        except Exception as fault:  # noqa: BLE001 - law 6: the half without the one that is to blame is none the worse
            if count > 1:
                count //= 2
                continue
            result, left = start.again(), Counter(free)
            result.take_none(first, fault)
        free.clear()
        free.update(left)
        yield result
        return


def _check_events(decision: Decision[Any], out: Sequence[Message]) -> None:
    for told, sent in zip(decision.events, out, strict=True):
        if len(sent.value) > told.topic.max_bytes:
            raise TooLarge(f"an event for {sent.topic}", len(sent.value), told.topic.max_bytes)


def by_subject(inputs: Sequence[Input[Any]]) -> dict[str, list[Input[Any]]]:
    """The inputs of each document, in order."""
    groups: dict[str, list[Input[Any]]] = {}
    for one in inputs:
        groups.setdefault(one.subject, []).append(one)
    return groups
