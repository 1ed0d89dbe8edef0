"""Which rows each answer to what the table asks leaves: of words one by one, of numbers, days and times in spans."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from contracts.categories import within
from services.routing.rules import UNDECIDED, Rule, When

R = TypeVar("R")
V = TypeVar("V")
Bits = int
"""A set of rows: bit n stands for row n."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Which rows fit something by where it lies between these values, from each of which on other rows do."""

    starts: tuple[Any, ...]
    fits: Mapping[Any, Bits]

    def rows(self, value: Any) -> Bits:
        """The rows that fit; None: those that do not ask."""
        return self.fits[None if value is None else self.starts[bisect_right(self.starts, value) - 1]]


def fits(rows: Sequence[R], values: Iterable[V], fit: Callable[[R, V], bool]) -> dict[V, Bits]:
    """For each value the rows that it fits."""
    return {value: sum(1 << n for n, row in enumerate(rows) if fit(row, value)) for value in values}


def category_fits(when: When, code: str | None) -> bool:
    """Whether a row takes this category; None: nothing could be decided."""
    asked, barred = when.category, when.not_category
    return (asked is None or _meets(code, asked)) and not (barred and _meets(code, barred))


def _meets(code: str | None, words: tuple[str, ...]) -> bool:
    return any(code is None if word == UNDECIDED else within(code, word) for word in words)


def counted(bounds: Sequence[tuple[int | None, int | None]]) -> Scale:
    """Numbers: rows fit from their least to their most, and where they ask, no number that is not known."""
    ends = {0, *(low for low, _ in bounds if low is not None), *(high + 1 for _, high in bounds if high is not None)}
    return Scale(tuple(sorted(ends)), fits(bounds, (None, *sorted(ends)), _number_fits))


def _number_fits(bounds: tuple[int | None, int | None], value: int | None) -> bool:
    low, high = bounds
    if value is None:
        return low is None and high is None
    return (low or 0) <= value and (high is None or value <= high)


def days(rules: Sequence[Rule]) -> Scale:
    """Days: rows hold from their first to their last."""
    after = (rule.until + timedelta(days=1) for rule in rules if rule.until and rule.until < date.max)
    starts = sorted({date.min, *(rule.since for rule in rules if rule.since), *after})
    return Scale(tuple(starts), fits(rules, starts, _day_fits))


def _day_fits(rule: Rule, day: date) -> bool:
    return (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)


def times(whens: Sequence[When]) -> Scale:
    """Times of the day as HH:MM, whose order as text is their own."""
    ends = (time for when in whens for time in (when.time_from, when.time_to) if time)
    starts = sorted({"00:00", *ends})
    return Scale(tuple(starts), fits(whens, starts, _time_fits))


def _time_fits(when: When, time: str) -> bool:
    begins, ends = when.time_from, when.time_to
    if begins is None or ends is None:
        return True
    return begins <= time < ends if begins < ends else time >= begins or time < ends
