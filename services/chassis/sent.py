"""What a process remembers to have sent, in a table that never grows; what it forgets is sent again under its id."""

from array import array
from hashlib import blake2b
from typing import Final

SLOTS: Final = 1 << 16
"""Documents remembered at the most, in 8 bytes each."""
SPREAD: Final = 0x9E3779B97F4A7C15
"""Makes marks of neighbouring revisions far apart."""
WORD: Final = (1 << 64) - 1


class Sent:
    """For each document the newest revision whose outbox was sent; a document displaces another with the same slot.

    A mark of 64 bits stands for a document and its revision: that another one bears the same in the same slot, so that
    it would count as sent, is as likely as guessing a key of that length.
    """

    def __init__(self) -> None:
        """Remember nothing."""
        self._marks = array("Q", bytes(8 * SLOTS))

    def add(self, subject: str, rev: int) -> None:
        """The outbox of this revision was sent."""
        slot, mark = _place(subject, rev)
        self._marks[slot] = mark

    def has(self, subject: str, rev: int) -> bool:
        """Whether this process knows that the outbox of this revision was sent."""
        slot, mark = _place(subject, rev)
        return self._marks[slot] == mark


def _place(subject: str, rev: int) -> tuple[int, int]:
    """By a digest that is the same in every process, so that a simulation repeats itself."""
    digest = blake2b(subject.encode(), digest_size=16).digest()
    slot = int.from_bytes(digest[:8], "big") % SLOTS
    return slot, (int.from_bytes(digest[8:], "big") + rev * SPREAD) & WORD
