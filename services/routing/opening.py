"""Opens a case: the table of which unit a report goes to, by what came of looking for its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.case import AssignedBecause, Assignment, Case, Status
from contracts.report import Location, LocationOutcome, Report
from contracts.territory import BANNER, Path

SUMMARY_LENGTH: Final = 120


def _place(location: Location) -> Path:
    return location.path or _banner(location)


def _shared(location: Location) -> Path:
    columns = zip(*location.candidates, strict=False)
    shared = next((depth for depth, units in enumerate(columns) if len(set(units)) > 1), None)
    shortest = min(location.candidates, key=len, default=())
    return shortest[:shared] or _banner(location)


def _banner(_location: Location) -> Path:
    return (BANNER,)


@dataclass(frozen=True, slots=True)
class Opening:
    """Which path a case gets, whose deepest unit it is given to, and what is said about it."""

    path: Callable[[Location], Path]
    said: str


OPENINGS: Final[Mapping[LocationOutcome, Opening]] = {
    # what came of it             the case's path      the reason, after what gis found
    LocationOutcome.LOCATED:      Opening(_place,      "由所在地{unit}受理"),
    LocationOutcome.TWO_FIT:      Opening(_shared,     "不止一处相符，由共同的上级{unit}受理"),
    LocationOutcome.NOT_LOCATED:  Opening(_banner,     "地点未能确定，由{unit}受理"),
    LocationOutcome.OUTSIDE:      Opening(_banner,     "地点在旗外，由{unit}受理"),
}  # fmt: skip


def opened(report: Report, location: Location, now: datetime) -> Case:
    """The case that a located report opens, assigned to its first unit; the caller counts its version."""
    path = OPENINGS[location.outcome].path(location)
    first = Assignment(number=1, unit=path[-1], assigned_at=now, because=AssignedBecause.OPENED)
    return Case(
        case_id=report.report_id,
        version=0,
        # Solved on the spot (立报立结): resolved from the first snapshot on, so no clock starts and nobody is called.
        status=Status.RESOLVED if report.solved else Status.ASSIGNED,
        resolution=report.solved,
        path=path,
        assignment=first,
        department=report.department,
        reference=report.reference,
        revision=report.revision,
        summary=summary(report.text),
        title=report.title,
        category=report.category,
        urgency=report.urgency,
        located=location.outcome,
        occurred_at=report.occurred_at,
        opened_at=now,
    )


def reason(location: Location, case: Case) -> str:
    """Why the case was given to its first unit, in Chinese."""
    said = OPENINGS[location.outcome].said.format(unit=case.assignment.unit.name)
    return f"{location.why}；{said}"


def summary(text: str) -> str:
    """The beginning of a report's text, on one line."""
    return " ".join(text.split())[:SUMMARY_LENGTH]
