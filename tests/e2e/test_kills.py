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
from contracts.topics import ALERTS, CASES, DEADLINES, SUBMITTED
from services.chassis.settings import Settings
from services.gis.boundaries import Boundaries
from tests.contract.story import services
from tests.pipeline import SERVICES, Pipeline, eventually, pipeline
from tests.servers import Servers
from tests.telling import Told, told_of_assignments
from yiwang.check.run import judged

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
        await eventually(lambda: all_alerts(found), "every alert", seconds=400)
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
    """The checker's verdict, and the counts that it cannot know: a case for each report, and everybody told."""
    settings = Settings.model_validate(
        {"kafka": found.servers.kafka, "mongo": found.servers.mongo, "namespace": found.space}
    )
    verdict = await judged(settings, {one.name: one for one in services()}, found.folder / "people")
    assert [one.line() for one in verdict.offences] == []
    figures = verdict.figures
    assert [figures[name] for name in ("reports", "cases", "pending", "letters")] == [REPORTS, REPORTS, 0, 0]
    expected = {str(report_id(SOURCE, f"K-{n}")) for n in range(REPORTS)}
    assert set(await opened(found)) == expected
    alerts = list((await found.events(ALERTS)).values())
    assert {one.kind for one in alerts} == {AlertKind.SENT}
    assert Counter((str(one.event_id), one.recipient, one.channel) for one in alerts) == Counter(await wanted(found))
    print(f"\n{verdict.line()}\n{KILLS * len(SERVICES)} kills")  # noqa: T201
