"""The ledger: which snapshots start and end a clock, and what a clock says as time passes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contracts.case import AssignedBecause, Case, CaseEventKind, ClockClass, Extension, Pause, Status
from contracts.deadline import Basis, DeadlineEvent, DeadlineKind
from contracts.identity import event_id, timer_cause
from contracts.territory import BANNER
from services.chassis.values import Decision, Outcome, Tick
from services.escalation import calendar, domain
from services.escalation.ledger import Entry, Ledger, explained
from services.escalation.obligation import Tables, obligation
from services.escalation.queries import view
from tests import builders
from tests.builders import CASE_ID, DAY, HOUR, MORNING, VILLAGE, arrived, assignment, case, case_event, context, kinds
from tests.unit.escalation.timebook import TABLES, decide, published_up_to, tables, wake

WARN, PRESS, DUE = MORNING + 12 * HOUR, MORNING + 14.25 * HOUR, MORNING + 15 * HOUR
MINUTE = HOUR / 60
ASSIGNED, KEPT, MOOT = CaseEventKind.ASSIGNED, CaseEventKind.KEPT, CaseEventKind.MOOT


def hear(ledger: Ledger | None, of: Case, kind: CaseEventKind = ASSIGNED, at: datetime = MORNING) -> Decision[Ledger]:
    return decide(ledger, arrived(case_event(of, kind, at=at), at), context(at))


def known(decision: Decision[Ledger]) -> Ledger:
    assert decision.state
    return decision.state


def heard(of: Case, ledger: Ledger | None = None) -> Ledger:
    return known(hear(ledger, of))


def tick(ledger: Ledger, at: datetime) -> Decision[Ledger]:
    return decide(ledger, Tick(at), context(at))


def said(decision: Decision[Ledger]) -> list[tuple[DeadlineKind, int]]:
    return [(event.body.kind, event.body.n) for event in decision.events if isinstance(event.body, DeadlineEvent)]


def in_village(version: int = 2) -> Case:
    moved = assignment(2, VILLAGE, assigned_at=MORNING + HOUR, because=AssignedBecause.HANDED_UP)
    return case(version, assignment=moved)


def at_the_banner(clock: ClockClass = ClockClass.STANDARD, due: datetime = MORNING + 7 * DAY) -> Ledger:
    """A case that went to the banner at once, its breach said when it was due."""
    ledger = heard(case(assignment=assignment(1, BANNER), path=(BANNER,), clock=clock))
    return known(tick(ledger, due))


def test_an_assignment_starts_a_clock_at_its_own_time_and_says_so() -> None:
    decision = hear(None, case(), at=MORNING + HOUR)
    assert kinds(decision) == ["deadline.scheduled"]
    assert known(decision).entries == (
        Entry(
            assignment=1,
            unit=builders.GRID,
            started_at=MORNING,
            warn_at=WARN,
            due_at=DUE,
            base_at=DUE,
            basis=obligation(TABLES, case()).basis,
            checked_at=MORNING,
            supervise=DAY,
        ),
    )
    [scheduled] = decision.events
    assert isinstance(scheduled.body, DeadlineEvent)
    assert scheduled.body.basis == known(decision).entries[0].basis
    assert wake(known(decision)) == WARN


def test_an_event_without_a_case_says_nothing_about_clocks() -> None:
    empty = case_event(kind=MOOT, case=None)
    assert decide(None, arrived(empty), context()) == Decision(outcome=Outcome.NOTHING)


def test_a_newer_snapshot_of_the_same_assignment_never_restarts_its_clock() -> None:
    before = heard(case())
    decision = hear(before, case(2, Status.ACCEPTED), at=MORNING + HOUR)
    assert (known(decision).entries, decision.events) == (before.entries, ())
    assert decision.outcome is Outcome.APPLIED


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_snapshot_is_recorded_and_moves_nothing_back(version: int) -> None:
    before = heard(in_village())
    decision = hear(before, case(version), at=MORNING + HOUR)
    assert (decision.outcome, decision.events, decision.state) == (Outcome.STALE, (), before)


def test_a_new_assignment_ends_the_running_clock_and_starts_the_next() -> None:
    decision = hear(heard(case()), in_village())
    first, second = known(decision).entries
    assert (first.ended_at, first.ended_how) == (MORNING + HOUR, "handed_up")
    assert (second.assignment, second.due_at) == (2, MORNING + HOUR + 3 * DAY)
    assert kinds(decision) == ["deadline.scheduled"]
    assert known(decision).version == 2


def test_resolving_ends_the_clock_and_nothing_wakes_any_more() -> None:
    ledger = known(hear(heard(case()), case(2, Status.RESOLVED), at=MORNING + HOUR))
    assert (ledger.entries[0].ended_at, ledger.entries[0].ended_how) == (MORNING + HOUR, "resolved")
    assert wake(ledger) is None
    assert kinds(tick(ledger, MORNING + 30 * DAY)) == []


ENDS = (
    # the snapshot is   the clock ended
    (Status.RESOLVED,   "resolved"),
    (Status.CLOSED,     "resolved"),
    (Status.WITHDRAWN,  "withdrawn"),
    (Status.CANCELLED,  "cancelled"),
)  # fmt: skip


@pytest.mark.parametrize(("status", "how"), ENDS)
def test_a_clock_runs_only_while_its_case_is_open(status: Status, how: str) -> None:
    ledger = known(hear(heard(case()), case(2, status), at=MORNING + HOUR))
    assert (ledger.entries[0].ended_at, ledger.entries[0].ended_how) == (MORNING + HOUR, how)
    assert wake(ledger) is None
    assert kinds(tick(ledger, MORNING + 30 * DAY)) == []


def test_a_clock_ended_when_its_case_was_resolved_even_if_only_its_closing_was_heard() -> None:
    closed = case(3, Status.CLOSED, resolved_at=MORNING + HOUR)
    assert known(hear(heard(case()), closed, at=MORNING + 7 * DAY)).entries[0].ended_at == MORNING + HOUR


@pytest.mark.parametrize("status", [status for status in Status if not status.open])
def test_a_case_that_is_not_open_when_first_seen_starts_no_clock(status: Status) -> None:
    decision = hear(None, case(2, status))
    assert (known(decision).entries, decision.events) == ((), ())
    assert hear(known(decision), case(1)).outcome is Outcome.STALE


CLASSES = (
    # class              due at the village after
    (ClockClass.STANDARD, 3 * DAY),
    (ClockClass.URGENT,   DAY),
    (ClockClass.LIFE,     HOUR / 2),
)  # fmt: skip


@pytest.mark.parametrize(("clock", "span"), CLASSES)
def test_the_class_of_the_case_says_when_its_clock_is_due_and_is_written_down(
    clock: ClockClass, span: timedelta
) -> None:
    [entry] = heard(case(assignment=assignment(1, VILLAGE), clock=clock)).entries
    assert (entry.clock, entry.due_at) == (clock, MORNING + span)


def test_a_new_class_in_a_newer_snapshot_of_the_same_assignment_restarts_nothing() -> None:
    before = heard(case(clock=ClockClass.URGENT))
    assert known(hear(before, case(2), at=MORNING + HOUR)).entries == before.entries


BY = (
    # the clock that is replaced was due    the new one, of three days, is due
    (MORNING + 2 * DAY,                     MORNING + 2 * DAY),
    (MORNING + 4 * DAY,                     MORNING + 3 * DAY),
    (MORNING - DAY,                         MORNING - DAY),
    (None,                                  MORNING + 3 * DAY),
)  # fmt: skip


@pytest.mark.parametrize(("by", "due"), BY)
def test_a_clock_that_replaces_another_at_the_same_unit_is_due_no_later(by: datetime | None, due: datetime) -> None:
    anew = assignment(2, VILLAGE, because=AssignedBecause.CORRECTED, due_by=by)
    ledger = heard(case(2, assignment=anew))
    assert ledger.entries[0].due_at == due
    assert ledger.entries[0].warn_at <= due
    assert kinds(tick(ledger, MORNING + 5 * DAY)) == ["deadline.warned", "deadline.pressing", "deadline.breached"]


def test_a_correction_that_moves_the_case_ends_its_clock() -> None:
    moved = assignment(2, VILLAGE, assigned_at=MORNING + HOUR, because=AssignedBecause.CORRECTED)
    first, _ = heard(case(2, assignment=moved), heard(case())).entries
    assert (first.ended_at, first.ended_how) == (MORNING + HOUR, "corrected")


TICKS: tuple[tuple[datetime, list[str]], ...] = (
    # at                     what a grid's clock says
    (WARN - MINUTE,          []),
    (WARN,                   ["deadline.warned"]),
    (PRESS - MINUTE,         ["deadline.warned"]),
    (PRESS,                  ["deadline.warned", "deadline.pressing"]),
    (DUE - MINUTE,           ["deadline.warned", "deadline.pressing"]),
    (DUE,                    ["deadline.warned", "deadline.pressing", "deadline.breached"]),
    (DUE + 30 * DAY,         ["deadline.warned", "deadline.pressing", "deadline.breached"]),
)  # fmt: skip


@pytest.mark.parametrize(("at", "says"), TICKS)
def test_a_tick_does_what_is_due_in_due_order_and_never_early(at: datetime, says: list[str]) -> None:
    assert kinds(tick(heard(case()), at)) == says


def test_a_case_heard_of_late_is_scheduled_first_and_the_tick_does_the_rest() -> None:
    late = hear(None, case(), at=DUE + HOUR)
    assert kinds(late) == ["deadline.scheduled"]
    assert wake(known(late)) == WARN
    assert kinds(tick(known(late), DUE + HOUR)) == ["deadline.warned", "deadline.pressing", "deadline.breached"]


def test_a_warning_is_said_once() -> None:
    warned = known(tick(heard(case()), WARN))
    assert warned.running
    assert warned.running.warned_at == WARN
    assert wake(warned) == PRESS
    assert kinds(tick(warned, PRESS - MINUTE)) == []


def test_a_breach_is_asked_again_with_growing_pauses_until_the_assignment_ends() -> None:
    ledger, waits, asked = heard(case()), [], []
    at = DUE
    for _ in range(9):
        decision = tick(ledger, at)
        ledger = known(decision)
        asked += [n for kind, n in said(decision) if kind is DeadlineKind.BREACHED]
        following = wake(ledger)
        assert following
        waits.append((following - at) / MINUTE)
        at = following
    assert asked == list(range(1, 10))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert known(hear(ledger, in_village(), MOOT)).entries[0].ended_how == "handed_up"


def test_the_pause_counts_from_when_the_question_was_really_asked() -> None:
    asked = known(tick(heard(case()), DUE + DAY))
    assert wake(asked) == DUE + DAY + MINUTE


def test_an_answer_that_leaves_the_assignment_current_does_not_end_the_asking() -> None:
    asked = known(tick(heard(case()), DUE))
    refused = known(hear(asked, case(2), CaseEventKind.REFUSED))
    assert wake(refused) == wake(asked)


def test_a_case_kept_at_the_banner_is_supervised_daily_instead_of_asked_about() -> None:
    due = MORNING + 7 * DAY
    kept = known(hear(at_the_banner(), case(2, assignment=assignment(1, BANNER)), KEPT, due + MINUTE))
    assert wake(kept) == due + DAY
    days = [said(tick(kept, due + n * DAY)) for n in range(2)]
    assert days == [[], [(DeadlineKind.OVERDUE, 1)]]
    assert wake(known(tick(kept, due + DAY))) == due + 2 * DAY


def test_the_overdue_is_told_with_all_who_have_held_the_case_and_who_let_it_pass() -> None:
    ledger = heard(in_village(), known(tick(heard(case()), MORNING + HOUR / 2)))
    given = assignment(3, BANNER, assigned_at=MORNING + 4 * DAY, because=AssignedBecause.ESCALATED)
    late = heard(case(3, assignment=given, path=(BANNER,)), known(tick(ledger, MORNING + 3 * DAY + HOUR)))
    asked = known(tick(late, MORNING + 11 * DAY))
    kept = known(hear(asked, case(4, assignment=given, path=(BANNER,)), KEPT))
    [overdue] = tick(kept, MORNING + 12 * DAY).events
    assert isinstance(overdue.body, DeadlineEvent)
    held = overdue.body.held or ()
    assert [(one.unit, one.since, one.until, one.late, one.how) for one in held] == [
        (builders.GRID, MORNING, MORNING + HOUR, False, "handed_up"),
        (VILLAGE, MORNING + HOUR, MORNING + 4 * DAY, True, "escalated"),
        (BANNER, MORNING + 4 * DAY, None, True, None),
    ]


def test_what_an_outage_has_left_out_is_told_once() -> None:
    due = MORNING + 7 * DAY
    kept = known(hear(at_the_banner(), case(2, assignment=assignment(1, BANNER)), KEPT, due + MINUTE))
    assert said(tick(kept, due + 3 * DAY + HOUR)) == [(DeadlineKind.OVERDUE, 3)]
    assert wake(known(tick(kept, due + 3 * DAY + HOUR))) == due + 4 * DAY


def test_where_life_is_in_danger_the_banner_is_supervised_hourly() -> None:
    due = MORNING + HOUR
    ledger = at_the_banner(ClockClass.LIFE, due)
    kept = known(hear(ledger, case(2, assignment=assignment(1, BANNER), clock=ClockClass.LIFE), KEPT, due + MINUTE))
    assert wake(kept) == due + HOUR
    assert said(tick(kept, due + HOUR)) == [(DeadlineKind.OVERDUE, 1)]


def test_an_answer_from_the_banner_counts_even_behind_a_newer_snapshot() -> None:
    accepted = known(hear(at_the_banner(), case(3, Status.ACCEPTED, assignment=assignment(1, BANNER))))
    late = hear(accepted, case(2, assignment=assignment(1, BANNER)), KEPT)
    assert late.outcome is Outcome.STALE
    assert known(late).case.version == 3
    assert wake(known(late)) == MORNING + 8 * DAY


def test_an_answer_about_an_assignment_that_has_passed_keeps_nothing() -> None:
    before = heard(in_village())
    assert known(hear(before, case(1), KEPT)) == before


def test_what_a_timer_says_is_identified_by_document_assignment_kind_and_count() -> None:
    [warned, pressing, breached] = tick(heard(case()), DUE).events
    assert pressing.id == event_id(timer_cause(str(CASE_ID), 1, "pressing", 1), "yiwang.deadline.pressing.v1")
    assert warned.id == event_id(timer_cause(str(CASE_ID), 1, "warned", 1), "yiwang.deadline.warned.v1")
    assert breached.id == event_id(timer_cause(str(CASE_ID), 1, "breached", 1), "yiwang.deadline.breached.v1")


def test_every_event_counts_the_ledgers_version_and_carries_the_newest_case() -> None:
    accepted = heard(case(2, Status.ACCEPTED), heard(case()))
    decision = tick(accepted, DUE)
    assert [event.body.version for event in decision.events] == [2, 3, 4]
    bodies = [event.body for event in decision.events if isinstance(event.body, DeadlineEvent)]
    assert [body.case.status for body in bodies] == [Status.ACCEPTED] * 3
    assert [(body.at, body.started_at, body.warn_at, body.due_at) for body in bodies] == [(DUE, MORNING, WARN, DUE)] * 3
    assert {body.press_at for body in bodies} == {PRESS}


def test_the_view_shows_each_clock_with_its_light_and_stops_it_where_it_ended() -> None:
    ledger = heard(in_village(), heard(case()))
    shown = view(ledger, MORNING + HOUR + 3 * DAY)
    assert (shown["case_id"], shown["version"]) == (str(CASE_ID), 2)
    assert [(line["assignment"], line["ended_how"], line["light"]) for line in shown["clocks"]] == [
        (1, "handed_up", "green"),
        (2, None, "red"),
    ]
    assert [(line["clock"], line["why"]) for line in shown["clocks"]] == [
        ("standard", "普通事项，网格应当日办结"),
        ("standard", "普通事项，嘎查村/社区应在3日内办结"),
    ]


def test_the_view_says_where_a_correction_has_made_a_clock_due_sooner() -> None:
    anew = assignment(2, VILLAGE, because=AssignedBecause.CORRECTED, due_by=MORNING + HOUR)
    [line] = view(heard(case(2, assignment=anew, clock=ClockClass.URGENT)), MORNING)["clocks"]
    assert line["why"] == "限时事项，嘎查村/社区应在1日内办结，且不晚于原时限"


CHRISTMAS = datetime.fromisoformat("2026-12-25T09:00:00+08:00")
PROVISIONAL_DUE = datetime.fromisoformat("2027-01-05T00:00:00+08:00")


def in_a_provisional_year(folder: Path) -> tuple[Tables, Ledger]:
    """A case of five working days that reaches into a year without a notice, and the tables by which it does."""
    using = tables(folder, "5 working days")
    of = case(assignment=assignment(1, VILLAGE, assigned_at=CHRISTMAS))
    return using, known(domain.decide(using, None, arrived(case_event(of), CHRISTMAS), context(CHRISTMAS)))


def published(folder: Path, using: Tables, off: str, work: str = "") -> Tables:
    """The tables once the notice of 2027 is there."""
    text = calendar.FILE.read_text(encoding="utf-8")
    notice = f'[[notice]]\nyear = 2027\nnumber = "文号"\noff = [{off}]\nwork = [{work}]\n\n# ---- 法定节假日'
    file = folder / "published.toml"
    file.write_text(text.replace("# ---- 法定节假日", notice, 1), encoding="utf-8")
    return Tables(using.terms, calendar.load(file))


def basis_of(ledger: Ledger) -> Basis:
    """Why the running clock is due when it is."""
    assert ledger.running
    assert ledger.running.basis
    return ledger.running.basis


def rung(using: Tables, ledger: Ledger, at: datetime) -> Decision[Ledger]:
    return domain.decide(using, ledger, Tick(at), context(at))


def test_a_provisional_clock_is_looked_at_daily_until_its_days_are_published(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    assert ledger.running
    assert (ledger.running.due_at, basis_of(ledger).provisional) == (PROVISIONAL_DUE, True)
    midnight = datetime.fromisoformat("2026-12-26T00:00:00+08:00")
    assert wake(ledger) == midnight
    looked = rung(using, ledger, midnight)
    assert (kinds(looked), wake(known(looked))) == ([], midnight + DAY)


def test_when_the_notice_is_published_a_clock_that_it_moves_is_scheduled_anew_and_says_why(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    after = published(tmp_path, using, '"2027-01-01..2027-01-05"')
    decision = rung(after, ledger, CHRISTMAS + DAY)
    moved = datetime.fromisoformat("2027-01-07T00:00:00+08:00")
    running = known(decision).running
    assert running
    assert (running.due_at, basis_of(known(decision)).provisional, running.moved) == (moved, False, 1)
    [told] = decision.events
    assert isinstance(told.body, DeadlineEvent)
    assert (told.body.kind, told.body.n, told.body.due_at) == (DeadlineKind.RESCHEDULED, 1, moved)
    assert told.body.basis == basis_of(known(decision))
    assert told.body.basis.calendar == after.calendar.version
    assert told.body.basis.why == "规则all，应在5个工作日内办结，其间7个非工作日不计"
    assert told.id == event_id(timer_cause(str(CASE_ID), 1, "rescheduled", 1), "yiwang.deadline.rescheduled.v1")
    assert wake(known(decision)) == running.warn_at
    assert kinds(rung(after, known(decision), running.warn_at)) == ["deadline.warned"]


def test_a_notice_that_moves_nothing_ends_the_looking_and_says_nothing(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    decision = rung(published(tmp_path, using, '"2027-01-01..2027-01-03"'), ledger, CHRISTMAS + DAY)
    assert decision.events == ()
    running = known(decision).running
    assert running
    assert (running.due_at, basis_of(known(decision)).provisional) == (PROVISIONAL_DUE, False)
    assert wake(known(decision)) == running.warn_at


def test_a_clock_does_not_ring_by_days_that_a_notice_has_made_free_since(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    decision = rung(published(tmp_path, using, '"2027-01-01..2027-01-31"'), ledger, PROVISIONAL_DUE)
    assert kinds(decision) == ["deadline.rescheduled"]


def test_a_breach_that_was_told_stands_whatever_is_published_later(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    breached = known(rung(using, ledger, PROVISIONAL_DUE))
    later = rung(published(tmp_path, using, '"2027-01-01..2027-01-31"'), breached, PROVISIONAL_DUE + MINUTE)
    assert kinds(later) == ["deadline.breached"]


def test_a_year_before_its_notice_counts_as_its_own_statutory_days_have_it(tmp_path: Path) -> None:
    before = Tables(tables(tmp_path, "5 working days").terms, published_up_to(2025))
    start = datetime.fromisoformat("2025-12-29T09:00:00+08:00")
    found = obligation(before, case(assignment=assignment(1, VILLAGE, assigned_at=start)))
    assert (found.at, found.basis.provisional) == (datetime.fromisoformat("2026-01-07T00:00:00+08:00"), True)


def test_a_notice_that_makes_days_worked_does_not_breach_what_nobody_could_know(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    late = datetime.fromisoformat("2027-01-04T10:00:00+08:00")
    warned = known(rung(using, ledger, late))
    made = published(tmp_path, using, '"2027-01-01"', '"2027-01-02", "2027-01-03"')
    decision = rung(made, warned, late + MINUTE)
    running = known(decision).running
    assert running
    assert running.basis
    assert running.due_at == datetime.fromisoformat("2027-01-05T00:00:00+08:00")
    assert kinds(decision) == []
    assert running.basis.why.endswith("；放假安排公布后始知提前，不早于得知当日24时")
    assert running.basis.why_en.endswith("; not before the end of the day on which this was known")
    assert running.due_at.utcoffset() == timedelta()


def test_a_clock_that_is_put_off_behind_its_warning_warns_again(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    assert ledger.running
    warned = known(rung(using, ledger, ledger.running.warn_at))
    moved = rung(published(tmp_path, using, '"2027-01-01..2027-01-31"'), warned, ledger.running.warn_at + MINUTE)
    running = known(moved).running
    assert kinds(moved) == ["deadline.rescheduled"]
    assert running
    assert running.warned_at is None
    assert said(rung(using, known(moved), running.warn_at)) == [(DeadlineKind.WARNED, 2)]


def test_a_clock_of_before_there_were_tables_goes_on_as_it_was() -> None:
    old = {"assignment": 1, "unit": builders.GRID, "started_at": MORNING, "warn_at": WARN, "due_at": DUE}
    ledger = Ledger.model_validate({"version": 1, "case": case(), "entries": [old]})
    assert wake(ledger) == WARN
    assert kinds(tick(ledger, DUE)) == ["deadline.warned", "deadline.pressing", "deadline.breached"]
    assert view(ledger, MORNING)["clocks"][0]["why"] is None


def given_time(*minutes: int, at: datetime = MORNING) -> tuple[Extension, ...]:
    return tuple(Extension(minutes=each, at=at, by="1200", why="待料") for each in minutes)


def rest(since: datetime, until: datetime | None = None) -> Pause:
    return Pause(since=since, until=until, minutes=6_000, by="1200", why="待料")


def test_an_approved_extension_puts_the_clock_off_by_as_much_and_says_why() -> None:
    of = case(2, Status.ACCEPTED, assignment=assignment(1, extended=given_time(120, 60)))
    decision = hear(heard(case()), of, CaseEventKind.EXTENDED, MORNING + HOUR)
    running = known(decision).running
    assert running
    assert (running.due_at, running.warn_at) == (DUE + 3 * HOUR, MORNING + 0.8 * 18 * HOUR)
    [told] = decision.events
    assert isinstance(told.body, DeadlineEvent)
    assert (told.body.kind, told.body.due_at) == (DeadlineKind.RESCHEDULED, DUE + 3 * HOUR)
    assert told.body.basis
    assert told.body.basis.why == "普通事项，网格应当日办结；经批准延时3小时"
    assert told.body.basis.why_en == "rule standard-grid: same day; extended by 180 minutes"


def test_a_suspended_clock_stands_still_and_goes_on_where_it_stood() -> None:
    resting = known(
        hear(heard(case()), case(2, Status.SUSPENDED, assignment=assignment(1, pauses=[rest(MORNING + HOUR)])))
    )
    assert wake(resting) is None
    assert kinds(tick(resting, DUE + 30 * DAY)) == []
    over = assignment(1, pauses=[rest(MORNING + HOUR, MORNING + 49 * HOUR)])
    decision = hear(resting, case(3, Status.STARTED, assignment=over), CaseEventKind.RESUMED, MORNING + 49 * HOUR)
    running = known(decision).running
    assert running
    assert (running.due_at, running.warn_at) == (DUE + 2 * DAY, WARN + 2 * DAY)
    assert kinds(decision) == ["deadline.rescheduled"]
    line = view(known(decision), MORNING + 50 * HOUR)["clocks"][0]
    assert (line["light"], line["why"]) == ("green", "普通事项，网格应当日办结；挂账1次，共2日不计")


def test_the_light_of_a_suspended_clock_stays_as_it_was() -> None:
    resting = known(hear(heard(case()), case(2, Status.SUSPENDED, assignment=assignment(1, pauses=[rest(WARN)]))))
    line = view(resting, DUE + DAY)["clocks"][0]
    assert (line["light"], line["why"]) == ("amber", "普通事项，网格应当日办结；现已挂账，暂停计时")
    ended = known(hear(resting, case(3, Status.WITHDRAWN, assignment=assignment(1, pauses=[rest(WARN)])), at=DUE + DAY))
    line = view(ended, DUE + 2 * DAY)["clocks"][0]
    assert (line["light"], "暂停计时" in line["why"]) == ("amber", False)


def test_a_rest_of_no_length_is_told_so_that_routing_knows_the_time_again() -> None:
    over = assignment(1, pauses=[rest(MORNING + HOUR, MORNING + HOUR)])
    decision = hear(heard(case()), case(2, Status.STARTED, assignment=over), CaseEventKind.RESUMED, MORNING + HOUR)
    assert kinds(decision) == ["deadline.rescheduled"]
    assert known(decision).running
    assert said(decision) == [(DeadlineKind.RESCHEDULED, 1)]


def test_supervision_goes_on_after_a_breach_that_was_taken_back() -> None:
    due = MORNING + 7 * DAY
    kept = known(hear(at_the_banner(), case(2, assignment=assignment(1, BANNER)), KEPT, due + MINUTE))
    told = known(tick(kept, due + 2 * DAY))
    longer = assignment(1, BANNER, extended=given_time(1440 * 3))
    later = known(hear(told, case(3, assignment=longer), CaseEventKind.EXTENDED, due + 2 * DAY))
    again = known(hear(known(tick(later, due + 3 * DAY)), case(4, assignment=longer), KEPT, due + 3 * DAY))
    assert wake(again) == due + 4 * DAY
    assert said(tick(again, due + 4 * DAY)) == [(DeadlineKind.OVERDUE, 3)]


def test_a_clock_that_warned_before_warnings_were_counted_warns_next_as_the_second() -> None:
    old = {"assignment": 1, "unit": builders.GRID, "started_at": MORNING, "warn_at": WARN, "due_at": DUE}
    ledger = Ledger.model_validate({"version": 2, "case": case(), "entries": [old | {"warned_at": WARN}]})
    of = case(2, Status.ACCEPTED, assignment=assignment(1, extended=given_time(600)))
    later = known(hear(ledger, of, CaseEventKind.EXTENDED, WARN + MINUTE))
    assert said(tick(later, DUE + 10 * HOUR))[:1] == [(DeadlineKind.WARNED, 2)]


def test_a_breach_that_crossed_an_approval_is_taken_back_and_asked_again_when_time_is_over() -> None:
    asked = known(tick(heard(case()), DUE))
    of = case(2, Status.ACCEPTED, assignment=assignment(1, extended=given_time(60)))
    decision = hear(asked, of, CaseEventKind.EXTENDED, DUE - MINUTE)
    assert kinds(decision) == ["deadline.rescheduled"]
    assert said(tick(known(decision), DUE + HOUR))[-1] == (DeadlineKind.BREACHED, 2)
    assert said(tick(known(decision), DUE + HOUR - MINUTE))[-1:] != [(DeadlineKind.BREACHED, 2)]


def test_a_suspended_case_that_is_withdrawn_has_no_clock_any_more() -> None:
    resting = known(hear(heard(case()), case(2, Status.SUSPENDED, assignment=assignment(1, pauses=[rest(WARN)]))))
    over = known(hear(resting, case(3, Status.WITHDRAWN, assignment=assignment(1, pauses=[rest(WARN)]))))
    assert over.entries[0].ended_how == "withdrawn"
    assert wake(over) is None


def test_a_clock_of_before_there_were_tables_is_extended_once_for_each_approval() -> None:
    old = {"assignment": 1, "unit": builders.GRID, "started_at": MORNING, "warn_at": WARN, "due_at": DUE}
    ledger = Ledger.model_validate({"version": 1, "case": case(), "entries": [old]})
    for version, minutes in ((2, (60,)), (3, (60, 60))):
        of = case(version, Status.ACCEPTED, assignment=assignment(1, extended=given_time(*minutes)))
        ledger = known(hear(ledger, of, CaseEventKind.EXTENDED, MORNING + HOUR))
    assert ledger.running
    assert ledger.running.due_at == DUE + 2 * HOUR


def test_a_notice_that_comes_while_a_clock_rests_is_told_of_when_it_goes_on(tmp_path: Path) -> None:
    using, ledger = in_a_provisional_year(tmp_path)
    since = CHRISTMAS + HOUR
    resting = case(2, Status.SUSPENDED, assignment=assignment(1, VILLAGE, assigned_at=CHRISTMAS, pauses=[rest(since)]))
    heard_of = domain.decide(using, ledger, arrived(case_event(resting), since), context(since))
    made = published(tmp_path, using, '"2027-01-01..2027-01-05"')
    assert kinds(rung(made, known(heard_of), CHRISTMAS + DAY)) == []


def longer(ledger: Ledger, hours: float, at: datetime) -> Decision[Ledger]:
    """What is decided when all that was given by now comes to so many hours."""
    of = case(
        ledger.case.version + 1, Status.ACCEPTED, assignment=assignment(1, extended=given_time(int(hours * 60), at=at))
    )
    return hear(ledger, of, CaseEventKind.EXTENDED, at)


def test_all_that_lies_ahead_again_is_told_again_each_time_under_its_next_number() -> None:
    ledger = known(tick(heard(case()), DUE))
    for n, hours in ((2, 100), (3, 400)):
        assert ledger.running
        moved = known(longer(ledger, hours, ledger.running.due_at - MINUTE))
        assert moved.running
        assert (moved.running.warned_at, moved.running.pressed_at, moved.running.asked_at) == (None, None, None)
        rung = tick(moved, moved.running.due_at)
        kinds_told = [(DeadlineKind.WARNED, n), (DeadlineKind.PRESSING, n), (DeadlineKind.BREACHED, n)]
        assert said(rung) == kinds_told
        assert rung.outcome is Outcome.APPLIED
        ledger = known(rung)


def test_what_was_told_and_lies_behind_is_not_told_again() -> None:
    moved = known(longer(known(tick(heard(case()), DUE)), 1, DUE))
    assert moved.running
    assert moved.running.warned_at == DUE
    assert said(tick(moved, DUE + HOUR)) == [(DeadlineKind.PRESSING, 2), (DeadlineKind.BREACHED, 2)]


AT_ONCE = (
    # after the beginning   given   what is reached just then, and was told
    (15 * HOUR,             3.75,   "warn_at"),
    (19 * HOUR,             5,      "press_at"),
    (16 * HOUR,             1,      "due_at"),
)  # fmt: skip


@pytest.mark.parametrize(("after", "hours", "reached"), AT_ONCE)
def test_what_is_reached_just_when_time_is_given_does_not_lie_ahead(
    after: timedelta, hours: float, reached: str
) -> None:
    before = known(tick(heard(case()), MORNING + after))
    moved = known(longer(before, hours, MORNING + after)).running
    assert moved
    assert getattr(moved, reached) == MORNING + after
    told = {"warn_at": moved.warned_at, "press_at": moved.pressed_at, "due_at": moved.asked_at}
    assert told[reached] is not None


def test_a_breach_that_was_taken_back_is_not_kept_any_more() -> None:
    due = MORNING + 7 * DAY
    kept = known(hear(at_the_banner(), case(2, assignment=assignment(1, BANNER)), KEPT, due + MINUTE))
    more = case(3, Status.ACCEPTED, assignment=assignment(1, BANNER, extended=given_time(600)))
    moved = known(hear(kept, more, CaseEventKind.EXTENDED, due + MINUTE)).running
    assert moved
    assert (moved.kept, moved.asked_at, moved.asked) == (False, None, 1)


def test_a_tick_that_says_nothing_counts_for_nothing() -> None:
    assert tick(heard(case()), WARN - MINUTE).outcome is Outcome.NOTHING
    assert tick(heard(case()), WARN).outcome is Outcome.APPLIED


def test_only_what_is_scheduled_or_rescheduled_says_why() -> None:
    [warned] = tick(heard(case()), WARN).events
    assert isinstance(warned.body, DeadlineEvent)
    assert warned.body.basis is None


def test_the_first_schedule_of_a_clock_is_its_first() -> None:
    assert said(hear(None, case())) == [(DeadlineKind.SCHEDULED, 1)]


def test_a_clock_that_is_first_heard_of_when_it_is_kept_is_kept() -> None:
    ledger = known(hear(None, case(2, assignment=assignment(1, BANNER)), KEPT))
    assert ledger.running
    assert ledger.running.kept


def test_rests_are_told_in_english_too() -> None:
    over = assignment(1, pauses=[rest(MORNING + HOUR, MORNING + 49 * HOUR)])
    [told] = hear(heard(case()), case(2, Status.STARTED, assignment=over), CaseEventKind.RESUMED).events
    assert isinstance(told.body, DeadlineEvent)
    assert told.body.basis
    assert told.body.basis.why_en == "rule standard-grid: same day; 2880 minutes of suspension not counted"
    resting = known(
        hear(heard(case()), case(2, Status.SUSPENDED, assignment=assignment(1, pauses=[rest(MORNING + HOUR)])))
    )
    assert resting.running
    why = explained(resting.running)
    assert why
    assert why.why_en == "rule standard-grid: same day; suspended now: the clock stands still"


def test_a_rest_that_began_when_time_was_over_is_none_that_counts() -> None:
    late = assignment(1, pauses=[rest(DUE, DUE + HOUR)])
    running = known(hear(heard(case()), case(2, Status.STARTED, assignment=late), CaseEventKind.RESUMED)).running
    assert running
    assert running.due_at == DUE
    why = explained(running)
    assert why
    assert why.why == "普通事项，网格应当日办结"
