"""Finds who a role is at one moment, by duty, leave and deputies; the unit that a case is about is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.case import Case
from contracts.territory import BANNER, Path, office
from services.notification.roster import Person, Roster
from services.notification.row import Role

DEPUTY = "deputy"
"""The role of who gets a notice in another's place."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One person, as what, and why, in Chinese."""

    person: Person
    role: str
    why: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """The roster at the moment (aware) when people are to be told of a case; ``urgent``: it cannot wait for a shift."""

    roster: Roster
    case: Case
    at: datetime
    urgent: bool
    former: tuple[str, ...] = ()
    """Staff numbers of those who were told of the assignment before."""


def people(role: Role, occasion: Occasion) -> tuple[Chosen, ...]:
    """Everybody who is meant by the role, each once."""
    found: dict[str, Chosen] = {}
    for one in _role(role, occasion):
        found.setdefault(one.person.staff, one)
    return tuple(found.values())


def _role(role: Role, occasion: Occasion) -> Iterator[Chosen]:
    case = occasion.case
    match role:
        case Role.IN_CHARGE:
            yield from serving(case.path_in_charge(), Role.IN_CHARGE, occasion)
        case Role.SUPERIOR:
            yield from serving(case.path_in_charge()[:-1], Role.SUPERIOR, occasion)
        case Role.BANNER:
            yield from serving((BANNER,), Role.BANNER, occasion)
        case Role.INFORMED:
            for path in _near(case):
                yield from serving(path, Role.INFORMED, occasion)
        case Role.LEAD | Role.COOPERATING:
            departments = case.cooperating if role is Role.COOPERATING else (case.lead or "",)
            liaisons = [one.staff for code in departments for one in occasion.roster.units.get(code, ())]
            yield from named(liaisons, role, occasion)
        case Role.FORMER:
            yield from named(occasion.former, role, occasion)


def _near(case: Case) -> Iterator[Path]:
    """The place's grid or whatever is known of it, and its town; not the unit that has the case anyway."""
    for path in dict.fromkeys((case.path, case.path[:2])):
        if len(path) > 1 and path[-1] != case.assignment.unit:
            yield path


def serving(path: Path, role: Role, occasion: Occasion) -> Iterator[Chosen]:
    """Who is there for the path's deepest unit; where nobody is, for the nearest one above it.

    On duty come first; if none is, all of the unit, and what cannot wait goes to the nearest duty above, too.
    """
    told = False
    for end in range(len(path), 0, -1):
        here = path[:end]
        on_duty = occasion.roster.on_duty(here[-1].code, occasion.at)
        if barred(here[-1].code, occasion.case) or (told and not on_duty):
            continue
        found = list(_unit(here, role if end == len(path) else Role.SUPERIOR, occasion, on_duty))
        yield from found
        told = told or bool(found)
        if told and (on_duty or not occasion.urgent):
            return


def _unit(path: Path, role: Role, occasion: Occasion, on_duty: tuple[Person, ...]) -> Iterator[Chosen]:
    said = f"{role.zh}{office(path)}{'的当班人员' if on_duty else '，该单位无人当班'}"
    for one in on_duty or occasion.roster.staff(path[-1].code):
        yield from _there(one.staff, role, said, occasion)


def named(staff: tuple[str, ...] | list[str], role: Role, occasion: Occasion) -> Iterator[Chosen]:
    """These people, or who stands in for them."""
    for number in staff:
        yield from _there(number, role, role.zh, occasion)


def _there(staff: str, role: Role, said: str, occasion: Occasion) -> Iterator[Chosen]:
    found = occasion.roster.reachable(staff, occasion.at)
    if found is None or barred(found.unit, occasion.case):
        return
    if found.staff == staff:
        yield Chosen(found, role.value, said)
    else:
        yield Chosen(found, DEPUTY, f"{said}{staff}休假，由其代办人接收")


def barred(unit: str, case: Case) -> bool:
    """Whether the case is about this unit or one above it; then it is never told. Above the banner there is nobody."""
    return len(case.about) > 1 and unit.startswith(case.about[-1].code)
