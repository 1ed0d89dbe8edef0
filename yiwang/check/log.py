"""Every record by its place and every event by its id, without bodies: some 200 bytes a record."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from contracts.identity import name_id
from services.chassis.ports import Partition
from services.chassis.values import Record
from yiwang.check.raw import digests, is_long

Name = int
"""An id (a UUID) as a number, which takes half of a UUID's memory."""
Ref = int
"""Where a record stands in this log: its partition's shelf in the upper bits, its place there in the lower."""
Moment = int
"""Microseconds since 1970."""

PLACE_BITS: Final = 40
PLACE: Final = (1 << PLACE_BITS) - 1
EPOCH: Final = datetime.fromtimestamp(0, UTC)
MICROSECOND: Final = timedelta(microseconds=1)
NEVER: Final = 1 << 62
"""A moment behind all others."""


def moment(time: datetime) -> Moment:
    """The time (aware) as a number."""
    return (time - EPOCH) // MICROSECOND


def known_as(topic: str, name: UUID) -> Name:
    """An event's id in this log; of one record the dead letters of several services have the same one."""
    return name_id(f"{topic}/{name}").int if topic.startswith("dead.") else name.int


def shown(at: Moment) -> str:
    """The moment as people read it."""
    return (EPOCH + at * MICROSECOND).isoformat()


class Shelf:
    """The records of one partition in their order: offsets, append times, prints of their bytes, and marks on them."""

    __slots__ = ("marks", "number", "offsets", "prints", "times", "topic")

    def __init__(self, topic: str, number: int) -> None:
        """Begin empty."""
        self.topic, self.number = topic, number
        self.offsets, self.times, self.prints, self.marks = array("q"), array("q"), array("q"), array("H")


class Log:
    """All records that were heard, the events among them by their ids, and how far each service has settled."""

    def __init__(self, skew: timedelta = timedelta(0)) -> None:
        """Begin empty."""
        self._skew = skew // MICROSECOND
        self._shelves: list[Shelf] = []
        self._by_partition: dict[Partition, int] = {}
        self._names: dict[Name, Ref] = {}
        self._copies: dict[Name, list[Ref]] = {}
        self._committed: dict[tuple[str, str, int], int] = {}
        self._begins: dict[Partition, int] = {}
        self._long: dict[Ref, tuple[int, str, int]] = {}
        self._stands: dict[Ref, Moment] = {}
        self._ends: list[int] | None = None

    def settle(self, service: str, offsets: Mapping[Partition, int]) -> None:
        """Take what the service has settled."""
        self._committed.update({(service, *place): offset for place, offset in offsets.items()})

    def begin(self, begins: Mapping[Partition, int]) -> None:
        """Take where the logs begin."""
        self._begins.update(begins)

    def take(self, record: Record) -> Ref:
        """Put the next record of its partition on its shelf."""
        place = (record.topic, record.partition)
        number = self._by_partition.get(place)
        if number is None:
            number = self._by_partition[place] = len(self._shelves)
            self._shelves.append(Shelf(*place))
        shelf = self._shelves[number]
        shelf.offsets.append(record.offset)
        shelf.times.append(moment(record.time))
        shelf.prints.append(hash(record.value))
        shelf.marks.append(0)
        ref = number << PLACE_BITS | len(shelf.offsets) - 1
        if record.value is not None and is_long(record):
            self._long[ref] = digests(record.value)
        return ref

    def stand(self, ref: Ref, at: Moment) -> None:
        """A record stands for one of another time, which it brings again."""
        self._stands[ref] = at

    def close(self) -> None:
        """What comes from now on came after the documents were looked at."""
        if self._ends is None:
            self._ends = [len(shelf.offsets) for shelf in self._shelves]

    def late(self, ref: Ref) -> bool:
        """Whether the record was heard after the documents."""
        if self._ends is None:
            return False
        number = ref >> PLACE_BITS
        return number >= len(self._ends) or ref & PLACE >= self._ends[number]

    def first(self, name: Name, ref: Ref) -> bool:
        """Give the record this id; answers whether it is the first that has it."""
        if self._names.setdefault(name, ref) == ref:
            return True
        self._copies.setdefault(name, []).append(ref)
        return False

    def know(self, name: Name, ref: Ref) -> None:
        """Give the record this id unless another has it."""
        self._names.setdefault(name, ref)

    def holds(self, ref: Ref, value: bytes) -> bool:
        """Whether a record has this value."""
        return self.print(ref) == hash(value)

    def find(self, name: Name) -> Ref | None:
        """The first record with this id."""
        return self._names.get(name)

    def copies(self, name: Name) -> list[Ref]:
        """The later records with this id."""
        return self._copies.get(name, [])

    @property
    def copied(self) -> Mapping[Name, list[Ref]]:
        """The later records by id, where there are any."""
        return self._copies

    def print(self, ref: Ref) -> int:
        """The print of a record's value."""
        return self._shelves[ref >> PLACE_BITS].prints[ref & PLACE]

    def long(self, ref: Ref) -> tuple[int, str, int] | None:
        """The digests of a long value."""
        return self._long.get(ref)

    def at(self, topic: str, partition: int, offset: int) -> Ref | None:
        """The record that stands there."""
        number = self._by_partition.get((topic, partition))
        if number is None:
            return None
        offsets = self._shelves[number].offsets
        index = bisect_left(offsets, offset)
        return number << PLACE_BITS | index if index < len(offsets) and offsets[index] == offset else None

    def reaches(self, topic: str, partition: int, offset: int) -> bool:
        """Whether a record of this place would be in sight."""
        number = self._by_partition.get((topic, partition))
        heard = bool(number is not None and self._shelves[number].offsets[-1] >= offset)
        return heard and offset >= self._begins.get((topic, partition), 0)

    def topic(self, ref: Ref) -> str:
        """The topic of a record."""
        return self._shelves[ref >> PLACE_BITS].topic

    def partition(self, ref: Ref) -> int:
        """The number of its partition."""
        return self._shelves[ref >> PLACE_BITS].number

    def offset(self, ref: Ref) -> int:
        """Its offset there."""
        return self._shelves[ref >> PLACE_BITS].offsets[ref & PLACE]

    def time(self, ref: Ref) -> Moment:
        """When it was appended; of a replay, when the record that it brings again was."""
        return self._stands.get(ref) or self._shelves[ref >> PLACE_BITS].times[ref & PLACE]

    def before(self, appended: Moment, ticked: Moment) -> bool:
        """Whether a record was surely appended before a timer's time, which is by another clock."""
        return appended + self._skew < ticked

    def times(self, name: Name) -> frozenset[Moment]:
        """When the records with this id were appended; empty where there is none."""
        first = self.find(name)
        return frozenset() if first is None else frozenset(map(self.time, (first, *self.copies(name))))

    def where(self, ref: Ref) -> str:
        """Its place: topic/partition/offset."""
        return f"{self.topic(ref)}/{self.partition(ref)}/{self.offset(ref)}"

    def settled(self, service: str, ref: Ref) -> bool:
        """Whether the service had settled the record when its offsets were sampled: all its effects must be there."""
        return self.offset(ref) < self._committed.get((service, self.topic(ref), self.partition(ref)), 0)

    def new(self, name: Name) -> bool:
        """Whether the event was heard after the documents: its cause may be newer than what was heard of its topic."""
        ref = self.find(name)
        return ref is not None and self.late(ref)

    def mark(self, ref: Ref, bits: int) -> int:
        """Put marks on a record; answers those that it had."""
        marks = self._shelves[ref >> PLACE_BITS].marks
        before = marks[ref & PLACE]
        marks[ref & PLACE] = before | bits
        return before

    def marks(self, ref: Ref) -> int:
        """The marks on a record."""
        return self._shelves[ref >> PLACE_BITS].marks[ref & PLACE]

    def names(self) -> Iterator[tuple[Name, Ref]]:
        """All ids with the first record of each."""
        return iter(self._names.items())

    @property
    def records(self) -> int:
        """How many records were heard."""
        return sum(len(shelf.offsets) for shelf in self._shelves)

    def whole(self, topic: str, since: Moment = 0) -> bool:
        """Whether all that was appended to the topic from this moment on is in sight; ask when all is heard.

        Of a partition whose log was cut the first record that is left tells the time up to which records are gone.
        """
        return self._horizons.get(topic, 0) <= since

    @cached_property
    def _horizons(self) -> Mapping[str, Moment]:
        horizons: dict[str, Moment] = {}
        for (topic, number), begin in self._begins.items():
            if begin > 0:
                at = self._by_partition.get((topic, number))
                first = NEVER if at is None else self._shelves[at].times[0]
                horizons[topic] = max(first, horizons.get(topic, 0))
        return horizons
