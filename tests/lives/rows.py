"""The reference model's tables, written from docs/territory.md: no row of them is read from the code under test."""

from typing import Final

from contracts.case import Action, AssignedBecause, Capacity, CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.relation import RelationKind

OPEN: Final = ("assigned", "accepted", "started", "suspended")
HANDLED: Final = ("assigned", "accepted", "started")
BUSY: Final = ("accepted", "started")
ALL: Final = tuple(status.value for status in Status)
ABOVE: Final = ("superior", "centre")
OBJECTORS: Final = ("superior", "centre", "follow_up", "reporter")
ANYBODY: Final = ("handler", *OBJECTORS)

ROWS: Final[dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]] = {
    # what is done    where the case stands, and who may
    "accept":         ((("assigned",), ("handler",)),),
    "start":          ((("assigned", "accepted"), ("handler",)),),
    "hand_up":        ((HANDLED, ("handler",)),),
    "hand_back":      ((HANDLED, ("handler",)),),
    "transfer":       ((HANDLED, ("handler", *ABOVE)),),
    "extend":         ((BUSY, ("handler",)),),
    "suspend":        ((BUSY, ("handler",)),),
    "approve":        ((BUSY, ABOVE),),
    "decline":        ((BUSY, ABOVE),),
    "resume":         ((("suspended",), ("handler", *ABOVE)),),
    "resolve":        ((HANDLED, ("handler",)),),
    "confirm":        ((("resolved",), ("follow_up",)),),
    "reopen":         ((("resolved", "closed"), OBJECTORS), (("cancelled",), ("centre",))),
    "cancel":         ((OPEN, ("centre",)),),
    "link":           ((HANDLED, ("handler", *ABOVE)),),
    "unlink":         ((("linked",), OBJECTORS),),
    "split":          ((HANDLED, ("handler", *ABOVE)),),
    "join":           ((HANDLED, ("handler", *ABOVE)),),
    "comment":        ((ALL, ANYBODY),),
}  # fmt: skip
SILENT: Final = frozenset({"accept", "start", "hand_up", "approve", "resume"})
"""These may be done without a word; all others say why, or what was done."""
TELLS: Final = {
    "accept": "accepted", "start": "started", "hand_up": "assigned", "hand_back": "assigned", "transfer": "assigned",
    "extend": "requested", "suspend": "requested", "decline": "declined", "resume": "resumed", "resolve": "resolved",
    "confirm": "confirmed", "reopen": "assigned", "cancel": "cancelled", "unlink": "assigned",
    "comment": "commented",
}  # fmt: skip
"""What is told of an action; an approval tells what was approved, and what is about other cases is in ``others``."""

KNOWN: Final = {
    Status: {*OPEN, "resolved", "closed", "withdrawn", "cancelled", "linked", "joined"},
    Action: set(ROWS),
    Capacity: set(ANYBODY),
    AssignedBecause: {
        "opened", "handed_up", "handed_back", "transferred", "reopened", "lifted", "escalated", "corrected",
        "unlinked", "split",
    },
    CaseEventKind: {
        "opened", "assigned", "accepted", "started", "commented", "led", "requested", "extended", "declined",
        "suspended", "resumed", "resolved", "confirmed", "cancelled", "refused", "moot", "kept", "corrected",
        "withdrawn", "closed",
        "linked", "split", "joined", "gathered", "related",
    },
    RelationKind: {
        "asked", "taken", "declined", "ended", "followed", "part", "told", "recalled", "sighted", "nearby",
    },
    DeadlineKind: {"scheduled", "rescheduled", "warned", "pressing", "breached", "overdue"},
}  # fmt: skip
"""The words that the model understands."""


def strangers() -> list[str]:
    """Words of the contract that the model has no row for, each with what is to be done."""
    return [
        f"{words.__name__} {word.value!r} has no row in tests/lives: say there what it makes of a case and its clock"
        for words, known in KNOWN.items()
        for word in words
        if word.value not in known
    ]
