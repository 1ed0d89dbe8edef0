"""How much is taken at once: how long to let records and ends of calls gather, and how a batch is parted.

A batch costs the same calls, be it of one record or of many; a long one keeps partitions waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.chassis.values import Record

TIMES: Final = 2.0
"""What comes after a batch gathers for so many times as long as the batch took."""
LEAST: Final = 0.02
"""Seconds below which nothing gathers, so that a calm service answers at once."""
MOST: Final = 0.04
"""Seconds that things gather at the most: what passes many hops waits for it at each."""

BACKLOG: Final = 2
"""So many portions are taken at once of a backlog: that costs less, and keeps partitions waiting."""
COMMON: Final = 2
"""More waiting portions than that are a backlog, where records have documents in common: together they cost less."""
GROWTH: Final = 2
"""So many times as large as the last portion the next may be, of records from outside: rubbish is quick or slow."""


def rest(took: float) -> float:
    """Seconds to let more come together, after a batch that took so many seconds."""
    seconds = min(TIMES * took, MOST)
    return seconds if seconds >= LEAST else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a loop parts its batches: into portions, one after the other, and these into lanes, beside each other."""

    seconds: float = 0.3
    """How long a portion takes to settle; then it is committed."""
    outside: float = 0.2
    """The same of records from outside: what one costs is known only when it is settled, so some take longer."""
    portion: int = 32
    """How many records it has at least, be they slow: more than the exceptions of ours that open the breaker."""
    bytes: int = 1024 * 1024
    """How many bytes of values it has at the most, unless one record has more."""
    lanes: int = 2
    """While the servers answer one lane, the other is decided."""
    lane: int = 32
    """How many documents each has at least."""

    def after(self, count: int, took: float, least: float, *, outside: bool) -> int:
        """How many records the next portion has, after one of ``count`` that took so many seconds.

        What servers take for any portion, be it small, is ``least``. It is not saved by smaller portions: where it is
        much, they are larger.
        """
        each = max((took - least) / count, 1e-6)
        fits = round(max(self.outside if outside else self.seconds, least) / each)
        return max(self.portion, min(fits, GROWTH * count) if outside else fits)

    def cut(self, records: Sequence[Record], most: int) -> int:
        """How many of these records are the next portion: at least one, and no more than ``most``."""
        room, count = self.bytes, 0
        for record in records[:most]:
            room -= len(record.value or b"")
            if room < 0 and count:
                break
            count += 1
        return count
