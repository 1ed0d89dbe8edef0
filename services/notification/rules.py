"""What is settled before anything happens: roster and policy, and over which channels a lost attempt is made again."""

from dataclasses import dataclass

from services.notification.policy import Policy
from services.notification.roster import Roster


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of all that decisions go by."""

    roster: Roster
    policy: Policy
    again: frozenset[str]
    """The channels over which an attempt that a crash cut off is made again."""
