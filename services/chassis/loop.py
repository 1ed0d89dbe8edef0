"""The one loop: read, load, decide, write with compare-and-set, publish, commit; and timers through the same door.

What it guarantees: offsets are committed last; nothing is published before its write is known to have won; an input's
effects happen once; a crash anywhere is repaired by redelivery, or by the sweep of what timers intended to send.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from contracts.deadletter import Reason
from contracts.wire import text_headers
from services.chassis.breaker import Breaker
from services.chassis.fold import Draft, by_subject, draft, folding, read, wake_of
from services.chassis.horizon import Horizons
from services.chassis.letters import again, defect, letter, misplaced, outgoing
from services.chassis.metrics import Metrics
from services.chassis.pace import Pace
from services.chassis.ports import Clock, Document, Ended, Partition, Performer, Store, Stream
from services.chassis.progress import Progress
from services.chassis.settlement import Batch, Settlement
from services.chassis.values import Done, Input, Invalid, Park, Reader, Record, Service, Tick, Unavailable

ROUNDS = 8
"""How often in a row a batch may lose every write to others before the servers count as unavailable."""
TICK_LIMIT = 240
"""Timers in one step, of all partitions together: it keeps no record waiting for long, and memory bounded."""
ASIDE = timedelta(minutes=10)
"""How long a timer rests whose tick failed by our own fault."""
BREATH = 0.02
"""Seconds of deciding, after which heartbeats, probes and requests get their turn."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)
"""Seconds between tries while something is unavailable; its return may be seen as late as the longest."""

PACE = Pace()

log = structlog.get_logger()


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
        pace: Pace = PACE,
    ) -> None:
        """Take the service and its ports; a service without a state has no store."""
        self._service, self._stream, self._clock, self._metrics = service, stream, clock, metrics
        self._store, self._performer = store, performer
        self.progress = Progress(clock.monotonic)
        """Whether it gets on."""
        self._settlement = Settlement(
            service, store=store, stream=stream, performer=performer, metrics=metrics, progress=self.progress
        )
        self._readers: Mapping[str, Reader] = {reader.topic.name: reader for reader in service.readers}
        self._busy = asyncio.Lock()
        self._horizons, self._breaker = Horizons(), Breaker()
        self._closed, self._breathed = False, clock.monotonic()
        self._pace, self._portion = pace, pace.portion
        self._outside = not any(reader.topic.internal for reader in service.readers)
        self._failures: Counter[str] = Counter()
        self._paused: dict[str, str] = {}
        self._read_to: dict[Partition, int] = {}
        self.wanted = asyncio.Event()
        """Set while a tick has something to do that need not wait for the next one's turn."""

    @property
    def paused(self) -> str | None:
        """Why the loop backs off, or None."""
        return next(iter(self._paused.values()), None)

    async def on_records(self, records: Sequence[Record]) -> None:
        """Settle a batch portion by portion, or put back what is not settled and pause; never raises."""
        failed: Unavailable | None = None
        async with self._busy:
            mine = self._stream.owned()
            rest = _in_turns([record for record in records if (record.topic, record.partition) in mine])
            while rest and not failed:
                portion = rest[: self._pace.cut(rest, self._portion)]
                failed = await self._guard("records", self._timed(portion))
                if failed:
                    self._stream.rewind(_span(rest)[0])
                rest = rest[len(portion) :]
            if self._horizons.met(self._read_to):
                self.wanted.set()
        await self._pause("records", failed)

    async def _timed(self, records: Sequence[Record]) -> None:
        """Settle a portion, and size the next by how long it took."""
        began, after = self._clock.monotonic(), _span(records)[1]
        await self._records(records, after)
        self._read_to.update(after)
        took = self._clock.monotonic() - began
        self._portion = self._pace.after(len(records), took, self.progress.least(), outside=self._outside)
        self._stream.take(self._portion)

    async def on_tick(self) -> None:
        """Let time pass for every partition that has read its inputs; never raises."""
        async with self._busy:
            failed = await self._guard("tick", self._tick())
        await self._pause("tick", failed)

    async def on_done(self, ended: Sequence[Ended]) -> None:
        """Settle the ends of effects; what stays unwritten is found by its document's timer."""
        for _ in PAUSES:
            async with self._busy:
                failed = await self._guard("done", self._done(ended))
            await self._pause("done", failed)
            if failed is None:
                return

    async def released(self) -> None:
        """Return once no step is under way: called before partitions go to another member."""
        async with self._busy:
            self._horizons.forget()
            self._read_to.clear()
            self._settlement.forget()
            with suppress(Unavailable):  # who comes next takes them off, and sends once more what they speak of
                await self._settlement.take_off()

    async def close(self) -> None:
        """Take no more records: what is polled from now on stays for the next member."""
        self._closed = True
        self.wanted.set()
        await self.released()
        self._stream.take(0)

    async def _guard(self, step: str, work: Awaitable[None]) -> Unavailable | None:
        self.progress.begin(step)
        try:
            with self._metrics.step.labels(step).time():
                await work
        except Unavailable as reason:
            self._settlement.forget()
            self.progress.put_off(step)
            return reason
        except Exception as fault:
            log.exception("step failed", step=step)
            self._settlement.forget()
            self._metrics.faults.labels(step).inc()
            self.progress.fail(step)
            return Unavailable(f"{type(fault).__name__} in {step}")
        self.progress.end(step)
        return None

    async def _pause(self, step: str, failed: Unavailable | None) -> None:
        if failed is None:
            self._failures[step] = 0
            self._paused.pop(step, None)
            return
        seconds = PAUSES[min(self._failures[step], len(PAUSES) - 1)]
        self._failures[step] += 1
        self._paused[step] = str(failed)
        self._metrics.pauses.inc()
        log.warning("paused", step=step, seconds=seconds, reason=str(failed))
        await self._clock.sleep(seconds)

    async def _records(self, records: Sequence[Record], after: Mapping[Partition, int]) -> None:
        if self._closed:
            raise Unavailable("stopping")
        batch = Batch()
        inputs = self._read(records, batch)
        await self._settle(inputs, batch)
        with self.progress.waiting("broker"):
            await self._stream.commit(after)
        now = self._clock.wall()
        for topic in {record.topic for record in records}:
            delays = [max(0.0, (now - record.time).total_seconds()) for record in records if record.topic == topic]
            self._metrics.records.labels(topic).inc(len(delays))
            observe = self._metrics.delay.labels(topic).observe
            for seconds in delays:
                observe(seconds)

    def _read(self, records: Sequence[Record], batch: Batch) -> list[Input[Any]]:
        inputs = [one for record in records if not self._passes(record) and (one := self._input(record, batch))]
        self._check_breaker()
        return inputs

    def _passes(self, record: Record) -> bool:
        """Whether it is settled unread; a replay never is, for somebody has asked for it."""
        reader = self._readers.get(record.topic)
        return reader is not None and reader.passes(record)

    def _input(self, given: Record, batch: Batch) -> Input[Any] | None:
        """What the record asks for; None if it is parked unread."""
        record = given
        try:
            record = self._unwrapped(given)
            found = read(self._readers[record.topic], record)
        except Invalid as fault:
            self._reject(record, fault, batch)
        except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record
            self._blame(record, fault)
            self._park(record, Park(reason=Reason.DEFECTIVE, problems=(defect(fault),)), batch)
        else:
            self._breaker.good(record, internal=self._internal(record))
            return found
        return None

    def _unwrapped(self, record: Record) -> Record:
        """What was parked, if the record is a replay; raises Invalid."""
        if self._service.replays is None or record.topic != self._service.replays.name:
            return record
        parked = again(record)
        if parked.topic not in self._readers:
            raise Invalid(misplaced(parked.topic))
        return parked

    def _reject(self, record: Record, fault: Invalid, batch: Batch) -> None:
        if not self._internal(record) or _ours(record):
            self._count(record)
        self._park(record, Park(reason=Reason.INVALID, problems=fault.problems), batch)
        for told in self._service.rejected(record, fault.problems) if record.topic in self._readers else ():
            batch.tell(None, outgoing(self._service, told, record.time, record))

    def _park(self, record: Record, park: Park, batch: Batch) -> None:
        batch.parked.append((record.topic, park.reason))
        batch.tell(None, letter(self._service, record, park))

    async def _settle(self, inputs: Sequence[Input[Any]], batch: Batch) -> None:
        """Settle documents in lanes: while the servers answer one, the other is decided."""
        groups = list(by_subject(inputs).items())
        count = max(1, min(self._pace.lanes, len(groups) // self._pace.lane))
        lanes = [dict(groups[n::count]) for n in range(count)]
        batches = [batch, *(Batch() for _ in lanes[1:])]
        ended = await asyncio.gather(*map(self._lane, lanes, _shares(self._free(), count), batches))
        for fault in sorted(filter(None, ended), key=_is_unavailable):  # of two, our own is the one to be seen
            raise fault

    async def _lane(
        self, pending: Mapping[str, list[Input[Any]]], free: Counter[str], batch: Batch
    ) -> Exception | None:
        """Answers what went wrong, so that the other lane comes to its end."""
        try:
            await self._decide(pending, free, batch)
        except Exception as fault:  # noqa: BLE001 - it is raised by whoever waits for all lanes
            return fault
        return None

    async def _decide(self, pending: Mapping[str, list[Input[Any]]], free: Counter[str], batch: Batch) -> None:
        """Decide and write, round by round: who lost a write decides again, and a document takes so much a round."""
        stalled, presumed = 0, {name for name, (first, *_) in pending.items() if self._opens(first)}
        while pending and stalled < ROUNDS:
            documents = await self._settlement.load([name for name in pending if name not in presumed])
            drafts = [await self._fold(group, documents.get(name), free) for name, group in pending.items()]
            for one in drafts:
                one.presumed = one.subject in presumed
            for record, fault in (each for one in drafts for each in one.faults):
                self._blame(record, fault)
            self._check_breaker()
            lost = await self._settlement.write(drafts, batch)
            self._want(drafts)
            stalled = stalled + 1 if len(lost) == len(drafts) else 0
            left = {one.subject: pending[one.subject][0 if one.subject in lost else one.taken :] for one in drafts}
            pending, presumed = {name: group for name, group in left.items() if group}, set()
            if pending:
                await self._settlement.send(batch)
                batch = Batch()
        if pending:
            raise Unavailable(f"{len(pending)} documents met other writers in {ROUNDS} rounds")
        await self._settlement.send(batch)

    def _opens(self, first: Input[Any]) -> bool:
        """Whether its document is most likely not there; a replay's may well be."""
        return first.record.replay is None and self._readers[first.record.topic].opens(first.body)

    async def _fold(self, inputs: Sequence[Input[Any]], document: Document | None, free: Counter[str]) -> Draft:
        """As ``fold``, with a breath now and then: the group gives up a member that says nothing for long."""
        for one in folding(self._service, inputs, document, free):
            newest = one
            await self._breathe()
        return newest

    async def _breathe(self) -> None:
        now = self._clock.monotonic()
        if now - self._breathed > BREATH:
            await asyncio.sleep(0)
            self._breathed = self._clock.monotonic()

    def _want(self, drafts: Sequence[Draft]) -> None:
        """What records make due at once, such as a time that passed in a backlog, waits for no tick's turn."""
        now = self._clock.wall()
        if any(one.form and one.form.wake_at and one.form.wake_at <= now for one in drafts):
            self.wanted.set()

    async def _tick(self) -> None:
        self.wanted.clear()
        with self.progress.waiting("database"):
            now = await self._clock.now()
        with self.progress.waiting("broker"):
            ends, read_to = await self._stream.ends(), await self._stream.read_to()
        self._measure(ends, read_to)
        if self._store is None:
            return
        await self._settlement.sweep(frozenset(number for _, number in ends))
        if self._service.wake is None:
            return
        self._horizons.sample(now, ends)
        reached = self._horizons.reached(read_to)
        with self.progress.waiting("database"):  # all at once: asked in turn, a slow database would hold records up
            share = max(1, TICK_LIMIT // max(1, len(reached)))
            asked = (self._due(self._store, number, at, share) for number, at in reached.items())
            found = list(zip(reached.values(), await asyncio.gather(*asked), strict=True))
        answered = [(at, due) for at, due in found if not isinstance(due, Unavailable)]
        await self._advance([(document, Tick(at)) for at, due in answered for document in due], now)
        if any(len(due) == share for _, due in answered):
            self.wanted.set()
        for _, due in found:
            if isinstance(due, Unavailable):
                raise due  # only now: the other partitions' timers do not wait for this one's

    async def _due(self, store: Store, partition: int, at: datetime, limit: int) -> Sequence[Document] | Unavailable:
        try:
            return await store.due(partition, at, limit)
        except Unavailable as fault:
            return fault

    async def _done(self, ended: Sequence[Ended]) -> None:
        now = self._clock.wall()
        documents = await self._settlement.load(list({subject for subject, _ in ended}))
        idle = await self._advance([(documents[subject], end) for subject, end in ended if subject in documents], now)
        if idle:
            documents = await self._settlement.fetch(idle)
            await self._advance([(documents[subject], end) for subject, end in ended if subject in documents], now)

    async def _advance(self, steps: Sequence[tuple[Document, Tick | Done]], now: datetime) -> Sequence[str]:
        """Decide timers at their partition's time, ends of effects ``now``; a document's in their order.

        Answers whose steps brought about nothing on a document that was remembered: the store's may be newer.
        """
        await self._settlement.rescue([document for document, _ in steps])
        free, drafts, wakes = self._free(), dict[str, Draft](), list[datetime]()
        for document, step in steps:
            try:
                one = drafts.get(document.subject) or draft(
                    self._service, document.subject, document, document.partition
                )
                wake = wake_of(self._service, one.state) if isinstance(step, Tick) else None
                one.advance(step, step.at if isinstance(step, Tick) else now, free)
                drafts[document.subject] = one
                wakes += [wake] if wake else []
            except Exception as fault:  # noqa: BLE001 - law 6: one timer's exception puts that timer aside
                await self._put_aside(document, fault, now)
            await self._breathe()
        batch, changed = Batch(), [one for one in drafts.values() if one.touched and await self._storable(one, now)]
        intents = await self._settlement.intend(changed)
        lost = await self._settlement.write(changed, batch)
        await self._settlement.send(batch)
        if lost:
            raise Unavailable(f"{len(lost)} timers met another writer: read again")
        self._settlement.fulfilled(intents)
        self._late(wakes)
        return [name for name, one in drafts.items() if one.recalled and not one.touched]

    async def _storable(self, one: Draft, now: datetime) -> bool:
        """Whether it can be written; a timer whose draft cannot is put aside."""
        await self._breathe()
        try:
            one.check()
        except Exception as fault:  # noqa: BLE001 - law 6: as where it was decided
            if one.document:
                await self._put_aside(one.document, fault, now)
            return False
        return True

    async def _put_aside(self, document: Document, fault: Exception, now: datetime) -> None:
        log.error("timer put aside", document=document.subject, exc_info=fault)
        self._metrics.faults.labels("timer").inc()
        if self._store:
            await self._store.put_aside(document.subject, document.rev, now + ASIDE)

    def _late(self, wakes: Sequence[datetime]) -> None:
        now = self._clock.wall()
        for wake in wakes:
            self._metrics.lateness.observe(max(0.0, (now - wake).total_seconds()))

    def _free(self) -> Counter[str]:
        return Counter(dict(self._performer.free())) if self._performer else Counter()

    def _internal(self, record: Record) -> bool:
        reader = self._readers.get(record.topic)
        return reader is not None and reader.topic.internal

    def _blame(self, record: Record, fault: Exception) -> None:
        log.error("record parked by our own fault", topic=record.topic, position=record.position, exc_info=fault)
        self._metrics.faults.labels("record").inc()
        self._count(record)

    def _count(self, record: Record) -> None:
        """A fault, to the breaker; but not one of a replay, which a person sends and which is parked already."""
        if record.replay is None:
            self._breaker.bad(record, internal=self._internal(record))

    def _check_breaker(self) -> None:
        if why := self._breaker.tripped():
            raise Unavailable(why)

    def _measure(self, ends: Mapping[Partition, int], read_to: Mapping[Partition, int]) -> None:
        for (topic, partition), end in ends.items():
            self._metrics.lag.labels(topic, partition).set(max(0, end - read_to.get((topic, partition), 0)))
        if read_to != self._read_to or all(end <= read_to.get(place, 0) for place, end in ends.items()):
            self.progress.read()
        self._read_to = dict(read_to)
        self._metrics.owned.set(len(ends))
        self._metrics.skew.set(self._clock.skew())


def _ours(record: Record) -> bool:
    """Whether the record says that one of our services wrote it: then its fault is a deployment's, not a stranger's."""
    return text_headers(record.headers).get("ce_source", "").startswith("yiwang/")


def _in_turns(records: Sequence[Record]) -> list[Record]:
    """The same records, those of one partition in their order, of all partitions in turn: none waits for another's."""
    turns = Counter[Partition]()

    def turn(record: Record) -> int:
        turns[record.topic, record.partition] += 1
        return turns[record.topic, record.partition]

    return sorted(records, key=turn)


def _is_unavailable(fault: Exception) -> bool:
    return isinstance(fault, Unavailable)


def _shares(free: Counter[str], count: int) -> list[Counter[str]]:
    """What is free, shared out among so many."""
    return [Counter({name: (all_ + n) // count for name, all_ in free.items()}) for n in range(count)]


def _span(records: Sequence[Record]) -> tuple[dict[Partition, int], dict[Partition, int]]:
    """The first offset of each partition in a batch, and the one after its last."""
    first: dict[Partition, int] = {}
    after: dict[Partition, int] = {}
    for record in records:
        place = (record.topic, record.partition)
        first.setdefault(place, record.offset)
        after[place] = record.offset + 1
    return first, after
