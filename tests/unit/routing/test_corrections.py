"""Corrections and withdrawals: what a newer revision changes, what it moves, and what comes too late."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from contracts.case import Action, AssignedBecause, Capacity, Case, CaseEvent, CaseEventKind, ClockClass, Status
from contracts.deadline import DeadlineKind
from contracts.outcome import ReportOutcome
from contracts.report import LocationOutcome, ReportLocated, Urgency
from contracts.territory import BANNER, Level, Path, UnitRef
from services.chassis.values import Decision, Outcome
from services.routing.corrections import MOVES as OWN_TERMS
from services.routing.state import State
from tests import builders
from tests.builders import (
    DAY,
    GRID,
    HOUR,
    MORNING,
    OTHER_GRID,
    OTHER_PATH,
    PATH,
    TOWN,
    VILLAGE,
    arrived,
    assignment,
    context,
    kinds,
)
from tests.unit.routing.rulebook import classified, decide, settled

NOON, NIGHT = MORNING + 3 * HOUR, MORNING + 15 * HOUR
FAR = UnitRef(code="150623101", name="敖勒召其镇", level=Level.TOWN)
FAR_VILLAGE = UnitRef(code="150623101200", name="三道泉则村", level=Level.VILLAGE)
FAR_GRID = UnitRef(code="150623101200001", name="三道泉则村第1网格", level=Level.GRID)
FAR_PATH: Path = (BANNER, FAR, FAR_VILLAGE, FAR_GRID)


def standing(
    unit: UnitRef = GRID, status: Status = Status.ASSIGNED, *, raised: Level = Level.GRID, **fields: object
) -> State:
    number = len(PATH) - PATH.index(unit)
    usual = {"assignment": assignment(number, unit), "due_at": NIGHT, "revision": 2}
    return State(version=4, case=builders.case(4, status, **(usual | fields)), raised=raised)


def revised(
    number: int = 3,
    path: Path = PATH,
    *,
    code: str | None = None,
    about: Path = (),
    outcome: LocationOutcome = LocationOutcome.LOCATED,
    **fields: Any,
) -> ReportLocated:
    of = builders.report(revision=number, classified=classified(code), **fields)
    at = builders.location(outcome, path=path)
    return builders.located(of, at).model_copy(update={"about": about})


def correct(state: State | None, located: ReportLocated, at: datetime = NOON) -> Decision[State]:
    return decide(state, arrived(located, at), context(at))


def after(decision: Decision[State]) -> Case:
    assert decision.state
    assert decision.state.case
    return decision.state.case


def told(decision: Decision[State]) -> CaseEvent:
    body = decision.events[0].body
    assert isinstance(body, CaseEvent)
    assert body.case == after(decision)
    return body


def heard(decision: Decision[State]) -> ReportOutcome:
    body = decision.events[1].body
    assert isinstance(body, ReportOutcome)
    return body


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("revision", [1, 2])
def test_a_lower_or_equal_revision_is_recorded_and_changes_nothing(revision: int, status: Status) -> None:
    decision = correct(standing(status=status), revised(revision, FAR_PATH, withdrawn="不再需要"))
    assert (decision.outcome, decision.state, decision.events) == (Outcome.STALE, None, ())


def test_a_correction_that_leaves_the_unit_changes_what_is_known_and_no_clock() -> None:
    before = standing(status=Status.ACCEPTED)
    words: dict[str, Any] = {
        "text": "两口机井损坏。",
        "title": "机井",
        "people": 3,
        "place_name": "井边",
        "staff": "1002",
    }
    decision = correct(before, revised(**words))
    case = after(decision)
    assert kinds(decision) == ["case.corrected"]
    assert [case.summary, case.title, case.people, case.place_name, case.staff] == list(words.values())
    assert before.case
    kept = (before.case.assignment, Status.ACCEPTED, NIGHT, before.case.opened_at, before.case.reference)
    assert (case.assignment, case.status, case.due_at, case.opened_at, case.reference) == kept
    assert (case.revision, case.version) == (3, 5)
    assert told(decision).routed
    assert told(decision).why == (
        "来源更正（第3版）：坐标落在网格内；按“类别未定的事项由所在网格先行核实”交昂素镇昂素嘎查第1网格办理，"
        "时限类别普通；承办单位不变，原时限继续计算"
    )


def test_a_correction_that_names_no_sum_and_no_group_keeps_those_that_were_named() -> None:
    before = standing(money=120_000, group=8)
    decision = correct(before, revised(code="060101"))
    case, how = after(decision), told(decision).routed
    assert (case.money, case.group) == (120_000, 8)
    assert how
    assert (how.chosen.rule, how.facts and how.facts.money) == ("wages-of-100000-yuan", 120_000)
    newer = after(correct(before, revised(money=500, group=2)))
    assert (newer.money, newer.group) == (500, 2)


def test_a_correction_at_night_of_what_was_opened_by_day_counts_as_by_day() -> None:
    how = told(correct(standing(), revised(code="040101"), NIGHT)).routed
    assert how
    assert how.facts
    assert (how.facts.time, how.shadows) == ("09:00", ())


def test_those_who_help_are_the_tables_unless_people_have_chosen_who_leads() -> None:
    chosen = correct(standing(lead="water", cooperating=("health",)), revised(code="050202"))
    assert (after(chosen).lead, after(chosen).cooperating) == ("police", ("women", "justice"))
    placed = correct(standing(lead="water", cooperating=("health",), placed=True), revised(code="050202"))
    assert (after(placed).lead, after(placed).cooperating) == ("water", ("health",))


def test_a_correction_that_changes_the_unit_gives_the_case_to_it() -> None:
    decision = correct(standing(status=Status.ACCEPTED), revised(path=FAR_PATH))
    case = after(decision)
    assert kinds(decision) == ["case.assigned", "report.assigned"]
    new = assignment(2, FAR_GRID, assigned_at=NOON, because=AssignedBecause.CORRECTED)
    assert (case.assignment, case.status, case.due_at, case.path) == (new, Status.ASSIGNED, None, FAR_PATH)
    assert told(decision).by == "routing"
    assert told(decision).why.startswith("来源更正（第3版）：坐标落在网格内；按“")
    assert heard(decision).said == "按来源更正重新指派，由敖勒召其镇三道泉则村第1网格办理。"
    assert (heard(decision).unit, heard(decision).revision) == (FAR_GRID, 3)


def test_a_correction_in_which_no_place_is_found_keeps_the_place_that_was_found() -> None:
    decision = correct(standing(), revised(path=(BANNER,), outcome=LocationOutcome.NOT_LOCATED, people=7))
    case = after(decision)
    assert (case.path, case.located, case.assignment.number, case.people) == (PATH, LocationOutcome.LOCATED, 1, 7)
    assert "沿用原地点昂素镇昂素嘎查第1网格" in told(decision).why


MOVES: tuple[tuple[UnitRef, Level, ReportLocated, UnitRef], ...] = (
    # stands at   raised to       the correction                                   is then at
    (GRID,        Level.GRID,     revised(),                                       GRID),
    (GRID,        Level.GRID,     revised(path=OTHER_PATH),                        OTHER_GRID),
    (GRID,        Level.GRID,     revised(path=PATH[:3]),                          VILLAGE),
    (BANNER,      Level.GRID,     revised(),                                       GRID),
    (VILLAGE,     Level.GRID,     revised(),                                       GRID),
    (GRID,        Level.GRID,     revised(code="080101"),                          TOWN),
    (GRID,        Level.GRID,     revised(urgency="life_threatening"),             BANNER),
    (GRID,        Level.GRID,     revised(about=PATH),                             VILLAGE),
    (GRID,        Level.GRID,     revised(about=PATH[:3]),                         TOWN),
    (GRID,        Level.GRID,     revised(about=PATH[:1]),                         BANNER),
    # what people or a deadline have raised stays as high, on the new path
    (VILLAGE,     Level.VILLAGE,  revised(),                                       VILLAGE),
    (VILLAGE,     Level.VILLAGE,  revised(path=FAR_PATH),                          FAR_VILLAGE),
    (TOWN,        Level.TOWN,     revised(path=FAR_PATH),                          FAR),
    (BANNER,      Level.BANNER,   revised(path=FAR_PATH),                          BANNER),
    (VILLAGE,     Level.VILLAGE,  revised(path=OTHER_PATH),                        VILLAGE),
    (VILLAGE,     Level.VILLAGE,  revised(code="080101"),                          TOWN),
    (VILLAGE,     Level.VILLAGE,  revised(about=PATH[:3]),                         TOWN),
    (TOWN,        Level.VILLAGE,  revised(),                                       VILLAGE),
)  # fmt: skip


@pytest.mark.parametrize(("unit", "raised", "located", "then"), MOVES)
def test_a_correction_is_decided_anew_and_never_brings_a_case_below_where_it_has_climbed(
    unit: UnitRef, raised: Level, located: ReportLocated, then: UnitRef
) -> None:
    decision = correct(standing(unit, raised=raised), located)
    assert after(decision).assignment.unit == then
    moved = then != unit
    assert (told(decision).kind is CaseEventKind.ASSIGNED) == moved
    assert (after(decision).assignment.because is AssignedBecause.CORRECTED) == moved
    assert (after(decision).due_at is None) == moved


@pytest.mark.parametrize("up", [builders.action(Action.HAND_UP), builders.deadline(DeadlineKind.BREACHED)])
def test_how_high_a_case_has_climbed_is_kept_in_mind_over_several_corrections(up: object) -> None:
    state = decide(None, arrived(builders.located()), context()).state
    state = settled(state, arrived(up), context(NOON)).state
    for revision, path in enumerate((FAR_PATH, PATH, FAR_PATH), start=2):
        decision = correct(state, revised(revision, path))
        assert after(decision).assignment.unit == path[2]
        state = decision.state


CLOCKS: tuple[tuple[ClockClass, str, int, ClockClass], ...] = (
    # runs                  source says          assignment   runs then
    (ClockClass.STANDARD,   "ordinary",          4,           ClockClass.STANDARD),
    (ClockClass.STANDARD,   "urgent",            5,           ClockClass.URGENT),
    (ClockClass.STANDARD,   "life_threatening",  5,           ClockClass.LIFE),
    (ClockClass.URGENT,     "ordinary",          4,           ClockClass.URGENT),
    (ClockClass.URGENT,     "urgent",            4,           ClockClass.URGENT),
    (ClockClass.LIFE,       "ordinary",          4,           ClockClass.LIFE),
)  # fmt: skip


@pytest.mark.parametrize(("runs", "urgency", "number", "then"), CLOCKS)
def test_at_the_same_unit_only_a_shorter_term_starts_a_new_clock(
    runs: ClockClass, urgency: str, number: int, then: ClockClass
) -> None:
    before = standing(BANNER, Status.ACCEPTED, raised=Level.BANNER, clock=runs)
    decision = correct(before, revised(urgency=urgency))
    case = after(decision)
    assert (case.assignment.unit, case.assignment.number, case.clock) == (BANNER, number, then)
    anew = number == 5
    assert case.status is (Status.ASSIGNED if anew else Status.ACCEPTED)
    assert case.due_at == (None if anew else NIGHT)
    assert case.assignment.due_by == (NIGHT if anew else None)
    assert kinds(decision) == (["case.assigned", "report.assigned"] if anew else ["case.corrected"])


def test_a_clock_that_runs_on_though_the_table_would_give_longer_is_named() -> None:
    decision = correct(standing(clock=ClockClass.URGENT), revised())
    assert told(decision).why.endswith("时限类别普通；承办单位不变，原限时时限继续计算")


def test_a_case_that_moves_gets_the_clock_of_its_new_unit_even_if_it_is_longer() -> None:
    decision = correct(standing(clock=ClockClass.URGENT), revised(path=FAR_PATH))
    assert after(decision).clock is ClockClass.STANDARD
    assert after(decision).assignment.due_by is None


def test_one_shorter_term_after_the_other_never_moves_the_due_time_back() -> None:
    state = standing(BANNER, raised=Level.BANNER)
    urgent = correct(state, revised(3, urgency="urgent"))
    life = correct(urgent.state, revised(4, urgency="life_threatening"))
    assert after(life).assignment.due_by == NIGHT


def test_a_correction_that_the_source_has_solved_resolves_the_case_where_it_is() -> None:
    decision = correct(standing(), revised(path=FAR_PATH, about=PATH, solved="已修复，电话13900001111", text="修好了"))
    case = after(decision)
    assert kinds(decision) == ["case.resolved", "report.resolved"]
    assert (case.status, case.resolved_at, case.resolution) == (Status.RESOLVED, NOON, "已修复，电话139****1111")
    assert (case.assignment, case.path, case.about, case.summary) == (assignment(), PATH, PATH, "修好了")
    assert told(decision).why == heard(decision).said == "来源已自行处置（第3版）：已修复，电话139****1111"


def test_what_its_source_has_solved_is_reopened_by_all_that_is_known_and_not_at_whom_it_is_about() -> None:
    wells = classified("020101")
    before = standing(urgency="urgent", people=12, classified=wells)
    solved = correct(before, revised(about=PATH[:3], solved="已修复")).state
    assert solved
    assert solved.case
    assert (solved.case.urgency, solved.case.people, solved.case.classified) == (Urgency.URGENT, 12, wells)
    objection = builders.action(Action.REOPEN, capacity=Capacity.REPORTER, note="仍无水")
    again = after(decide(solved, arrived(objection), context(NOON)))
    assert again.assignment.unit == PATH[1]


def test_a_withdrawal_ends_an_open_case_and_its_source_hears_it_closed() -> None:
    decision = correct(standing(status=Status.ACCEPTED), revised(withdrawn="误报，请致电13900001111", text="无"))
    case = after(decision)
    assert kinds(decision) == ["case.withdrawn", "report.closed"]
    assert (case.status, case.revision, case.assignment) == (Status.WITHDRAWN, 3, assignment())
    assert case.summary == builders.case().summary
    assert told(decision).why == heard(decision).said == "已按来源要求撤回（第3版）：误报，请致电139****1111"
    assert told(decision).routed is None


def test_a_revision_that_was_overtaken_by_the_withdrawal_is_a_repeat() -> None:
    gone = correct(standing(), revised(4, withdrawn="误报"))
    assert correct(gone.state, revised(3, FAR_PATH)).outcome is Outcome.STALE
    assert correct(None, revised(4, withdrawn="误报")).state != gone.state


ENDED = [status for status in Status if not status.open]
LATE = (
    # the newer revision                                   what is noted of it
    (revised(path=FAR_PATH, text="另有一口井"),              "来源更正（第3版）：另有一口井"),
    (revised(withdrawn="误报，致电13900001111"),             "来源要求撤回（第3版）：误报，致电139****1111"),
    (revised(solved="已修复", text="修好了"),                "来源更正（第3版）：修好了"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "located", "noted"),
    [(status, *one) for status, one in product(ENDED, LATE) if status is not Status.LINKED or one not in LATE[1:2]],
)
def test_what_comes_after_the_end_is_noted_and_moves_nothing(
    status: Status, located: ReportLocated, noted: str
) -> None:
    before = standing(status=status, resolved_at=MORNING)
    decision = correct(before, located)
    assert kinds(decision) == ["case.corrected"]
    assert before.case
    assert after(decision) == before.case.model_copy(update={"version": 5, "revision": 3})
    assert told(decision).why == f"{noted}；事项{status.zh}，仅作记录"
    assert decision.outcome is Outcome.APPLIED


def test_a_duplicate_that_its_source_withdraws_is_withdrawn() -> None:
    decision = correct(standing(status=Status.LINKED), revised(withdrawn="误报"))
    assert kinds(decision) == ["case.withdrawn", "report.closed"]
    assert after(decision).status is Status.WITHDRAWN


def test_the_same_correction_has_the_same_events_whenever_it_is_decided() -> None:
    once = arrived(revised(path=FAR_PATH))
    first, second = (decide(standing(), once, context(at)) for at in (NOON, NOON + DAY))
    assert [event.id for event in first.events] == [event.id for event in second.events]


def test_a_supplement_that_says_nothing_of_the_danger_takes_nothing_from_it() -> None:
    life: dict[str, Any] = {"urgency": Urgency.LIFE_THREATENING, "clock": ClockClass.LIFE, "people": 3}
    decision = correct(standing(BANNER, **life), revised(text="补充：家属已到"))
    case = after(decision)
    assert kinds(decision) == ["case.corrected"]
    assert (case.urgency, case.clock, case.people) == (Urgency.LIFE_THREATENING, ClockClass.LIFE, 3)
    assert case.assignment.unit == BANNER


def test_a_supplement_that_names_nobody_does_not_give_the_case_to_whom_it_is_about() -> None:
    decision = correct(standing(VILLAGE, about=PATH), revised(text="补充：该问题已持续半年"))
    assert after(decision).about == PATH
    assert after(decision).assignment.unit == VILLAGE


def test_about_one_unit_and_then_about_another_is_about_what_holds_both() -> None:
    decision = correct(standing(VILLAGE, about=PATH), revised(path=OTHER_PATH, about=OTHER_PATH))
    case = after(decision)
    assert case.about == PATH[:3]
    assert case.assignment.unit == TOWN


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_what_was_taken_for_done_is_open_again_when_lives_are_in_danger(status: Status) -> None:
    done = standing(GRID, status, resolved_at=MORNING, resolution="已处置")
    decision = correct(done, revised(text="又有人触电倒地", urgency=Urgency.LIFE_THREATENING))
    case = after(decision)
    assert kinds(decision) == ["case.assigned", "report.assigned"]
    assert (case.status, case.assignment.unit, case.clock) == (Status.ASSIGNED, BANNER, ClockClass.LIFE)
    assert (case.resolved_at, case.resolution) == (None, None)


def test_a_source_that_moves_a_case_again_and_again_gives_it_no_new_term() -> None:
    often = assignment(OWN_TERMS + 1, GRID)
    decision = correct(standing(GRID, assignment=often), revised(path=FAR_PATH))
    assert after(decision).assignment.due_by == NIGHT
