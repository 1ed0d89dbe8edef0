"""Opening: which unit each outcome of the search for a place leads to, and what the source hears."""

import pytest

from contracts.case import AssignedBecause, CaseEvent, CaseEventKind, Status
from contracts.outcome import ReportOutcome
from contracts.report import LocationOutcome
from contracts.territory import BANNER, Path, UnitRef, full_name
from services.chassis.values import Outcome
from services.routing.domain import decide
from services.routing.opening import OPENINGS, SUMMARY_LENGTH, opened, summary
from services.routing.state import State
from tests import builders
from tests.builders import GRID, HOUR, MORNING, PATH, TOWN, VILLAGE, arrived, context, kinds, located, location

FOUND, TWO_FIT = LocationOutcome.LOCATED, LocationOutcome.TWO_FIT
NOT_LOCATED, OUTSIDE = LocationOutcome.NOT_LOCATED, LocationOutcome.OUTSIDE
MET = (
    # what gis says   its path     the unit    the reason, after what gis says
    (FOUND,           PATH,        GRID,       "交该网格办理"),
    (FOUND,           PATH[:3],    VILLAGE,    "交该嘎查村/社区办理"),
    (FOUND,           PATH[:2],    TOWN,       "交该苏木镇办理"),
    (FOUND,           PATH[:1],    BANNER,     "交该旗办理"),
    (TWO_FIT,         PATH[:3],    VILLAGE,    "交共同上级昂素镇昂素嘎查办理"),
    (TWO_FIT,         PATH[:1],    BANNER,     "交共同上级旗综治中心办理"),
    (NOT_LOCATED,     PATH[:1],    BANNER,     "交旗综治中心核实"),
    (NOT_LOCATED,     (),          BANNER,     "交旗综治中心核实"),
    (OUTSIDE,         PATH[:1],    BANNER,     "交旗综治中心核实"),
)  # fmt: skip


def test_every_outcome_of_the_search_has_its_row() -> None:
    assert set(OPENINGS) == set(LocationOutcome) == {row[0] for row in MET}


@pytest.mark.parametrize(("outcome", "path", "unit", "why"), MET)
def test_a_report_goes_to_the_deepest_unit_of_its_path_and_the_reason_says_why(
    outcome: LocationOutcome, path: Path, unit: UnitRef, why: str
) -> None:
    at = location(outcome, path=path, why="查找结果")
    body = decide(None, arrived(located(at=at)), context()).events[0].body
    assert isinstance(body, CaseEvent)
    assert body.case
    assert (body.case.assignment.unit, body.case.path) == (unit, path or (BANNER,))
    assert body.why == f"查找结果，{why}"


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
    assert told.said == f"已生成事项，由{full_name(PATH)}办理。"


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


def test_numbers_of_telephones_and_ids_reach_no_case() -> None:
    words = "请联系13900001111，证号150623199001011234"
    case = opened(
        builders.report(text=words, title=words, place_name=words, solved=words, reference="13900001111"),
        location(),
        MORNING,
    )
    hidden = "请联系139****1111，证号150623********1234"
    assert (case.summary, case.title, case.place_name, case.resolution) == (hidden,) * 4
    assert case.reference == "13900001111"


def test_a_number_that_the_summary_would_cut_is_masked_before() -> None:
    assert "13900001" not in summary("水" * (SUMMARY_LENGTH - 9) + "13900001111")


@pytest.mark.parametrize("place_name", [None, "昂素镇东3公里机井"])
def test_a_case_keeps_the_place_in_the_sources_words(place_name: str | None) -> None:
    assert opened(builders.report(place_name=place_name), location(), MORNING).place_name == place_name


def test_a_summary_is_one_line_of_at_most_120_characters() -> None:
    assert summary("水井\n 坏了\t") == "水井 坏了"
    assert len(summary("水" * 20_000)) == SUMMARY_LENGTH == 120
