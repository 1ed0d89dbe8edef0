"""The checker and what was parked: it is one end until a replay takes its place, and is forgotten by nobody."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.case import CaseEvent
from contracts.deadletter import DeadLetter, Disposition, DispositionKind, Replay
from contracts.identity import name_id
from contracts.topics import ACTIONS, CASES, DEAD, DEADLINES, DISPOSITIONS, LOCATED, NORMALISED, ORDERS, REPLAYS
from contracts.wire import Event, Message, Topic, event, message
from services.chassis.values import Record
from tests.unit.yiwang.check_world import COMPOSED, Evidence, World
from yiwang.check.marks import NEEDLESS, UNREAD
from yiwang.check.values import Verdict

RIGHT = '{"reference": "B-1", "occurred_at": "2026-03-02 08:30", "text": "牧区机井损坏，无法取水。"}'.encode()
WRONG = b'{"reference": "B-1", "text": "no time"}'
LONG = b'{"reference": "B-2", "text": "' + b"x" * 1_400_000 + b'"}'


def letters(world: World, service: str) -> list[DeadLetter]:
    return [DeadLetter.model_validate_json(one.value or b"") for one in world.broker.read(DEAD[service].name)]


def written(told: Event) -> Message:
    return message(told, source="ops", time=datetime(2026, 3, 2, tzinfo=UTC), traceparent="")


def bring_back(world: World, letter: DeadLetter, value: bytes | None = None, n: int = 1) -> UUID:
    """Replay the record of a letter, mended if a value is given; answers the replay's id."""
    raw = letter.raw_value if value is None else b64encode(value).decode()
    kept = {name: getattr(letter, name) for name in ("service", "topic", "partition", "offset", "appended_at")}
    replay = Replay(
        id=name_id(f"replay/{letter.id}/{n}"),
        letter=letter.id,
        raw_key=letter.raw_key,
        raw_value=raw,
        raw_headers=letter.raw_headers,
        by="ops",
        at=world.clock.time,
        **kept,
    )
    told = message(
        event(REPLAYS[letter.service], replay, cause=replay.id), source="ops", time=replay.at, traceparent=""
    )
    world.broker.append(told.topic, told.key, told.value, told.headers, letter.partition)
    return replay.id


def discard(world: World, letter: DeadLetter) -> None:
    said = Disposition(
        version=1,
        letter=letter.id,
        service=letter.service,
        kind=DispositionKind.DISCARDED,
        by="ops",
        why="a test",
        at=world.clock.time,
    )
    told = written(event(DISPOSITIONS, said, cause=letter.id))
    world.broker.append(told.topic, told.key, told.value, told.headers)


def judged(evidence: Evidence) -> tuple[list[str], Verdict]:
    verdict = evidence.verdict()
    return [one.line() for one in verdict.offences], verdict


def ends(verdict: Verdict) -> dict[str, int]:
    names = ("reports", "cases", "repeats", "parked", "discarded", "pending")
    return {name: verdict.figures[name] for name in names if verdict.figures[name]}


async def test_what_a_replay_mends_is_a_case_and_its_parked_record_no_second_report() -> None:
    world = World()
    world.send(WRONG)
    await world.rest()
    assert ends(judged(world.evidence())[1]) == {"reports": 1, "parked": 1}

    bring_back(world, letters(world, "intake")[0], RIGHT)
    assert ends(judged(world.evidence())[1]) == {"reports": 1, "parked": 1}, "it is on its way, and parked until then"
    await world.rest()
    wrong, verdict = judged(world.evidence())

    assert wrong == []
    assert ends(verdict) == {"reports": 1, "cases": 1}


async def test_a_replay_that_is_parked_again_is_parked_still_and_a_second_one_takes_the_place() -> None:
    world = World()
    world.send(WRONG)
    await world.rest()
    bring_back(world, letters(world, "intake")[0])
    await world.rest()
    wrong, verdict = judged(world.evidence())
    assert (wrong, ends(verdict)) == ([], {"reports": 1, "parked": 1})

    bring_back(world, letters(world, "intake")[-1], RIGHT, n=2)
    bring_back(world, letters(world, "intake")[-1], RIGHT, n=3)
    await world.rest()
    wrong, verdict = judged(world.evidence())

    assert (wrong, ends(verdict)) == ([], {"reports": 1, "cases": 1})


async def test_a_conflict_that_is_replayed_is_parked_again() -> None:
    world = World()
    world.report("A-1")
    world.report("A-1", text="另一件事")
    await world.rest()
    bring_back(world, letters(world, "intake")[0])
    await world.rest()
    wrong, verdict = judged(world.evidence())

    assert (wrong, ends(verdict)) == ([], {"reports": 2, "cases": 1, "parked": 1})


async def test_a_conflict_that_is_mended_by_a_higher_revision_is_one_and_no_letter_of_it_is_missed() -> None:
    world = World()
    other = RIGHT.replace("牧区".encode(), "草场".encode())
    world.send(RIGHT)
    world.send(other)
    await world.rest()
    (parked,) = letters(world, "intake")
    bring_back(world, parked, other.replace(b"}", b', "revision": 2}'))
    await world.rest()
    lines, verdict = judged(world.evidence())
    assert lines == []
    assert verdict.figures["parked"] == 0


async def test_a_time_that_does_not_exist_and_is_mended_is_one_report_and_missed_in_no_inbox() -> None:
    world = World()
    world.send(RIGHT.replace(b"2026-03-02", b"2026-02-30"))
    await world.rest()
    (parked,) = letters(world, "intake")
    bring_back(world, parked, RIGHT)
    await world.rest()
    lines, verdict = judged(world.evidence())
    assert lines == []
    assert ends(verdict) == {"reports": 1, "cases": 1}


async def test_what_was_discarded_has_its_own_end() -> None:
    world = World()
    world.send(WRONG)
    await world.rest()
    discard(world, letters(world, "intake")[0])
    wrong, verdict = judged(world.evidence())

    assert (wrong, ends(verdict)) == ([], {"reports": 1, "discarded": 1})


async def test_a_replay_that_nothing_came_of_is_a_lost_report() -> None:
    world = World()
    world.send(WRONG)
    await world.rest()
    bring_back(world, letters(world, "intake")[0], RIGHT)
    await world.rest()
    evidence = world.evidence()
    told = [one for one in evidence.records if b'"kind":"received"' not in (one.value or b"")]

    assert {one.rule for one in evidence.but(records=told).verdict().lost} >= {"outcome-missing"}


async def test_what_no_reader_can_use_is_parked_by_each_of_them() -> None:
    world = World()
    for topic in (NORMALISED, LOCATED):
        world.broker.append(topic.name, "?", b"\x00\xff", (("ce_id", None), ("x", b"\xff")))
    world.broker.append("case.events.v1", "?", None)
    world.broker.append("case.deadlines.v1", "?", b'{"kind": "warned"}')
    world.broker.append("case.actions.v1", "?", b"[" * 5000)
    await world.rest()
    evidence = world.evidence()

    assert judged(evidence)[0] == []
    assert judged(evidence)[1].figures["letters"] == 7
    for service in ("gis", "routing", "escalation", "notification"):
        forgotten = [one for one in evidence.records if one.topic != DEAD[service].name]
        assert {one.rule for one in evidence.but(records=forgotten).verdict().lost} == {"parked-missing"}, service


@pytest.mark.parametrize(
    ("topic", "type_", "service", "other"),
    [
        (CASES, "yiwang.case.opened.v1", "notification", "escalation"),
        (DEADLINES, "yiwang.deadline.warned.v1", "routing", "notification"),
        (DEADLINES, "yiwang.deadline.pressing.v1", "routing", "notification"),
        (DEADLINES, "yiwang.deadline.overdue.v1", "routing", "notification"),
    ],
)
async def test_what_a_service_settles_unread_its_other_reader_parks(
    topic: Topic, type_: str, service: str, other: str
) -> None:
    world = World()
    world.broker.append(topic.name, "?", b"rubbish", [("ce_type", type_.encode())])
    await world.rest()
    evidence = world.evidence()
    assert (len(letters(world, service)), len(letters(world, other))) == (0, 1)
    assert judged(evidence)[0] == []

    forgotten = [one for one in evidence.records if one.topic != DEAD[other].name]
    assert {one.rule for one in evidence.but(records=forgotten).verdict().lost} == {"parked-missing"}


def test_what_the_checker_lets_a_service_pass_over_is_what_the_services_do_so_that_doors_wait_for_none_of_it() -> None:
    passed = {(one.name, type_) for one in COMPOSED() for reader in one.readers for type_ in reader.needless}
    let = {(name, type_) for type_, marks in UNREAD.items() for name, mark in NEEDLESS.items() if marks & mark}
    assert passed == let
    assert not {type_ for _, type_ in passed}.intersection((*ACTIONS.types, *ORDERS.types))


@pytest.mark.parametrize("type_", [b"yiwang.case.opened.v2", b"", b"\xff", None])
async def test_what_bears_no_type_that_is_known_is_parked_by_each_reader(type_: bytes | None) -> None:
    world = World()
    world.broker.append(CASES.name, "?", b"rubbish", [("ce_type", type_)])
    await world.rest()
    assert [len(letters(world, name)) for name in ("escalation", "notification")] == [1, 1]
    assert judged(world.evidence())[0] == []


async def test_what_a_stranger_writes_to_a_topic_of_ours_is_parked_unless_it_fits_the_whole_contract() -> None:
    world = World()
    world.report("A-1")
    await world.rest()
    one = world.broker.read(CASES.name)[0]
    name = ("ce_id", str(name_id("a stranger's")).encode())
    world.broker.append(CASES.name, "?", (one.value or b"").replace(b'"why"', b'"because"', 1), [name])
    await world.rest()
    assert judged(world.evidence())[0] == []

    world.broker.append(CASES.name, str(one.key), one.value, [name])
    await world.rest()
    assert "event-identity" in {found.rule for found in judged(world.evidence())[1].offences}


async def test_what_a_replay_mends_may_be_something_of_which_a_service_makes_nothing() -> None:
    world = World()
    world.report("A-1")
    await world.rest()
    opened = next(one for one in world.broker.read(CASES.name) if CaseEvent.model_validate_json(one.value or b"").case)
    other = CaseEvent.model_validate_json(opened.value or b"").model_copy(update={"case_id": name_id("another")})
    name = ("ce_id", str(name_id("a stranger's")).encode())
    world.broker.append(CASES.name, "?", (opened.value or b"").replace(b'"why"', b'"because"', 1), [name])
    await world.rest()
    (parked,) = letters(world, "notification")
    bring_back(world, parked, other.model_dump_json(exclude_none=True).encode())
    await world.rest()

    assert not world.members["notification"].store.rows.keys() & {str(other.case_id)}
    assert "inbox-missing" not in {one.rule for one in judged(world.evidence())[1].offences}


@pytest.mark.parametrize("field", ["sha256", "size"])
async def test_what_a_letter_cuts_it_knows_by_size_and_digest(field: str) -> None:
    world = World()
    world.send(LONG)
    await world.rest()
    evidence = world.evidence()
    assert judged(evidence)[0] == []

    def lies(record: Record) -> Record:
        if record.topic != DEAD["intake"].name:
            return record
        said = json.loads(record.value or b"")
        said["cut"][0][field] = 1 if field == "size" else "0" * 64
        return replace(record, value=json.dumps(said).encode())

    lying = evidence.but(records=[lies(one) for one in evidence.records])

    assert {one.rule for one in lying.verdict().offences} == {"letter-altered"}
