"""What the checker looks at in each service's documents."""

from collections.abc import Iterator
from uuid import UUID

from contracts.wire import Value
from yiwang.check.glances import SnapshotSeen, VersionSeen


class IntakeSeen(Value):
    """Of intake's document of a report."""

    version: int


class HeldBackSeen(Value):
    """Of a breach that waits until all is read that was sent before it, or of what is asked of a case to come."""

    cause: UUID


class RoutingSeen(Value):
    """Of routing's document of a case."""

    version: int = 0
    case: SnapshotSeen | None = None
    breaches: tuple[HeldBackSeen, ...] = ()
    asks: tuple[HeldBackSeen, ...] = ()


class LedgerSeen(Value):
    """Of escalation's ledger of a case."""

    version: int = 0
    case: VersionSeen


class ItemSeen(Value):
    """Of one alert in a tray."""

    alert_id: UUID


class HeldSeen(Value):
    """Of a message that waits alone."""

    channel: str
    item: ItemSeen


class SeveralSeen(Value):
    """Of a digest in the making, or of a send."""

    channel: str
    items: tuple[ItemSeen, ...]


class TraySeen(Value):
    """Of one person's tray of a day."""

    staff: str
    held: tuple[HeldSeen, ...] = ()
    heaps: tuple[SeveralSeen, ...] = ()
    sends: tuple[SeveralSeen, ...] = ()

    def waiting(self) -> Iterator[tuple[int, str, str]]:
        """The alerts that have not come to an end: alert, recipient, channel."""
        for held in self.held:
            yield held.item.alert_id.int, self.staff, held.channel
        for several in (*self.heaps, *self.sends):
            yield from ((item.alert_id.int, self.staff, several.channel) for item in several.items)


class WatchSeen(Value):
    """Of what notification remembers of a case."""

    version: int = 0
    case: VersionSeen


class NotificationSeen(Value):
    """Of either of notification's documents."""

    watch: WatchSeen | None = None
    tray: TraySeen | None = None
