"""Documents that a process remembers: they cost neither a find nor a parse, and stale ones decide nothing."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from contracts.deadletter import DeadLetter, Reason
from contracts.wire import event
from services.chassis.fold import DOCUMENT_LIMIT, Draft
from services.chassis.ports import Change, Inbox
from services.chassis.settlement import Settlement
from services.chassis.values import Done, Effect, Outcome, Unavailable
from simulation.flaky import FlakyStore
from tests.bench_of_loops import Bench, Once
from tests.seeds.live import live
from tests.toy import DEAD, IN, OUT, SERVICE, Put, Sum, Told, nonce_id


class Read(Sum):
    """The toy's state, which counts how often it is read from what is stored."""

    @classmethod
    def model_validate_json(cls, *args: Any, **kwargs: Any) -> "Read":
        TIMES["read"] += 1
        return super().model_validate_json(*args, **kwargs)


TIMES = Counter[str]()


def recalled(bench: Bench, what: str = "recalled") -> float:
    return bench.metrics.registry.get_sample_value(f"yiwang_{what}_documents_total") or 0


async def remembering(**fields: Any) -> Bench:
    """A bench whose process has just written the document "a", with the sum 5."""
    bench = Bench()
    bench.put("a", "1", amount=5, **fields)
    await bench.run()
    return bench


def elsewhere(bench: Bench, state: Sum, **fields: Any) -> None:
    """Another member writes the document "a"."""
    row = bench.store.rows["a"]
    stored = row.document
    row.document = replace(stored, rev=stored.rev + 1, by="another", state=state.model_dump_json(), **fields)
    row.wake_at = state.ring_at


async def test_a_document_that_was_just_written_is_neither_asked_for_nor_read_again() -> None:
    TIMES.clear()
    bench = Bench(replace(SERVICE, state=Read))
    for n in range(3):
        bench.put("a", str(n), amount=1, call=f"call-{n}")
        passed = bench.calls()
        await bench.run()
        assert passed.count("load") == (n == 0)
        passed.clear()
        await bench.end_calls()
        assert "load" not in passed
    assert (bench.state("a").total, bench.state("a").called) == (3, 3)
    assert recalled(bench) == 5
    assert TIMES["read"] == 0


async def test_only_what_is_wanted_again_soon_is_remembered() -> None:
    bench = Bench(replace(SERVICE, soon=lambda state: state.total < 10))
    for amount, asked in ((5, 1), (5, 0), (5, 1), (5, 1)):
        bench.put("a", str(bench.clock.advance(seconds=1)), amount=amount)
        passed = bench.calls()
        await bench.run()
        assert passed.count("load") == asked


async def test_a_remembered_document_is_just_what_a_load_would_give_and_its_state_what_would_be_read() -> None:
    bench = await remembering(ring_after=60)
    (kept,) = (await bench.loop._settlement.load(["a"])).values()
    stored = bench.store.rows["a"].document
    assert kept == replace(stored, outbox=())
    assert kept.known == bench.state("a")


async def test_what_another_member_has_written_since_is_loaded_and_decided_again() -> None:
    bench = await remembering()
    elsewhere(bench, Sum(version=2, total=100))
    bench.put("a", "2", amount=7)
    passed = bench.calls()
    await bench.run()
    assert bench.state("a").total == 107
    assert passed.count("load") == 2, "who won is read, and then the document"
    assert [told.total for told in bench.told()][-1] == 107
    assert 12 not in {told.total for told in bench.told()}, "nothing is told of what lost"
    assert (recalled(bench), recalled(bench, "outdated")) == (1, 1)


async def test_an_input_that_another_member_has_taken_since_counts_once() -> None:
    bench = await remembering()
    bench.put("a", "2", amount=7)
    (record,) = bench.stream.poll()
    taken = Inbox(bench.store.rows["a"].document.inbox.raw + bytes((Outcome.APPLIED,)) + _id(record).bytes)
    elsewhere(bench, Sum(version=2, total=12), inbox=taken)
    await bench.loop.on_records([record])
    assert bench.state("a").total == 12
    assert bench.store.rows["a"].document.by == "another"


def _id(record: Any) -> Any:
    return nonce_id(record, Put.model_validate_json(record.value))


async def test_what_another_member_left_unsent_is_sent_before_it_is_replaced() -> None:
    bench = await remembering()
    lost = event(OUT, Told(version=2, name="a", what="sum", total=100), cause=_id(bench.broker.read(IN.name)[0]))
    message = replace(bench.store.rows["a"].document.outbox[0], id=lost.id, value=lost.body.model_dump_json().encode())
    elsewhere(bench, Sum(version=2, total=100), outbox=(message,))
    bench.put("a", "2", amount=7)
    await bench.run()
    assert [told.total for told in bench.told()] == [5, 100, 107]


async def test_partitions_that_go_take_all_memory_along() -> None:
    bench = await remembering()
    await bench.loop.released()
    bench.put("a", "2", amount=7)
    passed = bench.calls()
    await bench.run()
    assert passed[0] == "load"
    assert recalled(bench) == 0


@pytest.mark.parametrize("point", ["before write", "after write", "record", "before publish", "after publish"])
async def test_a_step_that_failed_leaves_nothing_remembered(point: str) -> None:
    bench = await remembering()
    bench.put("b", "1", amount=1)
    await bench.run()
    bench.put("b", "2", amount=1)
    bench.fault = Once(point, ZeroDivisionError())
    await bench.loop.on_records(bench.stream.poll())
    bench.put("a", "2", amount=7)
    passed = bench.calls()
    await bench.run()
    assert passed[0] == "load"
    assert (bench.state("a").total, bench.state("b").total) == (12, 2)
    assert len(bench.told_ids()) == 4


@pytest.mark.parametrize("point", ["record", "before publish"])
async def test_a_document_whose_messages_were_not_sent_is_not_remembered(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settlement, "forget", lambda _self: None)
    bench = Bench(fault=Once(point, Unavailable("away")))
    bench.put("a", "1", amount=5)
    await bench.loop.on_records(bench.stream.poll())
    assert bench.told() == []
    passed = bench.calls()
    await bench.run()
    assert passed[0] == "load"
    assert [told.total for told in bench.told()] == [5], "the rescue of its outbox"


async def test_a_doubtful_write_that_is_read_to_have_won_is_remembered_as_any_other() -> None:
    bench = await remembering()
    bench.put("a", "2", amount=7)
    bench.fault = Once("after write", Unavailable("timeout"))
    await bench.run()
    bench.put("a", "3", amount=1)
    passed = bench.calls()
    await bench.run()
    assert "load" not in passed
    assert bench.state("a").total == 13


async def test_a_tick_goes_by_what_the_store_has_and_not_by_what_is_remembered() -> None:
    bench = await remembering(ring_after=60)
    elsewhere(bench, Sum(version=2, total=100, ring_at=bench.clock.time + timedelta(seconds=90)))
    await bench.tick(seconds=61)
    assert bench.state("a").rings == 0
    await bench.tick(seconds=30)
    assert (bench.state("a").rings, bench.state("a").total) == (1, 100)
    assert [told.total for told in bench.told() if told.what == "rang"] == [100]


async def test_what_a_tick_has_written_leaves_no_older_form_behind() -> None:
    bench = Bench(replace(SERVICE, soon=lambda state: not state.rings))
    bench.put("a", "1", amount=5, ring_after=60)
    await bench.run()
    await bench.tick(seconds=61)
    bench.put("a", "2", amount=7)
    passed = bench.calls()
    await bench.run()
    assert passed.count("load") == 1
    assert recalled(bench, "outdated") == 0


async def test_the_end_of_a_call_that_says_nothing_to_a_remembered_document_is_asked_of_the_store() -> None:
    bench = await remembering()
    elsewhere(bench, Sum(version=2, total=5, calling="k"))
    effect = Effect(channel="bell", key="k", payload={"name": "a"})
    await bench.loop.on_done([("a", Done(effect=effect, at=bench.clock.time))])
    assert bench.state("a").called == 1
    assert not bench.clock.slept


async def test_the_end_of_a_call_that_says_nothing_to_anybody_is_settled_without_a_pause() -> None:
    bench = await remembering()
    effect = Effect(channel="bell", key="k", payload={"name": "a"})
    passed = bench.calls()
    await bench.loop.on_done([("a", Done(effect=effect, at=bench.clock.time))])
    assert passed == ["load"]
    assert not bench.clock.slept
    assert bench.store.rows["a"].document.rev == 1


async def test_a_record_that_only_a_stale_document_has_no_room_for_is_not_parked() -> None:
    bench = await remembering()
    (kept,) = (await bench.loop._settlement.load(["a"])).values()
    bench.loop._settlement._recent.keep(replace(kept, size=DOCUMENT_LIMIT))
    elsewhere(bench, Sum(version=2, total=100))
    bench.put("a", "2", amount=7)
    await bench.run()
    assert bench.state("a").total == 107
    assert bench.broker.read(DEAD.name) == []


async def test_a_record_that_no_document_has_room_for_is_parked_once_the_store_was_asked() -> None:
    bench = await remembering()
    (kept,) = (await bench.loop._settlement.load(["a"])).values()
    full = bench.store.rows["a"]
    full.document = replace(full.document, size=DOCUMENT_LIMIT)
    bench.loop._settlement._recent.keep(replace(kept, size=DOCUMENT_LIMIT))
    bench.put("a", "2", amount=7)
    passed = bench.calls()
    await bench.run()
    assert passed[0] == "load"
    (dead,) = bench.broker.read(DEAD.name)
    assert DeadLetter.model_validate_json(dead.value or b"").reason is Reason.TOO_LARGE


async def test_a_sweep_looks_into_the_store_whatever_is_remembered() -> None:
    bench = await remembering(ring_after=60)
    other = Bench(bench.service)
    other.broker, other.store, other.clock = bench.broker, bench.store, bench.clock
    other.restart()
    bench.clock.advance(seconds=61)
    other.store._fault = Once("record", ZeroDivisionError(), 2)  # behind the rescue of what it does not know as sent
    await other.loop.on_tick()
    other.store._fault = bench._fail
    assert bench.store.notes, "the other member has written, and sent nothing"
    await bench.tick(seconds=1)
    assert [told.what for told in bench.told()] == ["sum", "sum", "rang"]
    assert bench.store.notes == {}


def test_in_whole_runs_what_is_remembered_is_what_is_stored_and_every_state_what_would_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load, change, seen = Settlement.load, Draft.change, Counter[str]()

    async def loaded(self: Settlement, subjects: Any) -> Any:
        found = await load(self, subjects)
        rows = self._store._server.rows if isinstance(self._store, FlakyStore) else {}
        for name, one in found.items():
            same = one.known is not None and rows[name].document.rev == one.rev
            seen["recalled"] += same
            assert not same or one == replace(rows[name].document, outbox=())
        return found

    def changed(self: Draft, by: str) -> Change | None:
        found = change(self, by)
        if found and found.state and self.service.state:
            seen["states"] += 1
            assert self.service.state.model_validate_json(found.state) == self.state
        return found

    monkeypatch.setattr(Settlement, "load", loaded)
    monkeypatch.setattr(Draft, "change", changed)
    with capture_logs():
        assert [live(seed).offences for seed in range(8)] == [()] * 8
    assert seen["recalled"] > 200
    assert seen["states"] > 500
