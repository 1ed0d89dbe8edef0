"""The loop on servers in memory: each law, and a crash at every point of a step."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import bson
import pytest

from contracts.deadletter import DeadLetter, Reason
from contracts.identity import name_id
from services.chassis import fold, loop
from services.chassis.fold import DOCUMENT_LIMIT
from services.chassis.loop import ASIDE, PACE
from services.chassis.pace import Pace
from services.chassis.ports import Change, Document, Entry
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick, Unavailable
from simulation.store import MemoryStore
from tests.bench_of_loops import Bench, Crash, Once
from tests.toy import DEAD, IN, MORE, OUTSIDE, SERVICE, Put, Sum, decide

POINTS = (
    "load",
    "before write",
    "after write",
    "record",
    "before publish",
    "after publish",
    "before commit",
    "after commit",
)


@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_at_any_point_loses_nothing_and_applies_nothing_twice(point: str) -> None:
    bench = Bench()
    for n in range(6):
        bench.put(f"n{n % 3}", str(n), amount=10**n)
    await bench.crash(point)
    await bench.run()
    assert sum(bench.state(f"n{n}").total for n in range(3)) == 111_111
    assert len(bench.told_ids()) == 6
    assert {told.version for told in bench.told() if told.name == "n0"} == {1, 2}
    assert not any(bench.lag().values())


@pytest.mark.parametrize("point", POINTS)
async def test_a_server_away_at_any_point_pauses_the_loop_and_then_all_goes_on(point: str) -> None:
    bench = Bench(fault=Once(point, Unavailable(point)))
    bench.put("a", "1", amount=5)
    bench.put("a", "2", amount=7)
    await bench.run()
    assert bench.state("a").total == 12
    assert len(bench.told_ids()) == 2
    assert not any(bench.lag().values())
    assert bench.clock.slept == ([] if point.endswith(" write") else [0.2])


async def test_nothing_is_committed_before_it_is_written_and_published() -> None:
    for point in ("before write", "before publish"):
        bench = Bench()
        bench.put("a", "1", amount=5)
        await bench.crash(point)
        assert bench.lag()[IN.name, bench.broker.read(IN.name)[0].partition] == 1


async def test_nothing_is_published_before_the_write_has_won() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.crash("before write")
    assert bench.told() == []


async def test_a_redelivered_input_brings_the_very_same_events_again() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.crash("after publish")
    await bench.run()
    sent = bench.broker.read("toy.out.v1")
    assert len(sent) == 2
    assert (sent[0].value, sent[0].headers) == (sent[1].value, sent[1].headers)


async def test_an_outbox_is_sent_before_a_later_input_from_another_topic_replaces_it() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.crash("record")
    bench.put("a", "2", topic=MORE.name, amount=7)
    others = [record for record in bench.stream.poll() if record.topic == MORE.name]
    await bench.loop.on_records(others)
    assert [told.total for told in bench.told()] == [5, 12]
    assert [past.version for past in await bench.store.history("a")] == [1, 2]


async def test_a_doubtful_write_that_has_won_is_read_and_not_decided_again() -> None:
    bench = Bench(fault=Once("after write", Unavailable("timeout")))
    bench.put("a", "1", amount=5)
    await bench.run()
    assert bench.state("a").total == 5
    assert len(bench.told_ids()) == 1


async def test_of_two_members_that_write_the_same_document_one_wins_and_the_other_decides_again() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.run()

    def other_member(point: str) -> None:
        if point == "before write":
            bench.fault = lambda _point: None
            row = bench.store.rows["a"]
            stolen = Sum(version=2, total=100).model_dump_json()
            row.document = replace(row.document, rev=row.document.rev + 1, state=stolen)

    bench.fault = other_member
    bench.put("a", "2", amount=7)
    await bench.run()
    assert bench.state("a").total == 107
    assert [told.total for told in bench.told()] == [5, 5, 107], (
        "the other member's outbox is sent once more, to be sure"
    )
    assert len(bench.told_ids()) == 2


async def test_many_inputs_of_one_document_in_one_batch_are_one_write_in_their_order() -> None:
    bench = Bench()
    for n in range(PACE.portion):
        bench.put("a", str(n), amount=1)
    await bench.run()
    assert bench.store.rows["a"].document.rev == 1
    assert [told.version for told in bench.told()] == list(range(1, PACE.portion + 1))


async def test_the_same_input_twice_in_one_batch_counts_once() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    bench.put("a", "1", amount=5)
    await bench.run()
    assert bench.state("a").total == 5
    assert len(bench.told()) == 1


async def test_the_inbox_records_refusals_and_no_ops_too() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    bench.put("a", "2", misbehave="nothing")
    bench.put("a", "3", misbehave="conflict")
    await bench.run()
    outcomes = list(bench.store.rows["a"].document.inbox.values())
    assert outcomes == [Outcome.APPLIED, Outcome.NOTHING, Outcome.PARKED]


async def test_an_input_that_says_nothing_about_an_unknown_document_leaves_none_behind() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="nothing")
    await bench.run()
    assert bench.store.rows == {}
    assert not any(bench.lag().values())


async def test_an_invalid_record_is_parked_raw_with_where_and_why_and_stops_nobody() -> None:
    bench = Bench()
    bench.broker.append(IN.name, "a", b'{"name": 1}', [("ce_id", None), ("x", b"\xff")])
    bench.put("a", "1", amount=5)
    await bench.run()
    assert bench.state("a").total == 5
    (dead,) = bench.broker.read(DEAD.name)
    letter = DeadLetter.model_validate_json(dead.value or b"")
    assert letter.reason is Reason.INVALID
    assert letter.raw_value == "eyJuYW1lIjogMX0="
    assert letter.raw_headers == (("ce_id", None), ("x", "/w=="))
    assert {problem.path for problem in letter.problems} == {"name", "nonce"}


NEEDLESS = [("ce_type", b"toy.v1")]


def without_needless() -> Bench:
    """A bench whose service needs nothing of the one type of its first topic."""
    first, *others = SERVICE.readers
    return Bench(replace(SERVICE, readers=(replace(first, needless=frozenset({"toy.v1"})), *others)))


async def test_records_that_a_service_never_needs_are_settled_unread_and_leave_nothing_behind() -> None:
    bench, passed = without_needless(), list[str]()
    bench.fault = passed.append
    bench.broker.append(IN.name, "a", b"rubbish", NEEDLESS)
    bench.broker.append(IN.name, "a", Put(name="a", nonce="1", amount=5).model_dump_json().encode(), NEEDLESS)
    await bench.run()
    assert (bench.store.rows, bench.told(), bench.broker.read(DEAD.name)) == ({}, [], [])
    assert passed == ["before commit", "after commit"]
    assert not any(bench.lag().values())
    assert bench.metrics.registry.get_sample_value("yiwang_records_total", {"topic": IN.name}) == 2


async def test_what_is_settled_unread_holds_up_neither_time_nor_the_records_beside_it() -> None:
    bench = without_needless()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    bench.clock.advance(seconds=61)
    bench.broker.append(IN.name, "a", b"", NEEDLESS)
    bench.put("a", "2", amount=7)
    bench.broker.append(IN.name, "a", b"", NEEDLESS)
    await bench.run()
    await bench.tick()
    assert (bench.state("a").total, bench.state("a").rings) == (12, 1)


async def test_the_same_type_is_read_on_a_topic_whose_reader_needs_it() -> None:
    bench = without_needless()
    bench.broker.append(MORE.name, "a", Put(name="a", nonce="1", amount=5).model_dump_json().encode(), NEEDLESS)
    await bench.run()
    assert bench.state("a").total == 5


async def test_what_nobody_has_read_says_nothing_about_our_own_exceptions() -> None:
    bench = without_needless()
    for n in range(30):
        bench.put("a", str(n), misbehave="raise")
        for _ in range(20):
            bench.broker.append(IN.name, "a", b"", NEEDLESS)
    await bench.loop.on_records(bench.stream.poll(1000))
    assert "breaker" in (bench.loop.paused or "")


async def test_an_exception_from_one_record_parks_that_record_alone() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise")
    bench.put("a", "2", amount=7)
    await bench.run()
    assert bench.state("a").total == 7
    (dead,) = bench.broker.read(DEAD.name)
    assert DeadLetter.model_validate_json(dead.value or b"").reason is Reason.DEFECTIVE


async def test_an_event_too_large_for_its_topic_parks_its_record_before_anything_is_written() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="grow")
    await bench.run()
    assert bench.store.rows["a"].document.state is None
    (dead,) = bench.broker.read(DEAD.name)
    assert DeadLetter.model_validate_json(dead.value or b"").reason is Reason.TOO_LARGE


async def test_a_stored_document_that_cannot_be_read_parks_its_records_and_stops_nobody_else() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.run()
    row = bench.store.rows["a"]
    row.document = replace(row.document, state='{"version": "broken"}')
    bench.restart()
    bench.put("a", "2", amount=7)
    bench.put("b", "3", amount=9)
    await bench.run()
    assert bench.state("b").total == 9
    assert row.document.state == '{"version": "broken"}'
    assert len(bench.broker.read(DEAD.name)) == 1


async def test_the_breaker_stops_the_service_when_our_own_exceptions_would_fill_the_dead_letters() -> None:
    bench = Bench()
    for n in range(30):
        bench.put("a", str(n), misbehave="raise")
    await bench.loop.on_records(bench.stream.poll())
    assert bench.loop.paused is not None
    assert bench.loop.paused.startswith("breaker: 30 exceptions")
    assert bench.broker.read(DEAD.name) == []
    assert sum(bench.lag().values()) == 30


async def test_the_breaker_stays_closed_for_one_source_and_opens_for_many() -> None:
    bench = Bench()
    for _ in range(200):
        bench.broker.append(OUTSIDE[0].name, "x", b"rubbish")
    await bench.run()
    assert len(bench.broker.read(DEAD.name)) == 200
    for outside in OUTSIDE[1:]:
        for _ in range(3):
            bench.broker.append(outside.name, "x", b"rubbish")
    await bench.loop.on_records(bench.stream.poll())
    assert "sources at once" in (bench.loop.paused or "")
    assert len(bench.broker.read(DEAD.name)) == 200


async def test_one_record_retried_while_a_server_is_away_does_not_open_the_breaker() -> None:
    bench = Bench()
    bench.put("a", "1", misbehave="raise")
    bench.fault = lambda point: _away(point, "before publish")
    for _ in range(30):
        await bench.loop.on_records(bench.stream.poll())
    assert "breaker" not in (bench.loop.paused or "")


def _away(point: str, at: str) -> None:
    if point == at:
        raise Unavailable("away")


async def test_pauses_grow_while_a_server_is_away_and_nothing_more_is_consumed() -> None:
    bench = Bench(fault=lambda point: _away(point, "load"))
    bench.put("a", "1", amount=5)
    for _ in range(9):
        await bench.loop.on_records(bench.stream.poll())
    assert bench.clock.slept == [0.2, 0.5, 1.0, *[2.0] * 6]
    assert sum(bench.lag().values()) == 1


async def test_a_timer_rings_once_and_never_early() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    await bench.tick(seconds=59)
    assert bench.state("a").rings == 0
    await bench.tick(seconds=2)
    await bench.tick(seconds=60)
    assert bench.state("a").rings == 1


async def test_how_late_a_timer_is_counts_until_what_it_says_is_published() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()

    def slow(point: str) -> None:
        bench.clock.advance(seconds=5 * (point == "before publish"))

    bench.fault = slow
    await bench.tick(seconds=70)
    value = bench.metrics.registry.get_sample_value
    assert (value("yiwang_timer_lateness_seconds_count"), value("yiwang_timer_lateness_seconds_sum")) == (1, 15)


async def test_no_time_passes_for_a_document_before_its_inputs_are_read() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    bench.clock.advance(seconds=120)
    bench.put("a", "2", amount=7)
    await bench.tick(seconds=1)
    assert bench.state("a").rings == 0
    await bench.run()
    bench.put("a", "3", amount=9)
    await bench.tick(seconds=1)
    assert bench.state("a").rings == 1, "records that came after the sampled end do not hold time up"


async def test_a_tick_that_waited_for_inputs_is_wanted_as_soon_as_they_are_read() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    assert not bench.loop.wanted.is_set(), "nothing is due"
    bench.clock.advance(seconds=120)
    bench.put("a", "2", amount=7)
    await bench.tick(seconds=1)
    assert not bench.loop.wanted.is_set(), "to ask again before the record is read would be in vain"
    await bench.run()
    assert bench.loop.wanted.is_set()
    await bench.tick()
    assert bench.state("a").rings == 1
    assert not bench.loop.wanted.is_set()


async def test_a_record_that_leaves_a_document_due_wants_a_tick_at_once() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    bench.clock.advance(seconds=61)
    await bench.run()
    assert bench.loop.wanted.is_set()
    await bench.tick()
    assert bench.state("a").rings == 1


async def test_more_timers_than_a_step_takes_want_the_next_step_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "TICK_LIMIT", 2)
    bench, names = await ripening()
    await bench.loop.on_tick()
    assert 0 < sum(bench.state(name).rings for name in names) < len(names), "one of three partitions has three"
    while bench.loop.wanted.is_set():
        await bench.tick()
    assert [bench.state(name).rings for name in names] == [1] * len(names)


async def test_a_step_takes_so_many_timers_of_all_partitions_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "TICK_LIMIT", 3)
    bench, names = await ripening()
    await bench.loop.on_tick()
    assert sum(bench.state(name).rings for name in names) == 3, "each of three partitions has its share"


async def test_timers_of_all_partitions_cost_one_write_and_one_send() -> None:
    bench, names = await ripening()
    passed: list[str] = []
    bench.fault = passed.append
    await bench.loop.on_tick()
    assert [bench.state(name).rings for name in names] == [1] * len(names)
    calls = ["intend", "before write", "record", "before publish"]
    assert Counter(point for point in passed if point in [*calls, "fulfilled"]) == Counter(calls)
    await bench.loop.on_tick()
    assert passed.count("fulfilled") == 1, "the notes are taken off by the next tick"
    assert bench.store.notes == {}


async def test_timers_of_partitions_that_answer_do_not_wait_for_one_that_does_not() -> None:
    bench, names = await ripening()
    homes = [bench.store.rows[name].document.partition for name in names]
    bench.fault = Once("due", Unavailable("it does not answer"), n=2)
    await bench.loop.on_tick()
    rung = {home for name, home in zip(names, homes, strict=True) if bench.state(name).rings}
    assert len(rung) == len(set(homes)) - 1
    assert bench.loop.paused
    await bench.tick(seconds=1)
    await bench.tick(seconds=1)
    assert [bench.state(name).rings for name in names] == [1] * len(names)
    assert not bench.loop.paused


async def ripening() -> tuple[Bench, list[str]]:
    """Seven documents in three partitions, the timer of each just due."""
    bench, names = Bench(), [f"n{number}" for number in range(7)]
    for name in names:
        bench.put(name, "1", amount=5, ring_after=60)
    await bench.run()
    bench.clock.advance(seconds=61)
    return bench, names


async def _ticks(bench: Bench, times: int) -> None:
    for _ in range(times):
        await bench.loop.on_tick()


@pytest.mark.parametrize(
    "point", ["intend", "before write", "after write", "record", "before publish", "after publish", "fulfilled"]
)
async def test_what_a_timer_caused_is_found_in_the_outbox_after_a_crash(point: str) -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    bench.clock.advance(seconds=61)
    bench.fault = Once(point, Crash())
    with pytest.raises(Crash):
        await _ticks(bench, 2)  # notes are taken off by the next one
    bench.fault = lambda _point: None
    bench.restart()
    await bench.tick(seconds=1)
    await bench.tick(seconds=1)
    assert bench.state("a").rings == 1
    assert len(bench.told_ids()) == 2
    assert bench.store.notes == {}


async def test_a_note_stands_until_the_write_that_it_announces_though_another_member_sweeps_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    other = Bench(bench.service)
    other.broker, other.store, other.clock = bench.broker, bench.store, bench.clock
    other.restart()
    write = bench.store.write

    async def meanwhile(changes: Sequence[Change]) -> frozenset[str]:
        monkeypatch.setattr(bench.store, "write", write)
        await other.loop._settlement.sweep({0, 1, 2})
        return await write(changes)

    monkeypatch.setattr(bench.store, "write", meanwhile)
    bench.fault = Once("before publish", Crash())
    with pytest.raises(Crash):
        await bench.tick(seconds=61)
    bench.fault = lambda _point: None
    bench.restart()
    await bench.tick(seconds=1)
    assert [told.what for told in bench.told()].count("rang") == 1


async def test_a_timer_that_fails_is_put_aside_and_others_ring() -> None:
    bench = Bench()
    bench.put("a", "1", amount=13, ring_after=60)
    bench.put("b", "2", amount=1, ring_after=60)
    await bench.run()
    await bench.tick(seconds=61)
    assert bench.state("b").rings == 1
    assert bench.store.rows["a"].wake_at == bench.clock.time + ASIDE


async def test_a_timer_whose_document_cannot_be_stored_is_put_aside_and_others_ring() -> None:
    def facets(state: Sum) -> dict[str, int]:
        return {"rings": 1 // (1 - state.rings) if state.total == 5 else 0}

    bench = Bench(service=replace(SERVICE, facets=facets))
    bench.put("a", "1", amount=5, ring_after=60)
    bench.put("b", "2", amount=1, ring_after=60)
    await bench.run()
    await bench.tick(seconds=61)
    assert (bench.state("a").rings, bench.state("b").rings) == (0, 1)
    assert bench.store.rows["a"].wake_at == bench.clock.time + ASIDE


async def test_a_timer_that_does_not_move_on_is_put_aside_unwritten() -> None:
    bench = Bench()
    bench.put("a", "1", amount=14, ring_after=60)
    await bench.run()
    await bench.tick(seconds=61)
    assert bench.state("a").rings == 0
    assert bench.store.rows["a"].wake_at == bench.clock.time + ASIDE


async def test_a_timer_belongs_to_the_member_that_holds_its_documents_partition() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    home = bench.store.rows["a"].document.partition
    bench.stream.own(frozenset(place for place in bench.stream.owned() if place[1] != home))
    await bench.tick(seconds=61)
    assert bench.state("a").rings == 0


async def test_for_a_record_now_is_the_brokers_append_time_however_late_it_is_decided() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    appended = bench.clock.time
    bench.clock.advance(seconds=3600)
    await bench.run()
    assert bench.state("a").ring_at == appended + timedelta(seconds=60)


async def test_a_call_is_made_only_after_sending_is_written() -> None:
    bench = Bench()
    bench.put("a", "1", call="ring-1")
    bench.fault = Once("before write", Crash())
    with pytest.raises(Crash):
        await bench.run()
    assert bench.bell.calls == []
    bench.fault = lambda _point: None
    bench.restart()
    await bench.run()
    assert [effect.key for _, effect in bench.bell.calls] == ["ring-1"]
    assert bench.state("a").calling == "ring-1"


async def test_the_end_of_a_call_is_told_once() -> None:
    bench = Bench()
    bench.put("a", "1", call="ring-1")
    await bench.run()
    calls = list(bench.bell.calls)
    await bench.end_calls()
    bench.bell.calls = calls
    await bench.end_calls()
    assert bench.state("a").called == 1
    assert [told.what for told in bench.told()] == ["sum", "called"]


async def test_room_in_a_channel_is_used_up_within_a_batch() -> None:
    seen: list[int] = []

    def watch(state: Sum | None, step: Input[Put] | Tick | Done, context: Context) -> Decision[Sum]:
        if isinstance(step, Input):
            seen.append(context.free["bell"])
        return decide(state, step, context)

    bench = Bench()
    bench.service = replace(bench.service, decide=watch)
    bench.restart()
    for n in range(3):
        bench.put(f"n{n}", str(n), call=f"c{n}")
    await bench.run()
    assert sorted(seen) == [0, 1, 2]


async def test_a_batch_for_partitions_that_are_no_longer_ours_is_left_to_their_owner() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    batch = bench.stream.poll()
    bench.stream.own(frozenset())
    await bench.loop.on_records(batch)
    assert bench.store.rows == {}
    assert bench.told() == []


async def test_a_service_without_documents_is_the_same_loop() -> None:
    bench = Bench(replace(Bench().service, state=None))
    bench.put("a", "1", amount=5)
    await bench.run()
    assert [told.total for told in bench.told()] == [5]
    assert not any(bench.lag().values())


def test_a_thousand_inputs_keep_an_inbox_under_64_kib() -> None:
    inbox = [Entry(name_id(str(n)), Outcome.APPLIED).pack() for n in range(1000)]
    assert len(bson.encode({"inbox": inbox})) < 32 * 1024


async def test_a_timer_acts_on_the_time_its_inputs_were_read_to_not_on_the_time_now() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    bench.put("a", "2", amount=7)
    await bench.tick(seconds=30)
    bench.put("a", "3", hush=True)
    bench.clock.advance(seconds=60)
    await bench.loop.on_records(bench.stream.poll(1))
    await bench.loop.on_tick()
    assert bench.state("a").rings == 0, "read to the 30th second, and the hush stands unread behind it"
    await bench.run()
    await bench.tick(seconds=60)
    assert bench.state("a").rings == 0


async def test_ends_are_sampled_after_the_time_so_that_no_record_falls_between(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()

    async def now() -> datetime:
        bench.put("a", "2", hush=True)
        return bench.clock.time

    monkeypatch.setattr(bench.clock, "now", now)
    await bench.tick(seconds=61)
    assert bench.state("a").rings == 0


async def test_backing_off_on_purpose_counts_as_progress() -> None:
    bench = Bench(fault=lambda point: _away(point, "load"))
    bench.put("a", "1", amount=5)
    later = bench.clock.advance(hours=1)
    await bench.loop.on_records(bench.stream.poll())
    assert bench.loop.progress.at == 3600
    assert bench.clock.time > later, "it paused"


async def test_a_service_without_documents_that_decides_again_brings_the_very_same_events() -> None:
    bench = Bench(replace(Bench().service, state=None))
    bench.put("a", "1", amount=5)
    await bench.crash("after publish")
    await bench.run()
    sent = bench.broker.read("toy.out.v1")
    assert len(sent) == 2
    assert (sent[0].value, sent[0].headers) == (sent[1].value, sent[1].headers)


class SlowStore(MemoryStore):
    """Answers one write with doubt and does it later, as a server does whose client has timed out."""

    held: Sequence[Change] | None = None

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        if self.held is not None:
            return await super().write(changes)
        self.held = changes
        return frozenset(change.subject for change in changes)


async def test_what_a_timer_caused_is_sent_though_its_write_happens_after_its_answer_was_lost() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    slow = SlowStore()
    slow.rows, bench.store = bench.store.rows, slow
    bench.restart()
    await bench.tick(seconds=61)
    bench.put("a", "2", misbehave="nothing")
    await bench.tick(seconds=1)
    assert slow.held is not None
    await MemoryStore.write(slow, slow.held)
    for _ in range(3):
        await bench.tick(seconds=40)
    assert bench.state("a").rings == 1
    assert [told.what for told in bench.told()].count("rang") >= 1
    assert len(bench.told_ids()) == 2
    assert slow.notes == {}


async def test_documents_whose_events_share_an_id_all_have_theirs_told() -> None:
    bench = Bench()
    for n in range(6):
        bench.put(f"n{n}", "1", amount=1, ring_after=60)
    await bench.run()
    await bench.tick(seconds=61)
    assert {bench.state(f"n{n}").rings for n in range(6)} == {1}
    assert [told.what for told in bench.told()].count("rang") == 6, "a toy's ring is named after its count alone"


@pytest.mark.parametrize("point", ["after write", "record", "before publish", "after publish"])
@pytest.mark.parametrize("kind", ["conflict", "raise", "grow"])
async def test_a_dead_letter_survives_whatever_comes_after_its_write(point: str, kind: str) -> None:
    bench = Bench()
    bench.put("a", "1", misbehave=kind)
    await bench.crash(point) if point != "record" else None
    bench.fault = Once("before publish", Unavailable("broker"))
    await bench.run()
    letters = {DeadLetter.model_validate_json(dead.value or b"").id for dead in bench.broker.read(DEAD.name)}
    assert len(letters) == 1
    assert not any(bench.lag().values())


async def test_the_effects_of_a_write_that_won_though_its_answer_was_lost_are_started() -> None:
    bench = Bench(fault=Once("after write", Unavailable("answer lost")))
    bench.put("a", "1", call="k")
    await bench.run()
    assert [effect.key for _, effect in bench.bell.calls] == ["k"]


async def test_one_loser_in_a_bulk_does_not_keep_the_others_effects_from_starting() -> None:
    bench = Bench()
    for name in "abc":
        bench.put(name, "1")
    await bench.run()
    stolen = bench.store.rows["b"]

    def other_member(point: str) -> None:
        if point == "before write":
            bench.fault = lambda _point: None
            stolen.document = replace(stolen.document, rev=stolen.document.rev + 1, by="another")

    bench.fault = other_member
    for name in "abc":
        bench.put(name, "2", call=f"call-{name}")
    await bench.run()
    assert sorted(effect.key for _, effect in bench.bell.calls) == ["call-a", "call-b", "call-c"]


async def test_a_succeeding_tick_does_not_shorten_the_pauses_of_records() -> None:
    bench = Bench(fault=lambda point: _away(point, "before publish"))
    bench.put("a", "1")
    for _ in range(8):
        await bench.loop.on_records(bench.stream.poll())
        await bench.loop.on_tick()
    assert bench.clock.slept[-1] == 2.0
    assert bench.loop.paused == "away"


async def test_facets_that_raise_park_their_record_alone() -> None:
    def facets(state: Sum) -> dict[str, int]:
        return {"total": state.total // (state.total - 99)}

    bench = Bench(replace(Bench().service, facets=facets))
    bench.put("a", "1", amount=99)
    bench.put("b", "2", amount=1)
    await bench.run()
    assert bench.state("b").total == 1
    assert len(bench.broker.read(DEAD.name)) == 1


async def test_one_bad_record_in_a_hundred_from_many_sources_stops_nothing() -> None:
    bench = Bench()
    for n in range(600):
        topic = OUTSIDE[n % len(OUTSIDE)].name
        bench.broker.append(topic, str(n), b"rubbish") if n % 100 == 0 else bench.put(f"d{n}", "1", topic=topic)
        if n % 50 == 0:
            await bench.run()
    await bench.run()
    assert bench.clock.slept == []
    assert len(bench.broker.read(DEAD.name)) == 6


async def test_a_document_takes_no_more_at_once_than_a_portion_may_weigh() -> None:
    bench = Bench()
    for n in range(9):
        bench.put("a", str(n), amount=1, pad="x" * 1_000_000)
    await bench.run()
    assert bench.state("a").total == 9
    assert bench.store.rows["a"].document.rev == 9
    assert [told.version for told in bench.told()] == sorted(told.version for told in bench.told())
    assert len(bench.told_ids()) == 9


async def test_a_document_that_is_full_parks_what_comes_and_does_not_grow() -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    await bench.run()
    row = bench.store.rows["a"]
    row.document = replace(row.document, size=DOCUMENT_LIMIT)
    bench.restart()
    bench.put("a", "2", amount=7)
    await bench.run()
    assert row is bench.store.rows["a"]
    assert bench.state("a").total == 5
    (dead,) = bench.broker.read(DEAD.name)
    assert DeadLetter.model_validate_json(dead.value or b"").reason is Reason.TOO_LARGE


async def test_what_a_document_keeps_counts_in_bytes_as_the_store_counts_and_not_in_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fold, "DOCUMENT_LIMIT", 3000)
    bench = Bench()
    bench.put("a", "1", call="旗" * 600)
    bench.put("b", "1", call="旗" * 1200)
    await bench.run()
    assert set(bench.store.rows) == {"a"}
    assert bench.store.rows["a"].document.size > 1800
    (dead,) = bench.broker.read(DEAD.name)
    assert DeadLetter.model_validate_json(dead.value or b"").reason is Reason.TOO_LARGE


async def test_what_does_not_fit_into_a_document_at_once_is_taken_in_smaller_rounds_and_none_of_it_is_parked() -> None:
    bench = Bench()
    bench.put("a", "0", amount=1)
    await bench.run()
    row = bench.store.rows["a"]
    row.document = replace(row.document, size=DOCUMENT_LIMIT - 700)  # room for what some of the inputs bring about
    bench.restart()
    for n in range(16):
        bench.put("a", str(n + 1), amount=1)
    await bench.run()
    assert bench.state("a").total == 17
    assert bench.store.rows["a"].document.rev > 2, "in more rounds than one"
    assert len(bench.told_ids()) == 17
    assert bench.broker.read(DEAD.name) == []


async def test_a_document_is_made_ready_for_its_store_once_a_round_however_many_inputs_it_takes() -> None:
    stored = list[int]()

    def facets(state: Sum) -> dict[str, int]:
        stored.append(state.total)
        return {}

    bench = Bench(service=replace(SERVICE, facets=facets))
    for n in range(PACE.portion):
        bench.put("a", str(n), amount=1)
    await bench.run()
    assert stored == [PACE.portion]


async def test_a_long_batch_leaves_turns_to_whoever_else_must_not_wait() -> None:
    bench = Bench()

    def slowly(state: Sum | None, step: Input[Put] | Tick | Done, context: Context) -> Decision[Sum]:
        bench.clock.advance(seconds=0.1)
        return decide(state, step, context)

    bench.service = replace(SERVICE, decide=slowly)
    bench.restart()
    for n in range(20):
        bench.put("a", str(n), amount=1)
    turns = 0

    async def heartbeat() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(heartbeat())
    await bench.run()
    other.cancel()
    assert turns > 10


@pytest.mark.parametrize(
    ("seconds", "portions"), [(0.0001, [32, 168]), (0.005, [32, 60, 60, 48]), (0.1, [32] * 6 + [8])]
)
async def test_a_batch_is_settled_in_portions_as_long_as_they_may_take_each_committed_before_the_next(
    seconds: float, portions: list[int]
) -> None:
    bench = Bench()

    def slowly(state: Sum | None, step: Input[Put] | Tick | Done, context: Context) -> Decision[Sum]:
        bench.clock.advance(seconds=seconds)
        return decide(state, step, context)

    bench.service = replace(SERVICE, decide=slowly)
    bench.restart()
    for n in range(200):
        bench.put(str(n), "1", amount=1)
    left = [200]

    def committed(point: str) -> None:
        if point == "after commit":
            left.append(sum(bench.lag().values()))

    bench.fault = committed
    await bench.run()
    assert [before - after for before, after in itertools.pairwise(left)] == portions


async def test_portions_are_as_large_as_makes_up_for_servers_that_answer_slowly() -> None:
    bench, sizes = Bench(), list[int]()

    def slowly(point: str) -> None:
        if point in ("load", "before write", "record", "before publish", "before commit"):
            bench.clock.advance(seconds=0.5)
        if point == "after commit":
            sizes.append(sum(bench.lag().values()))

    bench.fault = slowly
    for n in range(400):
        bench.put(str(n), "1", amount=1)
    await bench.run()
    assert sizes == [368, 0]


async def test_no_partition_of_a_batch_waits_until_the_others_are_settled() -> None:
    bench = Bench()
    for n in range(400):
        bench.put(str(n), "1", amount=1)
    seen = list[Counter[int]]()

    def committed(point: str) -> None:
        if point == "after commit":
            seen.append(Counter(record.partition for record in bench.broker.read("toy.out.v1")))

    bench.fault = committed
    await bench.run()
    assert len(seen) > 1
    assert set(seen[0]) == set(seen[-1])


async def test_of_a_batch_that_meets_a_server_away_what_is_settled_stays_settled_and_the_rest_comes_again() -> None:
    bench = Bench(fault=Once("before write", Unavailable("timeout"), 2))
    for n in range(100):
        bench.put(str(n), "1", amount=1)
    await bench.run()
    assert all(bench.state(str(n)).total == 1 for n in range(100))
    assert len(bench.broker.read("toy.out.v1")) == 100
    assert not any(bench.lag().values())


TWO_LANES = Pace(lane=1)


async def test_while_the_servers_answer_one_lane_the_other_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, load = list[str](), MemoryStore.load

    async def slow(store: MemoryStore, subjects: Sequence[str]) -> Mapping[str, Document]:
        seen.extend(f"asked for {name}" for name in subjects)
        await asyncio.sleep(0)
        return await load(store, subjects)

    monkeypatch.setattr(MemoryStore, "load", slow)
    bench = Bench(pace=TWO_LANES)
    bench.fault = lambda point: seen.append(point) if point == "before write" else None
    bench.put("a", "1", amount=5)
    bench.put("b", "1", amount=7)
    await bench.run()
    assert sorted(seen[:2]) == ["asked for a", "asked for b"]
    assert seen[2:] == ["before write"] * 2
    assert (bench.state("a").total, bench.state("b").total) == (5, 7)


async def test_a_lane_that_meets_a_server_away_takes_none_of_the_other_back_and_comes_again() -> None:
    bench = Bench(fault=Once("record", Unavailable("timeout")), pace=TWO_LANES)
    for n in range(10):
        bench.put(str(n), "1", amount=1)
    await bench.run()
    assert all(bench.state(str(n)).total == 1 for n in range(10))
    assert len(bench.told_ids()) == 10
    assert not any(bench.lag().values())
    assert bench.clock.slept == [0.2]


async def test_lanes_share_out_what_is_free_of_a_channel() -> None:
    seen = dict[str, int]()

    def look(state: Sum | None, step: Input[Put] | Tick | Done, context: Context) -> Decision[Sum]:
        if isinstance(step, Input):
            seen[step.subject] = context.free["bell"]
        return decide(state, step, context)

    bench = Bench(service=replace(SERVICE, decide=look), pace=TWO_LANES)
    bench.bell.room = 3
    bench.put("a", "1")
    bench.put("b", "1")
    await bench.run()
    assert sorted(seen.values()) == [1, 2]


async def test_a_record_longer_than_a_dead_letter_is_kept_in_part_and_the_letter_says_so() -> None:
    bench = Bench()
    bench.broker.append(IN.name, "a", b"x" * 3_000_000, [("h", b"y" * 200_000)])
    await bench.run()
    (dead,) = bench.broker.read(DEAD.name)
    assert len(dead.value or b"") < 2 * 1024 * 1024
    letter = DeadLetter.model_validate_json(dead.value or b"")
    assert [(cut.part, cut.size) for cut in letter.cut] == [("value", 3_000_000), ("headers", 200_001)]
    assert "here it is cut" in str(letter.problems[-1])


@pytest.mark.parametrize(("internal", "portions"), [(False, [40, 20]), (True, [300_000, 300_000])])
async def test_of_records_from_outside_the_next_portion_is_at_the_most_twice_the_last(
    internal: bool, portions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = tuple(one for one in SERVICE.readers if internal or not one.topic.internal)
    bench = Bench(replace(SERVICE, readers=readers), pace=Pace(portion=20))
    taken = list[int]()
    monkeypatch.setattr(bench.stream, "take", taken.append)
    for n in range(30):
        bench.put("a", str(n), OUTSIDE[0].name, amount=1)
    await bench.loop.on_records(bench.stream.poll())
    assert taken == portions


async def test_a_closed_loop_takes_no_more_and_leaves_records_to_the_next_member(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    bench.put("a", "1", amount=5)
    taken = list[int]()
    monkeypatch.setattr(bench.stream, "take", taken.append)
    await bench.loop.close()
    assert taken == [0]
    await bench.loop.on_records(bench.stream.poll())
    assert bench.store.rows == {}
    bench.restart()
    await bench.run()
    assert bench.state("a").total == 5
