"""Allowances by topic: what one source may bring in, so that its flood delays itself alone.

What is beyond an allowance stays in its topic, in order, until there is room for a decent portion. For a service with
timers it is unread input like any other: by law 2, documents of the same partition numbers wait with theirs until the
flood has been read. So quotas belong where there are no timers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.chassis.ports import Partition
from services.chassis.values import Quota, Record

PORTION_SECONDS = 2.0
"""Once used up, an allowance gathers for so long, or for one record: what is put back was fetched in vain."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a quota leaves: ``tokens`` records at the time ``at``, in seconds of a monotonic clock."""

    quota: Quota
    tokens: float
    at: float

    def filled(self, now: float) -> "Bucket":
        """The bucket at a later time, never fuller than the burst."""
        gained = max(0.0, now - self.at) * self.quota.rate
        return Bucket(self.quota, min(self.quota.burst, self.tokens + gained), now)

    def taken(self, count: int) -> "Bucket":
        """The bucket after so many records."""
        return Bucket(self.quota, self.tokens - count, self.at)

    def wait(self) -> float:
        """Seconds from ``at`` until there is a decent portion."""
        portion = max(1.0, min(self.quota.burst / 2, self.quota.rate * PORTION_SECONDS))
        return max(0.0, portion - self.tokens) / self.quota.rate


@dataclass(frozen=True, slots=True)
class Admission:
    """What of a batch may come in; where to read again, by partition; and how long each such topic waits, in seconds.

    What is put back of a partition is all from its first record left out: the order is kept.
    """

    records: Sequence[Record]
    back: Mapping[Partition, int] = field(default_factory=dict)
    waits: Mapping[str, float] = field(default_factory=dict)


class Allowances:
    """One bucket a topic; topics without a quota are not bounded."""

    def __init__(self, quotas: Mapping[str, Quota]) -> None:
        """Start with full buckets."""
        self._buckets = {topic: Bucket(quota, quota.burst, 0.0) for topic, quota in quotas.items()}

    def admit(self, records: Sequence[Record], now: float) -> Admission:
        """Let in what the allowances at ``now`` cover, in the order given."""
        if not self._buckets:
            return Admission(records)
        self._buckets = {topic: bucket.filled(now) for topic, bucket in self._buckets.items()}
        admitted, back = list[Record](), dict[Partition, int]()
        for record in records:
            bucket = self._buckets.get(record.topic)
            if bucket and bucket.tokens < 1:
                back.setdefault((record.topic, record.partition), record.offset)
                continue
            if bucket:
                self._buckets[record.topic] = bucket.taken(1)
            admitted.append(record)
        return Admission(admitted, back, {topic: self._buckets[topic].wait() for topic, _ in back})
