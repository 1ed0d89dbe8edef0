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

# Only what a clock says calls anybody, for it alone knows by when. An assignment is told of with its clock: scheduled.
# Refused: the person who asked gets the answer. Resolved: the source learns it from the report's outcome.
# Kept: the banner's centre has just been told of the breach itself.
POLICY: Final[Mapping[CaseEventKind | DeadlineKind, tuple[Audience, ...]]] = {
    CaseEventKind.OPENED:   (),
    CaseEventKind.ASSIGNED: (),
    CaseEventKind.ACCEPTED: (),
    CaseEventKind.RESOLVED: (),
    CaseEventKind.REFUSED:  (),
    CaseEventKind.MOOT:     (),
    CaseEventKind.KEPT:     (),
    DeadlineKind.SCHEDULED: (IN_CHARGE,),
    DeadlineKind.WARNED:    (IN_CHARGE,),
    DeadlineKind.BREACHED:  (IN_CHARGE, SUPERIOR),
    DeadlineKind.OVERDUE:   (BANNER_CENTRE,),
}  # fmt: skip

WORDS: Final[Mapping[DeadlineKind | AssignedBecause, Template]] = {
    AssignedBecause.OPENED:    Template.OPENED,
    AssignedBecause.HANDED_UP: Template.HANDED_UP,
    AssignedBecause.ESCALATED: Template.ESCALATED,
    DeadlineKind.WARNED:       Template.WARNED,
    DeadlineKind.BREACHED:     Template.BREACHED,
    DeadlineKind.OVERDUE:      Template.OVERDUE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is told of: the units whose staff, in which words, and the clock with the case as it stood."""

    units: tuple[UnitRef, ...]
    template: Template
    clock: DeadlineEvent


def notice(happened: Happening) -> Notice | None:
    """Read the table; None: nobody is told.

    Nobody is asked to handle a case that is resolved already (立报立结), nor told of a breach a second time because
    escalation asks routing again.
    """
    audiences = POLICY[happened.kind]
    if not audiences or not isinstance(happened, DeadlineEvent):
        return None
    if happened.case.status is Status.RESOLVED or _asked_again(happened):
        return None
    scheduled = happened.kind is DeadlineKind.SCHEDULED
    template = WORDS[happened.case.assignment.because if scheduled else happened.kind]
    return Notice(tuple(dict.fromkeys(_unit(each, happened.case) for each in audiences)), template, happened)


def _asked_again(clock: DeadlineEvent) -> bool:
    return clock.kind is DeadlineKind.BREACHED and clock.n > 1


def _unit(audience: Audience, case: Case) -> UnitRef:
    if audience is Audience.BANNER:
        return BANNER
    return case.assignment.unit if audience is Audience.IN_CHARGE else case.above() or BANNER
