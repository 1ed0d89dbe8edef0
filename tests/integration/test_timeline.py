"""Stepped time on a real Kafka and real documents: each record in its step, for everybody and however late."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.mongo import Steps
from services.chassis.timeline import Step
from services.chassis.values import Unavailable
from tests.members import Place, member, until
from tests.servers import Servers
from tests.toy import Put

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
async def place(servers: Servers) -> Place:
    return await Place(servers).prepare()


async def slices(place: Place, count: int, first: int = 0) -> None:
    """So many steps of an hour each, and one record in each of them."""
    driver = place.timeline()
    for n in range(first, first + count):
        await driver.step(MONDAY + n * HOUR)
        await place.put(Put(name=f"n{n}", nonce="1", ring_after=60))


async def times(place: Place, group: str, count: int) -> dict[str, datetime]:
    """What a member that starts now takes for the time of each record."""
    async with member(place, group, steps=True) as one:
        await until(lambda: len(one.polled) == count, "all records")
        await until(one.idle, "all decided")
        return {Put.model_validate_json(record.value or b"").name: record.time for record in one.polled}


async def test_steps_are_read_as_they_were_written_and_never_go_back(place: Place) -> None:
    driver, reader = place.timeline(), place.timeline()
    made = [await driver.step(MONDAY + timedelta(microseconds=1999)), await driver.step(MONDAY + HOUR)]
    assert made[0].virtual == MONDAY + timedelta(milliseconds=1), "as the database keeps it"
    assert await reader.read() == tuple(made)
    made.append(await driver.step(MONDAY + HOUR))
    assert await reader.read() == await driver.read() == reader.known == tuple(made)
    with pytest.raises(ValueError, match="a step back to 2026-03-02 01:59"):
        await driver.step(MONDAY + HOUR - MINUTE)
    assert await place.timeline().read() == tuple(made)


async def test_whatever_is_done_after_a_step_has_its_time_by_every_clock(place: Place) -> None:
    driver = place.timeline()
    async with member(place, steps=True) as one:
        for n in range(20):
            step = await driver.step(MONDAY + n * MINUTE)
            assert step.real < datetime.now(UTC)
            assert await one.clock.now() == step.virtual


async def test_several_readings_at_once_know_each_step_once(place: Place) -> None:
    driver, reader = place.timeline(), place.timeline()
    for n in range(5):
        await driver.step(MONDAY + n * MINUTE)
        await asyncio.gather(*(reader.read() for _ in range(4)))
    assert [step.virtual for step in reader.known] == [MONDAY + n * MINUTE for n in range(5)]


async def test_a_record_has_the_time_of_its_step_though_the_service_learns_of_it_later(place: Place) -> None:
    await slices(place, 10)
    assert await times(place, "toy", 10) == {f"n{n}": MONDAY + n * HOUR for n in range(10)}
    sums = await place.sums()
    assert {name: one.ring_at for name, one in sums.items()} == {f"n{n}": MONDAY + n * HOUR + MINUTE for n in range(10)}


async def test_a_record_that_is_delivered_again_many_steps_later_has_the_same_time(place: Place) -> None:
    await slices(place, 5)
    before = await times(place, "toy", 5)
    await slices(place, 5, first=5)
    again = await times(place, "again", 10)
    assert {name: again[name] for name in before} == before


async def test_a_running_service_dates_each_record_by_a_step_that_it_has_not_seen_before(place: Place) -> None:
    async with member(place, steps=True) as one:

        async def polled(count: int) -> None:
            await until(lambda: len(one.polled) == count, "the slice's record")

        for n in range(10):
            await slices(place, 1, first=n)
            await polled(n + 1)
    assert sorted(record.time for record in one.polled) == [MONDAY + n * HOUR for n in range(10)]


async def test_a_timer_rings_in_the_step_that_reaches_it_and_in_none_before(place: Place) -> None:
    driver = place.timeline()
    await driver.step(MONDAY)
    async with member(place, steps=True, ticks=True) as one:
        await place.put(Put(name="a", nonce="1", amount=5, ring_after=60))
        await until(one.idle, "the record")
        await driver.step(MONDAY + MINUTE - timedelta(milliseconds=1))
        ticks = _ticks(one.metrics)
        await until(lambda: _ticks(one.metrics) >= ticks + 3, "ticks in that step")
        assert (await place.sums())["a"].rings == 0
        await driver.step(MONDAY + MINUTE)
        ticks = _ticks(one.metrics)
        await until(lambda: _ticks(one.metrics) >= ticks + 3, "ticks in the next step")
        assert (await place.sums())["a"].rings == 1


def _ticks(metrics: Any) -> float:
    found = metrics.registry.get_sample_value("yiwang_step_seconds_count", {"step": "tick"})
    return float(found or 0)


class Away(Steps):
    """A timeline that cannot be read for a while."""

    left = 3

    async def read(self) -> tuple[Step, ...]:
        self.left -= 1
        if self.left >= 0:
            raise Unavailable("away")
        return await super().read()


async def test_while_steps_cannot_be_read_records_wait_and_none_is_dated_by_guess(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slices(place, 3)
    away = Away(place.motor, place.space.replace(".", "-") + "timeline")
    monkeypatch.setattr(place, "timeline", lambda: away)
    assert await times(place, "toy", 3) == {f"n{n}": MONDAY + n * HOUR for n in range(3)}
