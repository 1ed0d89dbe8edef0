"""Opens a case at the unit that the table has decided on."""

from datetime import datetime
from typing import Any, Final

from contracts.case import AssignedBecause, Assignment, Case, Routed, Status
from contracts.masking import masked
from contracts.report import Report, ReportLocated
from contracts.territory import BANNER

SUMMARY_LENGTH: Final = 120


def opened(located: ReportLocated, how: Routed, now: datetime) -> Case:
    """The case that a located report opens, assigned to its first unit; the caller counts its version.

    Solved on the spot (立报立结), or withdrawn before anyone heard of it, it is so from the first snapshot on: no clock
    starts and nobody is called.
    """
    report, chosen = located.report, how.chosen
    status = _status(report)
    return Case(
        case_id=report.report_id,
        version=0,
        status=status,
        assignment=Assignment(number=1, unit=chosen.unit, assigned_at=now, because=AssignedBecause.OPENED),
        department=report.department,
        reference=report.reference,
        opened_at=now,
        resolution=masked(report.solved) if report.solved else None,
        resolved_at=now if status is Status.RESOLVED else None,
        lead=chosen.lead,
        clock=chosen.clock,
        cooperating=chosen.cooperating,
        **told(report),
        **placed(located),
    )


def told(report: Report) -> dict[str, Any]:
    """What a case has of its report, in the words of the newest revision.

    What the source wrote freely goes into it masked, for it reaches mails and consoles.
    """
    return {
        "revision": report.revision,
        "summary": summary(report.text),
        "title": masked(report.title) if report.title else None,
        "category": masked(report.category) if report.category else None,
        "classified": report.classified,
        "urgency": report.urgency,
        "occurred_at": report.occurred_at,
        "place_name": masked(report.place_name) if report.place_name else None,
        "people": report.people,
        "money": report.money,
        "group": report.group,
        "staff": report.staff,
    }


def placed(located: ReportLocated) -> dict[str, Any]:
    """What a case has of its report's place, and of the unit that the report is about."""
    location = located.location
    return {"path": location.path or (BANNER,), "located": location.outcome, "about": located.about}


def summary(text: str) -> str:
    """The beginning of a report's text, on one line, with telephone and id numbers masked."""
    return masked(" ".join(text.split()))[:SUMMARY_LENGTH]


def _status(report: Report) -> Status:
    if report.withdrawn:
        return Status.WITHDRAWN
    return Status.RESOLVED if report.solved else Status.ASSIGNED
