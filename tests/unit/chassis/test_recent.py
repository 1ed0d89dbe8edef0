"""What a process remembers of documents that it wrote: bounded, the oldest first to go, and just as they are stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import bson
from hypothesis import given
from hypothesis import strategies as st

from contracts.identity import name_id
from contracts.wire import Message, event, message
from services.chassis import rows
from services.chassis.ports import Change, Document, Entry, Inbox
from services.chassis.recent import BARE, MODEL, Recent, stored, weight
from services.chassis.values import Outcome
from tests.toy import OUT, Sum, Told

STATE = Sum(version=3, total=7)


def document(name: str, rev: int = 1, text: int = 100) -> Document:
    return Document(
        subject=name, rev=rev, by="-", schema=1, partition=0, state="x" * text, inbox=Inbox(bytes(17)), known=STATE
    )


def names(recent: Recent, *asked: str) -> set[str]:
    return {name for name in asked if recent.take(name)}


def test_a_document_is_given_away_once() -> None:
    recent = Recent()
    recent.keep(document("a"))
    assert recent.take("b") is None
    assert recent.take("a") == document("a")
    assert recent.take("a") is None


def test_a_later_form_takes_the_place_of_the_one_before() -> None:
    recent = Recent()
    recent.keep(document("a", 1))
    recent.keep(document("a", 2))
    assert recent.take("a") == document("a", 2)
    assert recent.take("a") is None


def test_a_document_weighs_as_much_as_its_state_does_once_it_is_read() -> None:
    assert weight(document("a", text=300)) == BARE + MODEL * 300 + 17
    assert weight(replace(document("a"), state=None)) == BARE + 17


def test_where_there_is_no_room_for_all_those_that_were_written_first_go_first() -> None:
    recent = Recent(3 * weight(document("a")))
    for name in ("a", "b", "c", "a", "d"):
        recent.keep(document(name))
    assert names(recent, "a", "b", "c", "d") == {"a", "c", "d"}


def test_one_large_document_makes_room_by_as_many_as_it_takes_and_one_that_is_too_large_is_not_kept() -> None:
    recent = Recent(4 * weight(document("a")))
    for name in ("a", "b", "c", "d"):
        recent.keep(document(name))
    recent.keep(document("large", text=500))
    assert names(recent, "a", "b", "c", "d", "large") == {"d", "large"}
    recent.keep(document("larger", text=5000))
    assert recent.take("larger") is None


def test_what_was_taken_or_forgotten_leaves_its_room() -> None:
    recent = Recent(2 * weight(document("a")))
    for _ in range(5):
        recent.keep(document("a"))
        recent.take("a")
    recent.keep(document("b"))
    recent.keep(document("c"))
    assert names(recent, "b", "c") == {"b", "c"}
    recent.keep(document("b"))
    recent.forget()
    assert names(recent, "b") == set()
    recent.keep(document("d"))
    recent.keep(document("e"))
    assert names(recent, "d", "e") == {"d", "e"}


def told(version: int) -> Message:
    body = Told(version=version, name="a", what="sum", total=version)
    time = datetime(2026, 3, 2, tzinfo=UTC)
    return message(event(OUT, body, cause=name_id(str(version))), source="yiwang/toy", time=time, traceparent="")


def applied(raw: Mapping[str, Any] | None, change: Change) -> dict[str, Any]:
    """The row once the change has won, as MongoDB would have it, through BSON."""
    if raw is None:
        return bson.decode(bson.encode(rows.inserted(change)))
    update, row = rows.updated(change), dict(raw)
    for name, found in update["$set"].items():
        place, _, inner = name.partition(".")
        row[place] = {**row[place], inner: found} if inner else found
    row["rev"] += update["$inc"]["rev"]
    row["kept_bytes"] += update["$inc"]["kept_bytes"]
    return bson.decode(bson.encode(row))


CHANGES = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.none() | st.text('{}旗\U0001f525"a', max_size=30),
            "took": st.integers(0, 3),
            "kept": st.dictionaries(st.sampled_from(["x", "y", "z"]), st.binary(max_size=20)),
            "schema": st.integers(1, 3),
            "told": st.integers(0, 2),
        }
    ),
    min_size=1,
    max_size=6,
)


@given(changes=CHANGES, loaded=st.lists(st.booleans(), min_size=6, max_size=6))
def test_what_is_remembered_is_what_the_store_would_give_back_but_for_the_outbox(
    changes: list[dict[str, Any]], loaded: list[bool]
) -> None:
    raw: dict[str, Any] | None = None
    before: Document | None = None
    for rev, (said, afresh) in enumerate(zip(changes, loaded, strict=False)):
        entries = [Entry(name_id(f"{rev}/{n}"), Outcome.APPLIED) for n in range(said["took"])]
        change = Change(
            subject="a",
            rev=rev,
            by=f"attempt-{rev}",
            schema=said["schema"],
            partition=2,
            state=said["state"],
            inbox=(before.inbox if before else Inbox()).after(entries) if entries else None,
            outbox=tuple(told(10 * rev + n) for n in range(said["told"])),
            wake_at=None,
            facets={},
            kept={f"{rev}{name}": found for name, found in said["kept"].items()},
        )
        raw, remembered = applied(raw, change), stored(change, before, STATE)
        assert remembered == replace(rows.document(raw), outbox=())
        assert remembered.inbox.raw == raw["inbox"]
        assert remembered.known is STATE
        before = rows.document(raw) if afresh else remembered
