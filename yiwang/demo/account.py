"""Conservation: every report ends in exactly one case, repeat or parked record, and every effect happened once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from contracts.outcome import OutcomeKind
from yiwang.demo.book import Book, Delivered
from yiwang.demo.checks import (
    clockless,
    clocks,
    doubled_effects,
    from_nowhere,
    opened,
    parked_inside,
    position,
    unanswered,
    untold,
)

Key = tuple[str, str, int]


class End(StrEnum):
    """What a record that was sent has come to."""

    CASE = "case"
    REVISION = "revision"
    REPEAT = "repeat"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Account:
    """The end of each record that was sent, by its position; what has none, and what happened twice, each named."""

    sent: int
    ends: Mapping[str, End]
    lost: tuple[str, ...]
    duplicated: tuple[str, ...]
    breaches: int
    alerts: int

    def count(self, end: End) -> int:
        """Records that ended so."""
        return sum(found is end for found in self.ends.values())

    @property
    def reports(self) -> int:
        """Reports that were sent; a further revision is no further report, it belongs to its case."""
        return self.sent - self.count(End.REVISION)

    @property
    def balanced(self) -> bool:
        """Whether nothing is lost and nothing happened twice."""
        return not self.lost and not self.duplicated

    def line(self) -> str:
        """The totals for machines: reports are cases, repeats and parked records, unless some are lost."""
        figures = {
            "reports": self.reports,
            "cases": self.count(End.CASE),
            "repeats": self.count(End.REPEAT),
            "parked": self.count(End.PARKED),
            "breaches": self.breaches,
            "alerts": self.alerts,
            "lost": len(self.lost),
            "duplicated": len(self.duplicated),
        }
        return "demo: " + " ".join(f"{name}={figure}" for name, figure in figures.items())


def account(book: Book, now: datetime) -> Account:
    """The account of everything; ``now`` (aware) is the banner's time at which nothing was left to do."""
    heard = _Heard.of(book)
    ends = {one.position: end for group in heard.groups() for one, end in group if end}
    return Account(
        sent=len(book.delivered),
        ends=ends,
        lost=(
            *(f"{_name(one)} came to no end" for one in book.delivered if one.position not in ends),
            *parked_inside(book),
            *unanswered(book),
            *clockless(book),
            *untold(book, now),
        ),
        duplicated=(*book.altered, *heard.doubled(), *doubled_effects(book), *from_nowhere(book)),
        breaches=len({(clock.case_id, clock.assignment) for clock in clocks(book, DeadlineKind.BREACHED)}),
        alerts=sum(1 for _ in book.alerts),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was sent, by department, reference and revision, and what was heard of it."""

    sent: Mapping[Key, Sequence[Delivered]]
    parked: Counter[str]
    received: Counter[Key]
    repeated: Counter[Key]
    opened: Mapping[UUID, int]

    @classmethod
    def of(cls, book: Book) -> "_Heard":
        sent = defaultdict[Key, list[Delivered]](list)
        for one in sorted(book.delivered, key=lambda one: (one.at, one.position)):
            sent[one.sent.department, one.sent.reference, one.sent.revision].append(one)
        told = defaultdict[OutcomeKind, Counter[Key]](Counter)
        for outcome in (said.body for said in book.outcomes):
            told[outcome.kind][outcome.department, outcome.reference or "", outcome.revision or 0] += 1
        return cls(
            sent=sent,
            parked=Counter(position(said.body) for said in book.letters),
            received=told[OutcomeKind.RECEIVED],
            repeated=told[OutcomeKind.REPEAT],
            opened=opened(book),
        )

    def groups(self) -> Iterator[list[tuple[Delivered, End | None]]]:
        """The records of each key with their ends: what was not parked is the case's or a repeat of what is."""
        for key, group in self.sent.items():
            parked = [(one, End.PARKED) for one in group if self.parked[one.position]]
            taken = [one for one in group if not self.parked[one.position]]
            news = 1 if self.received[key] else 0
            again = End.REPEAT if self.repeated[key] else None
            yield [*parked, *((one, self._end(key)) for one in taken[:news]), *((one, again) for one in taken[news:])]

    def doubled(self) -> Iterator[str]:
        """Records that came to two ends."""
        for key, group in self.sent.items():
            taken = sum(not self.parked[one.position] for one in group)
            received, repeated = self.received[key], self.repeated[key]
            if received > 1 or received + repeated > taken:
                told = f"told as received {received} times, as a repeat {repeated} times"
                yield f"{_name(group[0])} was sent {taken} times, and {told}"

    def _end(self, key: Key) -> End | None:
        first = self.opened.get(report_id(key[0], key[1]))
        return None if first is None else End.CASE if first == key[2] else End.REVISION


def _name(one: Delivered) -> str:
    return f"{one.sent.department} {one.sent.reference}, revision {one.sent.revision} ({one.position})"
