"""Who sees to dead letters in a run: replays what met a defect, now and then what nobody can read, twice at times."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import UUID

from contracts.deadletter import DeadLetter, Reason, Replay
from contracts.identity import replay_cause
from contracts.topics import DEAD, REPLAYS
from services.chassis.values import Record
from simulation import virtual
from simulation.stream import Broker

DELAY: Final = 3600.0
"""About so many seconds after it was parked a record is replayed."""
IN_VAIN, TWICE = 30, 20
"""Of a hundred letters of what nobody can read, those replayed as they are; of all replays, those done twice."""
CLERK: Final = "1000"
TOPICS: Final = {topic.name: service for service, topic in DEAD.items()}

Name = tuple[str, UUID]
"""A letter's service and id: two services that park one record give their letters one id."""


@dataclass(slots=True)
class Clerk:
    """Hears of dead letters; what waits for its replay when peace comes is replayed then."""

    random: Random
    broker: Broker
    letters: dict[Name, DeadLetter] = field(default_factory=dict)
    waiting: dict[Name, int] = field(default_factory=dict)
    """Letters to be replayed, and how often they were already."""
    at_peace: bool = False

    def hear(self, record: Record) -> None:
        """A letter was written, or written again."""
        if record.topic not in TOPICS:
            return
        letter = DeadLetter.model_validate_json(record.value or b"")
        name = letter.service, letter.id
        if name in self.letters or letter.replay:
            return
        self.letters[name] = letter
        if letter.reason is Reason.DEFECTIVE or self.random.random() * 100 < IN_VAIN:
            self.waiting[name] = 0
            delay = 0.0 if self.at_peace else self.random.expovariate(1 / DELAY)
            asyncio.get_running_loop().call_later(delay, self._replay, name)

    def rush(self) -> None:
        """Replay at once whatever waits."""
        self.at_peace = True
        for name in list(self.waiting):
            self._replay(name)

    def _replay(self, name: Name) -> None:
        if name not in self.waiting:
            return
        letter, n = self.letters[name], self.waiting[name] + 1
        if self.random.random() * 100 < TWICE and n == 1 and not self.at_peace:
            self.waiting[name] = n
            asyncio.get_running_loop().call_later(self.random.expovariate(1 / DELAY), self._replay, name)
        else:
            del self.waiting[name]
        copied = {"service", "topic", "partition", "offset", "appended_at", "raw_headers", "raw_key", "raw_value"}
        replay = Replay(
            id=replay_cause(letter.id, n),
            letter=letter.id,
            by=CLERK,
            at=virtual.now(),
            **letter.model_dump(include=copied),
        )
        body = replay.model_dump_json(exclude_none=True).encode()
        self.broker.append(REPLAYS[letter.service].name, replay.key, body, partition=letter.partition)
