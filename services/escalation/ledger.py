"""The ledger of a case: one entry for each clock that ran, and what the running one does next."""

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from contracts.case import Assignment, Case, ClockClass, Pause
from contracts.deadline import Basis, DeadlineKind
from contracts.spans import MINUTE, span_zh
from contracts.territory import UnitRef
from contracts.wire import Value
from services.escalation import clocks
from services.escalation.calendar import DAY, day_of, midnight
from services.escalation.obligation import (
    FROM_ORDER,
    UNKNOWN,
    Due,
    Tables,
    anew,
    no_sooner,
    obligation,
    reckoned,
)


class Entry(Value):
    """The clock of one assignment.

    ``basis`` is why it is due when it is; where that is provisional, ``checked_at`` is when the calendar was last
    looked at for it. ``moved`` counts how often its due time was told anew: by days that were published, an approval or
    an order. ``base_at`` is when it would be due by its term alone; ``extended`` minutes and ``pauses`` are what the
    unit above has approved since, and the clock stands still while a pause has no end. Where an official has ordered
    another table for it, ``before_at`` is when it would have been due by its term alone without that, and ``rested``
    how long it had rested by then. ``asked`` counts how often the breach was said, ``kept`` that routing answered from
    the banner, above which there is nobody; from then on the banner's centre is told of it every ``supervise``:
    ``supervised`` is the number of the last time, and ``unsupervised`` that of the last one of an earlier due time.
    ``ended_how``: resolved, withdrawn, cancelled, linked, joined, or why another unit was given it.
    """

    assignment: int
    unit: UnitRef
    clock: ClockClass = ClockClass.STANDARD
    started_at: AwareDatetime
    warn_at: AwareDatetime
    due_at: AwareDatetime
    basis: Basis | None = None
    checked_at: AwareDatetime | None = None
    moved: int = 0
    supervise: timedelta = DAY
    base_at: AwareDatetime | None = None
    extended: int = 0
    pauses: tuple[Pause, ...] = ()
    warned_at: AwareDatetime | None = None
    warnings: int = 0
    pressed_at: AwareDatetime | None = None
    pressings: int = 0
    before_at: AwareDatetime | None = None
    rested: timedelta = timedelta()
    asked: int = 0
    asked_at: AwareDatetime | None = None
    kept: bool = False
    supervised: int = 0
    unsupervised: int = 0
    ended_at: AwareDatetime | None = None
    ended_how: str | None = None

    @property
    def press_at(self) -> datetime:
        """When it is pressing."""
        return self.reaches(clocks.PRESS_SHARE)

    @property
    def rests(self) -> bool:
        """Whether it stands still now."""
        return bool(self.pauses) and self.pauses[-1].until is None

    def reaches(self, share: float) -> datetime:
        """When this share of its time has passed, as far as is known."""
        span = (self.base_at or self.due_at) - self.started_at + self.extended * MINUTE
        return clocks.reached(
            share, self.started_at, span, [(one.since, one.until) for one in self.pauses if one.until]
        )


class Ledger(Value):
    """The newest snapshot of the case, all its clocks, and the version of what was told of them."""

    version: int = 0
    case: Case
    entries: tuple[Entry, ...] = ()

    @property
    def running(self) -> Entry | None:
        """The clock of the current assignment, unless it has ended."""
        last = self.entries[-1] if self.entries else None
        return last if last and last.ended_at is None else None

    def with_last(self, entry: Entry) -> "Ledger":
        """The ledger with its last entry put in this form."""
        return self.model_copy(update={"entries": (*self.entries[:-1], entry)})

    def started(self, entry: Entry) -> "Ledger":
        """The ledger with one more entry."""
        return self.model_copy(update={"entries": (*self.entries, entry)})


class Step(NamedTuple):
    """What a clock says next, and when; ``n`` counts within the kind."""

    at: datetime
    kind: DeadlineKind
    n: int


def entry(tables: Tables, case: Case) -> Entry:
    """The clock that starts with the case's assignment."""
    assignment, due = case.assignment, obligation(tables, case)
    fresh = Entry(
        assignment=assignment.number,
        unit=assignment.unit,
        clock=case.clock,
        started_at=assignment.assigned_at,
        warn_at=due.at,
        due_at=due.at,
        base_at=due.at,
        basis=due.basis,
        checked_at=assignment.assigned_at,
        supervise=tables.terms.supervise[case.clock],
    )
    return informed(fresh, assignment)


def look_at(entry: Entry) -> datetime | None:
    """When the calendar is looked at again for it: daily, while days that count for it are not published."""
    if entry.basis is None or not entry.basis.provisional or entry.asked_at:
        return None
    return midnight(day_of(entry.checked_at or entry.started_at) + DAY)


def checked(tables: Tables, case: Case, entry: Entry, now: datetime) -> Entry:
    """The entry by the calendar of this moment; ``moved`` counts on if it is due at another time."""
    if entry.basis is None or look_at(entry) is None:
        return entry
    base, due = entry.base_at or entry.due_at, _due(tables, case, entry, entry.basis)
    if due.at < base:
        due = no_sooner(due, min(base, midnight(day_of(now) + DAY)), UNKNOWN)
    return _again(entry, due, now)


def reordered(tables: Tables, case: Case, entry: Entry, basis: Basis, now: datetime) -> Entry:
    """The entry by the row of another table, as an official has ordered for what runs already.

    It keeps what was approved. Nobody has less than the new term from the order on, or what they had without it: of a
    limit that is shortened, the new one runs from the decision, and the old one ends it sooner if it does.
    """
    over = [(one.since, one.until or now) for one in entry.pauses]
    changes = {
        "before_at": entry.base_at or entry.due_at,
        "rested": sum((until - since for since, until in over), timedelta()),
        "supervise": tables.terms.supervise[entry.clock],
    }
    asked = entry.model_copy(update=changes)
    return _again(asked, _due(tables, case, asked, basis), now)


def _due(tables: Tables, case: Case, entry: Entry, basis: Basis) -> Due:
    """When it is due by its term alone: from the assignment on, but a term that an order has shortened from that."""
    due = anew(tables, case, basis)
    if basis.ordered is None or entry.before_at is None:
        return due
    least = reckoned(tables, basis, basis.ordered.at).at - entry.rested
    return no_sooner(due, min(entry.before_at, least), FROM_ORDER)


def _again(entry: Entry, due: Due, now: datetime) -> Entry:
    """The entry that is due then by its term alone, from now on."""
    changes = {"basis": due.basis, "base_at": due.at, "checked_at": now}
    return _moved(entry, _timed(entry.model_copy(update=changes)), now)


def approved(entry: Entry, assignment: Assignment, now: datetime) -> Entry:
    """The entry with what the unit above has approved by now.

    ``moved`` counts on wherever it goes on by something else than before, though that should be the same time: routing
    waits for being told. While it rests there is no time to tell.
    """
    after = informed(entry, assignment)
    if (after.extended, after.pauses) == (entry.extended, entry.pauses) or after.rests:
        return after
    return _ahead(after.model_copy(update={"moved": entry.moved + 1}), now)


def informed(entry: Entry, assignment: Assignment) -> Entry:
    """The entry that knows what was approved, and is due by that."""
    return _timed(_approved(entry, assignment))


def _approved(entry: Entry, assignment: Assignment) -> Entry:
    extended = sum(one.minutes for one in assignment.extended)
    base = entry.base_at or entry.due_at
    return entry.model_copy(update={"base_at": base, "extended": extended, "pauses": assignment.pauses})


def _timed(entry: Entry) -> Entry:
    return entry.model_copy(update={"due_at": entry.reaches(1.0), "warn_at": entry.reaches(clocks.WARN_SHARE)})


def _moved(before: Entry, after: Entry, now: datetime) -> Entry:
    """The entry, counted as moved if it is due at another time than before; while it rests there is none to tell."""
    if after.due_at == before.due_at or after.rests:
        return after
    return _ahead(after.model_copy(update={"moved": before.moved + 1}), now)


def _ahead(entry: Entry, now: datetime) -> Entry:
    """The entry in which what lies ahead again is told again, under its next number."""
    again: dict[str, object] = {}
    if entry.warned_at and entry.warn_at > now:
        again |= {"warned_at": None, "warnings": max(1, entry.warnings)}
    if entry.pressed_at and entry.press_at > now:
        again |= {"pressed_at": None}
    if entry.asked_at and entry.due_at > now:
        again |= {"asked_at": None, "kept": False, "unsupervised": entry.supervised}
    return entry.model_copy(update=again)


def next_step(entry: Entry) -> Step:
    """What the running clock says next: warn, press, breach, then ask again until answered, or supervise if kept."""
    if entry.warned_at is None:
        return Step(entry.warn_at, DeadlineKind.WARNED, entry.warnings + 1)
    if entry.pressed_at is None and entry.asked_at is None:
        return Step(entry.press_at, DeadlineKind.PRESSING, entry.pressings + 1)
    if entry.asked_at is None:
        return Step(entry.due_at, DeadlineKind.BREACHED, entry.asked + 1)
    if entry.kept:
        n = entry.supervised + 1
        return Step(entry.due_at + (n - entry.unsupervised) * entry.supervise, DeadlineKind.OVERDUE, n)
    return Step(entry.asked_at + clocks.pause(entry.asked), DeadlineKind.BREACHED, entry.asked + 1)


def latest(entry: Entry, step: Step, now: datetime) -> Step:
    """The step, or of several that are overdue by now the newest: what an outage has left out is told once."""
    if step.kind is not DeadlineKind.OVERDUE:
        return step
    spans = (now - entry.due_at) // entry.supervise
    n = entry.unsupervised + spans
    return Step(entry.due_at + spans * entry.supervise, DeadlineKind.OVERDUE, n)


def taken(entry: Entry, step: Step, now: datetime) -> Entry:
    """The entry after it said so, at this time."""
    changes: dict[DeadlineKind, dict[str, object]] = {
        DeadlineKind.WARNED: {"warned_at": now, "warnings": step.n},
        DeadlineKind.PRESSING: {"pressed_at": now, "pressings": step.n},
        DeadlineKind.BREACHED: {"asked": step.n, "asked_at": now},
        DeadlineKind.OVERDUE: {"supervised": step.n},
    }
    return entry.model_copy(update=changes[step.kind])


def ended(entry: Entry, at: datetime, how: str) -> Entry:
    """The entry of a clock that runs no more; a rest ends with it."""
    over = entry.model_copy(update={"ended_at": at, "ended_how": how})
    if not entry.rests:
        return over
    *before, last = entry.pauses
    rested = last.model_copy(update={"until": max(at, last.since)})
    return _timed(over.model_copy(update={"base_at": entry.base_at or entry.due_at, "pauses": (*before, rested)}))


def explained(entry: Entry) -> Basis | None:
    """Why it is due when it is, with all that was approved since it began; None where nothing is known of that."""
    if entry.basis is None:
        return None
    over = [(one.since, one.until) for one in entry.pauses if one.until and one.since < entry.due_at]
    rested = sum((until - since for since, until in over), timedelta())
    said = [entry.basis.why, *([f"；经批准延时{span_zh(entry.extended * MINUTE)}"] if entry.extended else [])]
    said += [f"；挂账{len(over)}次，共{span_zh(rested)}不计"] if over else []
    said += ["；现已挂账，暂停计时"] if entry.rests else []
    told = [entry.basis.why_en, *([f"; extended by {entry.extended} minutes"] if entry.extended else [])]
    told += [f"; {rested // MINUTE} minutes of suspension not counted"] if over else []
    told += ["; suspended now: the clock stands still"] if entry.rests else []
    return entry.basis.model_copy(update={"why": "".join(said), "why_en": "".join(told)})
