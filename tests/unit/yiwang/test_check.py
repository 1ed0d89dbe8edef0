"""The checker: a healthy run is healthy to it, and of a run in which something is wrong it names what."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.deadletter import DeadLetter, Reason
from contracts.identity import event_id, record_cause, report_cause, report_id
from contracts.topics import (
    ACTIONS,
    ALERTS,
    CASES,
    DEAD,
    DEADLINES,
    LOCATED,
    NORMALISED,
    NOTICES,
    ORDERS,
    OUTCOMES,
    RELATIONS,
)
from contracts.wire import event, message
from services.chassis.ports import ENTRY, Document, Entry, Inbox
from services.chassis.values import Outcome, Record
from tests.unit.yiwang.check_sabotage import (
    NEW,
    added,
    body,
    both,
    changed,
    document,
    edited,
    first,
    moves,
    named,
    rekeyed,
    renamed,
    repeated,
    sets,
    state,
    swapped,
    where,
    without,
)
from tests.unit.yiwang.check_world import SOURCE, Evidence, Sabotage, lived
from yiwang.check.rules import RULES

A1, A2, A4, A5, A6 = (report_id(SOURCE, f"A-{number}") for number in (1, 2, 4, 5, 6))
OF_A1, OF_A2, OF_A5 = (where(case_id=str(case)) for case in (A1, A2, A5))
BREACH = where(kind="breached", case_id=str(A4))
WARNED = where(kind="warned", case_id=str(A4))
RESTED = where(kind="warned", case_id=str(A6), assignment=2)
LATER = sets(version=90, kind="refused")
OBEYED = where(kind="rescheduled", basis__table="another")


@pytest.fixture(scope="module")
async def healthy() -> Evidence:
    return await lived()


def test_a_run_in_which_everything_went_well_is_ok(healthy: Evidence) -> None:
    verdict = healthy.verdict()

    assert [one.line() for one in verdict.offences] == []
    assert verdict.ok
    assert verdict.line().startswith("check: reports=13 cases=9 repeats=2 parked=2 pending=0 breaches=")
    assert verdict.line().endswith(" lost=0 duplicated=0 unlawful=0 redelivered=3 resent=0 unknown=0")


def told_of(reference: str, revision: int, kind: str) -> Any:
    return where(reference=reference, revision=revision, kind=kind)


def repeat_of_what_was_sent_once(evidence: Evidence) -> Evidence:
    said = first(evidence, OUTCOMES, told_of("A-5", 1, "received"))
    name = event_id(report_cause(SOURCE, "A-5", 1), "yiwang.report.repeat.v1", "repeat")
    return added(evidence, changed(named(said, name), sets(kind="repeat", version=3)))


def parts_closed(evidence: Evidence) -> Evidence:
    """A case says of its parts that they have ended, in whatever version."""

    def end(said: dict[str, Any]) -> None:
        for part in said["case"]["parts"]:
            part["status"] = "closed"

    tells = [one for one in evidence.records if one.topic == CASES.name and body(one).get("case", {}).get("parts")]
    return evidence.but(records=[changed(one, end) if one in tells else one for one in evidence.records])


def kept_besides(evidence: Evidence) -> Evidence:
    """A located report has a dead letter, and a case."""
    return added(evidence, letter_of(first(evidence, LOCATED, where(report__reference="A-2")), "routing"))


def letter_of(record: Record, service: str) -> Record:
    cause = record_cause(record.topic, record.partition, record.offset)
    kept = DeadLetter(
        id=cause,
        service=service,
        reason=Reason.DEFECTIVE,
        problems=(),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=record.time,
        raw_headers=(),
    )
    told = message(event(DEAD[service], kept, cause=cause), source="test", time=record.time, traceparent="")
    return replace(record, topic=told.topic, key=told.key.encode(), value=told.value, headers=told.headers, offset=0)


def ended_and_waiting(evidence: Evidence) -> Evidence:
    ended = body(first(evidence, ALERTS, where(kind="sent")))
    item = {"alert_id": ended["alert_id"]}
    tray = {"staff": ended["recipient"], "held": [{"channel": ended["channel"], "item": item}]}
    return document("notification", lambda said: "tray" in said, state(sets(tray=tray)))(evidence)


def sent_into_the_void(evidence: Evidence) -> Evidence:
    (_, key), *_ = evidence.received
    return evidence.but(received=[one for one in evidence.received if one[1] != key])


def sent_by_nobody(evidence: Evidence) -> Evidence:
    return evidence.but(received=[*evidence.received, ("mail", str(NEW))])


def row_gone(evidence: Evidence) -> Evidence:
    return evidence.but(history=evidence.history[1:])


def row_of_nothing(evidence: Evidence) -> Evidence:
    service, subject, past = evidence.history[0]
    return evidence.but(history=[*evidence.history, (service, subject, replace(past, id=NEW))])


def row_altered(evidence: Evidence) -> Evidence:
    (service, subject, past), *others = evidence.history
    return evidence.but(history=[(service, subject, replace(past, value=past.value + " ")), *others])


def forgets_an_input(one: Document) -> Document:
    return replace(one, inbox=Inbox(one.inbox.raw[ENTRY:]))


def forgets_an_order(one: Document) -> Document:
    """Its second input, which came behind the event that opened the case."""
    return replace(one, inbox=Inbox(one.inbox.raw[:ENTRY] + one.inbox.raw[2 * ENTRY :]))


def obeyed_later(said: dict[str, Any]) -> None:
    """As if the order had come a second later."""
    for part in (said, said["basis"]["ordered"]):
        moves("at", seconds=1)(part)


def knows_too_much(one: Document) -> Document:
    return replace(one, inbox=one.inbox.after([Entry(NEW, Outcome.APPLIED)]))


def applied_to_two(evidence: Evidence) -> Evidence:
    other = next(one for service, one in evidence.documents if (service, one.subject) == ("routing", str(A2)))
    stolen = document(
        "routing", where(case__case_id=str(A1)), lambda one: replace(one, inbox=Inbox(one.inbox.raw + other.inbox.raw))
    )
    return stolen(evidence)


def never_sent(one: Document) -> Document:
    return replace(one, outbox=tuple(replace(told, id=NEW) for told in one.outbox))


SABOTAGES: tuple[tuple[str, Sabotage], ...] = (
    # the rule                 what is done to the evidence of a healthy run
    ("outcome-missing",        without(OUTCOMES, told_of("A-5", 1, "received"))),
    ("repeat-untold",          without(OUTCOMES, told_of("A-1", 1, "repeat"))),
    ("normalised-missing",     without(NORMALISED, where(report__reference="A-5"))),
    ("located-missing",        without(LOCATED, where(report__reference="A-5"))),
    ("case-missing",           without(CASES, OF_A2, every=True)),
    ("revision-missing",       without(CASES, lambda said: OF_A1(said) and said["version"] > 1, every=True)),
    ("outcome-untold",         without(OUTCOMES, told_of("A-2", 1, "opened"))),
    ("outcome-untold",         without(OUTCOMES, lambda said: "report_id" not in said)),
    ("received-twice",         repeated(OUTCOMES, told_of("A-5", 1, "received"))),
    ("told-uncaused",          repeat_of_what_was_sent_once),
    ("conflict-taken",         without(DEAD["intake"], where(reason="conflict"))),
    ("event-identity",         renamed(CASES, where(kind="accepted"))),
    ("event-identity",         renamed(NORMALISED, where(report__reference="A-5"))),
    ("event-identity",         renamed(LOCATED, where(report__reference="A-5"))),
    ("event-identity",         renamed(DEADLINES, where(kind="scheduled"))),
    ("event-identity",         renamed(DEADLINES, where(kind="warned"))),
    ("event-identity",         renamed(NOTICES, where(template="opened"))),
    ("event-identity",         renamed(ALERTS, where(kind="sent"))),
    ("event-identity",         renamed(OUTCOMES, where(kind="opened"))),
    ("event-identity",         renamed(OUTCOMES, where(kind="received"))),
    ("event-identity",         renamed(OUTCOMES, lambda said: "report_id" not in said)),
    ("event-uncaused",         without(ACTIONS, where(action="accept"), every=True)),
    ("event-uncaused",         without(NOTICES, where(template="escalated"))),
    ("event-uncaused",         without(ORDERS, where(table="another"), every=True)),
    ("event-uncaused",         edited(NOTICES, where(template="reminder"), sets(alert_id=str(NEW)))),
    ("event-altered",          repeated(CASES, where(kind="accepted"), sets(by="1002"), None)),
    ("wrong-key",              rekeyed(CASES, where(kind="accepted"))),
    ("wrong-time",             edited(CASES, where(kind="accepted"), moves("at", seconds=1))),
    ("wrong-time",             edited(DEADLINES, where(kind="scheduled"), moves("at", seconds=1))),
    ("wrong-time",             edited(OUTCOMES, where(kind="received"), moves("at", seconds=1))),
    ("wrong-time",             edited(DEADLINES, OBEYED, obeyed_later)),
    ("version-gap",            without(CASES, where(kind="accepted"))),
    ("version-gap",            without(DEADLINES, where(kind="warned"))),
    ("version-gap",            without(NOTICES, where(version=1))),
    ("version-gap",            without(OUTCOMES, told_of("A-1", 1, "received"))),
    ("version-twice",          repeated(CASES, where(kind="accepted"))),
    ("version-twice",          repeated(DEADLINES, where(kind="warned"))),
    ("order",                  swapped(CASES, where(case_id=str(A1), version=1), where(case_id=str(A1), version=2))),
    ("snapshot-wrong",         edited(CASES, where(kind="accepted"), sets(case__version=7))),
    ("ruled-otherwise",        edited(CASES, where(kind="opened"), sets(routed__chosen__lead="police"))),
    ("ruled-otherwise",        edited(CASES, where(kind="opened"), sets(case__cooperating=["police"]))),
    ("ruled-otherwise",        edited(CASES, where(kind="opened"), sets(case__clock="life"))),
    ("ruled-otherwise",        edited(CASES, where(kind="opened"), sets(routed__chosen__unit__code="150623"))),
    ("ruled-otherwise",        edited(CASES, where(kind="opened"), sets(routed=None))),
    ("move-unlawful",          edited(CASES, where(kind="accepted"), sets(case__status="closed"))),
    ("move-unlawful",          edited(CASES, where(kind="assigned"), sets(case__assignment__number=7))),
    ("move-unlawful",          edited(CASES, where(kind="assigned"), sets(case__assignment__unit__level="grid"))),
    ("move-unlawful",          edited(CASES, where(kind="assigned"), sets(case__assignment__because="reopened"))),
    ("move-unlawful",          edited(CASES, where(kind="accepted"), sets(kind="confirmed"))),
    ("closed-early",           edited(CASES, where(kind="closed"), moves("at", days=-2))),
    ("time-before-inputs",     edited(DEADLINES, BREACH, moves("at", days=1))),
    ("time-before-inputs",     repeated(CASES, where(kind="closed"), both(moves("at", hours=-1), LATER))),
    ("time-before-inputs",     edited(CASES, where(by="escalation", kind="assigned"), moves("at", days=1))),
    ("answer-missing",         without(CASES, where(kind="refused"))),
    ("answer-missing",         without(CASES, where(by="escalation", kind="assigned"))),
    ("answered-twice",         repeated(CASES, where(kind="accepted"), sets(version=90))),
    ("answered-twice",         repeated(CASES, where(by="escalation", kind="assigned"), sets(version=90))),
    ("outcome-twice",          repeated(OUTCOMES, where(kind="opened"))),
    ("outcome-uncaused",       repeated(OUTCOMES, told_of("A-1", 1, "opened"), sets(version=3))),
    ("outcome-uncaused",       without(DEAD["intake"], where(reason="invalid"))),
    ("clock-missing",          without(DEADLINES, where(case_id=str(A4)), every=True)),
    ("clock-uncaused",         repeated(DEADLINES, where(kind="scheduled"), sets(version=90, assignment=9))),
    ("clock-twice",            repeated(DEADLINES, where(kind="scheduled"), sets(version=90))),
    ("clock-twice",            repeated(DEADLINES, where(kind="warned"), sets(version=90))),
    ("clock-twice",            repeated(DEADLINES, WARNED, sets(version=90, n=2))),
    ("clock-twice",            repeated(DEADLINES, where(kind="pressing"), sets(version=90))),
    ("clock-moved",            edited(DEADLINES, where(kind="warned"), moves("started_at", hours=1))),
    ("clock-moved",            edited(DEADLINES, where(kind="warned"), moves("due_at", hours=1))),
    ("clock-early",            edited(DEADLINES, where(kind="breached"), moves("at", days=-1))),
    ("clock-early",            edited(DEADLINES, where(kind="pressing"), moves("at", days=-1))),
    ("breach-count",           repeated(DEADLINES, WARNED, sets(version=90, kind="rescheduled", n=2))),
    ("breach-count",           edited(DEADLINES, where(kind="breached"), sets(n=3))),
    ("false-breach",           edited(DEADLINES, BREACH, moves("at", days=1))),
    ("false-breach",           edited(DEADLINES, RESTED, moves("at", days=-4))),
    ("closed-early",           edited(CASES, where(kind="resumed"), moves("at", hours=-1))),
    ("move-unlawful",          edited(CASES, where(kind="suspended"), sets(kind="kept"))),
    ("move-unlawful",          edited(CASES, where(kind="resumed"), sets(case__status="accepted"))),
    ("relation-one-sided",     edited(CASES, where(kind="linked"), sets(case__main__case_id=str(NEW)))),
    ("relation-differs",       edited(CASES, where(kind="linked"), sets(case__status="closed"))),
    ("relation-differs",       parts_closed),
    ("answer-missing",         without(RELATIONS, where(kind="taken"))),
    ("answered-twice",         repeated(RELATIONS, where(kind="taken"), sets(version=90))),
    ("event-identity",         renamed(RELATIONS, where(kind="asked"))),
    ("event-uncaused",         edited(RELATIONS, where(kind="asked"), sets(cause=str(NEW)))),
    ("wrong-key",              rekeyed(RELATIONS, where(kind="asked"))),
    ("notice-twice",           repeated(NOTICES, where(template="opened"))),
    ("alert-missing",          without(ALERTS, where(kind="sent"))),
    ("alert-twice",            repeated(ALERTS, where(kind="sent"))),
    ("alert-waits",            ended_and_waiting),
    ("send-uncaused",          sent_by_nobody),
    ("send-missing",           sent_into_the_void),
    ("parked-missing",         without(DEAD["intake"], where(reason="invalid"))),
    ("parked-missing",         without(DEAD["intake"], where(reason="conflict"))),
    ("parked-twice",           repeated(DEAD["intake"], where(reason="invalid"))),
    ("parked-and-processed",   kept_besides),
    ("letter-identity",        renamed(DEAD["intake"], where(reason="invalid"))),
    ("letter-altered",         edited(DEAD["intake"], where(reason="invalid"), sets(raw_value="eHh4"))),
    ("history-missing",        row_gone),
    ("history-unpublished",    row_of_nothing),
    ("history-altered",        row_altered),
    ("state-behind",           document("routing", where(version=3), state(sets(version=1)))),
    ("state-differs",          document("routing", where(version=3), state(sets(case__status="withdrawn")))),
    ("snapshot-behind",        document("escalation", where(), state(sets(case__version=0)))),
    ("event-identity",         renamed(OUTCOMES, told_of("A-1", 1, "parked"))),
    ("state-unreadable",       document("escalation", where(), lambda one: replace(one, state="{"))),
    ("inbox-missing",          document("routing", where(), forgets_an_input)),
    ("inbox-missing",          document("intake", where(), forgets_an_input)),
    ("inbox-missing",          document("escalation", where(case__reference="A-7"), forgets_an_order)),
    ("inbox-uncaused",         document("escalation", where(), knows_too_much)),
    ("input-twice",            applied_to_two),
    ("outbox-unpublished",     document("routing", where(), never_sent)),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "sabotage"), SABOTAGES)
def test_what_was_put_out_of_order_is_named(healthy: Evidence, rule: str, sabotage: Sabotage) -> None:
    verdict = sabotage(healthy).verdict()

    assert rule in {one.rule for one in verdict.offences}, "\n".join(one.line() for one in verdict.offences)
    assert not verdict.ok


def test_a_breach_that_routing_holds_until_all_is_read_waits_for_its_answer(healthy: Evidence) -> None:
    gone = where(by="escalation", kind="assigned")
    told = body(first(healthy, CASES, gone))
    unanswered = without(CASES, gone)(healthy)
    holds = state(sets(breaches=[{"cause": told["answers"]}]))
    waiting = document("routing", where(case__case_id=told["case_id"]), holds)(unanswered)
    missing = [
        sum(one.rule == "answer-missing" for one in evidence.verdict().offences) for evidence in (unanswered, waiting)
    ]
    assert missing == [1, 0]


def test_every_rule_has_something_that_breaks_it() -> None:
    assert {rule for rule, _ in SABOTAGES} == set(RULES)
