"""Stepped time: constant between steps, never back, the same for a record however often it is read."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.mongo import Steps
from services.chassis.timeline import MILLISECOND, Step, SteppedClock, dated, follow, shifted
from services.chassis.values import Record, Unavailable
from simulation.clock import MemoryClock

REAL = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VIRTUAL = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TWO = (Step(REAL, VIRTUAL), Step(REAL + SECOND, VIRTUAL + HOUR))


def steps(gaps: Sequence[tuple[int, int]]) -> tuple[Step, ...]:
    """Steps so many milliseconds (real) and seconds (virtual) after each other."""
    found = [Step(REAL, VIRTUAL)]
    for milliseconds, seconds in gaps:
        found.append(Step(found[-1].real + milliseconds * MILLISECOND, found[-1].virtual + seconds * SECOND))
    return tuple(found)


GAPS = st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 5000)), max_size=20)
LATER = st.integers(0, 120_000).map(lambda found: REAL + found * MILLISECOND)


def test_before_the_first_step_time_is_real() -> None:
    assert shifted((), REAL) == REAL
    assert shifted(TWO, REAL - MILLISECOND) == REAL - MILLISECOND


def test_from_a_steps_own_moment_on_the_time_is_its_time() -> None:
    assert shifted(TWO, REAL) == VIRTUAL
    assert shifted(TWO, REAL + SECOND - MILLISECOND) == VIRTUAL
    assert shifted(TWO, REAL + SECOND) == VIRTUAL + HOUR
    assert shifted(TWO, REAL + 24 * HOUR) == VIRTUAL + HOUR


@given(GAPS, LATER, LATER)
def test_stepped_time_never_goes_back(gaps: list[tuple[int, int]], one: datetime, other: datetime) -> None:
    found = steps(gaps)
    assert shifted(found, min(one, other)) <= shifted(found, max(one, other))


@given(GAPS, LATER)
def test_within_a_step_time_stands_still(gaps: list[tuple[int, int]], moment: datetime) -> None:
    found = steps(gaps)
    begin = max(step.real for step in found if step.real <= moment)
    assert shifted(found, moment) == shifted(found, begin)


@given(GAPS, LATER)
def test_steps_to_come_change_nothing_of_the_past(gaps: list[tuple[int, int]], moment: datetime) -> None:
    found = steps(gaps)
    assert shifted(found, moment) == shifted([step for step in found if step.real <= moment], moment)


class Stopped:
    """A database whose clock stands for so many looks at it, and whose steps are a list."""

    def __init__(self, looks: int) -> None:
        self.admin, self.looks, self.rows = self, looks, list[Any]()

    def __getitem__(self, _name: str) -> Self:
        return self

    def get_collection(self, _name: str, **_options: Any) -> Self:
        return self

    def find(self, _where: Any) -> Self:
        return self

    def sort(self, *_keys: Any) -> Self:
        return self

    async def to_list(self, _length: None) -> list[Any]:
        return self.rows

    async def insert_one(self, row: Any) -> None:
        self.rows.append(row)

    async def command(self, _name: str) -> dict[str, datetime]:
        self.looks -= 1
        return {"localTime": VIRTUAL if self.looks > 0 else VIRTUAL + SECOND}


async def test_a_step_is_made_only_once_the_database_clock_is_past_its_moment() -> None:
    database = Stopped(looks=5)
    step = await Steps(database, "timeline").step(VIRTUAL + HOUR)
    assert step == Step(VIRTUAL + MILLISECOND, VIRTUAL + HOUR), "later than all that was appended before"
    assert database.looks <= 0


class Written:
    """A timeline in memory; it counts how often it is read."""

    def __init__(self, *written: Step, read_at: datetime = REAL - HOUR) -> None:
        self.written, self.known, self.read_at, self.reads = written, tuple[Step, ...](), read_at, 0
        self.away = False

    async def read(self) -> tuple[Step, ...]:
        self.reads += 1
        if self.away:
            raise Unavailable("database: away")
        self.known = self.written
        return self.known


def record(time: datetime) -> Record:
    return Record(topic="t", partition=0, offset=0, key=None, value=None, headers=(), time=time)


async def test_a_clock_that_is_asked_learns_of_new_steps_and_one_that_estimates_goes_by_what_is_known() -> None:
    clock = SteppedClock(MemoryClock(REAL), Written(*TWO))
    assert clock.wall() == REAL
    assert await clock.now() == VIRTUAL
    assert clock.wall() == VIRTUAL


class Paced(MemoryClock):
    """At each pause the next thing happens, and behind the last one the work is cancelled."""

    def __init__(self, *happens: Callable[[], None]) -> None:
        super().__init__(REAL)
        self.happens = iter(happens)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        happens = next(self.happens, None)
        if happens is None:
            raise asyncio.CancelledError
        happens()


async def test_each_new_step_is_told_once_whoever_has_read_it_and_though_the_database_was_away() -> None:
    timeline, told = Written(TWO[0]), list[datetime]()

    def made() -> None:
        timeline.written = TWO

    def away() -> None:
        timeline.away = True

    def read_by_a_tick() -> None:
        timeline.known = timeline.written = (*TWO, Step(REAL + HOUR, VIRTUAL + 2 * HOUR))

    clock = Paced(made, away, read_by_a_tick, away)
    with pytest.raises(asyncio.CancelledError):
        await follow(timeline, lambda: told.append(timeline.known[-1].virtual), clock)
    assert told == [TWO[0].virtual, TWO[1].virtual, VIRTUAL + 2 * HOUR]


async def test_pauses_and_skew_of_a_stepped_clock_are_real() -> None:
    real = MemoryClock(REAL)
    clock = SteppedClock(real, Written(*TWO))
    await clock.sleep(2)
    assert (real.slept, clock.monotonic(), clock.skew()) == ([2], 2, 0)


async def test_records_are_dated_by_steps_that_were_made_after_the_last_reading() -> None:
    found = await dated(Written(*TWO))([record(REAL), record(REAL + SECOND)])
    assert [one.time for one in found] == [VIRTUAL, VIRTUAL + HOUR]


async def test_steps_are_read_again_only_for_records_that_may_be_younger_than_the_last_reading() -> None:
    timeline = Written(*TWO, read_at=REAL + SECOND)
    timeline.known = timeline.written
    await dated(timeline)([record(REAL), record(REAL + SECOND - MILLISECOND)])
    assert timeline.reads == 0
    await dated(timeline)([record(REAL + SECOND), record(REAL)])
    assert timeline.reads == 1
