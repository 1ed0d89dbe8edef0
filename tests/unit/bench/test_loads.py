"""What is sent, and what the floor sends on: as many as asked for, each report once, each next hop fed once."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from bench.floor import HOPS, messages
from bench.reports import A_DAY, made
from bench.stored import copies
from contracts.identity import report_id
from services.chassis.pages import PLACE
from yiwang.tally import rank


def test_reports_are_as_many_as_asked_for_and_each_opens_a_case_of_its_own() -> None:
    sent = list(made(1, A_DAY + 40))
    assert len({report_id(one.department, one.reference) for one in sent}) == A_DAY + 40
    assert next(made(1, 1)).body != next(made(2, 1)).body


@pytest.mark.parametrize(("part", "value"), [(0.5, 5), (0.99, 10), (0.1, 1), (1, 10)])
def test_a_share_is_by_nearest_rank(part: float, value: float) -> None:
    assert rank([float(n) for n in range(10, 0, -1)], part) == value


def test_the_floor_feeds_the_next_hop_once_a_record_and_bare_it_sends_no_more() -> None:
    given: Any = [
        [
            ["report.outcomes.v1", "o", [["a", "b"]], None],
            ["case.events.v1", "first", [], None],
            ["case.events.v1", "second", [], None],
            ["case.relations.v1", "r", [], "cell/1"],
        ]
    ]
    full = next(messages(given, HOPS["routing"], bare=False))
    assert [one.value for one in full] == [b"first", b"o", b"r"]
    assert [one.key for one in full] == [None, None, b"cell/1"]
    assert [one.value for one in next(messages(given, HOPS["routing"], bare=True))] == [b"first"]


def test_the_floors_last_hop_sends_every_alert() -> None:
    given: Any = [[["notification.events.v1", str(n), [], None] for n in range(3)]]
    assert [one.value for one in next(messages(given, HOPS["notification"], bare=False))] == [b"0", b"1", b"2"]


def test_copies_of_stored_documents_are_each_their_own_and_ring_later() -> None:
    now = datetime.now(UTC)
    row = {"_id": "x", "state": "s", "wake_at": now, "facets": {"unit": "150627", "turn": "t", "due_at": now}}
    made_of_it = copies([row, {"_id": "y", "state": "s"}], range(4))
    assert len({UUID(one["_id"]) for one in made_of_it}) == 4
    assert [one["facets"].get("unit") for one in made_of_it] == ["150627", None, "150627", None]
    first = made_of_it[0]
    assert first["wake_at"] > now
    assert first["facets"]["due_at"] == first["wake_at"]
    assert PLACE.fullmatch(first["facets"]["turn"])
    assert "wake_at" not in made_of_it[1]
