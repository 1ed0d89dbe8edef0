"""The broker as these commands need it: what the topics hold, one record by its place, and two kinds of writing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from contracts.wire import Message, Topic
from services.chassis.ports import Partition
from services.chassis.values import Record
from yiwang.dead.values import Place

Out = tuple[Message, int | None]
"""What is to be written, and to which partition; None: to that of its key."""


class Logs(Protocol):
    """Topics by their registered names; every method may raise Unavailable."""

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Partition, int]:
        """For each partition of these topics, the offset that its next record will get."""

    def read(self, begins: Mapping[Partition, int], ends: Mapping[Partition, int]) -> AsyncIterator[Record]:
        """The records of these partitions up to their ends, from their beginnings or from where their logs begin."""

    async def at(self, place: Place) -> Record | None:
        """The record that stands there, or None if the log has it no more."""

    async def publish(self, messages: Sequence[Out]) -> Sequence[Place]:
        """Send all, and answer where they stand once every in-sync replica has them."""

    async def settled(self, service: str) -> Mapping[Partition, int]:
        """How far a service's group has committed."""
