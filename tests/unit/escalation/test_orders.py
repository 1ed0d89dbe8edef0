"""Orders: a running clock goes by the table in force from then on, and nobody is overdue by surprise."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.case import Case, ClockClass, Extension, Pause, Status
from contracts.deadline import DeadlineEvent, DeadlineKind, Ordered
from contracts.identity import event_id, name_id, timer_cause
from contracts.territory import BANNER
from services.chassis.values import Decision, Outcome, Tick
from services.escalation import domain, terms
from services.escalation.ledger import Entry, Ledger
from services.escalation.obligation import Tables
from services.escalation.terms import Row, Terms
from tests.builders import (
    DAY,
    HOUR,
    MORNING,
    TOWN,
    VILLAGE,
    arrived,
    assignment,
    case,
    case_event,
    context,
    kinds,
    order,
)
from tests.unit.escalation.timebook import TABLES, published_up_to, row, tables, written

MINUTE = HOUR / 60
NUMBER = 4
WHO, WHY = "900017", "旗综治中心会议决定"


def in_village(version: int = 1, **fields: object) -> Case:
    """A village has it for three days by the committed table."""
    return case(version, assignment=assignment(1, VILLAGE, **fields))


def started(of: Case | None = None, using: Tables = TABLES) -> Ledger:
    decision = domain.decide(using, None, arrived(case_event(of or in_village())), context())
    assert decision.state
    return decision.state


def obey(ledger: Ledger | None, new: Tables, at: datetime, **fields: Any) -> Decision[Ledger]:
    table = fields.pop("table", new.terms.version)
    given_order = order(str(table), **fields)
    return domain.decide(new, ledger, arrived(given_order, at), context(at))


def clock(decision: Decision[Ledger]) -> Entry:
    assert decision.state
    assert decision.state.running
    return decision.state.running


def heard(ledger: Ledger, of: Case, at: datetime, using: Tables) -> Ledger:
    decision = domain.decide(using, ledger, arrived(case_event(of, at=at), at), context(at))
    assert decision.state
    return decision.state


def test_a_clock_goes_by_the_table_in_force_once_it_is_ordered_and_says_by_whom(tmp_path: Path) -> None:
    longer = tables(tmp_path, "5 days")
    decision = obey(started(), longer, MORNING + DAY)
    assert decision.outcome is Outcome.APPLIED
    assert clock(decision).due_at == MORNING + 5 * DAY
    [told] = decision.events
    assert isinstance(told.body, DeadlineEvent)
    assert (told.body.kind, told.body.n, told.body.due_at) == (DeadlineKind.RESCHEDULED, 1, MORNING + 5 * DAY)
    assert told.body.warn_at == MORNING + NUMBER * DAY
    assert told.id == event_id(timer_cause(str(told.body.case_id), 1, "rescheduled", 1), told.body.type)
    basis = told.body.basis
    assert basis
    assert (basis.rule, basis.within, basis.table) == ("all", ("5 days",), longer.terms.version)
    assert basis.ordered == Ordered(application=name_id("one decision"), by=WHO, why=WHY, at=MORNING + DAY)
    assert basis.why == f"经{WHO}决定，自2026年3月6日起改按{longer.terms.version}版时限表：规则all，应在5日内办结"
    assert basis.why_en == f"by order of {WHO} of 2026-03-06, by the table {longer.terms.version}: rule all: 5 days"


def test_without_an_order_a_changed_table_moves_no_running_clock(tmp_path: Path) -> None:
    shorter = tables(tmp_path, "1 hour")
    ledger = started()
    assert heard(ledger, in_village(2), MORNING + HOUR, shorter).entries == ledger.entries
    assert domain.decide(shorter, ledger, Tick(MORNING + 2 * HOUR), context()).events == ()


SHORTENED = (
    # the new term    ordered after     due after the assignment
    ("1 day",         timedelta(),      DAY),
    ("1 day",         DAY / 2,          DAY * 1.5),
    ("1 day",         DAY * 1.5,        DAY * 2.5),
    ("1 day",         DAY * 2.5,        DAY * 3),
    ("1 hour",        DAY * 2,          DAY * 2 + HOUR),
    ("3 days",        DAY * 2,          DAY * 3),
)  # fmt: skip


@pytest.mark.parametrize(("within", "after", "due"), SHORTENED)
def test_a_shortened_term_counts_from_the_order_and_ends_no_later_than_the_old_one(
    tmp_path: Path, within: str, after: timedelta, due: timedelta
) -> None:
    found = clock(obey(started(), tables(tmp_path, within), MORNING + after))
    assert found.due_at == MORNING + due
    shorter = after > timedelta() and within != "3 days"
    assert bool(found.basis and "自决定之时起算" in found.basis.why) is shorter


def test_what_an_order_does_not_move_is_not_told_and_goes_by_the_table_all_the_same(tmp_path: Path) -> None:
    same = tables(tmp_path, "3 days")
    decision = obey(started(), same, MORNING + HOUR)
    assert (decision.outcome, decision.events) == (Outcome.APPLIED, ())
    assert clock(decision).basis is not None
    assert clock(decision).due_at == MORNING + 3 * DAY
    assert obey(decision.state, same, MORNING + 2 * HOUR).outcome is Outcome.NOTHING


def test_an_order_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    longer = tables(tmp_path, "5 days")
    first = obey(started(), longer, MORNING + DAY)
    again = obey(first.state, longer, MORNING + 2 * DAY, application=name_id("the same decision, run again"))
    assert (again.outcome, again.events, again.state) == (Outcome.NOTHING, (), first.state)


def test_an_order_for_another_table_than_the_one_in_force_is_refused(tmp_path: Path) -> None:
    ledger = started()
    decision = obey(ledger, tables(tmp_path, "5 days"), MORNING + DAY, table="2026.9+00000000")
    assert (decision.outcome, decision.events, decision.state) == (Outcome.REFUSED, (), ledger)


def test_an_order_about_an_assignment_that_has_ended_is_moot(tmp_path: Path) -> None:
    longer, ledger = tables(tmp_path, "5 days"), started()
    moved = heard(ledger, case(2, assignment=assignment(2, TOWN, assigned_at=MORNING + HOUR)), MORNING + HOUR, TABLES)
    done = heard(ledger, in_village(2).model_copy(update={"status": Status.RESOLVED}), MORNING + HOUR, TABLES)
    for left in (moved, done):
        decision = obey(left, longer, MORNING + DAY)
        assert (decision.outcome, decision.events, decision.state) == (Outcome.STALE, (), left)
    assert obey(moved, longer, MORNING + DAY, assignment=2).outcome is Outcome.APPLIED


def test_an_order_about_a_case_never_heard_of_is_recorded_as_moot(tmp_path: Path) -> None:
    decision = obey(None, tables(tmp_path, "5 days"), MORNING)
    assert (decision.outcome, decision.events, decision.state) == (Outcome.STALE, (), None)


@pytest.mark.parametrize("told", [True, False])
def test_what_is_over_stays_over(tmp_path: Path, told: bool) -> None:
    """Whether the breach was said yet or not: a timer may come a second later than an order."""
    ledger, late = started(), MORNING + 3 * DAY
    if told:
        ledger = domain.decide(TABLES, ledger, Tick(late), context(late)).state or ledger
    decision = obey(ledger, tables(tmp_path, "9 days"), late)
    assert (decision.outcome, decision.events) == (Outcome.STALE, ())
    assert clock(decision).due_at == late


def test_what_was_approved_stays_approved(tmp_path: Path) -> None:
    given = Extension(minutes=600, at=MORNING + HOUR, by="1200", why="待料")
    rest = Pause(since=MORNING + 2 * HOUR, until=MORNING + 8 * HOUR, minutes=2880, by="1200", why="待料")
    ledger = heard(started(), in_village(2, extended=(given,), pauses=(rest,)), MORNING + 8 * HOUR, TABLES)
    assert ledger.running
    assert ledger.running.due_at == MORNING + 3 * DAY + 16 * HOUR
    longer = clock(obey(ledger, tables(tmp_path, "5 days"), MORNING + DAY))
    assert longer.due_at == MORNING + 5 * DAY + 16 * HOUR
    shorter = clock(obey(ledger, tables(tmp_path, "1 hour"), MORNING + DAY))
    assert shorter.due_at == MORNING + DAY + HOUR + 10 * HOUR, "the new term from the order on, and what was extended"


@pytest.mark.parametrize(("within", "left"), [("1 hour", HOUR), ("9 days", 9 * DAY - HOUR)])
def test_a_clock_that_rests_is_told_nothing_and_has_its_new_term_when_it_goes_on(
    tmp_path: Path, within: str, left: timedelta
) -> None:
    new, since, until = tables(tmp_path, within), MORNING + HOUR, MORNING + 2 * DAY
    rest = Pause(since=since, minutes=9999, by="1200", why="待料")
    resting = in_village(2, pauses=(rest,)).model_copy(update={"status": Status.SUSPENDED})
    ledger = heard(started(), resting, since, TABLES)
    decision = obey(ledger, new, MORNING + DAY)
    assert (decision.outcome, decision.events) == (Outcome.APPLIED, ())
    assert decision.state
    ended = Pause(since=since, until=until, minutes=9999, by="1200", why="待料")
    going = in_village(3, pauses=(ended,)).model_copy(update={"status": Status.STARTED})
    told = domain.decide(new, decision.state, arrived(case_event(going, at=until), until), context(until))
    assert kinds(told) == ["deadline.rescheduled"]
    assert clock(told).due_at == until + left
    basis = clock(told).basis
    assert basis
    assert basis.why.startswith(f"经{WHO}决定")


def test_a_clock_that_is_put_off_warns_again_and_one_past_its_share_warns_at_once(tmp_path: Path) -> None:
    late = MORNING + 2.5 * DAY
    warned = domain.decide(TABLES, started(), Tick(late), context(late)).state
    later = obey(warned, tables(tmp_path, "9 days"), late + MINUTE)
    assert clock(later).warned_at is None
    sooner = obey(started(), tables(tmp_path, "1 hour"), MORNING + 2 * DAY)
    assert sooner.state
    told = domain.decide(tables(tmp_path, "1 hour"), sooner.state, Tick(MORNING + 2 * DAY), context(MORNING + 2 * DAY))
    assert kinds(told) == ["deadline.warned", "deadline.pressing"]


def test_a_notice_moves_what_an_order_has_shortened_by_the_days_after_the_order(tmp_path: Path) -> None:
    """Ordered on New Year's Day; the notice then makes the second and third free, and the fourth worked."""
    before = published_up_to(2025)
    nine, one = (Tables(tables(tmp_path, f"{n}").terms, before) for n in ("9 working days", "1 working day"))
    ledger = started(case(assignment=assignment(1, VILLAGE, assigned_at=local("2025-12-29T09:00"))), nine)
    decision = obey(ledger, one, local("2026-01-01T09:00"))
    assert clock(decision).due_at == local("2026-01-03T00:00")
    assert decision.state
    look = local("2026-01-02T09:00")
    told = domain.decide(Tables(one.terms, TABLES.calendar), decision.state, Tick(look), context(look))
    assert clock(told).due_at == local("2026-01-05T00:00")
    basis = clock(told).basis
    assert basis
    assert (basis.provisional, basis.ordered and basis.ordered.by) == (False, WHO)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


def test_the_class_of_the_clock_counts_though_the_case_has_another_one_by_now(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        row("slow", "9 days", 'clock = ["standard"]'),
        row("quick", "2 hours", 'clock = ["urgent"]'),
        row("life", "1 hour"),
    )
    new = Tables(terms.load(file), TABLES.calendar)
    ledger = heard(started(), in_village(2).model_copy(update={"clock": ClockClass.URGENT}), MORNING + HOUR, TABLES)
    assert clock(obey(ledger, new, MORNING + HOUR)).due_at == MORNING + 9 * DAY


def test_the_overdue_is_supervised_by_the_table_of_the_order(tmp_path: Path) -> None:
    new = tables(tmp_path, "9 days")
    at_banner = started(case(assignment=assignment(1, BANNER), path=(BANNER,), clock=ClockClass.LIFE))
    assert at_banner.running
    assert at_banner.running.supervise == HOUR
    assert clock(obey(at_banner, new, MORNING + MINUTE)).supervise == new.terms.supervise[ClockClass.LIFE]


TERMS = st.sampled_from(["15 minutes", "2 hours", "1 day", "4 days", "3 days, whole", "2 working days", "same day"])
SPANS = st.timedeltas(min_value=timedelta(0), max_value=4 * DAY)


@given(TERMS, TERMS, SPANS)
def test_no_order_makes_a_clock_due_in_the_past_nor_a_shortened_one_later(old: str, new: str, after: timedelta) -> None:
    before, ordered_at = using(old), MORNING + after
    ledger = started(using=before)
    assert ledger.running
    decision = obey(ledger, using(new, "new"), ordered_at)
    found = clock(decision)
    if ledger.running.due_at <= ordered_at:
        assert found == ledger.running
        return
    assert found.due_at > ordered_at
    plain = started(using=using(new, "new")).running
    assert plain
    if plain.due_at >= ledger.running.due_at:
        assert found.due_at == plain.due_at
    else:
        assert plain.due_at <= found.due_at <= ledger.running.due_at


PARTS = st.floats(0.0, 1.0)


@given(TERMS, TERMS, st.sampled_from([0, 60, 3_000]), PARTS, PARTS, PARTS, st.booleans())
def test_whatever_was_approved_nobody_has_less_than_the_new_term_or_what_was_left(
    old: str, new: str, extended: int, rests: float, goes_on: float, asked: float, resting: bool
) -> None:
    """A clock rests for a part of its time and may rest still; it is reckoned anew at some time before it is due."""
    before, after = using(old), using(new, "new")
    plain = started(using=before).running
    assert plain
    span = plain.due_at - MORNING
    since = MORNING + rests * span * 0.9
    until = since + goes_on * DAY
    given_time = (Extension(minutes=extended, at=MORNING, by="1200", why="待料"),) if extended else ()
    rest = Pause(since=since, until=None if resting else until, minutes=9999, by="1200", why="待料")
    now = in_village(2, extended=given_time, pauses=(rest,))
    status = Status.SUSPENDED if resting else Status.STARTED
    ledger = heard(started(using=before), now.model_copy(update={"status": status}), until, before)
    assert ledger.running
    at = until if resting else until + asked * (ledger.running.due_at - until) * 0.99
    found = clock(obey(ledger, after, at))
    if resting:
        going = rest.model_copy(update={"until": at})
        resumed = in_village(3, extended=given_time, pauses=(going,)).model_copy(update={"status": Status.STARTED})
        found_ledger = obey(ledger, after, at).state
        assert found_ledger
        found = clock(domain.decide(after, found_ledger, arrived(case_event(resumed, at=at), at), context(at)))
        plain_ledger = domain.decide(before, ledger, arrived(case_event(resumed, at=at), at), context(at))
        old_due = clock(plain_ledger).due_at
    else:
        old_due = ledger.running.due_at
    fresh = started(in_village(assigned_at=at), after).running
    assert fresh
    assert found.due_at > at
    assert found.due_at >= min(old_due, fresh.due_at)
    assert found.extended == extended


def using(within: str, version: str = "old") -> Tables:
    """One term for everything, without a file."""
    rows = (Row.model_validate({"name": "all", "zh": "规则", "within": within}),)
    table = Terms(version, rows, TABLES.terms.same_day, TABLES.terms.supervise)
    return Tables(table, TABLES.calendar)
