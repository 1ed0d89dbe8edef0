"""The routing table made ready: for each thing that a row asks about, which rows each answer leaves."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

from contracts.categories import CATEGORIES, lineage, within
from contracts.report import Classification, LocationOutcome, Report, Urgency
from services.routing.nearby import Nearness
from services.routing.rules import NAMES, UNDECIDED, Limits, Rule, Rules, When

OTHER: Final = ""
"""Stands for a category or a source that this version does not know: a newer one may have sent it."""

GRAVE: Final = frozenset({"15", "16"})
"""First levels of which a suspicion is enough, emergencies and conduct: a false alarm costs less than silence."""
SUSPECTED: Final = 0.3
"""How likely the first level must be to be suspected."""

UNKNOWN: Final = Nearness()
"""Of nothing it is known how near is near: nothing is suggested."""

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rows ask about: ``category`` is None if undecided, ``people`` is None if not known."""

    category: str | None
    urgency: Urgency
    people: int | None
    located: LocationOutcome
    source: str
    solved: bool


def facts(report: Report, located: LocationOutcome) -> Facts:
    """What the rows ask about of a report."""
    return Facts(
        category=_category(report.classified),
        urgency=report.urgency,
        people=report.people,
        located=located,
        source=report.department,
        solved=bool(report.solved),
    )


def _category(found: Classification | None) -> str | None:
    """The category; of an undecided report the first level that is likeliest, if a mistake there would cost most."""
    if found is None or found.code is not None or not found.runners_up:
        return found.code if found else None
    best = found.runners_up[0]
    return best.code[:2] if best.code[:2] in GRAVE and best.confidence >= SUSPECTED else None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and for each answer the set of rows that it fits: bit n stands for row n.

    The rows that fit a report are what its six answers have in common, so a look costs the same however many rows
    there are, and going through all answers goes through all that can be asked.
    """

    version: str
    rules: tuple[Rule, ...]
    leads: Mapping[str, str]
    categories: Mapping[str | None, int]
    urgencies: Mapping[Urgency, int]
    starts: tuple[int, ...]  # the numbers of people from which on other rows fit
    crowds: Mapping[int | None, int]
    places: Mapping[LocationOutcome, int]
    sources: Mapping[str, int]
    solved: Mapping[bool, int]
    limits: Limits
    near: Nearness = UNKNOWN

    def fitting(self, given: Facts) -> Iterator[Rule]:
        """The rows that fit, in order: the first decides."""
        left = self.rows(given)
        while left:
            first = left & -left
            yield self.rules[first.bit_length() - 1]
            left ^= first

    def rows(self, given: Facts) -> int:
        """The rows that fit, as bits."""
        return (
            self._category(given.category)
            & self.urgencies[given.urgency]
            & self.crowds[self._start(given.people)]
            & self.places[given.located]
            & self.sources.get(given.source, self.sources[OTHER])
            & self.solved[given.solved]
        )

    def lead(self, category: str | None) -> str | None:
        """The department in the lead where the row does not say: of the deepest category that has one."""
        above = reversed(lineage(category)) if category else ()
        return next((self.leads[code] for code in above if code in self.leads), None)

    def _category(self, code: str | None) -> int:
        if code in self.categories:
            return self.categories[code]
        known = (self.categories[above] for above in reversed(lineage(code or OTHER)) if above in self.categories)
        return next(known, self.categories[OTHER])

    def _start(self, people: int | None) -> int | None:
        return None if people is None else self.starts[bisect_right(self.starts, people) - 1]


def compiled(rules: Rules) -> Table:
    """The table made ready; whether it is complete, and without rows in vain, is another question."""
    whens = [rule.when for rule in rules.rule]
    starts = _starts(whens)
    return Table(
        version=rules.version,
        rules=rules.rule,
        leads=dict(rules.leads),
        categories=_fits(whens, (None, *CATEGORIES, OTHER), _category_fits),
        urgencies=_fits(whens, Urgency, lambda when, value: when.urgency is None or value in when.urgency),
        starts=starts,
        crowds=_fits(whens, (None, *starts), _crowd_fits),
        places=_fits(whens, LocationOutcome, lambda when, value: when.located is None or value in when.located),
        sources=_fits(whens, (*NAMES, OTHER), lambda when, value: when.source is None or value in when.source),
        solved=_fits(whens, (False, True), lambda when, value: when.solved in (None, value)),
        limits=rules.limits,
    )


def _fits(whens: list[When], values: Iterable[V], fit: Callable[[When, V], bool]) -> dict[V, int]:
    return {value: sum(1 << n for n, when in enumerate(whens) if fit(when, value)) for value in values}


def _category_fits(when: When, code: str | None) -> bool:
    asked, barred = when.category, when.not_category
    return (asked is None or _meets(code, asked)) and not (barred and _meets(code, barred))


def _meets(code: str | None, words: tuple[str, ...]) -> bool:
    return any(code is None if word == UNDECIDED else within(code, word) for word in words)


def _starts(whens: list[When]) -> tuple[int, ...]:
    mins = (when.people_min for when in whens if when.people_min is not None)
    ends = (when.people_max + 1 for when in whens if when.people_max is not None)
    return tuple(sorted({0, *chain(mins, ends)}))


def _crowd_fits(when: When, people: int | None) -> bool:
    if people is None:
        return when.people_min is None and when.people_max is None
    return (when.people_min or 0) <= people and (when.people_max is None or people <= when.people_max)
