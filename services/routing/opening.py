"""Opens a case at the deepest unit of its place, and says why there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from contracts.case import AssignedBecause, Assignment, Case, Status
from contracts.masking import masked
from contracts.report import Location, LocationOutcome, Report
from contracts.territory import BANNER, office

SUMMARY_LENGTH: Final = 120

OPENINGS: Final[Mapping[LocationOutcome, str]] = {
    # what gis found              what follows, after its words
    LocationOutcome.LOCATED:      "交该{level}办理",
    LocationOutcome.TWO_FIT:      "交共同上级{unit}办理",
    LocationOutcome.NOT_LOCATED:  "交{unit}核实",
    LocationOutcome.OUTSIDE:      "交{unit}核实",
}  # fmt: skip


def opened(report: Report, location: Location, now: datetime) -> Case:
    """The case that a located report opens, assigned to its first unit; the caller counts its version.

    What the source wrote freely goes into it masked, for it reaches mails and consoles.
    """
    path = location.path or (BANNER,)
    first = Assignment(number=1, unit=path[-1], assigned_at=now, because=AssignedBecause.OPENED)
    return Case(
        case_id=report.report_id,
        version=0,
        # Solved on the spot (立报立结): resolved from the first snapshot on, so no clock starts and nobody is called.
        status=Status.RESOLVED if report.solved else Status.ASSIGNED,
        resolution=masked(report.solved) if report.solved else None,
        path=path,
        assignment=first,
        department=report.department,
        reference=report.reference,
        revision=report.revision,
        summary=summary(report.text),
        title=masked(report.title) if report.title else None,
        category=report.category,
        urgency=report.urgency,
        located=location.outcome,
        occurred_at=report.occurred_at,
        opened_at=now,
        place_name=masked(report.place_name) if report.place_name else None,
    )


def reason(location: Location, case: Case) -> str:
    """Why the case was given to its first unit, in Chinese."""
    level = case.assignment.unit.level.zh
    return f"{location.why}，{OPENINGS[location.outcome].format(unit=office(case.path), level=level)}"


def summary(text: str) -> str:
    """The beginning of a report's text, on one line, with telephone and id numbers masked."""
    return masked(" ".join(text.split()))[:SUMMARY_LENGTH]
