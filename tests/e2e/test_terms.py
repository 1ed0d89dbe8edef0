"""Another table for what runs already, from end to end: shown, refused before it is deployed, ordered, done once."""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.case import Action, CaseAction
from contracts.identity import report_id
from contracts.topics import ACTIONS, DEADLINES, ORDERS, SUBMITTED
from services.escalation.terms import FILE
from tests.pipeline import ROOT, Pipeline, eventually
from tests.servers import Servers

WATER = SUBMITTED["water"]
SERVICES = ("intake", "gis", "routing", "escalation")
PLACE = {"longitude": 107.407334, "latitude": 38.458799, "datum": "WGS-84"}
CASES = 6
WHY = "旗综治中心会议决定"


def report(number: int) -> tuple[str, bytes]:
    told = {"reference": f"T-{number}", "occurred_at": "2026-03-02 08:30", "text": "机井损坏，无法取水。"}
    return f"T-{number}", json.dumps(told | {"coordinates": PLACE}, ensure_ascii=False).encode()


def case(number: int) -> str:
    return str(report_id("water", f"T-{number}"))


class Banner(Pipeline):
    """Four services, an official at a terminal, and an officer at escalation's and routing's doors."""

    async def terms(self, *words: str, code: int = 0) -> tuple[list[str], str]:
        """The lines of one command, and what it warns of."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "yiwang", "terms", *words, cwd=ROOT,
            env={**self.env("-"), "YIWANG_OPERATOR": "900017"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, warned = await process.communicate()
        assert process.returncode == code, (said, warned)
        return said.decode().splitlines(), warned.decode()

    async def ask(self, service: str, path: str, **params: str) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.url(service), headers=self.bearer("officer")) as door:
            answer = await door.get(path, params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def clocks(self) -> dict[str, datetime]:
        """When each running clock is due."""
        found = (await self.ask("escalation", "/v1/deadlines"))["deadlines"]
        return {one["case_id"]: datetime.fromisoformat(one["due_at"]) for one in found}

    async def moved(self) -> list[Any]:
        return [one for one in (await self.events(DEADLINES)).values() if one.kind.value == "rescheduled"]


def longer(folder: Path) -> Path:
    """The committed table, but a grid has thirty hours."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count('within = "same day"') == 1
    file = folder / "longer.toml"
    file.write_text(text.replace('within = "same day"', 'within = "30 hours"'), encoding="utf-8")
    return file


@pytest.mark.slow
async def test_an_official_puts_running_clocks_under_another_table_once(servers: Servers, tmp_path: Path) -> None:
    found = Banner(servers, tmp_path)
    await asyncio.to_thread(found.prepare)
    try:
        found.start(*SERVICES)
        await found.ready(*SERVICES)
        await ordered(found, longer(tmp_path))
    finally:
        found.end()


async def ordered(found: Banner, table: Path) -> None:
    await found.publish(WATER, [report(number) for number in range(CASES)])

    async def begun() -> bool:
        return len(await found.clocks()) == CASES

    await eventually(begun, "a clock for each case")
    before = await found.clocks()
    *changes, counts = [json.loads(line) for line in (await found.terms("preview", "--table", str(table), "--json"))[0]]
    assert (counts["clocks"], counts["later"], len(changes)) == (CASES, CASES, CASES)
    assert {one["case_id"]: datetime.fromisoformat(one["due_at"]) for one in changes} == before

    said, warned = await found.terms("apply", "--table", str(table), "--yes", "--why", WHY, code=1)
    assert said[-1] == f"{CASES} ordered: {CASES} refused"
    assert "runs another table" in warned
    assert await found.clocks() == before

    assert found.stop("escalation") == 0
    found.start_as("escalation", "services.escalation.app", YIWANG_TERMS=str(table))
    await found.ready("escalation")
    asked = CaseAction(
        case_id=report_id("water", "T-0"), action=Action.RESOLVE, sender="app", action_id="1", actor="1", note="已修好"
    )
    await found.publish(ACTIONS, [(case(0), asked.model_dump_json(exclude_none=True).encode())])

    async def ended() -> bool:
        return case(0) not in await found.clocks()

    await eventually(ended, "the end of the resolved case's clock")

    said, _ = await found.terms("apply", "--table", str(table), "--yes", "--why", WHY)
    assert said[-1] == f"{CASES - 1} ordered: {CASES - 1} by the table now"
    after = await found.clocks()
    assert after.keys() == before.keys() - {case(0)}
    would = {one["case_id"]: datetime.fromisoformat(one["would_be_due_at"]) for one in changes}
    assert after == {name: at for name, at in would.items() if name in after}
    [first] = (await found.ask("escalation", f"/v1/deadlines/{case(1)}"))["clocks"]
    assert first["why"].startswith("经900017决定，自")
    assert (first["basis"]["ordered"]["why"], first["basis"]["within"]) == (WHY, ["30 hours"])

    async def told() -> bool:
        due = (await found.ask("routing", f"/v1/cases/{case(1)}"))["case"]["due_at"]
        return due is not None and datetime.fromisoformat(due) == after[case(1)]

    await eventually(told, "routing's own due time")

    orders = len(await found.read(ORDERS))
    assert (await found.terms("apply", "--table", str(table), "--yes", "--why", WHY))[0][-1] == "nothing to order"
    assert len(await found.read(ORDERS)) == orders
    assert {str(one.case_id) for one in await found.moved()} == after.keys()
    assert len(await found.moved()) == CASES - 1

    today = datetime.fromisoformat((await found.ask("escalation", f"/v1/deadlines/{case(0)}"))["clocks"][0]["ended_at"])
    days = {"from": f"{today - timedelta(days=1):%Y-%m-%d}", "to": f"{today + timedelta(days=1):%Y-%m-%d}"}
    figures = await found.ask("escalation", "/v1/statistics", **days)
    assert (figures["all"]["ended"], figures["all"]["in_time"], figures["running"]["green"]) == (1, 1, CASES - 1)

    checked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yiwang", "check", cwd=ROOT, env=found.env("-"), stdout=asyncio.subprocess.PIPE
    )
    assert "lost=0 duplicated=0 unlawful=0" in (await checked.communicate())[0].decode()
