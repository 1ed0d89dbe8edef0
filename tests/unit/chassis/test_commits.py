"""Commits that fail are owed; where nobody answers, the process ends rather than read on with nothing remembered."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from services.chassis import kafka, lenient
from services.chassis.kafka import KafkaStream, Lost
from tests.toy import IN

PLACE = (IN.name, 0)


class Coordinator:
    """The group's side of a client: it answers, refuses, or is silent."""

    def __init__(self) -> None:
        self.mood = "silent"
        self.taken: list[Mapping[Any, int]] = []

    async def commit(self, offsets: Mapping[Any, int]) -> None:
        if self.mood == "silent":
            await asyncio.sleep(60)
        if self.mood == "refuses":
            raise CommitFailedError
        if self.mood == "answers":
            self.taken.append(dict(offsets))


async def nowhere(_consumer: Any) -> Mapping[TopicPartition, int]:
    return {}


@pytest.fixture
async def stream(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KafkaStream]:
    monkeypatch.setattr(kafka, "REQUEST_SECONDS", 0.01)
    monkeypatch.setattr(kafka, "COMMIT_SECONDS", 0.01)
    monkeypatch.setattr(lenient, "begin", nowhere)
    found = KafkaStream(["nobody:1"], namespace="", group="g", topics=[IN], member=None, batch=1)
    found._subscriber.consumer = Coordinator()
    await found.assign({TopicPartition(*PLACE)})
    yield found
    if found.lost.done():
        found.lost.exception()


async def commit(stream: KafkaStream, *offsets: int, mood: str = "silent") -> None:
    coordinator = stream._subscriber.consumer
    assert isinstance(coordinator, Coordinator)
    coordinator.mood = mood
    for offset in offsets:
        await stream.commit({PLACE: offset})
        await told(stream)


async def told(stream: KafkaStream) -> None:
    """Wait until the group was told of what is owed, or did not answer."""
    assert stream._telling is not None
    await stream._telling


async def test_three_commits_in_a_row_without_an_answer_end_the_process(stream: KafkaStream) -> None:
    await commit(stream, 1, 2)
    assert not stream.lost.done()
    await commit(stream, 3)
    with pytest.raises(Lost, match="commits in a row"):
        stream.lost.result()


@pytest.mark.parametrize("mood", ["answers", "refuses"])
async def test_an_answer_in_between_begins_the_count_anew(stream: KafkaStream, mood: str) -> None:
    await commit(stream, 1, 2)
    await commit(stream, 3, mood=mood)
    await commit(stream, 4, 5)
    assert not stream.lost.done()


async def test_what_the_group_did_not_take_is_told_again_until_it_does_and_then_no_more(stream: KafkaStream) -> None:
    coordinator: Any = stream._subscriber.consumer
    await commit(stream, 7, mood="refuses")
    coordinator.mood = "answers"
    for _ in range(2):
        await stream._commit_owed()
    assert coordinator.taken == [{TopicPartition(*PLACE): 7}]


async def test_nothing_is_owed_for_what_belongs_to_another_member_now(stream: KafkaStream) -> None:
    coordinator: Any = stream._subscriber.consumer
    await commit(stream, 7, mood="refuses")
    await stream.assign({TopicPartition(IN.name, 1)})
    coordinator.mood = "answers"
    await stream._commit_owed()
    assert coordinator.taken == []


async def test_the_group_is_told_of_what_was_settled_within_a_while_at_once(stream: KafkaStream) -> None:
    coordinator: Any = stream._subscriber.consumer
    coordinator.mood = "answers"
    await stream.commit({PLACE: 1})
    await stream.commit({PLACE: 2})
    assert coordinator.taken == []
    await told(stream)
    assert coordinator.taken == [{TopicPartition(*PLACE): 2}]
    await stream.commit({PLACE: 3})
    await told(stream)
    assert coordinator.taken[1:] == [{TopicPartition(*PLACE): 3}]


async def test_what_is_owed_is_told_before_partitions_go_to_another_member(stream: KafkaStream) -> None:
    coordinator: Any = stream._subscriber.consumer
    coordinator.mood = "answers"
    await stream.commit({PLACE: 1})
    await stream.revoke()
    assert coordinator.taken == [{TopicPartition(*PLACE): 1}]
