"""A clock in memory behind the clock port: time passes when it is told to, and pauses are noted, not waited for."""

from datetime import UTC, datetime, timedelta


class MemoryClock:
    """Virtual time; ``slept`` are the pauses that were asked for, in seconds."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)) -> None:
        """Start at a Monday morning, nine o'clock in the banner."""
        self.time = start
        self.slept: list[float] = []
        self._start = start

    def advance(self, **span: float) -> datetime:
        """Let a timedelta pass; answers the new time."""
        self.time += timedelta(**span)
        return self.time

    async def now(self) -> datetime:
        """See the port."""
        return self.time

    def wall(self) -> datetime:
        """See the port."""
        return self.time

    def skew(self) -> float:
        """See the port."""
        return 0.0

    def monotonic(self) -> float:
        """See the port."""
        return (self.time - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """See the port: the pause passes at once."""
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
