"""Makes drafts true: write with compare-and-set, learn who won, history, publish; and finds what a crash left unsent.

A document's outbox holds the messages of its newest write. It is sent again before a later write replaces it, unless
this process knows that it was sent; so whatever is in an inbox and in no outbox was sent.

Documents that are wanted again soon are remembered once their messages are sent. What is decided on a remembered one
counts only if it is written, which fails where another member has written since.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from contracts.deadletter import Reason
from contracts.wire import Message
from services.chassis.fold import Draft
from services.chassis.metrics import Metrics
from services.chassis.ports import Change, Document, Performer, Store, Stream
from services.chassis.progress import Progress
from services.chassis.recent import Recent, stored
from services.chassis.sent import Sent
from services.chassis.values import Service


@dataclass(slots=True)
class Batch:
    """What is to be sent, gathered until everything that it follows from is written."""

    messages: dict[str, tuple[str | None, Message]] = field(default_factory=dict)
    written: list[tuple[str, int]] = field(default_factory=list)
    recent: list[Document] = field(default_factory=list)
    """What was written and is wanted again soon."""
    parked: list[tuple[str, Reason]] = field(default_factory=list)

    def tell(self, subject: str | None, message: Message) -> None:
        """Send ``message``; with a subject it enters that document's history first."""
        self.messages.setdefault(f"{message.topic}/{message.id}/{subject}", (subject, message))

    def take(self, one: Draft, change: Change | None) -> None:
        """Add what a draft brings about whose change is known to have won (None: there was nothing to write)."""
        for message in one.messages:
            self.tell(one.subject, message)
        self.parked.extend(one.parked)
        if change:
            self.written.append((one.subject, change.rev + 1))
            if one.whole and one.whole.soon:
                self.recent.append(stored(change, one.document, one.state))


class Settlement:
    """The store, the stream and the performer as one: what is decided goes in, and comes true once."""

    def __init__(
        self,
        service: Service,
        *,
        store: Store | None,
        stream: Stream,
        performer: Performer | None,
        metrics: Metrics,
        progress: Progress,
    ) -> None:
        """Take the ports; a service without documents has no store. Each answer of them is noted as progress."""
        self._service, self._store, self._stream = service, store, stream
        self._performer, self._metrics, self._progress = performer, metrics, progress
        self._sent, self._recent = Sent(), Recent()
        self._served: set[str] = set()
        self._name, self._attempts = uuid4().hex, count()

    async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """The documents, their outboxes surely sent: as this process remembers them, else as they are stored."""
        known = {name: document for name in subjects if (document := self._recent.take(name))}
        self._metrics.recalled.inc(len(known))
        return {**known, **await self.fetch([name for name in subjects if name not in known])}

    def forget(self) -> None:
        """Remember no document: others may write them from now on, or what became of them is not known."""
        self._recent.forget()

    async def fetch(self, subjects: Sequence[str]) -> Mapping[str, Document]:
        """The documents as they are stored, their outboxes surely sent."""
        if self._store is None or not subjects:
            return {}
        with self._progress.waiting("database"):
            documents = await self._store.load(subjects)
        await self.rescue(documents.values())
        return documents

    async def rescue(self, documents: Iterable[Document]) -> None:
        """Send what these outboxes hold, unless this process knows that it was sent."""
        batch = Batch()
        for document in documents:
            if document.outbox and not self._sent.has(document.subject, document.rev):
                batch.written.append((document.subject, document.rev))
                for message in document.outbox:
                    batch.tell(document.subject, message)
        self._metrics.rescued.inc(len(batch.messages))
        await self.send(batch)

    async def write(self, drafts: Sequence[Draft], batch: Batch) -> frozenset[str]:
        """Write what changed, gather what won and start its effects; answer the subjects that lost.

        Who won is read, not guessed: where the answer leaves a doubt, the document bears the name of the attempt that
        wrote it. Nothing of a draft is sent or started before. What would be told without a write has lost, too, where
        it was decided on a remembered document, or on none that nobody looked for.
        """
        for one in drafts:
            self._recent.take(one.subject)  # what is remembered of it is older by then, or not sure to be right
        by = f"{self._name}/{next(self._attempts)}"
        changes = {one.subject: change for one in drafts if self._store and (change := one.change(by))}
        lost = await self._lost(changes)
        lost |= {one.subject for one in drafts if _untried(one) and one.subject not in changes}
        for one in drafts:
            if one.subject not in lost:
                batch.take(one, changes.get(one.subject))
                if one.effects and self._performer:
                    self._performer.start(one.subject, one.effects)
        self._metrics.outdated.inc(sum(one.unsure for one in drafts if one.subject in lost))
        return lost

    async def _lost(self, changes: Mapping[str, Change]) -> frozenset[str]:
        if self._store is None or not changes:
            return frozenset()
        with self._progress.waiting("database"):
            doubtful = await self._store.write(list(changes.values()))
        if not doubtful:
            return doubtful
        self._metrics.doubtful.inc(len(doubtful))
        with self._progress.waiting("database"):
            found = await self._store.load(list(doubtful))
        return frozenset(name for name in doubtful if name not in found or found[name].by != changes[name].by)

    async def send(self, batch: Batch) -> None:
        """History first, then the broker; then the outboxes count as sent."""
        if batch.messages:
            past = [(name, one) for name, one in batch.messages.values() if name and one.topic != self._dead]
            if self._store and past:
                with self._progress.waiting("database"):
                    await self._store.record(past)
            with self._progress.waiting("broker"):
                await self._stream.publish([message for _, message in batch.messages.values()])
        for topic, times in Counter(message.topic for _, message in batch.messages.values()).items():
            self._metrics.published.labels(topic).inc(times)
        for topic, reason in batch.parked:
            self._metrics.parked.labels(topic, reason.value).inc()
        for subject, rev in batch.written:
            self._sent.add(subject, rev)
        for document in batch.recent:
            self._recent.keep(document)

    async def intend(self, drafts: Sequence[Draft]) -> Sequence[str]:
        """Before the write: no record will bring these outboxes back, so the sweep must be able to find them."""
        partitions: dict[int, dict[str, int]] = {}
        for one in drafts:
            if one.messages:
                partitions.setdefault(one.partition, {})[one.subject] = one.document.rev if one.document else 0
        return await self._store.intend(partitions) if self._store and partitions else ()

    def fulfilled(self, intents: Sequence[str]) -> None:
        """After the send: the notes have served, and the next sweep takes them off."""
        self._served.update(intents)

    async def take_off(self, others: Collection[str] = ()) -> None:
        """Take off the notes that have served, and others that are known to have."""
        over = [*self._served, *others]
        if self._store and over:
            await self._store.fulfilled(over)
            self._served.difference_update(over)

    async def sweep(self, partitions: Collection[int]) -> None:
        """Send what timers and ends of calls left in an outbox when their process died or its answer was lost.

        A note stands until each of its documents was written after it: the write that it announces may still come.
        """
        if self._store is None:
            return
        over = []
        for intent in await self._store.intents(partitions):
            if intent.id in self._served:
                continue
            found = await self.fetch(list(intent.revs))
            if all(name in found and found[name].rev > rev for name, rev in intent.revs.items()):
                over.append(intent.id)
        await self.take_off(over)

    @property
    def _dead(self) -> str:
        return self._service.dead.name


def _untried(one: Draft) -> bool:
    """Whether what would be told without a write was decided on what may not be there."""
    return one.presumed or (one.recalled and bool(one.messages))
