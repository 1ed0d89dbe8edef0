"""Who a role is at one moment: duty, leave, deputies, the next unit above, and never the unit that it is about."""

from datetime import datetime
from typing import Any

import pytest

from contracts.case import Case
from contracts.territory import BANNER, UnitRef
from services.notification.audience import Occasion, people
from services.notification.roster import Roster
from services.notification.row import Role
from tests.builders import GRID, MORNING, PATH, TOWN, VILLAGE, assignment, case
from tests.unit.notification.desk import (
    CADRE,
    CENTRE,
    EARLY,
    LATE,
    LIAISON,
    MEMBER,
    NEIGHBOUR,
    at,
    away,
    person,
    roster,
)


def who(
    role: Role, of: Case, when: datetime = MORNING, some: Roster | None = None, *, urgent: bool = False, **more: Any
) -> list[tuple[str, str]]:
    found = people(role, Occasion(some or roster(), of, when, urgent, **more))
    return [(one.person.staff, one.role) for one in found]


def given_to(unit: UnitRef, **fields: Any) -> Case:
    return case(assignment=assignment(2, unit), **fields)


@pytest.mark.parametrize(("unit", "staff"), [(GRID, MEMBER), (VILLAGE, CADRE), (TOWN, EARLY), (BANNER, CENTRE)])
def test_in_charge_is_who_is_on_duty_in_the_unit_that_has_the_case(unit: UnitRef, staff: str) -> None:
    assert who(Role.IN_CHARGE, given_to(unit)) == [(staff, "in_charge")]


@pytest.mark.parametrize(("unit", "staff"), [(GRID, [CADRE]), (VILLAGE, [EARLY]), (TOWN, [CENTRE]), (BANNER, [])])
def test_the_superior_is_the_next_unit_above_and_the_banner_has_none(unit: UnitRef, staff: list[str]) -> None:
    assert who(Role.SUPERIOR, given_to(unit)) == [(one, "superior") for one in staff]


def test_the_shift_changes_with_the_hour() -> None:
    shifts = [[staff for staff, _ in who(Role.IN_CHARGE, given_to(TOWN), at(hour))] for hour in (9, 14, 18)]
    assert shifts == [[EARLY], [EARLY, LATE], [LATE]]


def test_off_duty_all_of_the_unit_are_told_and_if_it_cannot_wait_the_duty_above_too() -> None:
    night, of = at(23), given_to(TOWN)
    assert who(Role.IN_CHARGE, of, night) == [(EARLY, "in_charge"), (LATE, "in_charge")]
    assert who(Role.IN_CHARGE, of, night, urgent=True) == [
        (EARLY, "in_charge"),
        (LATE, "in_charge"),
        (CENTRE, "superior"),
    ]
    assert who(Role.IN_CHARGE, given_to(GRID), night, urgent=True) == [(MEMBER, "in_charge"), (CENTRE, "superior")]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ((MEMBER,), [(NEIGHBOUR, "deputy")]),
        ((MEMBER, NEIGHBOUR), [(CADRE, "deputy")]),
        ((MEMBER, NEIGHBOUR, CADRE), [(EARLY, "deputy")]),
    ],
)
def test_for_who_is_on_leave_the_deputy_gets_it_and_if_nobody_is_there_the_unit_above(
    gone: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    assert who(Role.IN_CHARGE, case(), some=roster(leave=away(*gone))) == told


def test_the_reason_says_who_is_away() -> None:
    (found,) = people(Role.IN_CHARGE, Occasion(roster(leave=away(MEMBER)), case(), MORNING, urgent=False))
    assert found.why == "承办单位昂素镇昂素嘎查第1网格的当班人员400011休假，由其代办人接收"


def test_a_life_at_the_banner_is_told_to_the_places_grid_and_town() -> None:
    assert who(Role.INFORMED, given_to(BANNER)) == [(MEMBER, "informed"), (EARLY, "informed")]
    assert who(Role.INFORMED, given_to(BANNER, path=PATH[:2])) == [(EARLY, "informed")]
    assert who(Role.INFORMED, given_to(BANNER, path=PATH[:1])) == []
    assert who(Role.INFORMED, given_to(TOWN)) == [(MEMBER, "informed")]


def test_the_lead_departments_liaison_is_told_and_of_a_case_without_a_lead_nobody() -> None:
    assert who(Role.LEAD, case(lead="water")) == [(LIAISON, "lead")]
    assert who(Role.LEAD, case(lead="heating")) == who(Role.LEAD, case()) == []
    assert who(Role.LEAD, case(lead="water"), some=roster(leave=away(LIAISON))) == []


def test_the_liaisons_of_departments_that_help_are_told_too() -> None:
    assert who(Role.COOPERATING, case(lead="police", cooperating=("water", "heating"))) == [(LIAISON, "cooperating")]
    assert who(Role.COOPERATING, case(lead="water")) == []


def test_who_had_the_case_before_is_told_by_name() -> None:
    assert who(Role.FORMER, case(), former=(MEMBER, "499999")) == [(MEMBER, "former")]


@pytest.mark.parametrize("role", [Role.IN_CHARGE, Role.SUPERIOR, Role.INFORMED])
def test_the_unit_that_a_case_is_about_is_never_told(role: Role) -> None:
    about = {
        given_to(GRID, about=PATH): MEMBER,
        given_to(GRID, about=PATH[:3]): CADRE,
        given_to(BANNER, about=PATH[:2]): EARLY,
    }
    for of, staff in about.items():
        assert staff not in {one for one, _ in who(role, of)}


def test_nor_is_somebody_of_that_unit_as_a_deputy() -> None:
    of = case(about=PATH[:3])
    assert who(Role.IN_CHARGE, of, some=roster(leave=away(MEMBER, NEIGHBOUR))) == [(EARLY, "superior")]


def test_about_the_banner_itself_there_is_nobody_else_to_tell() -> None:
    assert who(Role.IN_CHARGE, given_to(BANNER, about=PATH[:1])) == [(CENTRE, "in_charge")]


def test_two_whose_deputy_is_the_same_tell_that_one_once() -> None:
    both = roster(
        person("400011", GRID.code, "day", deputy=CADRE),
        person("400012", GRID.code, "day", deputy=CADRE),
        person(CADRE, VILLAGE.code, "day"),
        leave=away("400011", "400012"),
    )
    assert who(Role.IN_CHARGE, case(), some=both) == [(CADRE, "deputy")]
