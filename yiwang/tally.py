"""The tally of a feed: what was sent, what became of it, and how long that took, as a table to read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from contracts.departments import DEPARTMENTS
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.territory import Level
from simulation.sent import Sent

MISSING_SHOWN = 10
"""Reports without their outcome that the table names; the rest is counted."""

MISSING = "missing"
LATER = frozenset({OutcomeKind.ASSIGNED, OutcomeKind.LINKED, OutcomeKind.CLOSED})
"""Outcomes that somebody has to act for, or days have to pass; they have a column only where a report awaits one."""

SHARES = (("p50", 0.5), ("p95", 0.95), ("longest", 1.0))

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report with the place and time that the broker gave it."""

    sent: Sent
    position: str
    at: datetime

    @property
    def key(self) -> Key:
        """What its outcome will be known by: what is parked by its position, as it may have no reference."""
        if self.awaited is OutcomeKind.PARKED:
            return self.awaited.value, self.position
        return self.awaited.value, self.sent.department, self.sent.reference, str(self.sent.revision)

    @property
    def awaited(self) -> OutcomeKind:
        """The last outcome that its source must see at once."""
        return self.sent.outcomes[-1]


@dataclass(slots=True)
class Tally:
    """``expected`` reports and their outcomes, in any order; of several equal outcomes the first counts."""

    expected: int
    delivered: list[Delivered] = field(default_factory=list)
    heard: dict[Key, tuple[ReportOutcome, datetime]] = field(default_factory=dict)
    _open: dict[Key, Delivered] = field(default_factory=dict)

    def deliver(self, report: Delivered) -> None:
        """A report has been acknowledged."""
        self.delivered.append(report)
        if report.key not in self.heard:
            self._open[report.key] = report

    def hear(self, outcome: ReportOutcome, at: datetime) -> None:
        """An outcome has come, perhaps before its report was known to be delivered, perhaps of another's report."""
        key = _key(outcome)
        self.heard.setdefault(key, (outcome, at))
        self._open.pop(key, None)

    @property
    def missing(self) -> list[Delivered]:
        """Reports whose expected outcome has not come."""
        return list(self._open.values())

    @property
    def complete(self) -> bool:
        """Whether every report is delivered and has come to its outcome."""
        return len(self.delivered) == self.expected and not self._open

    @property
    def seconds(self) -> list[float]:
        """From each report's append to its outcome's, both by the broker's clock, where it has come."""
        came = ((report.at, self.heard[report.key][1]) for report in self.delivered if report.key in self.heard)
        return [(heard - sent).total_seconds() for sent, heard in came]

    def lines(self) -> Iterator[str]:
        """The summary: reports by source and outcome, open cases by level, latency, and what is missing."""
        yield from self._sources()
        yield ""
        levels = Counter(outcome.unit.level for outcome in self._cases() if outcome.unit)
        yield "cases opened at: " + ", ".join(f"{level.value} {level.zh} {levels[level]}" for level in Level)
        yield f"report to outcome: {_latency(self.seconds)}"
        missing = self.missing
        yield f"without their outcome: {len(missing)}"
        for report in missing[:MISSING_SHOWN]:
            yield f"  {report.sent.reference} ({report.position}): expected {report.awaited.value}"

    def _became(self, report: Delivered) -> str:
        return report.awaited.value if report.key in self.heard else MISSING

    def _cases(self) -> Iterator[ReportOutcome]:
        ours = {(report.sent.department, report.sent.reference) for report in self.delivered}
        opened = (outcome for outcome, _ in self.heard.values() if outcome.kind is OutcomeKind.OPENED)
        return (outcome for outcome in opened if (outcome.department, outcome.reference) in ours)

    def _sources(self) -> Iterator[str]:
        counts = Counter((report.sent.department, self._became(report)) for report in self.delivered)
        totals = Counter(self._became(report) for report in self.delivered)
        kinds = [*(kind.value for kind in OutcomeKind if kind not in LATER or totals[kind.value]), MISSING]
        yield _row("source", ["reports", *kinds], "")
        for department in DEPARTMENTS:
            row = [counts[department.code, kind] for kind in kinds]
            if any(row):
                yield _row(department.code, [sum(row), *row], department.zh)
        yield _row("all", [totals.total(), *(totals[kind] for kind in kinds)], "")


def _key(outcome: ReportOutcome) -> Key:
    if outcome.kind is OutcomeKind.PARKED:
        return outcome.kind.value, outcome.record or ""
    return outcome.kind.value, outcome.department, outcome.reference or "", str(outcome.revision)


def _row(name: str, cells: Sequence[object], zh: str) -> str:
    return f"{name:<20}{''.join(f'{cell!s:>9}' for cell in cells)}  {zh}".rstrip()


def _latency(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none came"
    return ", ".join(f"{name} {rank(seconds, share) * 1000:.0f} ms" for name, share in SHARES)


def rank(seconds: Sequence[float], share: float) -> float:
    """The nearest rank: the least of the times that this share of them does not exceed."""
    return sorted(seconds)[ceil(share * len(seconds)) - 1]
