"""Law 2 as a value: how far in time each partition may act, given what of its inputs has been read."""

from collections.abc import Mapping
from datetime import datetime

from services.chassis.ports import Partition


class Horizons:
    """For each partition number, a time and the end offsets sampled after it; it is reached once all are read."""

    def __init__(self) -> None:
        """Start with nothing sampled."""
        self._targets: dict[int, tuple[datetime, Mapping[Partition, int]]] = {}

    def sample(self, at: datetime, ends: Mapping[Partition, int]) -> None:
        """Aim at ``at`` where nothing is aimed at yet; ``ends`` must have been asked for after ``at`` was read."""
        for number in {partition for _, partition in ends}:
            mine = {place: end for place, end in ends.items() if place[1] == number}
            self._targets.setdefault(number, (at, mine))

    def met(self, read_to: Mapping[Partition, int]) -> Mapping[int, datetime]:
        """The partitions whose inputs were read to their sampled ends, with the time they may act on."""
        return {
            number: at
            for number, (at, ends) in self._targets.items()
            if all(read_to.get(place, -1) >= end for place, end in ends.items())
        }

    def reached(self, read_to: Mapping[Partition, int]) -> Mapping[int, datetime]:
        """What is ``met``, each once."""
        done = self.met(read_to)
        for number in done:
            del self._targets[number]
        return done

    def forget(self) -> None:
        """Drop all targets: the assignment has changed."""
        self._targets.clear()
