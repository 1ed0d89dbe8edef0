"""Who is told of what, and in which words: the table, and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from contracts.case import AssignedBecause, Case, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.territory import BANNER, UnitRef

Happening = CaseEvent | DeadlineEvent
"""What an alert can be about."""


class Audience(Enum):
    """A unit whose staff are told."""

    IN_CHARGE = auto()
    SUPERIOR = auto()
    BANNER = auto()


class Template(Enum):
    """The words to tell it in."""

    OPENED = "opened"
    HANDED_UP = "handed_up"
    ESCALATED = "escalated"
    WARNED = "warned"
    BREACHED = "breached"
    OVERDUE = "overdue"


IN_CHARGE, SUPERIOR, BANNER_CENTRE = Audience.IN_CHARGE, Audience.SUPERIOR, Audience.BANNER

# Refused: the person who asked gets the answer. Resolved: the source learns it from the report's outcome.
# Kept: the banner's centre has just been told of the breach itself.
POLICY: Final[Mapping[CaseEventKind | DeadlineKind, tuple[Audience, ...]]] = {
    CaseEventKind.OPENED:   (IN_CHARGE,),
    CaseEventKind.ASSIGNED: (IN_CHARGE,),
    CaseEventKind.ACCEPTED: (),
    CaseEventKind.RESOLVED: (),
    CaseEventKind.REFUSED:  (),
    CaseEventKind.MOOT:     (),
    CaseEventKind.KEPT:     (),
    DeadlineKind.SCHEDULED: (),
    DeadlineKind.WARNED:    (IN_CHARGE,),
    DeadlineKind.BREACHED:  (IN_CHARGE, SUPERIOR),
    DeadlineKind.OVERDUE:   (BANNER_CENTRE,),
}  # fmt: skip

WORDS: Final[Mapping[CaseEventKind | DeadlineKind | AssignedBecause, Template]] = {
    AssignedBecause.OPENED:    Template.OPENED,
    AssignedBecause.HANDED_UP: Template.HANDED_UP,
    AssignedBecause.ESCALATED: Template.ESCALATED,
    DeadlineKind.WARNED:       Template.WARNED,
    DeadlineKind.BREACHED:     Template.BREACHED,
    DeadlineKind.OVERDUE:      Template.OVERDUE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """An event that somebody is told of: the units whose staff, in which words, and the case as it stood."""

    units: tuple[UnitRef, ...]
    template: Template
    case: Case


def notice(happened: Happening) -> Notice | None:
    """Read the table; None: nobody is told.

    Nobody is told of an event without a case, nor asked to handle one that is resolved already (立报立结), nor told of
    a breach a second time because escalation asks routing again.
    """
    case = happened.case
    units = POLICY[happened.kind]
    if not units or case is None or case.status is Status.RESOLVED or _asked_again(happened):
        return None
    by_assignment = happened.kind in (CaseEventKind.OPENED, CaseEventKind.ASSIGNED)
    template = WORDS[case.assignment.because if by_assignment else happened.kind]
    return Notice(tuple(dict.fromkeys(_unit(audience, case) for audience in units)), template, case)


def _asked_again(happened: Happening) -> bool:
    return isinstance(happened, DeadlineEvent) and happened.kind is DeadlineKind.BREACHED and happened.n > 1


def _unit(audience: Audience, case: Case) -> UnitRef:
    if audience is Audience.BANNER:
        return BANNER
    return case.assignment.unit if audience is Audience.IN_CHARGE else superior(case)


def superior(case: Case) -> UnitRef:
    """The unit above the one in charge, on the case's path; above the banner, the banner."""
    below = len(case.assignment.unit.code)
    above = [unit for unit in case.path if len(unit.code) < below]
    return above[-1] if above else BANNER
