"""Poison in one process: whatever stands in a record, its service decides or says what is wrong with it."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from pydantic import BaseModel

from contracts.topics import CASES, SUBMITTED
from contracts.wire import Topic
from services.chassis.values import Reader, Record, Service
from tests.poison import town as towns
from tests.poison.kinds import Kind, kinds, weights
from tests.poison.sample import CONSUMED
from tests.poison.town import Town, five

ALL = frozenset(SUBMITTED.values())
TOPICS = (SUBMITTED["water"], *(topic for topic in CONSUMED if topic not in ALL))
"""One of the sources' topics, which have one reader, and each other one."""
MORNING = datetime(2026, 3, 5, 8, tzinfo=UTC)
RIGHT = Kind("right", lambda _chance, right: right)
SEEDS = 20
"""Places in a record at which each number is tried."""
SECONDS = 1.0
"""Of this process's time, that the dearest record may cost with all that follows from it."""


def names(topic: Topic) -> str:
    return topic.name


@pytest.mark.parametrize("topic", TOPICS, ids=names)
def test_every_kind_of_poison_is_decided_or_invalid_and_what_follows_from_it_can_be_read_and_kept(topic: Topic) -> None:
    five()
    ended, holes, dear = Counter[str](), list[tuple[str, object]](), list[tuple[float, str]]()
    for kind in kinds():
        town, began = Town(), time.process_time()
        town.feed(topic, kind.of(topic, 1), MORNING)
        dear.append((time.process_time() - began, kind.name))
        holes += [(kind.name, hole) for hole in town.holes]
        ended += town.ended
    assert holes == []
    assert ended.total() == len(kinds()) * len(towns.readers(topic.name))
    assert ended["processed"] > 50, "kinds that are right after all"
    assert ended["parked"] > 100, "kinds that are wrong"
    assert max(dear) < (SECONDS, "")


@pytest.mark.parametrize("topic", TOPICS, ids=names)
def test_whatever_number_stands_wherever_one_may_is_decided_or_invalid(topic: Topic) -> None:
    town = Town()
    for seed in range(SEEDS):
        for kind in (kind for kind in kinds() if kind.name.startswith(("number:", "count:"))):
            town.feed(topic, kind.of(topic, seed), MORNING)
    assert town.holes == []


def test_what_comes_again_about_a_report_that_is_known_finds_no_hole_either() -> None:
    town, topic = Town(), TOPICS[0]
    for kind in kinds():
        town.feed(topic, kind.of(topic, 1), MORNING)
    assert town.holes == []


def test_poison_follows_from_its_seed() -> None:
    topic = CASES
    assert [kind.of(topic, 7) for kind in kinds()] == [kind.of(topic, 7) for kind in kinds()]
    assert [kind.of(topic, 7) for kind in kinds()] != [kind.of(topic, 8) for kind in kinds()]


def test_each_kind_has_a_name_of_its_own_and_what_is_large_comes_seldom() -> None:
    assert len({kind.name for kind in kinds()}) == len(kinds()) > 250
    sizes = [kind.of(CASES, 1).size for kind in kinds()]
    share = sum(size * often for size, often in zip(sizes, weights(CASES), strict=True)) / sum(weights(CASES))
    assert share < 5000, "bytes of the average record"
    assert max(sizes) > 2_600_000, "more than the broker takes"


@pytest.mark.parametrize("topic", CONSUMED, ids=names)
def test_what_poison_is_made_from_is_right(topic: Topic) -> None:
    for kind in range(10):
        town = Town()
        town.feed(topic, RIGHT.of(topic, kind), MORNING)
        assert town.holes == []
        assert set(town.ended) == {"processed"}


def deep(_record: Record) -> BaseModel:
    raise RecursionError("too deep")


HOLED: Mapping[str, Callable[[Reader], Reader]] = {
    "read: RecursionError: too deep": lambda reader: replace(reader, parse=deep),
    "store: UnicodeEncodeError": lambda reader: replace(reader, subject=lambda *_: "\ud800"),
}


@pytest.mark.parametrize("found", HOLED)
def test_a_service_with_a_hole_is_found_out(found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def holed(topic: str) -> tuple[tuple[Service, Reader], ...]:
        return tuple((service, HOLED[found](reader)) for service, reader in readers(topic))

    readers, town = towns.readers, Town()
    monkeypatch.setattr(towns, "readers", holed)
    samples = (RIGHT.of(CASES, n) for n in count())
    told = next(one for one in samples if b'"kind": "assigned"' in (one.value or b""))  # every service keeps it
    town.feed(CASES, told, MORNING)
    assert {"escalation", "notification"} <= {hole.service for hole in town.holes}
    assert any(hole.what.startswith(found) for hole in town.holes)
    assert set(town.ended) == {"hole"}
