"""Ledgers by the hundred thousand, each stored as escalation itself would have stored it, through its own adapter."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from aiokafka.partitioner import DefaultPartitioner

from contracts.identity import name_id
from contracts.topics import CASES
from services.chassis.fold import Draft, draft, fold
from services.chassis.mongo import MongoStore
from services.chassis.ports import Change
from services.chassis.values import Tick
from services.escalation import app, validate
from simulation.store import MemoryStore
from tests.builders import PATH, VILLAGE, arrived, assignment, case, case_event

SERVICE: Final = app.service(validate.load())
TERM: Final = timedelta(days=3)
"""What a village has for a standard case; the tests see that it is what the table says."""
TOLD: Final = timedelta(milliseconds=1)
"""So long before it is due, a clock has said all but that."""
BULK: Final = 1000
PLACES: Final = list(range(CASES.partitions))
_PLACE: Final = DefaultPartitioner()


def case_of(name: str) -> UUID:
    """The case of the ledger of this name."""
    return name_id(f"deadlines/{name}")


def ledger(name: str, due: datetime, until: datetime | None = None) -> Change:
    """The document of a case that a village has until ``due``, whose clock has rung whenever it had to by ``until``."""
    memory, case_id, started = MemoryStore(), case_of(name), due - TERM
    given = assignment(unit=VILLAGE, assigned_at=started)
    opened = case(case_id=case_id, path=PATH, assignment=given, reference=name, opened_at=started, occurred_at=started)
    one = arrived(case_event(opened, at=started), started, subject=case_id)
    change = first = _change(fold(SERVICE, [one], None, Counter()))
    while until and change.wake_at and change.wake_at <= until:
        memory.apply([change])
        step = draft(SERVICE, change.subject, memory.rows[change.subject].document, 0)
        step.advance(Tick(change.wake_at), change.wake_at, Counter())
        change = _change(step)
    return replace(change, rev=0, inbox=first.inbox, partition=place(change.subject))


def copies(of: Change, names: Iterable[str]) -> Iterator[Change]:
    """The same document for other cases: as good as ``ledger``, and a hundred times as quick."""
    for name in names:
        subject = str(case_of(name))
        outbox = tuple(
            replace(
                sent,
                id=name_id(f"{sent.id}/{name}"),
                key=subject,
                subject=subject,
                value=sent.value.replace(of.subject.encode(), subject.encode()),
            )
            for sent in of.outbox
        )
        state = (of.state or "").replace(of.subject, subject)
        yield replace(of, subject=subject, state=state, outbox=outbox, partition=place(subject))


def place(subject: str) -> int:
    """The partition that Kafka's clients choose for a key, and with it the member that has the document."""
    number: int = _PLACE(subject.encode(), PLACES, PLACES)
    return number


async def load(store: MongoStore, ledgers: Iterable[Change]) -> int:
    """Write them in bulk; answers how many they were."""
    left, count = iter(ledgers), 0
    while bulk := list(islice(left, BULK)):
        doubtful = await store.write(bulk)
        assert not doubtful, f"{len(doubtful)} of {len(bulk)} ledgers may not have been stored"
        count += len(bulk)
    return count


def _change(step: Draft) -> Change:
    change = step.change("loaded")
    assert change, "a step that has changed nothing"
    return change
