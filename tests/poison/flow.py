"""What is sent to one topic, in order: every kind of poison once, then by their weights, with right records between."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from contracts.wire import Topic
from tests.poison.kinds import Kind, kinds, weights
from tests.poison.sample import Sample

RIGHT: Final = Kind("right", lambda _chance, sample: sample)
"""A record that is right: it must come through whatever flows around it."""
EVERY: Final = 8
"""Each so manieth record is right."""
TAIL: Final = 24
"""Right records at the end, so that the topic's newest ones speak for its source again."""

HEAP: Final = tuple(kind for kind in kinds() if kind.name in {"a field of 1 MB", "unknown: a field of 1 MB"})


@dataclass(frozen=True, slots=True)
class Sent:
    """One record to be sent; the sample follows from the rest, so that nobody need keep it."""

    topic: Topic
    kind: Kind
    seed: str

    @property
    def sample(self) -> Sample:
        """Its bytes."""
        return self.kind.of(self.topic, self.seed)


def flow(topic: Topic, seed: int, count: int) -> Iterator[Sent]:
    """``count`` records of poison, and the right ones between and behind them."""
    chance = Random(f"{seed}/{topic.name}")
    first = list(kinds())
    chance.shuffle(first)
    drawn = first[:count] + chance.choices(kinds(), weights(topic), k=max(0, count - len(first)))
    at = 0
    for kind in drawn:
        if at % EVERY == 0:
            yield Sent(topic, RIGHT, f"{seed}-{at}")
            at += 1
        yield Sent(topic, kind, f"{seed}-{at}")
        at += 1
    for n in range(at, at + TAIL):
        yield Sent(topic, RIGHT, f"{seed}-{n}")


def heap(topic: Topic, seed: int, count: int) -> Iterator[Sent]:
    """So many records of 1 MB: such as are wrong, such as are right but for what nobody asked for."""
    for n in range(count):
        yield Sent(topic, HEAP[n % len(HEAP)], f"{seed}-large-{n}")
