"""The one loop: read, load, decide, write with compare-and-set, publish, commit; and timers through the same door.

What it guarantees: offsets are committed last; nothing is published before its write is known to have won; an input's
effects happen once; a crash anywhere is repaired by redelivery, or by the sweep of what timers intended to send.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from contracts.deadletter import Reason
from contracts.wire import Message
from services.chassis.breaker import Breaker
from services.chassis.fold import Draft, by_subject, defect, draft, fold, letter, outgoing, read, wake_of
from services.chassis.horizon import Horizons
from services.chassis.metrics import Metrics
from services.chassis.ports import Clock, Document, Ended, Partition, Performer, Store, Stream
from services.chassis.values import Input, Invalid, Park, Reader, Record, Service, Tick, Unavailable

ROUNDS = 8
"""How often a doubtful write is read and decided again before the servers count as unavailable."""
TICK_LIMIT = 500
"""Timers decided in one step, so that records are not kept waiting."""
LATE_WRITE = timedelta(minutes=1)
"""How long after its answer was lost a write may still happen: well above every time-out of a request."""
ASIDE = timedelta(minutes=10)
"""How long a timer rests whose tick failed by our own fault."""
SETTLED_LIMIT = 50_000
"""Documents whose newest outbox this process remembers to have sent."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
"""Seconds between tries while something is unavailable."""

log = structlog.get_logger()


@dataclass(slots=True)
class Batch:
    """What a step brings about, gathered until everything is written."""

    messages: dict[str, tuple[str | None, Message]] = field(default_factory=dict)
    settled: list[tuple[str, int]] = field(default_factory=list)
    parked: list[tuple[str, Reason]] = field(default_factory=list)

    def tell(self, subject: str | None, message: Message) -> None:
        """Send ``message``; with a subject it enters that document's history first."""
        self.messages.setdefault(f"{message.topic}/{message.id}/{subject}", (subject, message))

    def take(self, done: Draft, rev: int) -> None:
        """Add what a draft brings about that is known to be written as ``rev``."""
        for message in done.messages:
            self.tell(done.subject, message)
        for message in done.letters:
            self.tell(None, message)
        self.parked.extend(done.parked)
        if rev:
            self.settled.append((done.subject, rev))


class Loop:
    """One service's loop over its ports; the stream's adapter drives it, one step at a time."""

    def __init__(
        self,
        service: Service,
        *,
        stream: Stream,
        clock: Clock,
        metrics: Metrics,
        store: Store | None = None,
        performer: Performer | None = None,
    ) -> None:
        """Take the service and its ports; a service without a state has no store."""
        self._service, self._stream, self._clock, self._metrics = service, stream, clock, metrics
        self._store, self._performer = store, performer
        self._readers: Mapping[str, Reader] = {reader.topic.name: reader for reader in service.readers}
        self._busy = asyncio.Lock()
        self._horizons, self._breaker = Horizons(), Breaker()
        self._settled: OrderedDict[str, int] = OrderedDict()
        self._notes: Mapping[str, datetime] = {}
        self._failures = 0
        self.paused: str | None = None
        """Why the loop backs off, or None."""
        self.moved_at = clock.monotonic()
        """When a step last ended, or was put off on purpose."""
        self.read_at = self.moved_at
        """When there was last nothing to read, or some of it was settled."""
        self._read_to: Mapping[Partition, int] = {}

    async def on_records(self, records: Sequence[Record]) -> None:
        """Settle a batch, or put it back and pause; never raises."""
        async with self._busy:
            mine = self._stream.owned()
            records = [record for record in records if (record.topic, record.partition) in mine]
            first, after = _span(records)
            failed = await self._guard("records", self._records(records, after)) if records else None
            if failed:
                self._stream.rewind(first)
        await self._pause(failed)

    async def on_tick(self) -> None:
        """Let time pass for every partition that has read its inputs; never raises."""
        async with self._busy:
            failed = await self._guard("tick", self._tick())
        await self._pause(failed)

    async def on_done(self, ended: Sequence[Ended]) -> None:
        """Settle the ends of effects; what stays unwritten is found by its document's timer."""
        for _ in PAUSES:
            async with self._busy:
                failed = await self._guard("done", self._done(ended))
            if failed is None:
                return
            await self._pause(failed)

    async def released(self) -> None:
        """Return once no step is under way: called before partitions go to another member."""
        async with self._busy:
            self._horizons.forget()

    async def _guard(self, step: str, work: Any) -> Unavailable | None:
        try:
            with self._metrics.step.labels(step).time():
                await work
        except Unavailable as reason:
            self.moved_at = self._clock.monotonic()
            return reason
        except Exception as fault:
            log.exception("step failed", step=step)
            self._metrics.faults.labels(step).inc()
            return Unavailable(f"{type(fault).__name__} in {step}: {fault}")
        self._failures, self.paused, self.moved_at = 0, None, self._clock.monotonic()
        return None

    async def _pause(self, failed: Unavailable | None) -> None:
        if failed is None:
            return
        seconds = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self.paused = str(failed)
        self._metrics.pauses.inc()
        log.warning("paused", seconds=seconds, reason=str(failed))
        await self._clock.sleep(seconds)

    async def _records(self, records: Sequence[Record], after: Mapping[Partition, int]) -> None:
        batch = Batch()
        inputs = self._read(records, batch)
        await self._settle(inputs, batch)
        await self._send(batch)
        await self._stream.commit(after)
        self._count(records, batch)

    def _count(self, records: Sequence[Record], batch: Batch) -> None:
        now = self._clock.wall()
        for record in records:
            self._metrics.records.labels(record.topic).inc()
            self._metrics.delay.labels(record.topic).observe(max(0.0, (now - record.time).total_seconds()))
        for topic, reason in batch.parked:
            self._metrics.parked.labels(topic, reason.value).inc()

    def _read(self, records: Sequence[Record], batch: Batch) -> list[Input[Any]]:
        inputs = []
        for record in records:
            try:
                inputs.append(read(self._readers[record.topic], record))
            except Invalid as fault:
                self._reject(record, fault, batch)
            except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record
                self._blame(record, fault)
                self._reject_as(record, Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)), batch)
        self._check_breaker()
        return inputs

    def _reject(self, record: Record, fault: Invalid, batch: Batch) -> None:
        self._breaker.note(self._clock.monotonic(), record, own=False)
        self._reject_as(record, Park(reason=Reason.INVALID, problems=fault.problems), batch)
        for told in self._service.rejected(record, fault.problems):
            batch.tell(None, outgoing(self._service, told, record.time, record))

    def _reject_as(self, record: Record, park: Park, batch: Batch) -> None:
        batch.parked.append((record.topic, park.reason))
        batch.tell(None, letter(self._service, record, park))

    async def _settle(self, inputs: Sequence[Input[Any]], batch: Batch) -> None:
        pending = by_subject(inputs)
        for _ in range(ROUNDS):
            if not pending:
                return
            documents = await self._load(list(pending))
            free = self._free()
            drafts = [fold(self._service, group, documents.get(subject), free) for subject, group in pending.items()]
            for record, fault in (each for one in drafts for each in one.faults):
                self._blame(record, fault)
            self._check_breaker()
            doubtful = await self._write(drafts, batch)
            pending = {subject: group for subject, group in pending.items() if subject in doubtful}
        raise Unavailable(f"{len(pending)} documents stayed doubtful for {ROUNDS} rounds")

    async def _load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        if self._store is None:
            return {}
        documents = await self._store.load(subjects)
        await self._rescue(documents.values())
        return documents

    async def _rescue(self, documents: Any) -> None:
        """Send what an outbox holds, unless this process knows that it was sent, before a write replaces it."""
        batch = Batch()
        for document in documents:
            if document.outbox and self._settled.get(document.subject) != document.rev:
                batch.settled.append((document.subject, document.rev))
                for message in document.outbox:
                    batch.tell(document.subject, message)
        self._metrics.rescued.inc(len(batch.messages))
        await self._send(batch)

    async def _write(self, drafts: Sequence[Draft], batch: Batch) -> frozenset[str]:
        """Write what changed and gather what surely won; answer the subjects that must be read again."""
        changes = {one.subject: change for one in drafts if self._store and (change := one.change())}
        doubtful: frozenset[str] = frozenset()
        if self._store and changes:
            doubtful = await self._store.write(list(changes.values()))
            self._metrics.doubtful.inc(len(doubtful))
        for one in drafts:
            if one.subject not in doubtful:
                written = changes.get(one.subject)
                batch.take(one, written.rev + 1 if written else 0)
                self._start(one)
        return doubtful

    def _start(self, one: Draft) -> None:
        if one.effects and self._performer:
            self._performer.start(one.subject, one.effects)

    async def _send(self, batch: Batch) -> None:
        """History first, then the broker; then the outboxes count as sent."""
        if batch.messages:
            past = [(subject, message) for subject, message in batch.messages.values() if subject is not None]
            if self._store and past:
                await self._store.record(past)
            await self._stream.publish([message for _, message in batch.messages.values()])
        for _, message in batch.messages.values():
            self._metrics.published.labels(message.topic).inc()
        for subject, rev in batch.settled:
            self._remember(subject, rev)

    def _remember(self, subject: str, rev: int) -> None:
        self._settled[subject] = rev
        self._settled.move_to_end(subject)
        while len(self._settled) > SETTLED_LIMIT:
            self._settled.popitem(last=False)

    async def _tick(self) -> None:
        now = await self._clock.now()
        ends = await self._stream.ends()
        read_to = await self._stream.read_to()
        self._measure(ends, read_to)
        if self._store is None:
            return
        await self._sweep(frozenset(number for _, number in ends), now)
        self._horizons.sample(now, ends)
        for partition, at in self._horizons.reached(read_to).items():
            if self._service.wake:
                await self._advance([(d, Tick(at)) for d in await self._store.due(partition, at, TICK_LIMIT)], at)

    async def _sweep(self, partitions: frozenset[int], now: datetime) -> None:
        """Send what timers and ends of calls left in an outbox when their process died or their answer was lost."""
        if self._store is None:
            return
        found = await self._store.intents(partitions)
        for intent in found:
            await self._load(intent.subjects)
        self._notes = {intent.id: self._notes.get(intent.id, now) for intent in found}
        over = [name for name, since in self._notes.items() if since <= now - LATE_WRITE]
        if over:
            await self._store.fulfilled(over)

    async def _done(self, ended: Sequence[Ended]) -> None:
        if self._store is None or not ended:
            return
        now = await self._clock.now()
        documents = await self._load(list({subject for subject, _ in ended}))
        await self._advance([(documents[subject], end) for subject, end in ended if subject in documents], now)

    async def _advance(self, steps: Sequence[tuple[Document, Any]], now: datetime) -> None:
        """Decide timers and ends of effects: documents in the order given, several steps of one in theirs."""
        if not steps or self._store is None:
            return
        await self._rescue([document for document, _ in steps])
        batch, free, drafts = Batch(), self._free(), dict[str, Draft]()
        for document, step in steps:
            try:
                one = drafts.get(document.subject) or draft(
                    self._service, document.subject, document, document.partition
                )
                self._late(one, step)
                one.advance(step, now, free)
                drafts[document.subject] = one
            except Exception as fault:  # noqa: BLE001 - law 6: one timer's exception puts that timer aside
                await self._put_aside(document, fault, now)
        changed = [one for one in drafts.values() if one.changed]
        intents = await self._intend([one for one in changed if one.messages])
        doubtful = await self._write(changed, batch)
        await self._send(batch)
        if doubtful:
            raise Unavailable(f"{len(doubtful)} timers met another writer: read again")
        if intents:
            await self._store.fulfilled(intents)

    async def _intend(self, drafts: Sequence[Draft]) -> list[str]:
        """Before the write: no record will bring these outboxes back, so the sweep must be able to find them."""
        partitions: dict[int, list[str]] = {}
        for one in drafts:
            partitions.setdefault(one.partition, []).append(one.subject)
        store = self._store
        return [await store.intend(number, subjects) for number, subjects in partitions.items()] if store else []

    async def _put_aside(self, document: Document, fault: Exception, now: datetime) -> None:
        log.error("timer put aside", document=document.subject, exc_info=fault)
        self._metrics.faults.labels("timer").inc()
        if self._store:
            await self._store.put_aside(document.subject, document.rev, now + ASIDE)

    def _late(self, one: Draft, step: Any) -> None:
        wake = wake_of(self._service, one.state) if isinstance(step, Tick) else None
        if wake:
            self._metrics.lateness.observe(max(0.0, (step.at - wake).total_seconds()))

    def _free(self) -> Counter[str]:
        return Counter(dict(self._performer.free())) if self._performer else Counter()

    def _blame(self, record: Record, fault: Exception) -> None:
        log.error("record parked by our own fault", topic=record.topic, position=record.position, exc_info=fault)
        self._metrics.faults.labels("record").inc()
        self._breaker.note(self._clock.monotonic(), record, own=self._readers[record.topic].topic.internal)

    def _check_breaker(self) -> None:
        if why := self._breaker.tripped(self._clock.monotonic()):
            raise Unavailable(why)

    def _measure(self, ends: Mapping[Partition, int], read_to: Mapping[Partition, int]) -> None:
        for (topic, partition), end in ends.items():
            self._metrics.lag.labels(topic, partition).set(max(0, end - read_to.get((topic, partition), 0)))
        if self.paused or read_to != self._read_to or all(end <= read_to.get(place, 0) for place, end in ends.items()):
            self.read_at, self._read_to = self._clock.monotonic(), dict(read_to)
        self._metrics.owned.set(len(ends))
        self._metrics.skew.set(self._clock.skew())


def _span(records: Sequence[Record]) -> tuple[dict[Partition, int], dict[Partition, int]]:
    """The first offset of each partition in a batch, and the one after its last."""
    first: dict[Partition, int] = {}
    after: dict[Partition, int] = {}
    for record in records:
        place = (record.topic, record.partition)
        first.setdefault(place, record.offset)
        after[place] = record.offset + 1
    return first, after
