"""Decides when an assignment is due, and says why: the row of the table, its term, the calendar."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from contracts.case import Case, ClockClass
from contracts.deadline import Basis
from contracts.spans import HOUR, MINUTE
from services.escalation.calendar import DAY, Calendar, day_of, midnight
from services.escalation.terms import Measure, SameDay, Term, Terms, term


class Tables(NamedTuple):
    """What officials decide: how long things may take, and which days are worked."""

    terms: Terms
    calendar: Calendar


class Said(NamedTuple):
    """One clause of a reason, in Chinese and English."""

    zh: str
    en: str


class Due(NamedTuple):
    """When (UTC), and why."""

    at: datetime
    basis: Basis


class Reckoned(NamedTuple):
    """When a term ends, what had a say in that beside the term, and up to which day the calendar had."""

    at: datetime
    notes: Sequence[Said] = ()
    last: date | None = None


def obligation(tables: Tables, case: Case) -> Due:
    """When the case's assignment is due: by its own row, and no later than a standard case would be there."""
    return anew(tables, case, chosen(tables, case))


def chosen(tables: Tables, case: Case) -> Basis:
    """The row of the table that decides for the case's assignment, with nothing reckoned yet."""
    level, category = case.assignment.unit.level, case.classified.code if case.classified else None
    own = tables.terms.row(case.clock, level, category)
    usual = tables.terms.row(ClockClass.STANDARD, level, category)
    within = tuple(dict.fromkeys((str(own.within), str(usual.within))))
    return Basis(rule=own.name, zh=own.zh, within=within, table=tables.terms.version, why="", why_en="")


def anew(tables: Tables, case: Case, basis: Basis) -> Due:
    """When the case's assignment is due by the same terms and the calendar of this moment."""
    return reckoned(tables, basis, case.assignment.assigned_at, case.assignment.due_by)


def reckoned(tables: Tables, basis: Basis, start: datetime, due_by: datetime | None = None) -> Due:
    """When it is due by these terms from ``start`` on, and not after ``due_by``."""
    start = start.astimezone(UTC)
    terms = [term(each) for each in basis.within]
    found = [MEASURED[each.measure](each, start, tables) for each in terms]
    soonest = min(found, key=lambda one: one.at)
    notes, at = [*_ordered(basis), _rule(basis, terms[0])], soonest.at
    if soonest is not found[0]:
        notes.append(_usual(terms[-1]))
    notes += soonest.notes
    if due_by and due_by < at:
        at = due_by.astimezone(UTC)
        notes.append(REPLACED)
    provisional = any(one.last and tables.calendar.provisional(day_of(start), one.last) for one in found)
    if provisional:
        notes.append(PROVISIONAL)
    changes = {
        "calendar": tables.calendar.version if any(one.last for one in found) else None,
        "provisional": provisional,
        "why": "".join(note.zh for note in notes),
        "why_en": "".join(note.en for note in notes),
    }
    return Due(at, basis.model_copy(update=changes))


def no_sooner(due: Due, least: datetime, because: Said) -> Due:
    """The same, but not before ``least``: what nobody could know yet must not have passed."""
    if due.at >= least:
        return due
    why = {"why": due.basis.why + because.zh, "why_en": due.basis.why_en + because.en}
    return Due(least.astimezone(UTC), due.basis.model_copy(update=why))


def _rule(basis: Basis, own: Term) -> Said:
    return Said(f"{basis.zh}应{own.zh}办结", f"rule {basis.rule}: {own}")


def _ordered(basis: Basis) -> Sequence[Said]:
    ordered = basis.ordered
    if ordered is None:
        return ()
    day = day_of(ordered.at)
    zh = f"经{ordered.by}决定，自{day.year}年{day.month}月{day.day}日起改按{basis.table}版时限表："
    return [Said(zh, f"by order of {ordered.by} of {day}, by the table {basis.table}: ")]


def _usual(usual: Term) -> Said:
    return Said(f"，不晚于普通事项（{usual.zh.removeprefix('在')}）", f", no later than a standard case ({usual})")


REPLACED: Final = Said("，且不晚于原时限", ", and no later than the clock that it replaces")
UNKNOWN: Final = Said(
    "；放假安排公布后始知提前，不早于得知当日24时", "; not before the end of the day on which this was known"
)
FROM_ORDER: Final = Said(
    "；时限缩短的，自决定之时起算，不晚于原时限",
    "; a shorter term counts from the order, and ends no later than the one before",
)
PROVISIONAL: Final = Said(
    "；所涉年份的放假安排尚未公布，暂按周末和法定节假日计算，公布后重算",
    "; provisional: by weekends and statutory days, until the notice of the year is published",
)


def _same_day(_term: Term, start: datetime, tables: Tables) -> Reckoned:
    rule, day = tables.terms.same_day, day_of(start)
    late = start >= midnight(day) + rule.cut_off
    end = midnight(day + (2 if late else 1) * DAY)
    notes = [_after(rule)] if late else []
    if start + rule.least > end:
        end, notes = start + rule.least, [*notes, _least(rule)]
    return Reckoned(end.astimezone(UTC), notes)


def _after(rule: SameDay) -> Said:
    hour = f"{rule.cut_off // HOUR:02}:{rule.cut_off % HOUR // MINUTE:02}"
    return Said(f"，{hour}后指派，至次日24时", f", given after {hour}: the end of the next day")


def _least(rule: SameDay) -> Said:
    count, zh, en = next(
        (rule.least // span, zh, en)
        for span, zh, en in ((HOUR, "小时", "hour"), (MINUTE, "分钟", "minute"))
        if not rule.least % span
    )
    return Said(
        f"，当日剩余不足{count}{zh}的，给满{count}{zh}", f", and {count} {en}{'s' if count > 1 else ''} at least"
    )


def _span(given: Term, start: datetime, _tables: Tables) -> Reckoned:
    end = start + given.span
    return Reckoned(midnight(day_of(end) + DAY).astimezone(UTC) if given.whole else end)


def _working_days(given: Term, start: datetime, tables: Tables) -> Reckoned:
    day, left = day_of(start), given.number
    while left:
        day += DAY
        left -= tables.calendar.works(day)
    return Reckoned(midnight(day + DAY).astimezone(UTC), _days_off(start, day, tables.calendar), day)


def _working_hours(given: Term, start: datetime, tables: Tables) -> Reckoned:
    day, left = day_of(start), given.span
    while True:
        for first, last in tables.calendar.spans(day):
            begin = max(first, start)
            if begin + left <= last:
                end = (begin + left).astimezone(UTC)
                return Reckoned(end, _days_off(start, day, tables.calendar), day)
            left -= max(last - begin, timedelta())
        day += DAY


def _days_off(start: datetime, last: date, calendar: Calendar) -> Sequence[Said]:
    count = calendar.days_off(day_of(start), last)
    if not count:
        return ()
    return [Said(f"，其间{count}个非工作日不计", f", {count} day{'s' if count > 1 else ''} off not counted")]


MEASURED: Final[Mapping[Measure, Callable[[Term, datetime, Tables], Reckoned]]] = {
    # what is measured       how it is counted
    Measure.SAME_DAY:        _same_day,
    Measure.MINUTES:         _span,
    Measure.HOURS:           _span,
    Measure.DAYS:            _span,
    Measure.WORKING_DAYS:    _working_days,
    Measure.WORKING_HOURS:   _working_hours,
}  # fmt: skip
