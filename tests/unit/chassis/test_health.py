"""Whose clock, and when a member says that it is ready or alive."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.chassis.effects import Calls
from services.chassis.http import Health
from services.chassis.mongo import DatabaseClock, client
from services.chassis.progress import STUCK_SECONDS, Progress
from services.chassis.run import Composition, Process
from services.chassis.settings import Settings
from services.chassis.timeline import SteppedClock
from services.chassis.tokens import Tokens
from services.chassis.values import Quota
from simulation.clock import MemoryClock
from simulation.store import MemoryStore
from tests.toy import SERVICE

SETTINGS = Settings(kafka="one:9092", mongo="mongodb://one")


class Database:
    """A database whose clock is off by so many seconds from this machine's."""

    def __init__(self, seconds: float) -> None:
        self.admin, self._off = self, timedelta(seconds=seconds)

    async def command(self, _name: str) -> Mapping[str, Any]:
        return {"localTime": datetime.now(UTC) + self._off}


async def clock(seconds: float = 0) -> DatabaseClock:
    found = DatabaseClock(Database(seconds), asyncio.Event())
    await found.now()
    return found


async def health(off: float = 0, *, joined: bool = True, stop: bool = False, still: float = 0, **loop: Any) -> Health:
    """The health of a process in this condition; ``loop`` says what its loop says."""
    process, time = Process(Composition(service=SERVICE), SETTINGS, Tokens({})), await clock(off)
    progress = Progress(time.monotonic)
    progress.moved_at -= still
    parts: Any = (
        time,
        SimpleNamespace(joined=joined),
        SimpleNamespace(**{"paused": None, "progress": progress, **loop}),
    )
    process._clock, process._stream, process._loop = parts
    process._calls = Calls({}, time)
    if stop:
        process._stop.set()
    return process._health()


async def test_now_is_the_databases_time_and_the_skew_is_this_machines() -> None:
    slow = await clock(3600)
    assert slow.skew() == pytest.approx(-3600, abs=0.5)
    assert abs(await slow.now() - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=1)
    assert abs(slow.wall() - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=1)


async def test_a_server_that_sends_its_time_without_a_zone_means_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(0)
    moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(database, "command", lambda _name: _answer(moment.replace(tzinfo=None)))
    assert await DatabaseClock(database, asyncio.Event()).now() == moment


async def test_time_is_the_databases_unless_a_demonstration_steps_it_which_a_warning_says() -> None:
    motor = client("mongodb://127.0.0.1:1")
    with capture_logs() as lines:
        clock, date = Process(Composition(service=SERVICE), SETTINGS, Tokens({}))._time(motor)
    assert (type(clock), date, lines) == (DatabaseClock, None, [])
    stepped = SETTINGS.model_copy(update={"timeline": True, "namespace": "trial."})
    with capture_logs() as lines:
        clock, date = Process(Composition(service=SERVICE), stepped, Tokens({}))._time(motor)
    assert (type(clock), date is None) == (SteppedClock, False)
    assert [(line["log_level"], line["database"]) for line in lines] == [("warning", "trial-yiwang-timeline")]


class Bell:
    """A channel that nobody calls here."""

    name, capacity, honours_key = "bell", 2, True

    async def call(self, _key: str, _payload: Mapping[str, Any]) -> None:
        """Never."""

    async def close(self) -> None:
        """Nothing is open."""


async def test_what_is_held_back_and_what_is_under_way_can_be_seen_from_outside_from_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *others = SERVICE.readers
    service = replace(SERVICE, readers=(replace(first, quota=Quota(rate=1, burst=1)), *others))
    process = Process(Composition(service=service, channels={"bell": Bell()}), SETTINGS, Tokens({}))
    for name, port in {"_store": MemoryStore(), "_clock": MemoryClock(), "_steps": None}.items():
        monkeypatch.setattr(process, name, port, raising=False)
    process._open()
    value = process._metrics.registry.get_sample_value
    process._calls._unsettled["bell"] = 3
    assert value("yiwang_calls_under_way", {"channel": "bell"}) == 3
    assert value("yiwang_held_partitions", {"topic": first.topic.name}) == 0
    assert value("yiwang_held_partitions", {"topic": others[0].topic.name}) is None, "it has no quota"
    await process._stream.stop()


async def _answer(time: datetime) -> Mapping[str, Any]:
    return {"localTime": time}


async def test_a_pause_ends_when_the_service_is_asked_to_stop() -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(5):
        await DatabaseClock(Database(0), stop).sleep(3600)


async def test_a_member_that_has_joined_and_works_is_live_and_ready() -> None:
    assert await health() == Health(live=True, ready=True)


@pytest.mark.parametrize("off", [-1.5, 1.5])
async def test_a_machine_whose_clock_is_off_by_more_than_a_second_is_live_but_not_ready(off: float) -> None:
    found = await health(off)
    assert (found.live, found.ready) == (True, False)
    assert "clock is" in found.why[0]
    assert (await health(off / 3)).ready


@pytest.mark.parametrize(
    ("state", "why"),
    [({"joined": False}, "group"), ({"paused": "broker away"}, "broker away"), ({"stop": True}, "stopping")],
)
async def test_what_is_missing_for_readiness_is_said(state: dict[str, Any], why: str) -> None:
    found = await health(**state)
    assert (found.live, found.ready) == (True, False)
    assert why in found.why[0]


async def test_a_loop_that_stands_still_is_not_live() -> None:
    assert (await health(still=STUCK_SECONDS - 2)).live
    assert not (await health(still=STUCK_SECONDS + 1)).live
