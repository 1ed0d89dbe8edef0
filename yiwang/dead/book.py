"""The book of dead letters: what the topics hold, folded into letters with what was done about each."""

from collections.abc import Iterator
from uuid import UUID

from contracts.deadletter import DispositionKind
from contracts.identity import replay_cause
from contracts.topics import DISPOSITIONS
from services.chassis.values import Record
from yiwang.dead.filters import Filter
from yiwang.dead.reading import act_of, disposition_of, letter_of, parked_of
from yiwang.dead.values import Act, Item, Parked

Name = tuple[str, UUID]
"""A service and the id of a letter: two services that park one record give their letters the same id."""


class Book:
    """A fold over the topics, all letters before all dispositions; it keeps what the filter lets through, no bytes."""

    def __init__(self, wanted: Filter) -> None:
        """Take what a letter must be like to be kept."""
        self._wanted = wanted
        self._parked: dict[Name, Parked] = {}
        self._acts: dict[Name, dict[tuple[int, str, DispositionKind], Act]] = {}
        self._again: set[Name] = set()
        self.strange = 0
        """Records that are no letters and no dispositions, though they stand where these should."""

    def hear(self, record: Record) -> None:
        """Take the next record of either kind; the same one again changes nothing."""
        known = self._act(record) if record.topic == DISPOSITIONS.name else self._letter(record)
        self.strange += not known

    def _letter(self, record: Record) -> bool:
        letter = letter_of(record)
        if letter is None:
            return False
        name = (letter.service, letter.id)
        if letter.replay:
            self._again.add((letter.service, letter.replay))
        if name not in self._parked and self._wanted.lets(parked := parked_of(letter, record)):
            self._parked[name] = parked
        return True

    def _act(self, record: Record) -> bool:
        found = disposition_of(record)
        if found is None:
            return False
        name = (found.service, found.letter)
        if name in self._parked:
            act = act_of(found, record)
            self._acts.setdefault(name, {}).setdefault((act.version, act.by, act.kind), act)
        return True

    def items(self) -> Iterator[Item]:
        """The letters that are meant, the longest parked first."""
        for parked in sorted(self._parked.values(), key=lambda one: (one.parked_at, one.id)):
            item = self._item(parked)
            if self._wanted.state in (None, item.state):
                yield item

    def _item(self, parked: Parked) -> Item:
        acts = tuple(self._acts.get((parked.service, parked.id), {}).values())
        return Item(parked, acts, self._returned(parked, acts))

    def _returned(self, parked: Parked, acts: tuple[Act, ...]) -> UUID | None:
        """The newest letter that a replay of this one came back as, if that is the last that is known of it."""
        if not self._again:
            return None
        newest = max((act.version for act in acts), default=0) + 1
        ids = {version: replay_cause(parked.id, version) for version in range(newest, 0, -1)}
        ids.update({act.version: act.replay for act in acts if act.replay})
        back = next((version for version, name in ids.items() if (parked.service, name) in self._again), 0)
        later = any(act.version > back and act.kind in _DECISIVE for act in acts)
        return None if not back or later else ids[back]


_DECISIVE = frozenset({DispositionKind.REPLAYED, DispositionKind.DISCARDED})
