"""One suite for the store port, run against the real server and against the one in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.identity import name_id
from contracts.wire import Message, event, message
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Change, Entry, Inbox, Store
from services.chassis.values import Outcome
from simulation.store import MemoryStore
from tests.servers import Servers, namespace
from tests.toy import OUT, SERVICE, Told

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Make = Callable[..., Change]


@pytest.fixture(params=["memory", "mongo"])
async def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    servers: Servers = request.getfixturevalue("servers")
    found = MongoStore(client(servers.mongo), namespace().replace(".", "-") + "store", SERVICE)
    await found.prepare()
    return found


def told(name: str, version: int) -> Message:
    body = Told(version=version, name=name, what="sum", total=version)
    cause = name_id(f"{name}/{version}")
    sent = message(event(OUT, body, cause=cause), source="yiwang/toy", time=NOW, traceparent="00-0-0-00")
    return replace(sent, more=(("idempotencykey", "键".encode()),))


def change(subject: str, rev: int, **fields: Any) -> Change:
    base: dict[str, Any] = {
        "by": f"attempt-{rev}",
        "schema": 1,
        "partition": 2,
        "state": f'{{"version":{rev}}}',
        "inbox": Inbox().after(Entry(name_id(f"{subject}/{n}"), Outcome.APPLIED) for n in range(rev + 1)),
        "outbox": (told(subject, rev + 1),),
        "wake_at": None,
        "facets": {"total": rev},
        "kept": {},
    }
    return Change(subject=subject, rev=rev, **{**base, **fields})


async def test_what_is_written_is_loaded_whole(store: Store) -> None:
    assert await store.write([change("a", 0)]) == frozenset()
    (found,) = (await store.load(["a", "missing"])).values()
    assert (found.subject, found.rev, found.schema, found.partition) == ("a", 1, 1, 2)
    assert found.state == '{"version":0}'
    assert found.inbox == {name_id("a/0"): Outcome.APPLIED}
    assert found.outbox == (told("a", 1),)
    assert found.by == "attempt-0"
    assert found.size >= len(found.state)


async def test_an_update_replaces_the_inbox_and_the_outbox(store: Store) -> None:
    await store.write([change("a", 0)])
    assert await store.write([change("a", 1)]) == frozenset()
    found = (await store.load(["a"]))["a"]
    assert found.rev == 2
    assert set(found.inbox) == {name_id("a/0"), name_id("a/1")}
    assert found.outbox == (told("a", 2),)


async def test_an_update_that_took_nothing_in_leaves_the_inbox(store: Store) -> None:
    await store.write([change("a", 0)])
    assert await store.write([change("a", 1, inbox=None)]) == frozenset()
    found = (await store.load(["a"]))["a"]
    assert (found.rev, set(found.inbox)) == (2, {name_id("a/0")})


async def test_a_write_on_a_passed_revision_does_not_apply_and_says_so(store: Store) -> None:
    await store.write([change("a", 0), change("b", 0)])
    await store.write([change("a", 1)])
    doubtful = await store.write([change("a", 1, state='{"version":99}'), change("b", 1), change("c", 0)])
    assert "a" in doubtful
    assert "c" not in doubtful
    found = await store.load(["a", "b", "c"])
    assert found["a"].state == '{"version":1}'
    assert found["b"].rev == 2
    assert found["c"].rev == 1


async def test_a_second_insert_does_not_apply_and_says_so(store: Store) -> None:
    await store.write([change("a", 0)])
    assert await store.write([change("a", 0, state='{"version":99}'), change("b", 0)]) == {"a"}
    assert (await store.load(["a"]))["a"].state == '{"version":0}'


async def test_history_is_insert_only_and_in_the_order_of_versions(store: Store) -> None:
    await store.record([("a", told("a", 2)), ("a", told("a", 1)), ("b", told("b", 1))])
    await store.record([("a", told("a", 1)), ("a", told("a", 3))])
    assert [past.version for past in await store.history("a")] == [1, 2, 3]
    (past,) = await store.history("b")
    assert (past.topic, past.type, past.at) == (OUT.name, "toy.sum.v1", NOW)
    assert Told.model_validate_json(past.value).total == 1
    assert past.id == told("b", 1).id


async def test_due_gives_the_documents_of_one_partition_whose_time_has_come_the_earliest_first(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    await store.write(
        [
            change("late", 0, wake_at=NOW),
            change("early", 0, wake_at=NOW - timedelta(hours=1)),
            change("not-yet", 0, wake_at=later),
            change("never", 0),
            change("elsewhere", 0, wake_at=NOW, partition=1),
        ]
    )
    assert [one.subject for one in await store.due(2, NOW, 10)] == ["early", "late"]
    assert [one.subject for one in await store.due(2, NOW, 1)] == ["early"]


async def test_a_wake_time_that_is_taken_off_is_not_due_any_more(store: Store) -> None:
    await store.write([change("a", 0, wake_at=NOW)])
    await store.write([change("a", 1)])
    assert await store.due(2, NOW, 10) == []


async def test_a_timer_put_aside_comes_back_later_unless_the_document_has_moved_on(store: Store) -> None:
    later = NOW + timedelta(minutes=10)
    await store.write([change("a", 0, wake_at=NOW)])
    await store.put_aside("a", 7, later)
    assert len(await store.due(2, NOW, 10)) == 1
    await store.put_aside("a", 1, later)
    assert await store.due(2, NOW, 10) == []
    assert len(await store.due(2, later, 10)) == 1


async def test_an_intent_is_found_by_its_partition_until_it_is_fulfilled(store: Store) -> None:
    first, second = await store.intend({2: {"a": 1, "b.c": 7}, 3: {"c": 0}})
    assert {one.id: one.revs for one in await store.intents([2, 3])} == {first: {"a": 1, "b.c": 7}, second: {"c": 0}}
    assert [one.id for one in await store.intents([3, 4])] == [second]
    await store.fulfilled([second])
    assert await store.intents([3]) == []
    assert len(await store.intents([2])) == 1


async def test_queries_go_by_facets_in_the_order_asked_for(store: Store) -> None:
    await store.write([change(f"n{n}", 0, facets={"total": n % 3, "at": NOW + timedelta(days=n)}) for n in range(6)])
    found = await store.query({"total": {"$gte": 1}}, [("total", -1), ("_id", 1)], 3)
    assert [one.subject for one in found] == ["n2", "n5", "n1"]
    after = {"$or": [{"total": {"$lt": 1}}, {"total": 1, "_id": {"$gt": "n1"}}]}
    assert [one.subject for one in await store.query(after, [("_id", 1)], 10)] == ["n0", "n3", "n4"]
    late = await store.query({"at": {"$gt": NOW + timedelta(days=4)}}, [("_id", 1)], 10)
    assert [one.subject for one in late] == ["n5"]
    assert late[0].state == {"version": 0}


async def test_a_facet_that_is_a_list_is_found_by_each_of_its_words(store: Store) -> None:
    lists = {"a": ["x", "y"], "b": ["y"], "c": []}
    await store.write([change(name, 0, facets={"words": words}) for name, words in lists.items()])
    await store.write([change("d", 0, facets={"words": "x"}), change("e", 0)])
    assert {one.subject for one in await store.query({"words": "y"}, (), 10)} == {"a", "b"}
    assert {one.subject for one in await store.query({"words": "x"}, (), 10)} == {"a", "d"}
    assert len(await store.query({"words": "y"}, (), 1)) == 1
    await store.write([change("a", 1, facets={"words": ["z"]})])
    assert {one.subject for one in await store.query({"words": "y"}, (), 10)} == {"b"}


async def test_documents_are_counted_no_further_than_asked_for(store: Store) -> None:
    codes = ["15", "1501", "150199", "1502", "16"]
    await store.write([change(code, 0, facets={"code": code, "light": "red"}) for code in codes])
    below = {"code": {"$gte": "1501", "$lt": "1501~"}, "light": "red"}
    assert await store.count(below, 10) == 2
    assert await store.count({"light": "red"}, 3) == 3
    assert await store.count({"light": "green"}, 3) == 0


async def test_a_document_can_be_read_with_its_inbox(store: Store) -> None:
    await store.write([change("a", 0)])
    found = await store.read("a")
    assert found is not None
    assert (found.rev, set(found.inbox)) == (1, {name_id("a/0")})
    assert await store.read("missing") is None


async def test_a_batch_of_five_hundred_is_written_and_loaded(store: Store) -> None:
    names = [str(uuid4()) for _ in range(500)]
    assert await store.write([change(name, 0) for name in names]) == frozenset()
    assert await store.write([change(name, 1) for name in names]) == frozenset()
    assert {one.rev for one in (await store.load(names)).values()} == {2}


async def test_bytes_that_are_kept_are_not_loaded_and_stay_over_updates(store: Store) -> None:
    await store.write([change("a", 0, kept={"first": b"\x00\xff"})])
    await store.write([change("a", 1, kept={"second": b"x" * 1000})])
    found = (await store.load(["a"]))["a"]
    assert (found.rev, found.by) == (2, "attempt-1")
    assert found.size > 1000, "what is kept counts, though it is not loaded"


def test_an_inbox_knows_what_was_packed_and_of_two_of_one_id_the_later() -> None:
    entries = [
        Entry(UUID(int=5), Outcome.PARKED),
        Entry(UUID(int=6), Outcome.REFUSED),
        Entry(UUID(int=5), Outcome.APPLIED),
    ]
    inbox = Inbox().after(entries[:1]).after(entries[1:])
    assert len(inbox.raw) == 3 * 17
    assert Inbox(inbox.raw).raw == inbox.raw
    assert inbox == {UUID(int=5): Outcome.APPLIED, UUID(int=6): Outcome.REFUSED}
    assert list(inbox.items()) == [(UUID(int=5), Outcome.APPLIED), (UUID(int=6), Outcome.REFUSED)]
    assert len(inbox) == 2
    assert inbox.get(UUID(int=7)) is None


def test_an_id_that_only_two_entries_together_spell_is_not_known() -> None:
    one, two = Entry(UUID(int=0), Outcome.APPLIED), Entry(UUID(int=2**120 - 1), Outcome.APPLIED)
    inbox = Inbox().after([one, two])
    across = UUID(bytes=inbox.raw[5:21])
    assert inbox.get(across) is None
    assert inbox.after([Entry(across, Outcome.STALE), one, two])[across] is Outcome.STALE


@pytest.mark.parametrize("raw", [b"\x01", b"\x01" * 18, b"\xff" * 17, "s" * 17, None, 17, [b"\x01" * 17]])
def test_what_is_no_entry_makes_no_inbox(raw: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Inbox(raw)
