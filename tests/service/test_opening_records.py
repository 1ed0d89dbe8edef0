"""A record that most likely makes its document does not look for it first; where it is there after all, all is well."""

from dataclasses import replace

from services.chassis.values import Outcome
from tests.bench_of_loops import Bench
from tests.toy import SERVICE, Put


def opening() -> Bench:
    """A bench whose records of version 1 most likely make their documents."""
    return Bench(replace(SERVICE, readers=tuple(replace(one, opens=_first) for one in SERVICE.readers)))


def _first(body: Put) -> bool:
    return body.version == 1


async def test_a_document_that_its_record_makes_is_not_looked_for() -> None:
    bench = opening()
    bench.put("a", "1", version=1, amount=5)
    passed = bench.calls()
    await bench.run()
    assert passed.count("load") == 0
    assert bench.state("a").total == 5
    assert [told.total for told in bench.told()] == [5]


async def test_one_that_is_there_after_all_is_read_and_the_record_decided_again() -> None:
    bench = opening()
    bench.put("a", "1", amount=5)
    await bench.run()
    bench.restart()
    bench.put("a", "2", version=1, amount=7)
    await bench.run()
    assert bench.state("a").total == 12
    assert [told.total for told in bench.told()][-1] == 12
    assert len(bench.told_ids()) == 2, "nothing is told of what was decided on nothing"


async def test_its_record_delivered_again_counts_once() -> None:
    bench = opening()
    bench.put("a", "1", version=1, amount=5)
    await bench.crash("after publish")
    await bench.run()
    assert bench.state("a").total == 5
    assert len(bench.told_ids()) == 1


async def test_a_record_that_changes_nothing_is_not_taken_for_one_that_found_nothing() -> None:
    bench = opening()
    bench.put("a", "1", amount=5)
    await bench.run()
    bench.restart()
    bench.put("a", "2", version=1, misbehave="nothing")
    await bench.run()
    assert list(bench.store.rows["a"].document.inbox.values()) == [Outcome.APPLIED, Outcome.NOTHING]


async def test_what_comes_behind_it_for_the_same_document_needs_no_look_either() -> None:
    bench = opening()
    bench.put("a", "1", version=1, amount=5)
    bench.put("a", "2", version=2, amount=7)
    passed = bench.calls()
    await bench.run()
    assert passed.count("load") == 0
    assert bench.state("a").total == 12
