"""Applies a newer revision of a report to its case: what it changes, whether the case moves, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from contracts.case import AssignedBecause, Assignment, Case, CaseEventKind, ClockClass, Routed, Status
from contracts.masking import masked
from contracts.report import LocationOutcome, Report, ReportLocated, Urgency
from contracts.territory import Level, Path, full_name
from services.routing.moves import UNDONE
from services.routing.opening import placed, summary, told
from services.routing.ruling import reason, routed, within
from services.routing.table import Table

PRESSING: Final[Mapping[ClockClass, int]] = {clock: n for n, clock in enumerate(ClockClass)}
"""The classes of clocks, from the longest terms to the shortest."""


MOVES: Final = 3
"""Assignments after which a source that moves the case again gives it no new term: else it would never be due."""


class Change(NamedTuple):
    """What is told, the case after it, why in Chinese, and the table's decision if there was one."""

    kind: CaseEventKind
    case: Case
    why: str
    how: Routed | None = None


def change(table: Table, case: Case, located: ReportLocated, raised: Level, now: datetime) -> Change:
    """What a newer revision makes of the case: only an open one can move, and what the source ends is ended."""
    report = located.report
    follows = case.status is Status.LINKED and report.withdrawn
    if not (case.status.open or follows or _lives_again(case, located)):
        return Change(CaseEventKind.CORRECTED, _noted(case, located), _why_noted(case, report))
    if report.withdrawn:
        withdrawn = _noted(case, located).model_copy(update={"status": Status.WITHDRAWN})
        return Change(CaseEventKind.WITHDRAWN, withdrawn, why_withdrawn(report))
    if report.solved:
        why = f"{_revision('来源已自行处置', report)}{masked(report.solved)}"
        return Change(CaseEventKind.RESOLVED, _resolved(case, _supplemented(case, located), now), why)
    located = _supplemented(case, _kept_place(case, located))
    how = routed(table, located, case.opened_at, raised)
    after = _corrected(case, located, how, now)
    moves = after.assignment.number > case.assignment.number
    kind = CaseEventKind.ASSIGNED if moves else CaseEventKind.CORRECTED
    return Change(kind, after, _why_corrected(after, located, how, stays=not moves), how)


def why_withdrawn(report: Report) -> str:
    """That and why the source has withdrawn the report, in Chinese."""
    return f"{_revision('已按来源要求撤回', report)}{masked(report.withdrawn or '')}"


def _lives_again(case: Case, located: ReportLocated) -> bool:
    """Whether lives are in danger in what was taken for done: the case is open again, at the unit for such cases.

    So is a duplicate of which it turns out whom it is about: they may have the case that it follows.
    """
    report = located.report
    if report.withdrawn or report.solved:
        return False
    ended = case.status in {Status.LINKED, Status.RESOLVED, Status.CLOSED, Status.CANCELLED}
    accuses = case.status is Status.LINKED and bool(located.about)
    return accuses or (ended and report.urgency is Urgency.LIFE_THREATENING)


def _supplemented(case: Case, located: ReportLocated) -> ReportLocated:
    """The revision with what it leaves out: most are supplements, and silence about a danger or an accused is no news.

    Urgency only grows; numbers (of people, of a group, of yuan), a decided category and the unit that it is about stay
    until others are named. Of two units that it is about, one after the other, it is about what holds both, so that
    neither gets it.
    """
    report = located.report
    undecided = report.classified is None or report.classified.code is None
    known = {
        "urgency": max(report.urgency, case.urgency, key=list(Urgency).index),
        "people": case.people if report.people is None else report.people,
        "money": case.money if report.money is None else report.money,
        "group": case.group if report.group is None else report.group,
        "classified": case.classified if undecided and case.classified else report.classified,
    }
    return located.model_copy(
        update={"report": report.model_copy(update=known), "about": _both(case.about, located.about)}
    )


def _both(before: Path, now: Path) -> Path:
    if not before or not now:
        return before or now
    shared = [one for one, other in zip(before, now, strict=False) if one.code == other.code]
    return tuple(shared) if len(shared) > 1 else now


def _kept_place(case: Case, located: ReportLocated) -> ReportLocated:
    """What was located; a revision in which no place is found is no news of the place, and keeps the earlier one."""
    lost = located.location.outcome is LocationOutcome.NOT_LOCATED
    if not lost or case.located not in {LocationOutcome.LOCATED, LocationOutcome.TWO_FIT}:
        return located
    why = f"{located.location.why}，沿用原地点{full_name(case.path)}"
    kept = located.location.model_copy(update={"outcome": case.located, "path": case.path, "why": why})
    return located.model_copy(update={"location": kept})


def _corrected(case: Case, located: ReportLocated, how: Routed, now: datetime) -> Case:
    """The open case as the newer revision has it.

    It moves where the table now decides on another unit, unless people have put it where it is. Where the unit stays,
    its clock runs on: no touch restarts one. Only a shorter term is given out anew, at the same unit due no later than
    the one that it replaces.
    """
    chosen = how.chosen
    leading = case if case.placed else chosen
    helps = {"lead": leading.lead, "cooperating": leading.cooperating}
    changes = {**told(located.report), **placed(located), **helps}
    known, here = case.model_copy(update=changes), case.path_in_charge()
    same = case.status.open and chosen.unit.code == case.assignment.unit.code
    if (same or _put(case, located)) and PRESSING[chosen.clock] <= PRESSING[case.clock]:
        leads = case.assignment.unit in known.path
        return known.model_copy(
            update={"assignment": case.assignment.model_copy(update={"path": () if leads else here})}
        )
    assignment = Assignment(
        number=case.assignment.number + 1,
        unit=chosen.unit,
        assigned_at=now,
        because=AssignedBecause.CORRECTED,
        due_by=(case.due_at or case.assignment.due_by) if _inherits(case, same=same) else None,
    )
    given = {
        "assignment": assignment,
        "status": Status.ASSIGNED,
        "clock": chosen.clock,
        "due_at": None,
        "placed": False,
    }
    return known.model_copy(update={**given, **UNDONE})


def _put(case: Case, located: ReportLocated) -> bool:
    """Whether people have put the case where it is, and not with whom it is about."""
    return case.status.open and case.placed and not within(case.assignment.unit, located.about)


def _inherits(case: Case, *, same: bool) -> bool:
    """Whether the due time goes along: at the same unit, and once a source has moved the case so often already."""
    return case.status.open and (same or case.assignment.number > MOVES)


def _resolved(case: Case, located: ReportLocated, now: datetime) -> Case:
    """The open case that its source has solved meanwhile; it stays where it is, and may be reopened."""
    report = located.report
    done = {"status": Status.RESOLVED, "resolution": masked(report.solved or ""), "resolved_at": now}
    return case.model_copy(update=told(report) | done | {"about": located.about})


def _noted(case: Case, located: ReportLocated) -> Case:
    """The case as it was, but that there is a newer revision, and whom it is about: it may be reopened."""
    return case.model_copy(update={"revision": located.report.revision, "about": _both(case.about, located.about)})


def _why_corrected(after: Case, located: ReportLocated, how: Routed, *, stays: bool) -> str:
    found = reason(located.location.why, how, after.path, after.about)
    said = f"{_revision('来源更正', located.report)}{found}"
    if not stays:
        return said
    if how.chosen.unit.code != after.assignment.unit.code:
        return f"{_revision('来源更正', located.report)}{located.location.why}；事项系人工指派，承办单位和时限不变"
    longer = PRESSING[how.chosen.clock] < PRESSING[after.clock]
    return f"{said}；承办单位不变，原{after.clock.zh if longer else ''}时限继续计算"


def _why_noted(case: Case, report: Report) -> str:
    if report.withdrawn:
        said = f"{_revision('来源要求撤回', report)}{masked(report.withdrawn)}"
    else:
        said = f"{_revision('来源更正', report)}{summary(report.text)}"
    return f"{said}；事项{case.status.zh}，仅作记录"


def _revision(what: str, report: Report) -> str:
    return f"{what}（第{report.revision}版）："
