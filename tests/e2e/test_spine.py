"""The main path through public doors only: a report becomes a located, assigned, watched case and an alert."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.case import CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from contracts.outcome import OutcomeKind
from contracts.territory import SHANGHAI
from contracts.topics import ACTIONS, ALERTS, CASES, DEAD, DEADLINES, LOCATED, NORMALISED, OUTCOMES, SUBMITTED
from services.gis.boundaries import Boundaries
from tests.pipeline import Pipeline, eventually
from tests.pipeline import pipeline as running
from tests.servers import Servers

HOTLINE = SUBMITTED["hotline-12345"]


@pytest.fixture(scope="module")
async def pipeline(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pipeline]:
    async with running(servers, tmp_path_factory.mktemp("spine")) as found:
        yield found


def report(reference: str, **fields: Any) -> dict[str, Any]:
    return {"reference": reference, "occurred_at": "2026/11/23 08:30", "text": "牧道被冲断，车辆无法通行", **fields}


def inside() -> dict[str, Any]:
    place = Boundaries.load().areas[100].representative_point()
    return {"longitude": place.x, "latitude": place.y, "datum": "WGS-84"}


async def outcomes(pipeline: Pipeline, reference: str) -> Counter[OutcomeKind]:
    told = (await pipeline.events(OUTCOMES)).values()
    return Counter(one.kind for one in told if one.reference == reference)


async def test_a_report_over_http_becomes_an_assigned_and_watched_case_and_one_alert(pipeline: Pipeline) -> None:
    written = "牧道被冲断，请回电150 0000 0002。"
    reporter = {"name": "90001", "phone": "15000000001"}
    body = report("H-1", coordinates=inside(), text=written, reporter=reporter, secret="90002")
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{pipeline.url('intake')}/v1/reports", json=body, headers=pipeline.bearer("department")
        )
        assert answer.status_code == 202, answer.text
        case_id = answer.json()["report_id"]
        assert case_id == str(report_id("hotline-12345", "H-1"))

        async def shown() -> bool:
            found = await http.get(f"{pipeline.url('routing')}/v1/cases/{case_id}", headers=pipeline.bearer("officer"))
            return found.status_code == 200 and found.json()["case"].get("due_at") is not None

        await eventually(shown, "the case with its due time")
        found = await http.get(f"{pipeline.url('routing')}/v1/cases/{case_id}", headers=pipeline.bearer("officer"))
        case = found.json()["case"]
        assert case["assignment"]["unit"]["level"] == "grid"
        assert [line["kind"] for line in found.json()["history"]] == ["opened"]
        unit = case["assignment"]["unit"]["code"]
        listed = await http.get(
            f"{pipeline.url('routing')}/v1/cases",
            params={"unit": unit, "status": "assigned"},
            headers=pipeline.bearer("officer"),
        )
        assert case_id in [one["case_id"] for one in listed.json()["cases"]]

    async def alerted() -> bool:
        return any(one.case_id.hex == case_id.replace("-", "") for one in (await pipeline.events(ALERTS)).values())

    await eventually(alerted, "the alert")
    assert await outcomes(pipeline, "H-1") == {OutcomeKind.RECEIVED: 1, OutcomeKind.OPENED: 1}
    text = json.dumps(pipeline.received(), ensure_ascii=False)
    assert "牧道被冲断" in text
    assert "请回电150****0002。地点：" in text, "the number is masked, and the full stop not doubled"
    assert "来源编号：H-1（12345政务服务便民热线）。请签收，并于" in text
    clocks = (await pipeline.events(DEADLINES)).values()
    due = next(one.due_at for one in clocks if str(one.case_id) == case_id).astimezone(SHANGHAI)
    by = "24:00" if due.hour == due.minute == 0 else f"{due:%H:%M}"  # late in the evening an hour is given at least
    assert f"{by}前办结。" in text, "the alert says by when"
    for topic in (NORMALISED, LOCATED, CASES, DEADLINES, ALERTS, OUTCOMES):
        for record in await pipeline.read(topic):
            for personal in (b"15000000001", b"90001", b"90002"):
                assert personal not in record.value, f"{topic.name} carries the reporter's data"
    for topic in (CASES, DEADLINES, ALERTS, OUTCOMES):
        for record in await pipeline.read(topic):
            assert b"150 0000 0002" not in record.value, f"{topic.name} carries a number from the report's text"


async def test_a_case_is_accepted_handed_up_and_resolved_and_its_clock_follows(pipeline: Pipeline) -> None:
    await pipeline.publish(HOTLINE, [("A-1", json.dumps(report("A-1", coordinates=inside())).encode())])
    case_id = str(report_id("hotline-12345", "A-1"))

    async def kinds() -> list[CaseEventKind]:
        events = [one for one in (await pipeline.events(CASES)).values() if str(one.case_id) == case_id]
        return [one.kind for one in sorted(events, key=lambda one: one.version)]

    async def opened() -> bool:
        return await kinds() == ["opened"]

    await eventually(opened, "the case")
    steps = [
        ("accept", None),
        ("hand_up", "超出本网格能力"),
        ("accept", None),
        ("resolve", "已协调修复"),
        ("accept", None),
    ]
    actions = [
        (case_id, json.dumps({"case_id": case_id, "action": action, "sender": "app", "action_id": f"A-1-{n}",
                              "actor": "900100", **({"note": note} if note else {})}).encode())
        for n, (action, note) in enumerate(steps)
    ]  # fmt: skip
    await pipeline.publish(ACTIONS, actions)

    async def done() -> bool:
        return len(await kinds()) == 6

    await eventually(done, "five answers to five actions")
    assert await kinds() == ["opened", "accepted", "assigned", "accepted", "resolved", "refused"]
    newest = max(
        (e for e in (await pipeline.events(CASES)).values() if str(e.case_id) == case_id), key=lambda e: e.version
    )
    assert newest.case.status is Status.RESOLVED

    async def scheduled() -> bool:
        clocks = [one for one in (await pipeline.events(DEADLINES)).values() if str(one.case_id) == case_id]
        return [one.assignment for one in clocks if one.kind is DeadlineKind.SCHEDULED] == [1, 2]

    await eventually(scheduled, "a clock for each assignment")
    assert (await outcomes(pipeline, "A-1"))[OutcomeKind.RESOLVED] == 1


async def test_a_repeat_a_conflict_and_rubbish_each_have_their_outcome(pipeline: Pipeline) -> None:
    first, other = report("C-1"), report("C-1", text="内容不同")
    bodies = [json.dumps(body).encode() for body in (first, first, first, other)]
    await pipeline.publish(HOTLINE, [("C-1", body) for body in bodies])
    await pipeline.publish(
        HOTLINE, [("C-2", b'{"reference": "C-2", "occurred_at": "x", "text": "t"}'), ("C-3", b"\xff")]
    )

    async def told() -> bool:
        return (await outcomes(pipeline, "C-1")).total() == 4 and (await outcomes(pipeline, "C-2")).total() == 1

    await eventually(told, "all outcomes")
    assert await outcomes(pipeline, "C-1") == {"received": 1, "opened": 1, "repeat": 1, "parked": 1}
    assert await outcomes(pipeline, "C-2") == {"parked": 1}
    reasons = Counter(letter.reason for letter in (await pipeline.events(DEAD["intake"])).values())
    assert reasons["conflict"] == 1
    assert reasons["invalid"] == 2


async def test_the_door_refuses_what_it_must(pipeline: Pipeline) -> None:
    address = f"{pipeline.url('intake')}/v1/reports"
    token = pipeline.bearer("department")
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(address, json=report("D-1"))).status_code == 401
        assert (await http.post(address, json=report("D-1"), headers=pipeline.bearer("officer"))).status_code == 403
        big = await http.post(address, json=report("D-1", text="字" * 400_000), headers=token)
        assert big.status_code == 413
        bad = await http.post(address, json={"text": ""}, headers=token)
        assert bad.status_code == 422
        assert bad.headers["content-type"] == "application/problem+json"
        assert {problem["path"] for problem in bad.json()["problems"]} == {"reference", "occurred_at", "text"}
        keyed = {**token, "Idempotency-Key": "k-1"}
        without = {key: value for key, value in report("-").items() if key != "reference"}
        twice = [(await http.post(address, json=without, headers=keyed)).json()["report_id"] for _ in range(2)]
        assert twice[0] == twice[1]


async def test_metrics_and_health_are_open_and_named(pipeline: Pipeline) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for service in ("intake", "gis", "routing", "escalation", "notification"):
            assert (await http.get(f"{pipeline.url(service)}/livez")).status_code == 200
            metrics = (await http.get(f"{pipeline.url(service)}/metrics")).text
            assert f'yiwang_service_info{{service="{service}"}} 1.0' in metrics
            assert "yiwang_lag_records{" in metrics
