"""The breaker: a bad deployment must not empty the stream into the dead letters, and one source must not stop us."""

from collections import Counter

from services.chassis.values import Record

WINDOW = 60.0
"""Seconds that a fault counts."""
OWN_LIMIT = 20
"""Exceptions of our own on internal topics, in a window, that are too many."""
SOURCES_LIMIT = 4
"""Different outside sources with faults, in a window, that point to us and not to them."""
REMEMBERED = 1000
"""Faults that are looked back on at most."""
EACH = 3
"""Faults that one outside source must have to be counted."""


class Breaker:
    """Counts parked records by who is likely at fault."""

    def __init__(self) -> None:
        """Start closed."""
        self._faults: dict[str, tuple[float, str, bool]] = {}

    def note(self, now: float, record: Record, *, own: bool) -> None:
        """A record is to be parked; ``own``: by our exception, on a topic of our own. Noted again it counts once."""
        self._faults[record.position] = (now, record.topic, own)
        while len(self._faults) > REMEMBERED:
            del self._faults[next(iter(self._faults))]

    def tripped(self, now: float) -> str | None:
        """Why the service must stop, or None."""
        recent = [(topic, own) for at, topic, own in self._faults.values() if at >= now - WINDOW]
        ours = sum(own for _, own in recent)
        if ours >= OWN_LIMIT:
            return f"breaker: {ours} exceptions of our own within {WINDOW:.0f} s"
        counts = Counter(topic for topic, own in recent if not own)
        full = sorted(topic for topic, count in counts.items() if count >= EACH)
        if len(full) >= SOURCES_LIMIT:
            return f"breaker: {len(full)} sources at once send what cannot be used, such as {', '.join(full[:4])}"
        return None
