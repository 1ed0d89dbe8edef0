"""What was said of deadlines, as anybody reads it from the topic: when, in which order, how often, how late."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self
from uuid import UUID

from contracts.deadline import DeadlineEvent, DeadlineKind

LATE = (1, 10, 60, 600)
"""Seconds, as in the service's own histogram of lateness."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One event: the broker's time of its first record, and what it says."""

    at: datetime
    said: DeadlineEvent

    @property
    def late(self) -> float:
        """Seconds after it was due; of a breach."""
        return (self.at - self.said.due_at).total_seconds()


@dataclass(slots=True)
class Rings:
    """All events of the topic that come after ``since``, each once, in the order of their partitions."""

    events: dict[str, Rung] = field(default_factory=dict)
    copies: int = 0
    """Records that repeat an event under its own id."""

    @classmethod
    def of(cls, records: Sequence[Any], since: datetime) -> Self:
        """From the broker's records; what was said before ``since`` and is only said again does not count."""
        found = cls()
        for record in records:
            name, said = dict(record.headers)["ce_id"].decode(), DeadlineEvent.model_validate_json(record.value)
            if said.at < since:
                continue
            if name in found.events:
                found.copies += 1
                continue
            found.events[name] = Rung(datetime.fromtimestamp(record.timestamp / 1000, UTC), said)
        return found

    def breaches(self) -> list[Rung]:
        """The first breach of each clock, in the order of the broker's times."""
        first = (rung for rung in self.events.values() if rung.said.kind is DeadlineKind.BREACHED and rung.said.n == 1)
        return sorted(first, key=lambda rung: rung.at)

    def wrong(self, due: Mapping[UUID, datetime]) -> Iterator[str]:
        """Each that should have rung and did not, or rang early, twice, or out of its order, in one line."""
        rung = self.breaches()
        count: dict[UUID, int] = {}
        for one in rung:
            count[one.said.case_id] = count.get(one.said.case_id, 0) + 1
        for case_id, at in due.items():
            if count.get(case_id, 0) != 1:
                yield f"{case_id}: due {at}, breached {count.get(case_id, 0)} times"
        for one in self.events.values():
            yield from _early(one, due)
        for case_id, said in self._by_case().items():
            for before, after in pairwise(said):
                if after.version != before.version + 1 or after.at < before.at:
                    yield f"{case_id}: {after.kind} {after.n} comes after {before.kind} {before.n}"

    def _by_case(self) -> Mapping[UUID, list[DeadlineEvent]]:
        found: dict[UUID, list[DeadlineEvent]] = {}
        for one in self.events.values():
            found.setdefault(one.said.case_id, []).append(one.said)
        return found


def _early(one: Rung, due: Mapping[UUID, datetime]) -> Iterator[str]:
    said = one.said
    if said.case_id not in due:
        yield f"{said.case_id}: {said.kind}, though it is due later"
        return
    when = {DeadlineKind.WARNED: said.warn_at, DeadlineKind.PRESSING: said.press_at}.get(said.kind) or due[said.case_id]
    if one.at < when - timedelta(milliseconds=1):  # the broker cuts its time to milliseconds
        yield f"{said.case_id}: {said.kind} at {one.at}, before {when}"


def spread(late: Sequence[float]) -> str:
    """Half of them, 99 of a hundred, and the latest; and how many in each class of the histogram."""
    ordered = sorted(late)
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    figures = " ".join(f"{name}={ordered[_rank(share, len(ordered))]:.2f}s" for name, share in shares.items())
    counts = [sum(one < bound for one in ordered) for bound in LATE]
    classes = [counts[0], *(after - before for before, after in pairwise(counts)), len(ordered) - counts[-1]]
    names = (*(f"<{bound}s" for bound in LATE), "more")
    return f"{figures} ({', '.join(f'{name} {count}' for name, count in zip(names, classes, strict=True) if count)})"


def percentile(late: Sequence[float], share: float) -> float:
    """The lateness that this share of them does not exceed."""
    return sorted(late)[_rank(share, len(late))]


def _rank(share: float, count: int) -> int:
    return max(0, -(-int(share * 1000) * count // 1000) - 1)
