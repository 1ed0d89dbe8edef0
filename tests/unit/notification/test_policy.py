"""Who is told of what: every kind of event stands in the table, and each row reaches the right units."""

import pytest

from contracts.case import AssignedBecause, CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.territory import BANNER, UnitRef
from services.notification.policy import POLICY, WORDS, Happening, Template, notice, superior
from tests.builders import GRID, PATH, TOWN, VILLAGE, assignment, case, case_event, deadline

KINDS = (*CaseEventKind, *DeadlineKind)
SILENT = (
    CaseEventKind.ACCEPTED,
    CaseEventKind.RESOLVED,
    CaseEventKind.REFUSED,
    CaseEventKind.MOOT,
    CaseEventKind.KEPT,
    DeadlineKind.SCHEDULED,
)


def happening(kind: CaseEventKind | DeadlineKind, unit: UnitRef = VILLAGE) -> Happening:
    of = case(assignment=assignment(2, unit))
    return case_event(of, kind) if isinstance(kind, CaseEventKind) else deadline(kind, 2, case=of)


def told(event: Happening) -> tuple[UnitRef, ...]:
    found = notice(event)
    return found.units if found else ()


def test_every_kind_of_event_has_its_row() -> None:
    assert set(POLICY) == set(KINDS)
    assert len(POLICY) == len(CaseEventKind) + len(DeadlineKind)


def test_every_kind_that_is_told_has_its_words() -> None:
    by_assignment = {CaseEventKind.OPENED, CaseEventKind.ASSIGNED}
    assert set(WORDS) == {kind for kind in POLICY if POLICY[kind]} - by_assignment | set(AssignedBecause)
    assert set(WORDS.values()) == set(Template)


@pytest.mark.parametrize("kind", SILENT)
def test_nobody_is_told_of(kind: CaseEventKind | DeadlineKind) -> None:
    assert notice(happening(kind)) is None


@pytest.mark.parametrize(
    ("kind", "units"),
    [
        (CaseEventKind.OPENED, (VILLAGE,)),
        (CaseEventKind.ASSIGNED, (VILLAGE,)),
        (DeadlineKind.WARNED, (VILLAGE,)),
        (DeadlineKind.BREACHED, (VILLAGE, TOWN)),
        (DeadlineKind.OVERDUE, (BANNER,)),
    ],
)
def test_these_units_are_told_of(kind: CaseEventKind | DeadlineKind, units: tuple[UnitRef, ...]) -> None:
    assert told(happening(kind)) == units


def test_every_kind_is_either_silent_or_tells_a_unit() -> None:
    assert {kind for kind in KINDS if not told(happening(kind))} == set(SILENT)


def test_a_breach_at_the_banner_tells_the_banner_once() -> None:
    assert told(happening(DeadlineKind.BREACHED, BANNER)) == (BANNER,)


@pytest.mark.parametrize("because", list(AssignedBecause))
def test_an_assignment_is_told_in_words_that_say_why(because: AssignedBecause) -> None:
    found = notice(case_event(case(assignment=assignment(2, because=because)), CaseEventKind.ASSIGNED))
    assert found is not None
    assert found.template.value == because.value


def test_nobody_is_told_of_an_event_without_a_case() -> None:
    assert notice(case_event(kind=CaseEventKind.ASSIGNED, case=None)) is None


def test_nobody_is_asked_to_accept_what_was_solved_on_the_spot() -> None:
    assert notice(case_event(case(status=Status.RESOLVED), CaseEventKind.OPENED)) is None


def test_a_breach_is_told_once_though_escalation_asks_again() -> None:
    assert notice(deadline(DeadlineKind.BREACHED, n=2)) is None
    assert notice(deadline(DeadlineKind.OVERDUE, n=2)) is not None


def test_the_superior_is_the_next_unit_up_on_the_path() -> None:
    assert [superior(case(assignment=assignment(1, unit))) for unit in PATH] == [BANNER, BANNER, TOWN, VILLAGE]


def test_the_superior_of_a_unit_beside_the_path_is_on_the_path() -> None:
    assert superior(case(path=(BANNER, TOWN), assignment=assignment(1, GRID))) == TOWN
