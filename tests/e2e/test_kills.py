"""Kill -9 of every service at random moments, ten times each, while 2,000 reports flow: nothing lost, nothing twice."""

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

import pytest

from contracts.alert import AlertKind
from contracts.case import CaseEventKind
from contracts.identity import report_id
from contracts.outcome import OutcomeKind
from contracts.topics import ALERTS, CASES, DEAD, DEADLINES, OUTCOMES, SUBMITTED
from services.gis.boundaries import Boundaries
from tests.pipeline import SERVICES, Pipeline, eventually, pipeline
from tests.servers import Servers
from tests.telling import Told, told_of_assignments

REPORTS = 2000
SLICE = 100
KILLS = 10
SOURCE = "water"
SEED = 20261123


def reports(random_: random.Random) -> list[tuple[str, bytes]]:
    """Distinct reports, four of five with a place in some grid, in a random order."""
    areas = Boundaries.load().areas
    made = []
    for n in range(REPORTS):
        body = {"reference": f"K-{n}", "occurred_at": "2026-11-23T08:30:00+08:00", "text": f"第{n}号井水位下降"}
        if n % 5:
            place = areas[random_.randrange(len(areas))].representative_point()
            body["coordinates"] = {"longitude": place.x, "latitude": place.y, "datum": "WGS-84"}  # type: ignore[assignment]
        made.append((f"K-{n}", json.dumps(body, ensure_ascii=False).encode()))
    return made


async def publish_slowly(found: Pipeline, made: list[tuple[str, bytes]], ended: asyncio.Event) -> None:
    """Bursts spread over the time that the kills take, so that many kills meet a service at work."""
    for at in range(0, len(made), SLICE):
        await found.publish(SUBMITTED[SOURCE], made[at : at + SLICE])
        if not ended.is_set():
            await asyncio.sleep(2)


async def kill_often(found: Pipeline, name: str, random_: random.Random) -> None:
    """Kill, start, let it work for a random while, again: the moments are random, their number is not."""
    for _ in range(KILLS):
        await asyncio.sleep(random_.uniform(0.2, 3.0))
        await asyncio.to_thread(found.kill, name)
        found.start(name)
        await found.ready(name)


@pytest.mark.slow
async def test_after_ten_kills_of_each_service_every_report_is_one_case_and_every_alert_was_sent_once(
    servers: Servers, tmp_path: Path
) -> None:
    random_ = random.Random(SEED)
    made = reports(random_)
    async with pipeline(servers, tmp_path) as found:
        ended = asyncio.Event()
        publishing = asyncio.create_task(publish_slowly(found, made, ended))
        await asyncio.gather(*(kill_often(found, name, random.Random(f"{SEED}{name}")) for name in SERVICES))
        ended.set()
        await publishing
        await eventually(lambda: all_cases(found), "2,000 cases", seconds=180)
        await eventually(lambda: all_clocks(found), "a clock for each case", seconds=180)
        await eventually(lambda: all_alerts(found), "every alert", seconds=180)
        await check(found)


async def all_cases(found: Pipeline) -> bool:
    return len(await opened(found)) >= REPORTS


async def opened(found: Pipeline) -> dict[str, str]:
    """The event that opened each case, by case."""
    events = (await found.events(CASES)).items()
    return {str(one.case_id): name for name, one in events if one.kind is CaseEventKind.OPENED}


async def all_clocks(found: Pipeline) -> bool:
    return len({one.case_id for one in (await found.events(DEADLINES)).values()}) >= REPORTS


async def all_alerts(found: Pipeline) -> bool:
    ended = {(str(one.event_id), one.recipient, one.channel) for one in (await found.events(ALERTS)).values()}
    return await wanted(found) <= ended


async def wanted(found: Pipeline) -> set[Told]:
    """Every alert that the clock of a case must bring about."""
    return told_of_assignments(await found.events(DEADLINES), found.policy)


async def check(found: Pipeline) -> None:
    """Compare identities: reports, cases, clocks, outcomes, alerts, and what people received."""
    expected = {str(report_id(SOURCE, f"K-{n}")) for n in range(REPORTS)}
    cases = await found.events(CASES)
    openings = Counter(str(one.case_id) for one in cases.values() if one.kind is CaseEventKind.OPENED)
    assert openings == Counter(expected), "each report opened one case"
    clocks = Counter((str(one.case_id), one.assignment, one.kind) for one in (await found.events(DEADLINES)).values())
    assert set(clocks.values()) == {1}
    assert {case for case, *_ in clocks} == expected
    told = Counter((one.reference, one.kind) for one in (await found.events(OUTCOMES)).values())
    both = [(f"K-{n}", kind) for n in range(REPORTS) for kind in (OutcomeKind.RECEIVED, OutcomeKind.OPENED)]
    assert told == Counter(both)
    alerts = list((await found.events(ALERTS)).values())
    assert {one.kind for one in alerts} == {AlertKind.SENT}
    assert Counter((str(one.event_id), one.recipient, one.channel) for one in alerts) == Counter(await wanted(found))
    for service in SERVICES:
        assert await found.read(DEAD[service]) == []
    received = Counter(one.get("idempotency_key") or one["message_id"] for one in found.received())
    assert len(received) == len(alerts), "each alert reached its recipient under one key"
    physical = sum(received.values()) - len(received)
    raw = len(await found.read(CASES))
    print(f"\n{REPORTS} cases; {len(alerts)} alerts, {physical} sent again under the same key; "  # noqa: T201
          f"{raw - len(cases)} of {raw} case events published again; {KILLS * len(SERVICES)} kills")  # fmt: skip
