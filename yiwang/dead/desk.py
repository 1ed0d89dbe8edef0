"""Where an operator sits: the broker, who they are, and the ways to read letters from the topics."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from contracts.deadletter import DeadLetter, DispositionKind
from contracts.topics import DEAD, DISPOSITIONS
from services.chassis.ports import Partition
from yiwang.dead.acts import disposed
from yiwang.dead.book import Book
from yiwang.dead.filters import Filter, named
from yiwang.dead.logs import Logs, Out
from yiwang.dead.reading import letter_of
from yiwang.dead.values import Act, Item, Mistake, Place, Say

PROGRESS: Final = 20_000
"""Records from one line of progress to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who acts, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a command needs.

    ``confirm`` asks a person, ``edit`` lets one change bytes (None: there is no terminal).
    """

    logs: Logs
    kafka: str
    say: Say
    warn: Say
    now: Callable[[], datetime]
    confirm: Callable[[str], bool] | None = None
    edit: Callable[[bytes], bytes] | None = None

    async def book(self, wanted: Filter) -> Book:
        """All letters that are meant, up to the ends that the topics have now."""
        services = [wanted.service] if wanted.service else list(DEAD)
        letters = await self.logs.ends([DEAD[name] for name in services])
        acts = await self.logs.ends([DISPOSITIONS])
        book, count, total = Book(wanted), 0, sum(letters.values()) + sum(acts.values())
        for ends in (letters, acts):
            async for record in self.logs.read({}, ends):
                book.hear(record)
                count += 1
                if count % PROGRESS == 0:
                    self.warn(f"read {count} of {total} records")
        return book

    async def find(self, prefixes: Sequence[str], service: str | None) -> list[Item]:
        """The letters that these beginnings of ids name, each one letter; raises Mistake."""
        book = await self.book(Filter(prefixes=tuple(prefixes), service=service))
        found = list(book.items())
        for text in prefixes:
            fitting = [one.parked for one in found if one.parked.id.hex.startswith(text)]
            named(text, list({one.id: one.id for one in fitting}))
            if len(fitting) > 1:
                services = ", ".join(sorted(one.service for one in fitting))
                raise Mistake(f"{text}: the services {services} have each parked this record; add --service")
        return found

    async def letters(self, items: Sequence[Item]) -> AsyncIterator[tuple[Item, DeadLetter]]:
        """The letters with their bytes, one after the other, as they stand in their topics."""
        wanted = {one.parked.at: one for one in items}
        begins, ends = _span(list(wanted))
        async for record in self.logs.read(begins, ends):
            item = wanted.get(Place(record.topic, record.partition, record.offset))
            letter = letter_of(record) if item else None
            if item and letter:
                yield item, letter

    async def letter(self, item: Item) -> DeadLetter:
        """One letter with its bytes; raises Mistake if its topic has it no more."""
        found = [letter async for _, letter in self.letters([item])]
        if not found:
            raise Mistake(f"{item.parked.id}: it stands no more where it was read, at {item.parked.at}")
        return found[0]

    async def record(self, item: Item, kind: DispositionKind, signed: Signed, value: bytes | None = None) -> Item:
        """Write down what is done about a letter; answers the letter with it once every in-sync replica has it."""
        (place,) = await self.logs.publish([self.disposition(item, kind, signed, value)])
        act = Act(
            kind=kind, version=item.version, by=signed.by, why=signed.why, at=self.now(), replay=None, place=place
        )
        return replace(item, acts=(*item.acts, act))

    def disposition(self, item: Item, kind: DispositionKind, signed: Signed, value: bytes | None = None) -> Out:
        """What is written down, in the words of who does it."""
        return disposed(item, kind, by=signed.by, why=signed.why, at=self.now(), value=value), None


def _span(places: Sequence[Place]) -> tuple[Mapping[Partition, int], Mapping[Partition, int]]:
    """From the first of these places to behind the last one, partition by partition."""
    begins: dict[Partition, int] = {}
    ends: dict[Partition, int] = {}
    for place in places:
        where = (place.topic, place.partition)
        begins[where] = min(begins.get(where, place.offset), place.offset)
        ends[where] = max(ends.get(where, 0), place.offset + 1)
    return begins, ends
