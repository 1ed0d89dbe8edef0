"""Who is told of what: every kind of event stands in the table, and each row reaches the right units."""

import pytest

from contracts.case import AssignedBecause, CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.territory import BANNER, UnitRef
from services.notification.policy import POLICY, WORDS, Happening, Template, notice
from tests.builders import PATH, TOWN, VILLAGE, assignment, case, case_event, deadline

KINDS = (*CaseEventKind, *DeadlineKind)
SILENT = tuple(CaseEventKind)


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
    told_of = {kind for kind in POLICY if POLICY[kind]}
    assert set(WORDS) == told_of - {DeadlineKind.SCHEDULED} | set(AssignedBecause)
    assert set(WORDS.values()) == set(Template)


def test_only_a_clock_calls_anybody_for_it_alone_knows_by_when() -> None:
    assert {kind for kind in POLICY if POLICY[kind]} == set(DeadlineKind)


@pytest.mark.parametrize("kind", SILENT)
def test_nobody_is_told_of(kind: CaseEventKind | DeadlineKind) -> None:
    assert notice(happening(kind)) is None


@pytest.mark.parametrize(
    ("kind", "units"),
    [
        (DeadlineKind.SCHEDULED, (VILLAGE,)),
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
def test_an_assignment_is_told_with_its_clock_in_words_that_say_why(because: AssignedBecause) -> None:
    clock = deadline(DeadlineKind.SCHEDULED, 2, case=case(assignment=assignment(2, because=because)))
    found = notice(clock)
    assert found is not None
    assert (found.template.value, found.clock) == (because.value, clock)


def test_nobody_is_told_of_an_event_without_a_case() -> None:
    assert notice(case_event(kind=CaseEventKind.ASSIGNED, case=None)) is None


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_nobody_is_asked_to_handle_what_is_resolved(kind: DeadlineKind) -> None:
    assert notice(deadline(kind)) is not None
    assert notice(deadline(kind, case=case(status=Status.RESOLVED))) is None


def test_a_breach_is_told_once_though_escalation_asks_again() -> None:
    assert notice(deadline(DeadlineKind.BREACHED, n=2)) is None
    assert notice(deadline(DeadlineKind.OVERDUE, n=2)) is not None


def test_a_breach_tells_the_next_unit_up_on_the_path_too() -> None:
    told_of = [told(happening(DeadlineKind.BREACHED, unit)) for unit in PATH]
    assert told_of == [(BANNER,), (TOWN, BANNER), (VILLAGE, TOWN), (PATH[3], VILLAGE)]
