"""How long things gather: not at all where a service is calm, never for long."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.chassis.pace import LEAST, MOST, TIMES, Pace, rest
from services.chassis.values import Record

RECORD = Record(topic="t", partition=0, offset=0, key=None, value=None, headers=(), time=datetime.now(UTC))


@pytest.mark.parametrize("took", [0.0, 0.001, LEAST / TIMES / 2])
def test_after_a_quick_batch_nothing_waits(took: float) -> None:
    assert rest(took) == 0.0


@pytest.mark.parametrize("took", [LEAST / TIMES, 0.015, MOST / TIMES])
def test_after_a_slow_batch_things_gather_for_a_few_times_as_long(took: float) -> None:
    assert rest(took) == pytest.approx(took * TIMES)


@pytest.mark.parametrize("took", [0.001 * each for each in range(0, 1000, 7)])
def test_nothing_gathers_for_longer_than_people_would_notice(took: float) -> None:
    assert rest(took) <= MOST


@pytest.mark.parametrize(
    ("sizes", "most", "count"), [((1, 1, 1), 2, 2), ((60, 50, 1), 9, 1), ((500, 1), 9, 1), ((50, 50, 0, 1), 9, 3)]
)
def test_a_portion_is_cut_where_it_gets_too_heavy(sizes: tuple[int, ...], most: int, count: int) -> None:
    records = [replace(RECORD, value=b"x" * size) for size in sizes]
    assert Pace(bytes=100).cut(records, most) == count


@pytest.mark.parametrize(
    ("count", "took", "least", "outside", "portion"),
    [
        (100, 0.3, 0.0, False, 100),
        (100, 0.3, 0.0, True, 67),  # what rubbish costs is not known before
        (100, 0.1, 0.0, False, 300),
        (100, 0.05, 0.0, True, 200),  # at the most twice the last one
        (100, 3.0, 0.0, False, 32),
        (100, 3.0, 0.0, True, 32),
        (100, 0.6, 0.5, False, 500),  # far servers, of which smaller portions would save nothing
        (100, 0.6, 0.5, True, 200),
        (100, 0.2, 0.2, False, 300_000),
    ],
)
def test_the_next_portion_is_as_large_as_its_time_allows(
    count: int, took: float, least: float, outside: bool, portion: int
) -> None:
    assert Pace().after(count, took, least, outside=outside) == portion
