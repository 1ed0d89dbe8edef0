"""How many clocks a table changes, and how: in all and by level."""

from collections import Counter
from collections.abc import Iterator, Mapping

from contracts.territory import Level
from yiwang.demo.tables import table
from yiwang.terms.changes import Change, Effect


class Counts:
    """Counted one by one, so that however many there are takes no room."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by: Counter[tuple[Level, Effect]] = Counter()
        self.passed = self.resting = 0

    def take(self, change: Change) -> None:
        """Count it."""
        self._by[change.unit.level, change.effect] += 1
        self.passed += change.passed
        self.resting += change.before.rests

    @property
    def ordered(self) -> int:
        """How many an order would reach."""
        return sum(n for (_, effect), n in self._by.items() if effect not in {Effect.OVER, Effect.ALREADY})

    def lines(self) -> Iterator[str]:
        """For people."""
        yield from table(("level", *(one.value for one in Effect)), [self._row(level) for level in Level])
        yield f"{self._by.total()} clocks run, {self.resting} of them suspended; {self.ordered} would be ordered anew"
        if self.passed:
            yield f"{self.passed} of them would be over by their new term: it counts from the order, not from the start"
        if over := sum(n for (_, effect), n in self._by.items() if effect is Effect.OVER):
            yield f"{over} are over already and stay as they are: a breach is not undone"

    def view(self) -> Mapping[str, object]:
        """For machines."""
        effects = {one.value: sum(n for (_, effect), n in self._by.items() if effect is one) for one in Effect}
        levels = {
            level.value: {one.value: self._by[level, one] for one in Effect if self._by[level, one]} for level in Level
        }
        return {
            "clocks": self._by.total(),
            **effects,
            "passed": self.passed,
            "suspended": self.resting,
            "levels": levels,
        }

    def _row(self, level: Level) -> tuple[str, ...]:
        return (f"{level.value} {level.zh}", *(str(self._by[level, one]) for one in Effect))
