"""``yiwang check`` on real servers: a lived run is ok, and whatever is put out of order in it is named."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from contracts.case import Action, CaseAction, CaseEventKind
from contracts.identity import name_id, report_id
from contracts.outcome import OutcomeKind
from contracts.topics import ACTIONS, CASES, OUTCOMES, SUBMITTED
from services.chassis.mongo import client
from services.chassis.settings import Settings
from tests.pipeline import ROOT, Pipeline, eventually, pipeline
from tests.servers import Servers

SOURCE = "water"
REPORTS = 6
EXPECTED = {OutcomeKind.REPEAT, OutcomeKind.PARKED, OutcomeKind.RESOLVED, OutcomeKind.ASSIGNED}
PLACE = {"longitude": 107.407334, "latitude": 38.458799, "datum": "WGS-84"}


def written(number: int, **fields: Any) -> tuple[str, bytes]:
    usual = {"reference": f"C-{number}", "occurred_at": "2026-03-02 08:30", "text": "机井损坏，无法取水。"}
    return f"C-{number}", json.dumps(usual | {"coordinates": PLACE} | fields, ensure_ascii=False).encode()


def checked(found: Pipeline, *more: str) -> tuple[int, dict[str, Any]]:
    """The command's exit code and what it says."""
    command = [sys.executable, "-m", "yiwang", "check", "--json", "--people", str(found.folder / "people"), *more]
    ended = subprocess.run(command, cwd=ROOT, env=found.env("-"), check=False, capture_output=True, text=True)
    assert ended.returncode in {0, 1}, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    return ended.returncode, said


async def act(found: Pipeline, number: int, action: Action, note: str | None = None) -> None:
    case = report_id(SOURCE, f"C-{number}")
    asked = CaseAction(case_id=case, action=action, sender="app", action_id=f"{action}-{number}", actor="1", note=note)
    await found.publish(ACTIONS, [(str(case), asked.model_dump_json(exclude_none=True).encode())])


async def live(found: Pipeline) -> None:
    """Repeats, a conflict, rubbish, actions, a correction, and a service that was killed at work."""
    await found.publish(SUBMITTED[SOURCE], [written(n) for n in range(REPORTS)])
    found.kill("routing")
    found.start("routing")
    await found.publish(SUBMITTED[SOURCE], [written(0), written(1, text="另一件事"), ("?", b"\xff\xfe no json")])
    await found.publish(SUBMITTED[SOURCE], [written(2, revision=2, people=5)])
    await found.ready("routing")
    await eventually(lambda: opened(found), "all cases")
    await act(found, 3, Action.ACCEPT)
    await act(found, 3, Action.RESOLVE, "已修好")
    await act(found, 4, Action.HAND_UP)
    await eventually(lambda: quiet(found), "everything that was to come")


async def opened(found: Pipeline) -> bool:
    kinds = [one.kind for one in (await found.events(OUTCOMES)).values()]
    return kinds.count(OutcomeKind.OPENED) == REPORTS


async def quiet(found: Pipeline) -> bool:
    """Whether sources heard of everything, and people of something."""
    kinds = {one.kind for one in (await found.events(OUTCOMES)).values()}
    corrected = any(one.kind is CaseEventKind.CORRECTED for one in (await found.events(CASES)).values())
    return kinds >= EXPECTED and corrected and len(found.received()) > 0


@pytest.mark.slow
async def test_a_run_is_ok_until_something_is_put_out_of_order(servers: Servers, tmp_path: Path) -> None:
    async with pipeline(servers, tmp_path) as found:
        await live(found)
        code, said = checked(found)

        assert (code, said["lost"], said["duplicated"], said["unlawful"]) == (0, [], [], [])
        figures = said["figures"]
        assert [figures[name] for name in ("reports", "cases", "repeats", "parked", "revisions")] == [9, 6, 1, 2, 1]
        await row_deleted(found)
        await event_doubled(found)
        code, said = checked(found)

    assert code == 1
    assert {one["rule"] for one in said["lost"]} == {"history-missing"}
    assert {one["rule"] for one in said["duplicated"]} >= {"version-twice", "answered-twice"}
    named = {one["subject"] for one in said["duplicated"]}
    assert str(report_id(SOURCE, "C-3")) in named


async def row_deleted(found: Pipeline) -> None:
    settings = Settings.model_validate(
        {"kafka": found.servers.kafka, "mongo": found.servers.mongo, "namespace": found.space}
    )
    history = client(found.servers.mongo)[settings.database("routing")]["history"]
    row = await history.find_one({"subject": str(report_id(SOURCE, "C-0"))})
    await history.delete_one({"_id": row["_id"]})


async def event_doubled(found: Pipeline) -> None:
    """The acceptance once more, under an id of its own."""
    records = await found.read(CASES)
    one = next(raw for raw in records if json.loads(raw.value)["kind"] == "accepted")
    name = str(name_id("an id that follows from nothing")).encode()
    headers = [(key, name if key == "ce_id" else value) for key, value in one.headers]
    producer = AIOKafkaProducer(bootstrap_servers=found.servers.brokers, acks="all")
    await producer.start()
    await producer.send_and_wait(one.topic, one.value, key=one.key, headers=headers)
    await producer.stop()
