"""How a feed counts what became of its reports."""

from datetime import timedelta

from contracts.outcome import OutcomeKind, ReportOutcome
from simulation.sent import CASE, OPENED, PARKED, REPEAT, SOLVED, Sent
from tests.builders import GRID, MORNING, TOWN
from yiwang.tally import Delivered, Tally

POSITION = "report.submitted.water.v1/0/1"


def delivered(*awaited: OutcomeKind, reference: str = "A-1", position: str = POSITION) -> Delivered:
    expect = {OutcomeKind.PARKED: PARKED, OutcomeKind.REPEAT: REPEAT}.get(awaited[-1], CASE)
    return Delivered(Sent("water", b"", expect, reference, outcomes=awaited), position, MORNING)


def outcome(kind: OutcomeKind, reference: str = "A-1", **fields: object) -> ReportOutcome:
    usual = {"version": 1, "kind": kind, "department": "water", "at": MORNING, "reference": reference, "said": "测试"}
    return ReportOutcome.model_validate(usual | {"revision": 1} | fields)


def test_a_report_has_its_outcome_whichever_is_known_first() -> None:
    tally = Tally(1)
    tally.hear(outcome(OutcomeKind.OPENED, unit=GRID), MORNING + timedelta(seconds=1))
    tally.deliver(delivered(*OPENED))

    assert (tally.missing, tally.seconds) == ([], [1.0])


def test_an_outcome_of_another_kind_is_not_the_one_expected() -> None:
    tally = Tally(1)
    tally.deliver(delivered(*OPENED))
    tally.hear(outcome(OutcomeKind.RECEIVED), MORNING)

    assert tally.missing == [delivered(*OPENED)]


def test_what_is_parked_is_known_by_its_position_as_it_may_have_no_reference() -> None:
    tally = Tally(1)
    tally.deliver(delivered(OutcomeKind.PARKED))
    tally.hear(
        ReportOutcome(version=0, kind=OutcomeKind.PARKED, department="water", at=MORNING, record=POSITION, said="测试"),
        MORNING,
    )

    assert tally.missing == []


def test_the_first_of_equal_outcomes_counts() -> None:
    tally = Tally(1)
    tally.deliver(delivered(*OPENED))
    for seconds in (2, 9):
        tally.hear(outcome(OutcomeKind.OPENED, unit=GRID), MORNING + timedelta(seconds=seconds))

    assert tally.seconds == [2.0]


def test_the_summary_counts_by_source_outcome_and_level_and_names_what_is_missing() -> None:
    tally = Tally(1)
    for reference, unit in (("A-1", GRID), ("A-2", GRID), ("A-3", TOWN)):
        tally.deliver(delivered(*OPENED, reference=reference))
        tally.hear(outcome(OutcomeKind.OPENED, reference, unit=unit), MORNING + timedelta(milliseconds=20))
    tally.deliver(delivered(*SOLVED, reference="A-4"))
    tally.hear(outcome(OutcomeKind.OPENED, "not ours", unit=GRID), MORNING)

    lines = list(tally.lines())

    assert lines[0].split() == ["source", "reports", "received", "repeat", "parked", "opened", "resolved", "missing"]
    assert lines[1].split() == ["water", "4", "0", "0", "0", "3", "0", "1", "水利"]
    assert lines[2].split()[:2] == ["all", "4"]
    assert "grid 网格 2" in lines[4]
    assert "town 苏木镇 1" in lines[4]
    assert lines[5] == "report to outcome: p50 20 ms, p95 20 ms, longest 20 ms"
    assert lines[6:] == ["without their outcome: 1", f"  A-4 ({POSITION}): expected resolved"]


def test_a_tally_is_complete_when_all_are_delivered_and_have_their_outcome() -> None:
    tally = Tally(2)
    for reference in ("A-1", "A-2"):
        assert not tally.complete
        tally.deliver(delivered(*OPENED, reference=reference))
        tally.hear(outcome(OutcomeKind.OPENED, reference), MORNING)

    assert tally.complete


def test_a_feed_of_nothing_has_a_summary() -> None:
    assert "report to outcome: none came" in list(Tally(0).lines())


def test_what_nobody_does_at_once_has_a_column_only_where_it_is_awaited() -> None:
    tally = Tally(1)
    tally.deliver(delivered(OutcomeKind.RECEIVED, OutcomeKind.CLOSED))
    tally.hear(outcome(OutcomeKind.CLOSED), MORNING)

    head, water, *_ = tally.lines()

    assert head.split()[-3:] == ["resolved", "closed", "missing"]
    assert water.split()[-3:] == ["1", "0", "水利"]


def test_the_table_fits_a_terminal() -> None:
    tally = Tally(1)
    tally.deliver(delivered(*OPENED))

    assert max(map(len, tally.lines())) + len("12345政务服务便民热线") * 2 <= 120
