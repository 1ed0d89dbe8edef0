"""Opening: what a located report becomes, why at that unit, and what the source hears."""

import pytest

from contracts.case import AssignedBecause, Case, CaseEvent, CaseEventKind, ClockClass, Status
from contracts.outcome import ReportOutcome
from contracts.report import LocationOutcome, Report
from contracts.territory import BANNER, full_name
from services.chassis.values import Decision, Outcome
from services.routing.opening import SUMMARY_LENGTH, summary
from services.routing.state import State
from tests import builders
from tests.builders import GRID, HOUR, MORNING, PATH, TOWN, arrived, context, kinds, located, location
from tests.unit.routing.rulebook import classified, decide


def happened(decision: Decision[State]) -> list[CaseEvent]:
    return [event.body for event in decision.events if isinstance(event.body, CaseEvent)]


def outcomes(decision: Decision[State]) -> list[ReportOutcome]:
    return [event.body for event in decision.events if isinstance(event.body, ReportOutcome)]


def after(decision: Decision[State]) -> Case:
    assert decision.state
    assert decision.state.case
    return decision.state.case


def test_a_report_goes_where_the_table_says_and_the_reason_tells_why() -> None:
    of = builders.report(classified=classified("080101"), people=3, staff="403371")
    [told] = happened(decide(None, arrived(located(of)), context()))
    assert told.case
    assert (told.case.assignment.unit, told.case.lead, told.case.clock) == (TOWN, "environment", ClockClass.STANDARD)
    assert told.why == "坐标落在网格内；按“污染和自然保护事项由苏木镇办理”交昂素镇办理，牵头部门生态环境，时限类别普通"
    assert told.routed
    assert (told.routed.chosen.rule, told.routed.chosen.unit) == ("pollution", TOWN)
    assert (told.case.classified, told.case.people, told.case.staff) == (classified("080101"), 3, "403371")


def test_a_case_has_who_helps_and_the_numbers_that_the_table_asked_for() -> None:
    of = builders.report(classified=classified("060101"), money=1_200_000, group=8)
    [told] = happened(decide(None, arrived(located(of)), context()))
    assert told.case
    assert (told.case.cooperating, told.case.money, told.case.group) == (("justice",), 1_200_000, 8)
    assert "牵头部门人力资源和社会保障，协办部门司法行政，时限类别限时" in told.why


def test_a_row_on_trial_changes_nothing_of_the_case() -> None:
    of = builders.report(classified=classified("040101"))
    night = context(MORNING + 14 * HOUR)
    [told] = happened(decide(None, arrived(located(of)), night))
    assert told.routed
    assert [one.unit for one in told.routed.shadows] == [TOWN]
    assert told.case
    assert (told.case.assignment.unit, told.routed.chosen.rule) == (GRID, "fire-risk")


def test_a_report_about_a_unit_goes_past_it_and_the_case_remembers_the_unit() -> None:
    about = located().model_copy(update={"about": PATH[:3]})
    case = after(decide(None, arrived(about), context()))
    assert (case.assignment.unit, case.about, case.path) == (TOWN, PATH[:3], PATH)


def test_without_a_path_the_banner_has_it() -> None:
    nowhere = located(at=location(LocationOutcome.NOT_LOCATED, path=()))
    case = after(decide(None, arrived(nowhere), context()))
    assert (case.assignment.unit, case.path) == (BANNER, (BANNER,))


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
    assert (after(decision).resolution, after(decision).resolved_at) == ("已现场调解", MORNING)
    assert bodies[0].routed
    assert bodies[1].routed is None
    assert len({event.id for event in decision.events}) == 4


def test_a_report_that_was_withdrawn_before_anyone_heard_of_it_opens_and_ends_at_once() -> None:
    gone = builders.report(revision=2, withdrawn="重复上报，电话13900001111", solved="已现场调解")
    decision = decide(None, arrived(located(gone)), context())
    assert kinds(decision) == ["case.withdrawn", "report.closed"]
    [told], [heard] = happened(decision), outcomes(decision)
    assert (after(decision).status, after(decision).revision) == (Status.WITHDRAWN, 2)
    assert told.why == heard.said == "已按来源要求撤回（第2版）：重复上报，电话139****1111"
    assert after(decision).resolved_at is None


def test_a_report_opens_its_case_after_actions_that_came_too_early() -> None:
    early = decide(None, arrived(builders.action()), context())
    assert (early.outcome, kinds(early)) == (Outcome.REFUSED, ["case.refused"])
    assert early.state == State(version=1, case=None)
    late = decide(early.state, arrived(located()), context())
    body = late.events[0].body
    assert isinstance(body, CaseEvent)
    assert (body.kind, body.version) == (CaseEventKind.OPENED, 2)


def opened(of: Report) -> Case:
    return after(decide(None, arrived(located(of)), context()))


def test_numbers_of_telephones_and_ids_reach_no_case() -> None:
    words = "请联系13900001111，证号150623199001011234"
    case = opened(builders.report(text=words, title=words, place_name=words, solved=words, reference="13900001111"))
    hidden = "请联系139****1111，证号150623********1234"
    assert (case.summary, case.title, case.place_name, case.resolution) == (hidden,) * 4
    assert case.reference == "13900001111"


def test_a_number_that_the_summary_would_cut_is_masked_before() -> None:
    assert "13900001" not in summary("水" * (SUMMARY_LENGTH - 9) + "13900001111")


@pytest.mark.parametrize("place_name", [None, "昂素镇东3公里机井"])
def test_a_case_keeps_the_place_in_the_sources_words(place_name: str | None) -> None:
    assert opened(builders.report(place_name=place_name)).place_name == place_name


def test_a_summary_is_one_line_of_at_most_120_characters() -> None:
    assert summary("水井\n 坏了\t") == "水井 坏了"
    assert len(summary("水" * 20_000)) == SUMMARY_LENGTH == 120
