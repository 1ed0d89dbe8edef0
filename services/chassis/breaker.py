"""The breaker: a bad deployment must not empty the stream into the dead letters, and one source must not stop us.

It goes by shares of the newest records, not by counts: one bad record in a hundred is a source's matter, half of
everything is ours. A record that is tried again counts once.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from services.chassis.values import Record

OWN_WINDOW = 200
"""Newest records of internal topics that are looked back on."""
OWN_LIMIT = 20
"""Exceptions of our own among them that are too many."""
SOURCE_WINDOW = 20
"""Newest records of one outside source that are looked back on."""
SOURCE_FAULTS = 3
"""Faults that a source must at least have, and they must be half of its records, to count as failing."""
SOURCES_LIMIT = 4
"""Outside sources that fail at once before it points to us and not to them."""
AT_ONCE = timedelta(hours=1)
"""By the broker's append time: sources whose newest faults lie further apart do not fail at once."""


class Breaker:
    """Looks at the newest records of each topic, and at how many were to be parked."""

    def __init__(self) -> None:
        """Start closed."""
        self._own: OrderedDict[str, bool] = OrderedDict()
        self._outside: dict[str, OrderedDict[str, bool]] = {}
        self._newest: dict[str, datetime] = {}
        self._faulty = 0
        """How many of all that is looked back on were to be parked: mostly none, and then there is nothing to count."""

    def good(self, record: Record, *, internal: bool) -> None:
        """A record was read and decided."""
        self._note(record, internal=internal, fault=False)

    def bad(self, record: Record, *, internal: bool) -> None:
        """A record is to be parked: on an internal topic by an exception of ours, on an outside one for any cause."""
        self._note(record, internal=internal, fault=True)
        if not internal:
            self._newest[record.topic] = max(record.time, self._newest.get(record.topic, record.time))

    def tripped(self) -> str | None:
        """Why the service must stop, or None."""
        if not self._faulty:
            return None
        ours = sum(self._own.values())
        if ours >= OWN_LIMIT:
            return f"breaker: {ours} exceptions of our own among the newest {len(self._own)} records"
        failing = sorted(topic for topic, seen in self._outside.items() if _fails(seen) and self._lately(topic))
        if len(failing) >= SOURCES_LIMIT:
            return f"breaker: {len(failing)} sources at once send what cannot be used, such as {', '.join(failing[:4])}"
        return None

    def _lately(self, topic: str) -> bool:
        return self._newest[topic] > max(self._newest.values()) - AT_ONCE

    def _note(self, record: Record, *, internal: bool, fault: bool) -> None:
        seen = self._own if internal else self._outside.setdefault(record.topic, OrderedDict())
        self._faulty += fault - seen.pop(record.position, False)
        seen[record.position] = fault
        if len(seen) > (OWN_WINDOW if internal else SOURCE_WINDOW):
            _, oldest = seen.popitem(last=False)
            self._faulty -= oldest


def _fails(seen: OrderedDict[str, bool]) -> bool:
    faults = sum(seen.values())
    return faults >= SOURCE_FAULTS and 2 * faults >= len(seen)
