"""Hours of the day in the banner's local time: when somebody is on duty, and when nobody is to be disturbed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from contracts.territory import SHANGHAI

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``start`` to just before ``end``; an end that is not later than the start lies on the next day."""

    start: time
    end: time

    def holds(self, at: datetime) -> bool:
        """Whether the moment (aware) lies within."""
        clock = at.astimezone(SHANGHAI).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, at: datetime) -> datetime:
        """The moment itself if it lies outside, else the end of these hours."""
        return _next(self.end, at) if self.holds(at) else at

    def next(self, at: datetime) -> datetime:
        """When they begin the next time after this moment."""
        return _next(self.start, at)

    def ends(self, at: datetime) -> bool:
        """Whether these hours end at this very moment."""
        return at.astimezone(SHANGHAI).time() == self.end

    def after(self, at: datetime, span: timedelta) -> datetime:
        """The moment when so much time outside these hours has passed since ``at``."""
        now = self.over(at)
        while span >= (left := self.next(now) - now):
            now, span = self.over(now + left), span - left
        return now + span


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours that begin on some days of the week (1 Monday … 7 Sunday)."""

    days: frozenset[int]
    hours: Hours

    def holds(self, at: datetime) -> bool:
        """Whether the moment (aware) lies in one of them; what is past midnight belongs to the day before."""
        local = at.astimezone(SHANGHAI)
        late = self.hours.start >= self.hours.end and local.time() < self.hours.end
        return self.hours.holds(at) and (local - DAY if late else local).isoweekday() in self.days


def _next(clock: time, at: datetime) -> datetime:
    """The first moment after ``at`` when clocks show this."""
    local = at.astimezone(SHANGHAI)
    today = datetime.combine(local.date(), clock, SHANGHAI)
    return today if today > local else today + DAY
