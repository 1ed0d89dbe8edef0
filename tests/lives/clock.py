"""The reference model's clocks: when each is due, warns and presses, and what it says as time passes."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

from contracts.territory import SHANGHAI

TERMS: Final = Path(__file__).parents[2] / "services/escalation/data/terms.toml"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)
UNITS: Final = {"minute": MINUTE, "hour": 60 * MINUTE, "day": DAY}
LEVELS: Final = {6: "banner", 9: "town", 12: "village", 15: "grid"}
"""The level of a unit by the digits of its code."""
WARNS, PRESSES, ENDS = Fraction(80, 100), Fraction(95, 100), Fraction(1)


class Rest(NamedTuple):
    """A suspension: since when, until when (None: it goes on), and for how many minutes at the most."""

    since: datetime
    until: datetime | None
    minutes: int


class Said(NamedTuple):
    """What a clock says: when it was to, which kind, and the how manieth of its kind."""

    at: datetime
    kind: str
    n: int


class Book:
    """The rows of the table of terms, as the file has them, each read as its words say."""

    def __init__(self, text: str) -> None:
        self._sheet: dict[str, Any] = tomllib.loads(text)

    def ends(self, clock: str, unit: str, start: datetime, due_by: datetime | None) -> datetime:
        """When an assignment's term is over: no later than a standard one's, nor than that of the clock it replaces."""
        ends = [self._end(self._row(each, LEVELS[len(unit)]), start) for each in (clock, "standard")]
        return min([*ends, *([due_by] if due_by else [])])

    def supervises(self, clock: str) -> timedelta:
        """How often the banner's centre is told of what is overdue there."""
        return _span(self._sheet["supervise"][clock])

    def _row(self, clock: str, level: str) -> str:
        fits = (
            row["within"]
            for row in self._sheet["term"]
            if clock in row["when"].get("clock", clock) and level in row["when"].get("level", level)
            if "category" not in row["when"]
        )
        return str(next(fits))

    def _end(self, within: str, start: datetime) -> datetime:
        if within != "same day":
            return start + _span(within)
        rule, there = self._sheet["same_day"], start.astimezone(SHANGHAI)
        hour, minute = map(int, rule["cut_off"].split(":"))
        midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
        late = (there.hour, there.minute) >= (hour, minute)
        return max(midnight + (2 if late else 1) * DAY, there + _span(rule["least"]))


def _span(words: str) -> timedelta:
    count, unit = words.split(" ")
    return int(count) * UNITS[unit.removesuffix("s")]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The clock of one assignment: the term's end, what was approved since, and what it has said."""

    number: int
    unit: str
    start: datetime
    base: datetime
    every: timedelta
    longer: tuple[int, ...] = ()
    rests: tuple[Rest, ...] = ()
    moved: int = 0
    warned: bool = False
    pressed: bool = False
    asked: datetime | None = None
    kept: bool = False
    warnings: int = 0
    pressings: int = 0
    questions: int = 0
    overdue: int = 0
    earlier: int = 0
    ended: datetime | None = None
    how: str | None = None

    @property
    def resting(self) -> bool:
        return bool(self.rests) and self.rests[-1].until is None

    @property
    def due(self) -> datetime:
        return self.after(ENDS)

    @property
    def warns(self) -> datetime:
        return self.after(WARNS)

    @property
    def presses(self) -> datetime:
        return self.after(PRESSES)

    def after(self, share: Fraction) -> datetime:
        """When the clock has run for this share of its time: walked through, from one rest to the next."""
        left, at = self.base - self.start + sum(self.longer) * MINUTE, self.start
        if left > timedelta():
            left = round(share * (left // MICROSECOND)) * MICROSECOND
        for since, until, _ in self.rests:
            if until is None or at + left <= since:
                break
            left -= since - at
            at = until
        return at + left

    def next(self) -> Said:
        """What it says next, and when."""
        if not self.warned:
            return Said(self.warns, "warned", self.warnings + 1)
        if self.asked is None and not self.pressed:
            return Said(self.presses, "pressing", self.pressings + 1)
        if self.asked is None:
            return Said(self.due, "breached", self.questions + 1)
        if self.kept:
            n = self.overdue + 1
            return Said(self.due + (n - self.earlier) * self.every, "overdue", n)
        return Said(self.asked + min(60, 2 ** (self.questions - 1)) * MINUTE, "breached", self.questions + 1)

    def says(self, said: Said, now: datetime) -> "Clock":
        """The clock that has said so now."""
        match said.kind:
            case "warned":
                return replace(self, warned=True, warnings=said.n)
            case "pressing":
                return replace(self, pressed=True, pressings=said.n)
            case "breached":
                return replace(self, asked=now, questions=said.n)
            case _:
                return replace(self, overdue=said.n)

    def ahead(self, now: datetime) -> "Clock":
        """The clock that was moved: what lies ahead again is said again."""
        after = replace(self, moved=self.moved + 1)
        if after.warns > now:
            after = replace(after, warned=False)
        if after.presses > now:
            after = replace(after, pressed=False)
        if after.asked and after.due > now:
            after = replace(after, asked=None, kept=False, earlier=after.overdue)
        return after

    def stops(self, at: datetime, how: str) -> "Clock":
        """The clock that has ended; a rest ends with it."""
        rests = tuple(each if each.until else each._replace(until=max(at, each.since)) for each in self.rests)
        return replace(self, ended=at, how=how, rests=rests)


def missed(clock: Clock, said: Said, now: datetime) -> Said:
    """Of what an outage has left out of supervision, the newest alone is said."""
    while said.kind == "overdue" and said.at + clock.every <= now:
        said = Said(said.at + clock.every, said.kind, said.n + 1)
    return said


def running(clocks: Sequence[Clock]) -> Clock | None:
    """The clock that has not ended."""
    return clocks[-1] if clocks and clocks[-1].ended is None else None
