"""Decides by the table which unit a report goes to, and says in Chinese how that came about."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from contracts.case import Case, Facts, Routed, Ruling
from contracts.report import ReportLocated
from contracts.territory import BANNER, CENTRE, Level, Path, UnitRef, full_name, office
from services.routing.rules import NAMES, Rule
from services.routing.table import Table, facts

RUNNERS_UP: Final = 3
"""How many rows are told of that would have decided next, and how many on trial."""

HEIGHT: Final[Mapping[Level, int]] = {level: height for height, level in enumerate(Level)}
"""The levels by height, from the grid up."""


def routed(table: Table, located: ReportLocated, opened_at: datetime, raised: Level = Level.GRID) -> Routed:
    """What the table decides on a report whose case was opened then (aware), never below the level to which people or
    a deadline have ``raised`` it.
    """
    return ruled(table, facts(located, opened_at), located.location.path or (BANNER,), located.about, raised)


def ruled(table: Table, given: Facts, path: Path, about: Path, raised: Level) -> Routed:
    """What the table decides on these facts, for a place with this path and a report about that unit, if any."""
    ruling = partial(_ruling, path=path, about=about, raised=raised, lead=table.lead(given.category))
    chosen, *others = map(ruling, islice(table.fitting(given), 1 + RUNNERS_UP))
    return Routed(
        table=table.version,
        chosen=chosen,
        runners_up=tuple(others),
        skipped=tuple(_skipped(chosen, path, about)),
        shadows=tuple(map(ruling, islice(table.shadows(given), RUNNERS_UP))),
        facts=given,
        raised=raised,
    )


def _ruling(rule: Rule, *, path: Path, about: Path, raised: Level, lead: str | None) -> Ruling:
    then = rule.then
    leads = then.lead or lead
    return Ruling(
        rule=rule.name,
        zh=rule.zh,
        level=then.level,
        unit=deepest(path, max(then.level, raised, key=HEIGHT.__getitem__), about),
        lead=leads,
        clock=then.clock,
        cooperating=tuple(code for code in then.cooperating if code != leads),
    )


def deepest(path: Path, lowest: Level, about: Path) -> UnitRef:
    """The deepest unit of the path that is high enough and is not, nor lies in, the one that the report is about.

    Of the banner there is no unit above: a report about the banner stays with its centre.
    """
    fit = (unit for unit in reversed(path) if HEIGHT[unit.level] >= HEIGHT[lowest] and not within(unit, about))
    return next(fit, path[0])


def within(unit: UnitRef, about: Path) -> bool:
    """Whether the unit is the one that a report is about, or lies in it."""
    return bool(about) and unit.code.startswith(about[-1].code)


def reason(found: str, how: Routed, path: Path, about: Path) -> str:
    """Why a unit has the case: what gis found, the row, and the unit that was avoided, if one was."""
    chosen = how.chosen
    to = office(down_to(path, chosen.unit))
    return f"{found}；按“{chosen.zh}”交{to}办理{_departments(chosen)}，时限类别{chosen.clock.zh}{_avoided(path, about)}"


def reading(how: Routed, path: Path) -> str:
    """A decision of the table as officials read it, with what would have held without its row, and what is tried."""
    chosen = how.chosen
    to = office(down_to(path, chosen.unit))
    said = [
        f"规则表{how.table}“{chosen.zh}”：由{to}办理{_departments(chosen)}，时限类别{chosen.clock.zh}",
        *how.skipped,
        *(f"如无上述规则，适用“{one.zh}”，由{office(down_to(path, one.unit))}办理" for one in how.runners_up[:1]),
        *(f"试行规则“{one.zh}”如生效，由{office(down_to(path, one.unit))}办理" for one in how.shadows[:1]),
    ]
    return "；".join(said)


def _departments(how: Ruling) -> str:
    lead = f"，牵头部门{named([how.lead])}" if how.lead else ""
    return lead + (f"，协办部门{named(how.cooperating)}" if how.cooperating else "")


def named(departments: Iterable[str]) -> str:
    """The Chinese names of departments; one that is no longer known is read by its code."""
    return "、".join(NAMES.get(code, code) for code in departments)


def put_in_lead(case: Case, department: str | None) -> dict[str, Any]:
    """What another department in the lead changes: where it helped before, it does so no more."""
    return {"lead": department, "cooperating": tuple(code for code in case.cooperating if code != department)}


def down_to(path: Path, unit: UnitRef) -> Path:
    """The path as far as this unit."""
    return (*(each for each in path if len(each.code) < len(unit.code)), unit)


def _skipped(chosen: Ruling, path: Path, about: Path) -> Iterator[str]:
    """The units below the chosen one, from the deepest, each with why it was passed over."""
    for depth in range(len(path) - 1, 0, -1):
        unit = path[depth]
        if len(unit.code) <= len(chosen.unit.code):
            break
        yield f"{full_name(path[: depth + 1])}{_why_not(unit, chosen, about)}"


def _why_not(unit: UnitRef, chosen: Ruling, about: Path) -> str:
    if within(unit, about):
        return "系被反映单位，依规回避" if unit.code == about[-1].code else "隶属被反映单位，依规回避"
    if HEIGHT[unit.level] < HEIGHT[chosen.level]:
        return f"低于规则要求的{chosen.level.zh}一级"
    return f"低于事项已上报或提级到的{chosen.unit.level.zh}一级"


def _avoided(path: Path, about: Path) -> str:
    if not about:
        return ""
    if len(about) == 1:
        return f"；{CENTRE}系被反映单位，本系统内无上级单位，须另行报告上级机关"
    avoided = any(unit.code == about[-1].code for unit in path)
    return f"；{full_name(about)}系被反映单位，依规回避" if avoided else ""
