"""What was parked, by whom and where it stood, and what became of it: replayed, discarded, or parked still."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from contracts.deadletter import DeadLetter, Disposition, DispositionKind, Reason, Replay
from contracts.identity import event_id, record_cause
from contracts.topics import OUTCOMES, TOPICS
from yiwang.check.log import Log, Name, Ref, moment
from yiwang.check.marks import NEEDLESS
from yiwang.check.raw import Kept
from yiwang.check.rules import offence
from yiwang.check.values import Offence

Place = tuple[str, str, int, int]
"""A service, and the topic, partition and offset of a record that it has parked."""

READERS: Final[Mapping[str, tuple[str, ...]]] = {
    topic.name: tuple(name.removeprefix("services/") for name in topic.consumers if name.startswith("services/"))
    for topic in TOPICS
}
"""The services that read each topic."""
REJECTED: Final = "yiwang.report.parked.v1"


@dataclass(slots=True)
class Parked:
    """A record that a service has parked: its letters by the replay that they followed, and the replays of it."""

    letters: dict[Name | None, Name] = field(default_factory=dict)
    replays: dict[Name, Ref] = field(default_factory=dict)
    reason: Reason = Reason.INVALID


@dataclass(slots=True)
class Letters:
    """All that was parked, by the record and who has parked it."""

    log: Log
    _parked: dict[Place, Parked] = field(default_factory=dict)
    _kept: dict[Ref, tuple[Place, Kept]] = field(default_factory=dict)
    _replays: dict[Ref, tuple[Place, Name]] = field(default_factory=dict)
    _discarded: set[tuple[str, Name]] = field(default_factory=set)
    _unreadable: list[Ref] = field(default_factory=list)
    _rejected: dict[Name, str] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def hear(self, ref: Ref, name: Name, letter: DeadLetter) -> None:
        """Take a letter, each once."""
        place = (letter.service, letter.topic, letter.partition, letter.offset)
        parked = self._parked.setdefault(place, Parked())
        replay = letter.replay.int if letter.replay else None
        if replay in parked.letters:
            what = f"{self.log.where(ref)}: {letter.service} has written a dead letter of it before"
            self._strange.append(offence("parked-twice", "/".join(map(str, place[1:])), what))
        parked.letters[replay], parked.reason = letter.id.int, letter.reason
        if replay is None:
            self._kept[ref] = (place, Kept.of(letter))
        cause = letter.replay or record_cause(letter.topic, letter.partition, letter.offset)
        if (letter.id, name) != (cause, event_id(cause, letter.type).int):
            what = f"{self.log.where(ref)} has an id that does not follow from its record's position or replay"
            self._strange.append(offence("letter-identity", UUID(int=name), what))

    def replay(self, ref: Ref, replay: Replay) -> None:
        """Take a replay: the record once more, at its old place and time."""
        place = (replay.service, replay.topic, replay.partition, replay.offset)
        self._parked.setdefault(place, Parked()).replays.setdefault(replay.id.int, ref)
        self._replays[ref] = (place, replay.id.int)
        self.log.stand(ref, moment(replay.appended_at))

    def dispose(self, said: Disposition) -> None:
        """Take what somebody did about a letter."""
        if said.kind is DispositionKind.DISCARDED:
            self._discarded.add((said.service, said.letter.int))

    def unreadable(self, ref: Ref) -> None:
        """A record that no reader of its topic can use."""
        self._unreadable.append(ref)

    def reject(self, name: Name, position: str) -> None:
        """A source was told that its record cannot be read."""
        self._rejected[name] = position

    def kept(self, service: str, ref: Ref) -> bool:
        """Whether the service has ever parked the record; a mended one that took its place is another input."""
        parked = self._at(service, ref)
        return parked is not None and bool(parked.letters)

    def parked(self, service: str, ref: Ref) -> bool:
        """Whether the service has parked the record, and no replay has taken its place since."""
        parked = self._at(service, ref)
        return parked is not None and bool(parked.letters) and self._winner(service, parked) is None

    def discarded(self, service: str, ref: Ref) -> bool:
        """Whether the newest letter of a parked record was discarded."""
        parked = self._at(service, ref)
        return parked is not None and any((service, name) in self._discarded for name in parked.letters.values())

    def taken(self, service: str, ref: Ref) -> bool:
        """Whether the service took this very record: one that was never parked, or the replay that took its place."""
        if ref in self._replays:
            place, name = self._replays[ref]
            return self._winner(service, self._parked[place]) == name
        parked = self._at(service, ref)
        return parked is None or not parked.letters

    def gone(self, ref: Ref) -> bool:
        """Whether a replay has taken the place of a record that intake had parked: then the replay's end is its own."""
        parked = self._at("intake", ref)
        return parked is not None and self._winner("intake", parked) is not None

    def _at(self, service: str, ref: Ref) -> Parked | None:
        if not self._parked:
            return None
        return self._parked.get((service, self.log.topic(ref), self.log.partition(ref), self.log.offset(ref)))

    def _winner(self, service: str, parked: Parked) -> Name | None:
        """The first replay that was settled and not parked again."""
        for name, ref in parked.replays.items():
            if name not in parked.letters and self.log.settled(service, ref):
                return name
        return None

    @property
    def count(self) -> int:
        """How many letters there are."""
        return sum(len(parked.letters) for parked in self._parked.values())

    @property
    def refused(self) -> Iterator[Ref]:
        """The records that nobody can read."""
        return iter(self._unreadable)

    def judge(self) -> Iterator[Offence]:
        """Letters that are wrong, letters that are missing."""
        yield from self._strange
        yield from self._missing()
        yield from self._untold()
        for ref, (place, kept) in self._kept.items():
            if why := differs(self.log, place[1:], kept):
                yield offence("letter-altered", "/".join(map(str, place[1:])), f"{self.log.where(ref)}: {why}")

    def _missing(self) -> Iterator[Offence]:
        for ref in self._unreadable:
            for service in READERS[self.log.topic(ref)]:
                parked = self._at(service, ref)
                if self.log.marks(ref) & NEEDLESS.get(service, 0):
                    continue
                if self.log.settled(service, ref) and not (parked and parked.letters):
                    what = f"{service} has settled a record that nobody can read, and did not park it"
                    yield offence("parked-missing", self.log.where(ref), what)

    def _untold(self) -> Iterator[Offence]:
        """Whoever sends what cannot be read is told so, and nobody else is; both are sent together."""
        told = set(self._rejected.values())
        for name, position in self._rejected.items():
            ref = self.log.at(*place_of(position))
            parked = self._parked.get(("intake", *place_of(position)))
            if parked is None or not parked.letters:
                if ref is not None and self.log.settled("intake", ref):
                    yield offence("outcome-uncaused", position, "told as parked, and no dead letter keeps it")
            elif name not in {event_id(cause, REJECTED).int for cause in causes(position, parked)}:
                yield offence("event-identity", position, f"told as parked under {UUID(int=name)}, from no cause")
        for (service, topic, partition, offset), parked in self._parked.items():
            refused = service == "intake" and parked.letters and parked.reason is Reason.INVALID
            if refused and f"{topic}/{partition}/{offset}" not in told:
                yield from self._unheard((topic, partition, offset))

    def _unheard(self, place: tuple[str, int, int]) -> Iterator[Offence]:
        ref = self.log.at(*place)
        if ref is not None and self.log.settled("intake", ref) and self.log.whole(OUTCOMES.name, self.log.time(ref)):
            yield offence("outcome-untold", self.log.where(ref), "intake has parked it, and told nobody")


def place_of(position: str) -> tuple[str, int, int]:
    """Topic, partition and offset; of what is no position, one that there is not."""
    parts = position.rsplit("/", 2)
    if len(parts) != len(("topic", "partition", "offset")) or not (parts[1] + parts[2]).isdecimal():
        return position, -1, -1
    return parts[0], int(parts[1]), int(parts[2])


def causes(position: str, parked: Parked) -> set[UUID]:
    """The causes of what was told of a record that nobody can read: its position, and its replays."""
    return {record_cause(*place_of(position))} | {UUID(int=name) for name in parked.replays}


def differs(log: Log, place: tuple[str, int, int], kept: Kept) -> str | None:
    """Why the letter's bytes are not those of the record at its position; None if they are or cannot be compared."""
    ref = log.at(*place)
    if ref is None:
        return "no record stands there" if log.reaches(*place) else None
    if kept.sha256 is None:
        return None if log.print(ref) == kept.value else "it keeps other bytes than the record has"
    found = log.long(ref)
    if found != (kept.size, kept.sha256, kept.value):
        return "what it says of the bytes that it cut is not so"
    return None
