"""Clocks that are wrong, and an hour's backlog of timely work: nobody may act on time that is not so."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from contracts.case import Action, CaseAction
from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from contracts.topics import ACTIONS, DEADLINES, SUBMITTED
from services.chassis.mongo import Steps, client
from services.gis.boundaries import Boundaries
from tests.faults.dying import NEVER
from tests.faults.members import DYING
from tests.faults.offsets import behind, looking
from tests.faults.rig import Rig
from tests.pipeline import SERVICES, Pipeline, eventually, get

RECORDS: Final = "yiwang_records_total"
FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DAY: Final = 86_400
WRONG: Final = {"intake.1": 300, "routing.1": -300, "notification.1": 300}
"""Seconds by which the clock of a member is ahead from its start."""
JUMPING: Final = "escalation.1"
"""Its clock jumps by a day while it runs: every clock of a case would be past its end."""


async def wrong_clocks(rig: Rig, *, faketime: bool) -> list[str]:
    """Give second members wrong clocks: each says so and is not ready, and is again once its clock is right."""
    for name, ahead in {**WRONG, JUMPING: 0}.items():
        start_wrong(rig.pipeline, name, ahead, faketime=faketime)
    await rig.pipeline.ready(JUMPING)
    set_clock(rig.pipeline, JUMPING, DAY, faketime=faketime)
    told = [await told_of_clock(rig.pipeline, name) for name in (*WRONG, JUMPING)]
    for name in (*WRONG, JUMPING):
        settled = await rig.pipeline.metric(name, RECORDS)
        await eventually(partial(_has_more, rig.pipeline, name, settled), f"{name} works on by its wrong clock")
    set_clock(rig.pipeline, JUMPING, 0, faketime=faketime)
    await rig.pipeline.ready(JUMPING)
    return [*told, f"{JUMPING}: ready again once its clock was right"]


async def _has_more(pipeline: Pipeline, name: str, settled: float) -> bool:
    return await pipeline.metric(name, RECORDS) > settled


def start_wrong(pipeline: Pipeline, name: str, ahead: int, *, faketime: bool) -> None:
    """Start a member whose clock is so many seconds ahead, in place of one that may run."""
    file, service = pipeline.folder / f"{name}.clock", name.partition(".")[0]
    if name in pipeline.processes:
        pipeline.kill(name)
    set_clock(pipeline, name, ahead, faketime=faketime)
    if faketime:
        assert FAKETIME.exists(), "libfaketime is missing: `make faults` installs Debian's package faketime"
        pipeline.start_as(
            name, f"services.{service}.app", LD_PRELOAD=str(FAKETIME), FAKETIME_TIMESTAMP_FILE=str(file),
            FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1",
        )  # fmt: skip
    else:
        pipeline.start_as(name, DYING, service, NEVER, "1", FAULTS_CLOCK=str(file))


def set_clock(pipeline: Pipeline, name: str, ahead: int, *, faketime: bool) -> None:
    """Let a member's clock be so many seconds ahead from now on."""
    (pipeline.folder / f"{name}.clock").write_text(f"{ahead:+}s\n" if faketime else str(ahead))


async def told_of_clock(pipeline: Pipeline, name: str) -> str:
    """What a member says of its clock, once it does."""
    said = ""

    async def says_so() -> bool:
        nonlocal said
        code, said = await get(pipeline.ports[name], "/readyz")
        return code == 503 and "clock" in said

    await eventually(says_so, f"{name} says that its clock is wrong")
    return f"{name}: " + "; ".join(json.loads(said)["why"])


HOUR: Final = 60
STEP: Final = 15
"""Minutes."""
START: Final = datetime(2027, 3, 1, 1, tzinfo=UTC)
"""A Monday morning."""
NEGLECTED: Final = "N-0"
SOURCE: Final = "fire"


async def backlog(rig: Rig, count: int) -> list[str]:
    """An hour in which reports that threaten life are resolved in time, while escalation is away; then it starts.

    Their clock is an hour long; when escalation begins to read, three hours have passed. The first cases' clocks ran
    when it went away: they are due before it has read a word. One case is neglected: that one must breach, or the
    scenario would prove nothing.
    """
    pipeline = rig.pipeline
    steps = Steps(client(pipeline.servers.mongo), f"{pipeline.space}yiwang-timeline".replace(".", "-"))
    names = [f"B-{minute}-{n}" for minute in range(0, HOUR, STEP) for n in range(count)]
    for minute in range(0, HOUR + STEP, STEP):
        await steps.step(START + timedelta(minutes=minute))
        await pipeline.publish(ACTIONS, [_resolved(name) for name in names if name.startswith(f"B-{minute - STEP}-")])
        new = [name for name in names if name.startswith(f"B-{minute}-")] + [NEGLECTED] * (minute == 0)
        await pipeline.publish(SUBMITTED[SOURCE], [_report(name) for name in new])
        running = [name for name, process in pipeline.processes.items() if name in SERVICES and process.poll() is None]
        await eventually(partial(_read, rig, running), f"read by {running}")
        if minute == 0:
            pipeline.kill("escalation")
    await steps.step(START + timedelta(hours=3))
    pipeline.start("escalation")
    await pipeline.ready("escalation")
    await eventually(lambda: _breached(pipeline, NEGLECTED), "the neglected case's breach")
    told = [one for one in (await pipeline.events(DEADLINES)).values() if one.kind is not DeadlineKind.SCHEDULED]
    others = [one for one in told if one.case_id != report_id(SOURCE, NEGLECTED)]
    assert not others, f"false: {others[0].kind} of {others[0].case_id}"
    return [f"{len(names)} cases of a clock of an hour resolved in time, read three hours later: 0 false breaches"]


def _report(name: str) -> tuple[str, bytes]:
    place = Boundaries.load().areas[100].representative_point()
    body = {
        "reference": name, "occurred_at": START.isoformat(), "text": "草场起火，有人被困",
        "urgency": "life_threatening", "coordinates": {"longitude": place.x, "latitude": place.y, "datum": "WGS-84"},
    }  # fmt: skip
    return name, json.dumps(body, ensure_ascii=False).encode()


def _resolved(name: str) -> tuple[str, bytes]:
    case = report_id(SOURCE, name)
    action = CaseAction(case_id=case, action=Action.RESOLVE, sender="app", action_id="1", actor="900100", note="已处置")
    return str(case), action.model_dump_json(exclude_none=True).encode()


async def _read(rig: Rig, services: Sequence[str]) -> bool:
    async with looking(rig.pipeline.servers.brokers, rig.pipeline.space) as offsets:
        committed, ends = await offsets.committed(), await offsets.ends()
    return not any(behind(service, committed[service], ends) for service in services)


async def _breached(pipeline: Pipeline, name: str) -> bool:
    told = (await pipeline.events(DEADLINES)).values()
    return any(one.kind is DeadlineKind.BREACHED and one.case_id == report_id(SOURCE, name) for one in told)
