"""What was parked comes back by a replay and takes its own place, once: with the ids and at the time of its record."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from contracts.deadletter import DeadLetter, Reason, Replay
from contracts.identity import record_cause, replay_cause
from contracts.wire import text_headers
from services.chassis.letters import PART_LIMIT, VALUE_LIMIT, letter
from services.chassis.values import Context, Decision, Input, Outcome, Park, Record
from simulation.clock import MemoryClock
from tests.bench_of_loops import Bench
from tests.toy import DEAD, IN, OUT, REPLAYS, SERVICE, Put, Sum, decide


def right(state: Sum | None, step: Any, context: Context) -> Decision[Sum]:
    """The toy's decision as if every fault of its own had been mended."""
    if isinstance(step, Input):
        step = replace(step, body=step.body.model_copy(update={"misbehave": None}))
    return decide(state, step, context)


def letters(bench: Bench) -> list[DeadLetter]:
    """Each once, the first ones first: after a restart a document's newest messages go out again."""
    found = [DeadLetter.model_validate_json(dead.value or b"") for dead in bench.broker.read(DEAD.name)]
    return sorted({one.id: one for one in found}.values(), key=lambda one: (one.replay is not None, one.topic))


def told(bench: Bench) -> set[str]:
    return {text_headers(record.headers)["ce_id"] for record in bench.broker.read(OUT.name)}


def play_back(bench: Bench, parked: DeadLetter, *, value: bytes | None = None, n: int = 1) -> Replay:
    """As an operator would: the letter's record again, or with another value."""
    raw = parked.raw_value if value is None else b64encode(value).decode()
    fields = parked.model_dump(
        include={"service", "topic", "partition", "offset", "appended_at", "raw_headers", "raw_key"}
    )
    replay = Replay(
        id=replay_cause(parked.id, n), letter=parked.id, raw_value=raw, by="900017", at=parked.appended_at, **fields
    )
    bench.broker.append(REPLAYS.name, replay.key, replay.model_dump_json().encode(), partition=parked.partition)
    return replay


async def at_first() -> Bench:
    """The control: the same records where all was right at first."""
    bench = Bench(replace(SERVICE, decide=right))
    bench.put("a", "1", misbehave="raise", amount=5)
    bench.put("a", "2", amount=7)
    await bench.run()
    return bench


async def test_a_record_that_met_a_defect_takes_its_place_after_the_defect_is_mended() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise", amount=5)
    bench.put("a", "2", amount=7)
    await bench.run()
    (parked,) = letters(bench)
    bench.service = replace(SERVICE, decide=right)
    bench.restart()
    play_back(bench, parked)
    await bench.run()
    assert bench.state("a").total == 12
    assert told(bench) == told(await at_first()), "the ids that its events would have had at first"
    assert list(bench.store.rows["a"].document.inbox.values()) == [Outcome.APPLIED, Outcome.APPLIED]


async def test_a_replay_of_what_has_taken_its_place_does_nothing_in_one_batch_or_later() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise", amount=5)
    await bench.run()
    (parked,) = letters(bench)
    bench.service = replace(SERVICE, decide=right)
    bench.restart()
    play_back(bench, parked)
    play_back(bench, parked, n=2)
    await bench.run()
    play_back(bench, parked, n=3)
    await bench.run()
    assert bench.state("a").total == 5
    assert len(told(bench)) == 1
    assert len(letters(bench)) == 1


async def test_an_unreadable_record_is_mended_and_decided_at_the_time_of_its_record() -> None:
    bench = Bench()
    began = bench.clock.time
    bench.broker.append(IN.name, "a", b'{"name": 1}')
    await bench.run()
    (parked,) = letters(bench)
    bench.clock.advance(hours=5)
    mended = Put(name="a", nonce="1", amount=3, ring_after=60).model_dump_json().encode()
    play_back(bench, parked, value=mended)
    await bench.run()
    assert bench.state("a").total == 3
    ring_at = bench.state("a").ring_at
    assert ring_at is not None
    assert (ring_at - began).total_seconds() == pytest.approx(60)


async def test_a_replay_that_fails_again_is_a_letter_of_its_own() -> None:
    bench = Bench()
    bench.broker.append(IN.name, "a", b'{"name": 1}')
    await bench.run()
    (parked,) = letters(bench)
    replay = play_back(bench, parked)
    await bench.run()
    first, second = letters(bench)
    assert first == parked
    assert (second.id, second.replay) == (replay.id, replay.id)
    assert (second.topic, second.offset, second.raw_value) == (parked.topic, parked.offset, parked.raw_value)


async def test_a_defect_that_is_still_there_parks_the_replay_again_and_a_later_one_succeeds() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise", amount=5)
    await bench.run()
    (parked,) = letters(bench)
    play_back(bench, parked)
    await bench.run()
    assert len(letters(bench)) == 2
    bench.service = replace(SERVICE, decide=right)
    bench.restart()
    play_back(bench, parked, n=2)
    await bench.run()
    assert bench.state("a").total == 5
    assert len(letters(bench)) == 2


async def test_replays_that_fail_again_stop_nobody_however_many_a_person_sends() -> None:
    bench, ours = Bench(), (("ce_source", b"yiwang/other"),)
    for name in ("a", "b", "c"):
        for _ in range(10):
            bench.broker.append(IN.name, name, b"{}", ours)
        for n in range(200):
            bench.put(name, f"good {n}", amount=1)
        await bench.run()
    parked = letters(bench)
    assert len(parked) == 30
    for one in parked:
        play_back(bench, one)
    bench.put("d", "1", amount=1)
    await bench.run()
    assert bench.loop.paused is None
    assert len(letters(bench)) == 60
    assert bench.state("d").total == 1


async def test_a_parked_record_that_is_merely_delivered_again_stays_parked() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise", amount=5)
    await bench.run()
    bench.service = replace(SERVICE, decide=right)
    bench.broker.offsets.clear()
    bench.restart()
    await bench.run()
    assert bench.store.rows["a"].document.state is None
    assert {one.id for one in letters(bench)} == {record_cause(IN.name, letters(bench)[0].partition, 0)}


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (b"no json", "$"),
        (b'{"id": 1}', "id"),
    ],
)
async def test_a_replay_that_cannot_be_read_is_parked_itself(broken: bytes, path: str) -> None:
    bench = Bench()
    bench.broker.append(REPLAYS.name, "x", broken)
    await bench.run()
    (parked,) = letters(bench)
    assert (parked.topic, parked.reason) == (REPLAYS.name, Reason.INVALID)
    assert path in {problem.path for problem in parked.problems}


@pytest.mark.parametrize(("changed", "path"), [({"topic": OUT.name}, "topic"), ({"raw_value": "*"}, "$")])
async def test_a_replay_of_nothing_that_this_service_read_is_parked_itself(changed: dict[str, str], path: str) -> None:
    bench = Bench()
    bench.broker.append(IN.name, "a", b"{}")
    await bench.run()
    (parked,) = letters(bench)
    play_back(bench, parked.model_copy(update=changed))
    await bench.run()
    again = next(one for one in letters(bench) if one.topic == REPLAYS.name)
    assert (again.topic, [problem.path for problem in again.problems]) == (REPLAYS.name, [path])


def long_record(**parts: Any) -> Record:
    fields = {"key": b"k", "value": b"v", "headers": ()} | parts
    return Record(topic=IN.name, partition=0, offset=0, time=MemoryClock().time, **fields)


@pytest.mark.parametrize(
    ("part", "record", "whole"),
    [
        ("value", long_record(value=b"x" * (VALUE_LIMIT + 1)), b"x" * (VALUE_LIMIT + 1)),
        ("key", long_record(key=b"k" * (PART_LIMIT + 1)), b"k" * (PART_LIMIT + 1)),
        ("headers", long_record(headers=(("h", b"x" * PART_LIMIT),)), b"h" + b"x" * PART_LIMIT),
        ("headers", long_record(headers=(("", None),) * 10_000), b""),
    ],
)
def test_what_a_letter_cannot_hold_is_known_by_its_digest(part: str, record: Record, whole: bytes) -> None:
    message = letter(SERVICE, record, Park(reason=Reason.INVALID, problems=()))
    (cut,) = DeadLetter.model_validate_json(message.value).cut
    assert (cut.part, cut.size, cut.sha256) == (part, len(whole), sha256(whole).hexdigest())
    assert len(message.value) < 2_000_000


def test_a_record_that_fits_is_kept_whole() -> None:
    record = long_record(value=b"x" * VALUE_LIMIT, headers=(("h", b"\xff"), ("n", None)))
    kept = DeadLetter.model_validate_json(letter(SERVICE, record, Park(reason=Reason.INVALID, problems=())).value)
    assert kept.cut == ()
    assert kept.raw_headers == (("h", "/w=="), ("n", None))


async def test_a_replay_is_read_though_its_type_is_settled_unread_by_now() -> None:
    bench = Bench()
    value = Put(name="a", nonce="1", misbehave="raise", amount=5).model_dump_json().encode()
    bench.broker.append(IN.name, "a", value, [("ce_type", b"toy.v1")])
    await bench.run()
    (parked,) = letters(bench)
    first, *others = SERVICE.readers
    readers = (replace(first, needless=frozenset({"toy.v1"})), *others)
    bench.service = replace(SERVICE, readers=readers, decide=right)
    bench.restart()
    play_back(bench, parked)
    await bench.run()
    assert bench.state("a").total == 5
    assert list(bench.store.rows["a"].document.inbox.values()) == [Outcome.APPLIED]
