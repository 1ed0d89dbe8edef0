"""The lawful walk of a case: from which status which event leads where."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from contracts.case import AssignedBecause, CaseEventKind, Status
from contracts.territory import Level
from services.routing.state import CLOSES_AFTER
from yiwang.check.log import MICROSECOND, Moment

OPEN: Final = frozenset(status for status in Status if status.open)
WORKED: Final = OPEN - {Status.SUSPENDED}
TAKEN: Final = frozenset({Status.ACCEPTED, Status.STARTED})
DONE: Final = frozenset({Status.RESOLVED, Status.CLOSED})
ENDED: Final = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})
"""Where a case may live again."""
FIRM: Final = frozenset({AssignedBecause.LIFTED, AssignedBecause.ESCALATED})
"""What was given so is not handed back."""
ANY: Final = frozenset(Status)
SAME: Final = frozenset(
    {
        CaseEventKind.COMMENTED,
        CaseEventKind.LED,
        CaseEventKind.REQUESTED,
        CaseEventKind.EXTENDED,
        CaseEventKind.DECLINED,
        CaseEventKind.REFUSED,
        CaseEventKind.MOOT,
        CaseEventKind.KEPT,
        CaseEventKind.CORRECTED,
        CaseEventKind.SPLIT,
        CaseEventKind.GATHERED,
        CaseEventKind.RELATED,
    }
)
"""Events that leave the status as it is."""
CLIMBS: Final = frozenset({AssignedBecause.HANDED_UP, AssignedBecause.LIFTED, AssignedBecause.ESCALATED})
HEIGHT: Final = {level: height for height, level in enumerate(Level)}
UNOPPOSED: Final[Moment] = CLOSES_AFTER // MICROSECOND

WALK: Final[Mapping[CaseEventKind, tuple[frozenset[Status], frozenset[Status]]]] = {
    # what happens              where the case stood              where it stands then
    CaseEventKind.ASSIGNED:     (OPEN | ENDED | {Status.LINKED},  frozenset({Status.ASSIGNED})),
    CaseEventKind.ACCEPTED:     (frozenset({Status.ASSIGNED}),    frozenset({Status.ACCEPTED})),
    CaseEventKind.STARTED:      (frozenset({Status.ASSIGNED, Status.ACCEPTED}), frozenset({Status.STARTED})),
    CaseEventKind.COMMENTED:    (ANY,                             ANY),
    CaseEventKind.LED:          (WORKED,                          WORKED),
    CaseEventKind.REQUESTED:    (TAKEN,                           TAKEN),
    CaseEventKind.EXTENDED:     (TAKEN,                           TAKEN),
    CaseEventKind.DECLINED:     (TAKEN,                           TAKEN),
    CaseEventKind.SUSPENDED:    (TAKEN,                           frozenset({Status.SUSPENDED})),
    CaseEventKind.RESUMED:      (frozenset({Status.SUSPENDED}),   frozenset({Status.STARTED})),
    CaseEventKind.CONFIRMED:    (frozenset({Status.RESOLVED}),    frozenset({Status.CLOSED})),
    CaseEventKind.CANCELLED:    (OPEN,                            frozenset({Status.CANCELLED})),
    CaseEventKind.LINKED:       (OPEN | DONE,                     frozenset({Status.LINKED})),
    CaseEventKind.SPLIT:        (WORKED,                          WORKED),
    CaseEventKind.JOINED:       (OPEN,                            frozenset({Status.JOINED})),
    CaseEventKind.GATHERED:     (OPEN,                            OPEN),
    CaseEventKind.RELATED:      (ANY,                             ANY),
    CaseEventKind.RESOLVED:     (OPEN | {Status.RESOLVED, Status.LINKED}, frozenset({Status.RESOLVED})),
    CaseEventKind.WITHDRAWN:    (OPEN | {Status.LINKED},          frozenset({Status.WITHDRAWN})),
    CaseEventKind.CLOSED:       (frozenset({Status.RESOLVED}),    frozenset({Status.CLOSED})),
    CaseEventKind.KEPT:         (WORKED,                          WORKED),
    CaseEventKind.REFUSED:      (ANY,                             ANY),
    CaseEventKind.MOOT:         (ANY,                             ANY),
    CaseEventKind.CORRECTED:    (ANY,                             ANY),
}  # fmt: skip

OPENINGS: Final[Mapping[CaseEventKind, frozenset[Status]]] = {
    # what opens a case         where it stands then
    CaseEventKind.OPENED:       frozenset({Status.ASSIGNED, Status.RESOLVED}),
    CaseEventKind.WITHDRAWN:    frozenset({Status.WITHDRAWN}),
}  # fmt: skip


FROM: Final[Mapping[AssignedBecause, frozenset[Status]]] = {
    # why it is given out anew   where it may have stood; anything else: where it is worked on
    AssignedBecause.CORRECTED:   OPEN | ENDED | {Status.LINKED},
    AssignedBecause.UNLINKED:    frozenset({Status.LINKED}),
    AssignedBecause.LIFTED:      WORKED | ENDED,
    AssignedBecause.REOPENED:    ENDED,
}  # fmt: skip


class Stand(NamedTuple):
    """How a case stands."""

    status: Status
    number: int
    level: Level
    because: AssignedBecause
    revision: int
    assigned_at: Moment
    resolved_at: Moment | None
    rests_until: Moment | None = None
    part: bool = False
    """Whether it was split off another case: then its source hears nothing of it."""


def unlawful(before: Stand | None, kind: CaseEventKind, after: Stand | None) -> str | None:
    """Why the step may not be taken; None if it may."""
    if after is None:
        return None if before is None and kind in {CaseEventKind.REFUSED, CaseEventKind.MOOT} else "it has no snapshot"
    if before is None:
        return _opened(kind, after)
    if kind not in WALK:
        return "the case is open already"
    sources, targets = WALK[kind]
    if before.status not in sources or after.status not in targets:
        return f"from {before.status.value} to {after.status.value}"
    if kind in SAME and before.status is not after.status:
        return f"it moves the case from {before.status.value} to {after.status.value}"
    return _assigned(before, after) if kind is CaseEventKind.ASSIGNED else _stayed(before, after)


def _opened(kind: CaseEventKind, after: Stand) -> str | None:
    if kind not in OPENINGS or after.status not in OPENINGS[kind]:
        return f"it opens the case as {after.status.value}"
    return None if after.number == 1 else f"it begins with assignment {after.number}"


def _stayed(before: Stand, after: Stand) -> str | None:
    if (before.number, before.level) != (after.number, after.level):
        return f"it moves the case from assignment {before.number} to {after.number}"
    return _known(before, after)


def _assigned(before: Stand, after: Stand) -> str | None:
    if after.number != before.number + 1:
        return f"assignment {after.number} follows {before.number}"
    if after.because in CLIMBS and HEIGHT[after.level] <= HEIGHT[before.level]:
        return f"{after.because.value} from {before.level.value} to {after.level.value}"
    if after.because is AssignedBecause.HANDED_BACK and before.because in FIRM:
        return f"{after.because.value} though it was {before.because.value}"
    if before.status not in FROM.get(after.because, WORKED):
        return f"{after.because.value} though it was {before.status.value}"
    return _known(before, after)


def _known(before: Stand, after: Stand) -> str | None:
    return f"revision {after.revision} follows {before.revision}" if after.revision < before.revision else None


def early(kind: CaseEventKind, after: Stand | None, at: Moment) -> bool:
    """Whether a timer was too soon: a case was resolved too short a time ago, or rests for longer."""
    if kind is CaseEventKind.RESUMED:
        return after is None or after.rests_until is None or at < after.rests_until
    return after is None or after.resolved_at is None or at < after.resolved_at + UNOPPOSED
