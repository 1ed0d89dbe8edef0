"""What notification remembers of one case: the newest snapshot, who was told of what, and the ladder until accepted."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from contracts.case import Case, Status
from contracts.wire import Value

REMEMBERED: Final = 8
"""Assignments whose beginning is kept."""
LISTED: Final = 40
"""People told, of whom a line each is kept; the notices themselves are in the history."""


class Start(Value):
    """When an assignment began, and with it the one before it ended."""

    number: int
    at: AwareDatetime


class Told(Value):
    """Who was told of what, as what, by which row."""

    event_id: UUID
    staff: str
    role: str
    rule: str
    at: AwareDatetime


class Ladder(Value):
    """What is done until somebody accepts: ``step`` is the next one of the row's, due at ``wake_at``.

    ``staff`` were asked to accept, ``event_id`` is what they were told of, ``started_at`` when they could know.
    """

    assignment: int
    rule: str
    event_id: UUID
    due_at: AwareDatetime
    started_at: AwareDatetime
    staff: tuple[str, ...]
    step: int = 0
    wake_at: AwareDatetime


class Watch(Value):
    """One case, watched. ``version`` counts notices; ``heard`` is the newest of routing's events.

    ``over_at``: since when nobody has to act; ``due_at`` is of the newest assignment's clock, as the ledger's version
    ``clocked`` has it; ``breached`` is the due time of the newest breach that was told.
    """

    version: int = 0
    heard: int = 0
    case: Case
    due_at: AwareDatetime | None = None
    clocked: int = 0
    breached: AwareDatetime | None = None
    starts: tuple[Start, ...] = ()
    over_at: AwareDatetime | None = None
    ladder: Ladder | None = None
    told: tuple[Told, ...] = ()
    tables: str = ""

    def seen(self, case: Case, at: datetime, **more: object) -> "Watch":
        """The watch that knows this snapshot too, of this time, and ``more``; an older one moves nothing back."""
        newest = case if case.version >= self.case.version else self.case
        over = None if newest.status.open else self.over_at or at
        changes: dict[str, object] = {"case": newest, "starts": self._starts(case), "over_at": over}
        if self.case.assignment.number < newest.assignment.number:
            changes["due_at"] = None
        if self.ladder and not awaits(newest, self.ladder.assignment):
            changes["ladder"] = None
        return self.model_copy(update=changes | more)

    def _starts(self, case: Case) -> tuple[Start, ...]:
        number = case.assignment.number
        if any(start.number == number for start in self.starts):
            return self.starts
        known = (*self.starts, Start(number=number, at=case.assignment.assigned_at))
        return tuple(sorted(known, key=lambda start: start.number))[-REMEMBERED:]

    def ended(self, number: int) -> datetime | None:
        """When the assignment gave way to the next one that is known of."""
        return next((start.at for start in self.starts if start.number > number), None)

    def former(self, event: UUID) -> tuple[str, ...]:
        """Who was told last, before this event, that they were in charge."""
        mine = [one for one in self.told if one.role == "in_charge" and one.event_id != event]
        return tuple(dict.fromkeys(one.staff for one in mine if one.event_id == mine[-1].event_id))


def awaits(case: Case, number: int) -> bool:
    """Whether this assignment is the newest, and still to be accepted."""
    return case.assignment.number == number and case.status is Status.ASSIGNED
