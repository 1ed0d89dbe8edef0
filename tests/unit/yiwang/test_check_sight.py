"""What the checker cannot see is no offence to it: what retention has cut, what is not settled yet or under way."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from contracts.identity import report_id
from contracts.topics import ALERTS, CASES, DEAD, TOPICS
from services.chassis.ports import Ended, Partition
from services.chassis.values import Record
from tests.unit.yiwang.check_world import SOURCE, Crash, Evidence, Once, World, lived

KEPT_FOR_EVER = frozenset(topic.name for topic in DEAD.values())
CUT = [topic.name for topic in TOPICS if topic.name not in KEPT_FOR_EVER]
BROKER = ("before publish", "after publish", "before commit")
POINTS = ("load", "before write", "after write", "record", *BROKER)
KEEPERS = ("intake", "routing", "escalation", "notification")
NEVER = {("intake", "load"), ("escalation", "load")}
"""New reports make their documents, which are not looked for."""
CRASHES = [
    *(("gis", point) for point in BROKER),
    *((service, point) for service in KEEPERS for point in POINTS if (service, point) not in NEVER),
]


@pytest.fixture(scope="module")
async def healthy() -> Evidence:
    return await lived()


def cut(evidence: Evidence, topics: Sequence[str], before: datetime) -> Evidence:
    """Retention has taken what was appended to these topics before a moment."""
    begins, left = dict[Partition, int](), list[Record]()
    for record in evidence.records:
        if record.topic in topics and record.time < before:
            begins[record.topic, record.partition] = record.offset + 1
        else:
            left.append(record)
    return evidence.but(records=left, begins=begins)


def moment(evidence: Evidence, share: float) -> datetime:
    times = sorted(record.time for record in evidence.records)
    return times[int(share * (len(times) - 1))]


def said(evidence: Evidence) -> list[str]:
    return [one.line() for one in evidence.verdict().offences]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8, 0.95, 1.0])
def test_what_retention_has_cut_from_all_topics_is_out_of_sight(healthy: Evidence, share: float) -> None:
    left = cut(healthy, CUT, moment(healthy, share))

    assert said(left) == []
    assert left.verdict().figures["out_of_sight"] > 0


@pytest.mark.parametrize("topic", CUT)
def test_what_retention_has_cut_from_one_topic_is_out_of_sight(healthy: Evidence, topic: str) -> None:
    assert said(cut(healthy, [topic], moment(healthy, 0.5))) == []
    assert said(cut(healthy, [topic], moment(healthy, 1.0) + timedelta(seconds=1))) == []


def test_what_is_missing_behind_the_cut_is_an_offence_all_the_same(healthy: Evidence) -> None:
    left = cut(healthy, CUT, moment(healthy, 0.15))
    climbed = [one for one in left.records if one.topic == CASES.name and b'"by":"escalation"' in (one.value or b"")]

    second = [one for one in climbed if str(report_id(SOURCE, "A-4")).encode() in (one.value or b"")][1]
    lost = left.but(records=[one for one in left.records if one is not second])

    assert {one.rule for one in lost.verdict().lost} == {"version-gap"}


def test_records_alone_are_judged_as_far_as_they_go(healthy: Evidence) -> None:
    assert said(healthy.but(documents=[], history=[], received=[], stores=[])) == []


def test_what_nobody_has_settled_is_pending(healthy: Evidence) -> None:
    sent = [one for one in healthy.records if one.topic.startswith("report.submitted.")]
    verdict = healthy.but(offsets={}, records=sent, documents=[], history=[], received=[], stores=[]).verdict()

    assert verdict.ok
    assert verdict.figures["pending"] == len(sent)


@pytest.mark.parametrize(("service", "point"), CRASHES)
async def test_a_crash_at_any_point_leaves_nothing_but_what_is_pending(service: str, point: str) -> None:
    world = World()
    world.report("A-1")
    world.report("A-2", urgency="life_threatening")
    world.faults[service] = Once(point)
    with pytest.raises(Crash):
        await world.rest()

    assert said(world.evidence()) == []

    world.restart(service)
    await world.rest()
    verdict = world.evidence().verdict()

    assert [one.line() for one in verdict.offences] == []
    assert verdict.figures["pending"] == 0


@pytest.mark.parametrize("point", ["before write", "after write", "record", "before publish", "after publish"])
async def test_what_a_timer_left_unsent_is_pending_while_a_note_tells_of_it(point: str) -> None:
    world = World()
    world.report("A-1")
    await world.rest()
    world.faults["escalation"] = Once(point)
    with pytest.raises(Crash):
        await world.wait(timedelta(days=2))

    assert said(world.evidence()) == []


async def test_without_its_note_it_is_lost() -> None:
    world = World()
    world.report("A-1")
    await world.rest()
    world.faults["escalation"] = Once("before publish")
    with pytest.raises(Crash):
        await world.wait(timedelta(days=2))

    found = world.evidence().but(notes=[]).verdict()

    assert {one.rule for one in found.lost} == {"outbox-unpublished"}


async def test_what_was_published_while_the_documents_were_read_comes_behind_them() -> None:
    world = World()
    world.report("A-1")
    await world.rest()
    first = world.evidence()
    world.report("A-2")
    world.report("A-1", revision=2, people=3)
    await world.rest()
    then = world.evidence()
    seen = {record.position for record in first.records}
    before = first.but(late=[one for one in then.records if one.position not in seen], received=then.received)

    assert said(before.but(documents=then.documents, history=then.history)) == []
    assert said(before.but(history=then.history)) == []
    assert said(first.but(history=then.history)) == []


async def test_an_alert_that_ended_after_its_tray_was_read_did_not_wait_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, held = World(), list[Ended]()
    loop = world.members["notification"].loop

    async def hold(ended: Sequence[Ended]) -> None:
        held.extend(ended)

    with monkeypatch.context() as patched:
        patched.setattr(loop, "on_done", hold)
        world.report("A-1")
        await world.rest()
    first = world.evidence()
    await loop.on_done(held)
    await world.rest()
    then, seen = world.evidence(), {record.position for record in first.records}
    late = [one for one in then.records if one.position not in seen]

    assert any(one.topic == ALERTS.name for one in late)
    assert said(first.but(late=late, received=then.received)) == []
    assert {one.rule for one in then.but(documents=first.documents).verdict().duplicated} == {"alert-waits"}


def test_a_history_or_documents_that_are_all_gone_are_missed(healthy: Evidence) -> None:
    forgotten = healthy.but(history=[one for one in healthy.history if one[0] != "escalation"])
    emptied = healthy.but(documents=[one for one in healthy.documents if one[0] != "escalation"])

    assert {one.rule for one in forgotten.verdict().lost} == {"history-missing"}
    assert "inbox-missing" in {one.rule for one in emptied.verdict().lost}
