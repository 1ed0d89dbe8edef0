"""The judge of deadlines in bulk: what rings as it should is not named; early, twice, never, out of order is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from contracts.deadline import DeadlineEvent, DeadlineKind
from tests.builders import CASE_ID, HOUR, MORNING, deadline
from tests.deadlines.rung import Rings, Rung, percentile, spread

DUE = MORNING + 15 * HOUR
WARN = MORNING + 12 * HOUR
SECOND = timedelta(seconds=1)


def rung(kind: DeadlineKind, version: int, at: datetime, n: int = 1) -> Rung:
    said = deadline(kind, version=version, n=n, at=at)
    return Rung(at, DeadlineEvent.model_validate(said.model_dump()))


def rings(*rung_: Rung) -> Rings:
    return Rings({str(number): one for number, one in enumerate(rung_)})


RIGHT = (
    rung(DeadlineKind.WARNED, 2, WARN + SECOND),
    rung(DeadlineKind.BREACHED, 3, DUE + SECOND),
    rung(DeadlineKind.BREACHED, 4, DUE + 60 * SECOND, n=2),
)


def test_what_rings_once_in_time_and_in_order_is_not_named() -> None:
    assert list(rings(*RIGHT).wrong({CASE_ID: DUE})) == []


WRONG: tuple[tuple[Callable[[], Rings], str], ...] = (
    # what was said                                                              what is named
    (lambda: rings(RIGHT[0]),                                                    "breached 0 times"),
    (lambda: rings(*RIGHT, rung(DeadlineKind.BREACHED, 5, DUE + 61 * SECOND)),   "breached 2 times"),
    (lambda: rings(rung(DeadlineKind.BREACHED, 2, DUE - SECOND)),                "breached at"),
    (lambda: rings(rung(DeadlineKind.WARNED, 2, WARN - SECOND), RIGHT[1]),       "warned at"),
    (lambda: rings(RIGHT[0], rung(DeadlineKind.BREACHED, 4, DUE + SECOND)),      "breached 1 comes after warned 1"),
    (lambda: rings(RIGHT[1], RIGHT[0]),                                          "warned 1 comes after breached 1"),
)  # fmt: skip


@pytest.mark.parametrize(("said", "named"), WRONG)
def test_what_rings_otherwise_is_named(said: Callable[[], Rings], named: str) -> None:
    assert any(named in line for line in said().wrong({CASE_ID: DUE}))


def test_what_is_not_due_and_rings_is_named() -> None:
    assert [line.split(": ", 1)[1] for line in rings(RIGHT[0]).wrong({})] == ["warned, though it is due later"]


def test_lateness_is_told_by_nearest_rank_and_in_the_classes_of_the_histogram() -> None:
    late = [0.5] * 98 + [2.0, 700.0]
    assert percentile(late, 0.98) == 0.5
    assert percentile(late, 0.99) == 2.0
    assert spread(late) == "p50=0.50s p99=2.00s max=700.00s (<1s 98, <10s 1, more 1)"
