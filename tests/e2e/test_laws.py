"""The laws at the real services' public doors: topics and HTTP."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zlib import crc32

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts.alert import AlertKind
from contracts.case import Action, CaseEvent, CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from contracts.outcome import OutcomeKind
from contracts.territory import Level
from contracts.topics import ACTIONS, ALERTS, CASES, DEADLINES, LOCATED, NORMALISED, OUTCOMES, SUBMITTED
from contracts.wire import Body, Topic, event, message
from deploy.local.engines import free_ports
from services.gis.boundaries import Boundaries
from tests import builders
from tests.pipeline import SERVICES, Pipeline, eventually
from tests.pipeline import pipeline as running
from tests.servers import Servers
from tests.telling import told_of_assignments

DEPARTMENT = "hotline-12345"
HOTLINE = SUBMITTED[DEPARTMENT]


@pytest.fixture(scope="module")
async def pipeline(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pipeline]:
    async with running(servers, tmp_path_factory.mktemp("laws")) as found:
        yield found


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        yield client


def report(reference: str | None, **fields: Any) -> dict[str, Any]:
    """A report of a water well, in a grid of its own: reports of one spot would be told of each other."""
    named = {"reference": reference} if reference else {}
    areas = Boundaries.load().areas
    place = areas[crc32((reference or "").encode()) % len(areas)].representative_point()
    coordinates = {"longitude": place.x, "latitude": place.y, "datum": "WGS-84"}
    return {
        **named,
        "occurred_at": "2026-11-23T08:30:00+08:00",
        "text": "水井无水",
        "coordinates": coordinates,
        **fields,
    }


async def submit(pipeline: Pipeline, *references: str) -> list[str]:
    """Publish located reports; answers their cases' ids."""
    await pipeline.publish(HOTLINE, [(name, json.dumps(report(name)).encode()) for name in references])
    return [str(report_id(DEPARTMENT, name)) for name in references]


async def publish(pipeline: Pipeline, topic: Topic, *bodies: tuple[Body, UUID], key: str) -> None:
    """As a service of ours would: each body as the event of its cause, one after the other in one partition."""
    producer = AIOKafkaProducer(bootstrap_servers=pipeline.servers.brokers, acks="all")
    await producer.start()
    for body, cause in bodies:
        out = message(event(topic, body, cause=cause), source="yiwang/test", time=datetime.now(UTC), traceparent="-")
        await producer.send_and_wait(
            pipeline.space + topic.name, out.value, key=key.encode(), headers=list(out.headers)
        )
    await producer.stop()


async def events_of(pipeline: Pipeline, topic: Topic, case_id: str) -> list[Any]:
    """What was told of a case on a topic, by version, each event once."""
    mine = [one for one in (await pipeline.events(topic)).values() if str(one.case_id) == case_id]
    return sorted(mine, key=lambda one: one.version)


async def kinds(pipeline: Pipeline, case_id: str) -> list[CaseEventKind]:
    return [one.kind for one in await events_of(pipeline, CASES, case_id)]


async def until_kinds(pipeline: Pipeline, case_id: str, *expected: str) -> None:
    async def told() -> bool:
        return len(await kinds(pipeline, case_id)) >= len(expected)

    await eventually(told, f"{expected} of {case_id}")
    assert await kinds(pipeline, case_id) == list(expected)


async def clocks(pipeline: Pipeline, http: httpx.AsyncClient, case_id: UUID) -> list[dict[str, Any]]:
    url = f"{pipeline.url('escalation')}/v1/deadlines/{case_id}"
    answer = await http.get(url, headers=pipeline.bearer("officer"))
    found: list[dict[str, Any]] = answer.json()["clocks"] if answer.status_code == 200 else []
    return found


def told_of(
    case_id: UUID, version: int, number: int, unit: Any, status: Status = Status.ASSIGNED
) -> tuple[CaseEvent, UUID]:
    """Routing's event with this snapshot of the case, and a cause of its own."""
    now = datetime.now(UTC)
    given = builders.assignment(number, unit, assigned_at=now)
    snapshot = builders.case(version, status, case_id=case_id, assignment=given)
    kind = CaseEventKind.OPENED if version == 1 else CaseEventKind.ASSIGNED
    kind = CaseEventKind.RESOLVED if status is Status.RESOLVED else kind
    return builders.case_event(snapshot, kind, at=now), uuid4()


async def test_an_older_version_that_comes_after_a_newer_one_moves_no_clock_back(
    pipeline: Pipeline, http: httpx.AsyncClient
) -> None:
    case_id, last = uuid4(), uuid4()
    newer, older = told_of(case_id, 2, 2, builders.VILLAGE), told_of(case_id, 1, 1, builders.GRID)
    await publish(pipeline, CASES, newer, older, told_of(last, 1, 1, builders.GRID), key=str(case_id))

    async def heard() -> bool:
        return len(await clocks(pipeline, http, last)) == 1

    await eventually(heard, "the record behind them in the partition")
    assert [(one["assignment"], one["ended_at"]) for one in await clocks(pipeline, http, case_id)] == [(2, None)]
    told = await events_of(pipeline, DEADLINES, str(case_id))
    assert [(one.kind, one.assignment) for one in told] == [(DeadlineKind.SCHEDULED, 2)]


async def test_a_breach_moves_its_case_one_level_up_once_and_is_moot_when_its_assignment_has_passed(
    pipeline: Pipeline,
) -> None:
    (case_id,) = await submit(pipeline, "L3-1")
    await until_kinds(pipeline, case_id, "opened")
    (opened,) = await events_of(pipeline, CASES, case_id)
    first, again, later = (
        (builders.deadline(DeadlineKind.BREACHED, number, n=n, case_id=case_id, case=opened.case), uuid4())
        for number, n in ((1, 1), (1, 2), (2, 1))
    )
    await publish(pipeline, DEADLINES, first, first, again, key=case_id)
    await until_kinds(pipeline, case_id, "opened", "assigned", "moot")
    await publish(pipeline, DEADLINES, later, key=case_id)
    await until_kinds(pipeline, case_id, "opened", "assigned", "moot", "assigned")
    told = await events_of(pipeline, CASES, case_id)
    assert [one.version for one in told] == [1, 2, 3, 4]
    assert [one.case.assignment.number for one in told] == [1, 2, 2, 3]
    assert [one.case.assignment.unit.level for one in told] == [Level.GRID, Level.VILLAGE, Level.VILLAGE, Level.TOWN]

    async def watched() -> bool:
        found = await events_of(pipeline, DEADLINES, case_id)
        return {one.assignment for one in found if one.kind is DeadlineKind.SCHEDULED} == {1, 2, 3}

    await eventually(watched, "a clock for every assignment: the case is never without one")


async def test_a_case_resolved_before_its_older_events_are_read_starts_no_clock(
    pipeline: Pipeline, http: httpx.AsyncClient
) -> None:
    case_id, last = uuid4(), uuid4()
    resolved = told_of(case_id, 3, 1, builders.GRID, Status.RESOLVED)
    older = told_of(case_id, 1, 1, builders.GRID)
    await publish(pipeline, CASES, resolved, older, told_of(last, 1, 1, builders.GRID), key=str(case_id))

    async def heard() -> bool:
        return len(await clocks(pipeline, http, last)) == 1

    await eventually(heard, "the record behind them in the partition")
    assert await clocks(pipeline, http, case_id) == []
    assert await events_of(pipeline, DEADLINES, str(case_id)) == []


async def test_one_reference_and_revision_over_kafka_and_http_is_one_case(
    pipeline: Pipeline, http: httpx.AsyncClient
) -> None:
    body = json.dumps(report("L9-1")).encode()
    headers = {**pipeline.bearer("department"), "Content-Type": "application/json"}
    await pipeline.publish(HOTLINE, [("anything", body)])
    answer = await http.post(f"{pipeline.url('intake')}/v1/reports", content=body, headers=headers)
    assert answer.status_code == 202, answer.text

    async def told() -> bool:
        return len(await outcomes(pipeline, "L9-1")) == 3

    await eventually(told, "received, repeat and opened")
    assert await outcomes(pipeline, "L9-1") == {OutcomeKind.RECEIVED: 1, OutcomeKind.REPEAT: 1, OutcomeKind.OPENED: 1}
    assert await kinds(pipeline, answer.json()["report_id"]) == [CaseEventKind.OPENED]


async def outcomes(pipeline: Pipeline, reference: str) -> Counter[OutcomeKind]:
    told = (await pipeline.events(OUTCOMES)).values()
    return Counter(one.kind for one in told if one.reference == reference)


async def test_one_idempotency_key_of_a_token_is_one_report_and_one_case(
    pipeline: Pipeline, http: httpx.AsyncClient
) -> None:
    headers = {**pipeline.bearer("department"), "Idempotency-Key": "L9-key"}
    url = f"{pipeline.url('intake')}/v1/reports"
    answers = [await http.post(url, json=report(None), headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    case_id, again = (one.json()["report_id"] for one in answers)
    assert case_id == again
    reference = answers[0].json()["reference"]

    async def told() -> bool:
        return len(await outcomes(pipeline, reference)) == 3

    await eventually(told, "received, repeat and opened")
    assert await kinds(pipeline, case_id) == [CaseEventKind.OPENED]


async def test_one_action_of_a_sender_acts_once_over_kafka_and_http(
    pipeline: Pipeline, http: httpx.AsyncClient
) -> None:
    (case_id,) = await submit(pipeline, "L9-2")
    await until_kinds(pipeline, case_id, "opened")
    asked = builders.action(Action.HAND_UP, case_id=case_id, sender="test-officer", action_id="up-1", actor="900100")
    raw = asked.model_dump_json(exclude_none=True).encode()
    await pipeline.publish(ACTIONS, [(case_id, raw), (case_id, raw)])
    url = f"{pipeline.url('routing')}/v1/cases/{case_id}/actions"
    headers = {**pipeline.bearer("officer"), "Idempotency-Key": "up-1"}
    answer = await http.post(url, json={"action": "hand_up", "actor": "900100"}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["case"]["assignment"]["number"] == 2
    await until_kinds(pipeline, case_id, "opened", "assigned")


async def test_alerts_wait_for_a_receiver_that_hangs_and_hold_up_no_mail(pipeline: Pipeline) -> None:
    """Reports without a place go to the banner's centre, whose people are told by mail and by a call."""
    pipeline.stop("notification")
    pipeline.ports["webhook"], pipeline.ports["smtp-2"] = free_ports(2)
    hanging = await asyncio.start_server(_hang, "127.0.0.1", pipeline.ports["webhook"])
    pipeline.start("notification")
    await pipeline.ready("notification")
    names = [f"L7-{n}" for n in range(40)]
    nowhere = [json.dumps(report(name, coordinates=None)).encode() for name in names]
    await pipeline.publish(HOTLINE, list(zip(names, nowhere, strict=True)))
    cases = [str(report_id(DEPARTMENT, name)) for name in names]
    # A call to the hanging receiver takes ten seconds: if mails waited for calls, forty of them would take minutes.
    await eventually(lambda: _sent(pipeline, cases, "mail"), "every mail", seconds=60)
    assert not await _sent(pipeline, cases, "webhook")
    hanging.close()
    _start_second_people(pipeline)
    await eventually(lambda: _sent(pipeline, cases, "webhook"), "every call", seconds=90)
    ended = [one for one in (await pipeline.events(ALERTS)).values() if str(one.case_id) in cases]
    assert {one.kind for one in ended} == {AlertKind.SENT}
    keys = Counter(one.get("idempotency_key") or one["message_id"] for one in pipeline.received())
    assert set(keys.values()) == {1}, "each alert was received once"


async def _hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        writer.close()


def _start_second_people(pipeline: Pipeline) -> None:
    """A receiver at the new address of calls; mails go where they went."""
    first = pipeline.processes.pop("people")
    smtp = pipeline.ports["smtp"]
    pipeline.ports["smtp"] = pipeline.ports["smtp-2"]
    pipeline.start("people")
    pipeline.ports["smtp"] = smtp
    pipeline.processes["people-before"] = first


async def _sent(pipeline: Pipeline, cases: Sequence[str], channel: str) -> bool:
    """Whether everybody who is told of one of these cases over the channel has been."""
    clocks = {name: one for name, one in (await pipeline.events(DEADLINES)).items() if str(one.case_id) in cases}
    wanted = {told for told in told_of_assignments(clocks, pipeline.policy) if told[2] == channel}
    ended = {(str(one.event_id), one.recipient, one.channel) for one in (await pipeline.events(ALERTS)).values()}
    return len(wanted) >= len(cases) and wanted <= ended


async def test_reports_published_before_any_service_runs_are_all_handled(servers: Servers, tmp_path: Path) -> None:
    late = Pipeline(servers, tmp_path)
    late.prepare()
    try:
        cases = set(await submit(late, *(f"LS-{n}" for n in range(50))))
        await asyncio.sleep(10)  # the point of this test: nobody listens when the reports come
        late.start("people", *SERVICES)
        await late.ready(*SERVICES)

        async def handled() -> bool:
            watched = {str(one.case_id) for one in (await late.events(DEADLINES)).values()}
            alerted = {str(one.case_id) for one in (await late.events(ALERTS)).values()}
            return watched == cases and alerted == cases

        await eventually(handled, "every report assigned, watched and told of")
    finally:
        for process in late.processes.values():
            process.kill()
            process.wait()


async def test_a_service_told_to_stop_under_load_drains_and_what_it_settled_is_not_done_again(
    servers: Servers, tmp_path: Path
) -> None:
    async with running(servers, tmp_path) as loaded:
        names = [f"T-{n}" for n in range(1500)]
        publishing = asyncio.create_task(_in_slices(loaded, names))
        for service in SERVICES:
            await eventually(partial(_busy, loaded, service), f"{service} at work")
            started = time.monotonic()
            assert await asyncio.to_thread(loaded.stop, service) == 0, loaded.log(service)
            assert time.monotonic() - started < 10
            assert "commit left" not in loaded.log(service), "its last step was committed"
            loaded.start(service)
            await loaded.ready(service)
        await publishing

        async def all_cases() -> bool:
            return sum(one.kind is CaseEventKind.OPENED for one in (await loaded.events(CASES)).values()) == len(names)

        await eventually(all_cases, "a case for every report", seconds=120)
        for topic in (NORMALISED, LOCATED):
            assert len(await loaded.read(topic)) == len(names), f"{topic.name}: nothing was done again"


async def _in_slices(pipeline: Pipeline, names: Sequence[str]) -> None:
    for at in range(0, len(names), 25):
        await submit(pipeline, *names[at : at + 25])


async def _busy(pipeline: Pipeline, service: str) -> bool:
    """Whether the service has settled something since it started and has more to do."""
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"{pipeline.url(service)}/metrics")).text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    figure = defaultdict[str, float](float)
    for name, _, value in lines:
        figure[name.partition("{")[0]] += float(value)
    return figure["yiwang_records_total"] > 0
