"""Opening: which unit each outcome of the search for a place leads to, and what the source hears."""

import pytest

from contracts.case import AssignedBecause, CaseEvent, CaseEventKind, Status
from contracts.outcome import ReportOutcome
from contracts.report import Location, LocationOutcome
from contracts.territory import BANNER, Path, UnitRef
from services.chassis.values import Outcome
from services.routing.domain import decide
from services.routing.opening import OPENINGS, SUMMARY_LENGTH, opened, summary
from services.routing.state import State
from tests import builders
from tests.builders import GRID, HOUR, MORNING, OTHER_PATH, PATH, TOWN, VILLAGE, arrived, context, kinds, located

FOUND, TWO_FIT = LocationOutcome.LOCATED, LocationOutcome.TWO_FIT
NOT_LOCATED, OUTSIDE = LocationOutcome.NOT_LOCATED, LocationOutcome.OUTSIDE
FAR: Path = (BANNER, UnitRef(code="150623100", name="敖勒召其镇", level=TOWN.level))
MET = (
    # what gis says   its path    its candidates           the unit that gets the case
    (FOUND,           PATH,       (),                      GRID),
    (FOUND,           PATH[:2],   (),                      TOWN),
    (FOUND,           (),         (),                      BANNER),
    (TWO_FIT,         PATH[:3],   (PATH, OTHER_PATH),      VILLAGE),
    (TWO_FIT,         (),         (PATH, PATH[:2]),        TOWN),
    (TWO_FIT,         (),         (PATH, OTHER_PATH, FAR), BANNER),
    (TWO_FIT,         (),         (PATH, PATH),            GRID),
    (TWO_FIT,         (),         (),                      BANNER),
    (NOT_LOCATED,     (),         (),                      BANNER),
    (OUTSIDE,         (),         (),                      BANNER),
)  # fmt: skip


def place(outcome: LocationOutcome, path: Path = (), candidates: tuple[Path, ...] = ()) -> Location:
    return builders.location(outcome, path=path, candidates=candidates, why="查找结果")


def test_every_outcome_of_the_search_has_its_row() -> None:
    assert set(OPENINGS) == set(LocationOutcome) == {row[0] for row in MET}


@pytest.mark.parametrize(("outcome", "path", "candidates", "unit"), MET)
def test_a_report_goes_to_the_unit_that_the_table_names(
    outcome: LocationOutcome, path: Path, candidates: tuple[Path, ...], unit: UnitRef
) -> None:
    case = opened(builders.report(), place(outcome, path, candidates), MORNING)
    assert case.assignment.unit == unit
    assert case.path[-1] == unit
    assert case.path[0] == BANNER


@pytest.mark.parametrize("outcome", LocationOutcome)
def test_the_reason_repeats_what_gis_found_and_names_the_unit(outcome: LocationOutcome) -> None:
    at = place(outcome, PATH, (PATH, OTHER_PATH))
    decision = decide(None, arrived(located(at=at)), context())
    body = decision.events[0].body
    assert isinstance(body, CaseEvent)
    assert body.case
    assert body.why.startswith("查找结果；")
    assert body.case.assignment.unit.name in body.why


def test_a_located_report_opens_a_case_at_the_time_of_its_record() -> None:
    decision = decide(None, arrived(located()), context(MORNING + HOUR))
    assert kinds(decision) == ["case.opened", "report.opened"]
    state = decision.state
    assert state
    assert state.case
    assert state.version == state.case.version == 1
    assert state.case.opened_at == state.case.assignment.assigned_at == MORNING + HOUR
    assert (state.case.assignment.number, state.case.assignment.because) == (1, AssignedBecause.OPENED)
    assert [event.body.version for event in decision.events] == [1, 1]


def test_the_source_hears_by_its_own_reference_who_has_the_case() -> None:
    told = decide(None, arrived(located()), context()).events[1].body
    assert isinstance(told, ReportOutcome)
    assert (told.department, told.reference, told.revision) == (builders.DEPARTMENT, builders.REFERENCE, 1)
    assert told.unit == GRID
    assert GRID.name in told.said


def test_a_report_solved_on_the_spot_opens_and_resolves_at_once() -> None:
    decision = decide(None, arrived(located(builders.report(solved="已现场调解"))), context())
    assert kinds(decision) == ["case.opened", "report.opened", "case.resolved", "report.resolved"]
    assert [event.body.version for event in decision.events] == [1, 1, 2, 2]
    bodies = [event.body for event in decision.events if isinstance(event.body, CaseEvent)]
    assert [body.case.status for body in bodies if body.case] == [Status.RESOLVED, Status.RESOLVED]
    assert decision.state
    assert decision.state.case
    assert decision.state.case.resolution == "已现场调解"
    assert len({event.id for event in decision.events}) == 4


@pytest.mark.parametrize(("revision", "outcome"), [(1, Outcome.STALE), (2, Outcome.STALE), (3, Outcome.NOTHING)])
def test_another_revision_of_an_open_case_is_recorded_and_changes_nothing(revision: int, outcome: Outcome) -> None:
    state = State(version=1, case=builders.case(revision=2))
    decision = decide(state, arrived(located(builders.report(revision=revision))), context())
    assert decision.outcome is outcome
    assert decision.events == ()
    assert decision.state in (None, state)


def test_a_report_opens_its_case_after_actions_that_came_too_early() -> None:
    early = decide(None, arrived(builders.action()), context())
    assert (early.outcome, kinds(early)) == (Outcome.REFUSED, ["case.refused"])
    assert early.state == State(version=1, case=None)
    late = decide(early.state, arrived(located()), context())
    body = late.events[0].body
    assert isinstance(body, CaseEvent)
    assert (body.kind, body.version) == (CaseEventKind.OPENED, 2)


def test_a_summary_is_one_line_of_at_most_120_characters() -> None:
    assert summary("水井\n 坏了\t") == "水井 坏了"
    assert len(summary("水" * 20_000)) == SUMMARY_LENGTH == 120
