"""``yiwang rules replay`` on real servers: what the running services have decided, made again by another table."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.case import CaseEvent
from contracts.identity import report_id
from contracts.topics import CASES, SUBMITTED
from tests.pipeline import ROOT, Pipeline, eventually, pipeline
from tests.servers import Servers
from tests.unit.routing.rulebook import LAST, row, written

SOURCE = "labour"
PLACE = {"longitude": 107.407334, "latitude": 38.458799, "datum": "WGS-84"}
WORDS = ("包工头拖欠工资3万元，电话15000000147打不通", "拖欠两名工人工资八千余元", "劳动合同到期不续签")
CATEGORIES = ("欠薪", "欠薪", "劳动合同")


def submitted(number: int, **fields: Any) -> tuple[str, bytes]:
    usual = {"occurred_at": "2026-03-02 08:30", "coordinates": PLACE, "reference": f"W-{number}"}
    said = {"text": WORDS[number], "category": CATEGORIES[number]}
    return f"W-{number}", json.dumps(usual | said | fields, ensure_ascii=False).encode()


def replayed(found: Pipeline, *more: str) -> subprocess.CompletedProcess[str]:
    return run(found.env("-"), *more)


def run(env: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yiwang", "rules", "replay", *more]
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)


async def decisions(found: Pipeline) -> list[CaseEvent]:
    return [one for one in (await found.events(CASES)).values() if one.routed]


@pytest.mark.slow
async def test_what_was_decided_is_made_again_by_another_table_and_nothing_changes(
    servers: Servers, tmp_path: Path
) -> None:
    other = written(tmp_path, row("much", "money_min = 30_000", 'level = "banner", clock = "urgent"'), LAST)

    async def all_decided() -> bool:
        return len(await decisions(found)) == len(WORDS) + 1

    async with pipeline(servers, tmp_path) as found:
        await found.publish(SUBMITTED[SOURCE], [submitted(n) for n in range(len(WORDS))])
        await found.publish(SUBMITTED[SOURCE], [submitted(1, revision=2, money=31_000)])
        await eventually(all_decided, "three openings and a correction")
        before = len(await found.read(CASES))
        same, moved = replayed(found), replayed(found, "--table", str(other), "--json")
        early = replayed(found, "--table", str(other), "--json", "--until", "2026-01-01")
        shown = replayed(found, "--table", str(other), "--limit", "1")
        after = len(await found.read(CASES))

    assert [one.returncode for one in (same, moved, early, shown)] == [0, 0, 0, 0], moved.stderr
    assert "4 decisions made again" in same.stdout
    assert "0 would move" in same.stdout
    said = json.loads(moved.stdout)
    to = {(one["case_id"], one["version"]): (one["new"]["rule"], one["new"]["unit"]["level"]) for one in said["moved"]}
    assert to[str(report_id(SOURCE, "W-0")), 1] == ("much", "banner")
    assert to[str(report_id(SOURCE, "W-1")), 1] == ("last", "grid")
    assert to[str(report_id(SOURCE, "W-1")), 2] == ("much", "banner")
    assert (said["counts"]["decisions"], said["counts"]["unreadable"]) == (4, 0)
    assert json.loads(early.stdout)["counts"]["decisions"] == 0
    assert "15000000147" not in moved.stdout + shown.stdout
    assert shown.stdout.splitlines()[-1] == f"… and {said['counts']['moved'] - 1} more; --json has them all"
    assert after == before


def test_a_store_that_is_away_is_said_in_one_line(servers: Servers) -> None:
    ended = run({**os.environ, "YIWANG_KAFKA": servers.kafka, "YIWANG_MONGO": "mongodb://127.0.0.1:9"})
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith("database: ")
