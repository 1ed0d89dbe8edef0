"""A department with a foreign Kafka client and the committed schema alone, through public doors only."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.client.department import Report, reports
from tests.client.kcat import consume, publish, publish_keyed
from tests.pipeline import Pipeline, eventually
from tests.pipeline import pipeline as running
from tests.servers import Servers

TOPIC = "report.submitted.water.v1"
OUTCOMES = "report.outcomes.v1"
PAGE = 37
"""Cases on a page: none of the pages but the last ends with the list."""


@pytest.fixture(scope="module")
async def pipeline(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pipeline]:
    async with running(servers, tmp_path_factory.mktemp("client")) as found:
        yield found


async def outcomes(pipeline: Pipeline, made: Sequence[Report]) -> Counter[tuple[str, str]]:
    """How often each of these reports was told each kind of outcome."""
    records = await asyncio.to_thread(consume, pipeline.servers.kafka, pipeline.space + OUTCOMES)
    ours = {report.reference for report in made}
    told = [one for one in map(json.loads, records) if one["reference"] in ours]
    assert {one["department"] for one in told} <= {"water"}
    return Counter((one["reference"], one["kind"]) for one in told)


async def ended(pipeline: Pipeline, made: Sequence[Report], *kinds: str) -> None:
    """Wait until each report has been told all of these, then for nothing more than these."""
    wanted = Counter((report.reference, kind) for report in made for kind in kinds)

    async def complete() -> bool:
        return await outcomes(pipeline, made) >= wanted

    await eventually(complete, f"{kinds} of {len(made)} reports")
    assert await outcomes(pipeline, made) == wanted


async def listed(pipeline: Pipeline, http: httpx.AsyncClient, made: Sequence[Report]) -> list[dict[str, Any]]:
    """The cases of these reports as the list has them, page after page."""
    cases: list[dict[str, Any]] = []
    asked: dict[str, str | int] = {"limit": PAGE}
    while True:
        answer = await http.get(f"{pipeline.url('routing')}/v1/cases", params=asked)
        assert answer.status_code == 200, answer.text
        cases += answer.json()["cases"]
        if answer.json()["next"] is None:
            break
        asked["cursor"] = answer.json()["next"]
    ours = {report.reference for report in made}
    return [case for case in cases if case["reference"] in ours]


async def all_due(pipeline: Pipeline, http: httpx.AsyncClient, made: Sequence[Report]) -> list[dict[str, Any]]:
    """The same once each has its due time: the list is ordered by it and stands still from then on."""

    async def due() -> bool:
        cases = await listed(pipeline, http, made)
        return len(cases) >= len(made) and all(case["due_at"] for case in cases)

    await eventually(due, f"{len(made)} cases with a due time")
    return await listed(pipeline, http, made)


def doors(pipeline: Pipeline) -> httpx.AsyncClient:
    return httpx.AsyncClient(headers=pipeline.bearer("officer"), trust_env=False)


async def test_each_of_200_reports_by_kcat_is_one_case_where_it_belongs(pipeline: Pipeline) -> None:
    made = reports("SL-", seed=20261123, count=200)
    masked = [report for report in made if report.located == "not_located"]
    assert len(masked) == 100
    brokers, topic = pipeline.servers.kafka, pipeline.space + TOPIC
    publish_keyed(brokers, topic, {report.reference: report.text for report in masked})
    publish(brokers, topic, [report.text for report in made if report not in masked])

    await ended(pipeline, made, "received", "opened")
    async with doors(pipeline) as http:
        cases = await all_due(pipeline, http, made)
        assert Counter(case["reference"] for case in cases) == Counter(report.reference for report in made)
        assert len({case["case_id"] for case in cases}) == len(made)
        by_reference = {case["reference"]: case for case in cases}
        for report in made:
            await check(pipeline, http, report, by_reference[report.reference])
    # Nothing more has come while the cases were read.
    await ended(pipeline, made, "received", "opened")


async def check(pipeline: Pipeline, http: httpx.AsyncClient, report: Report, case: dict[str, Any]) -> None:
    """The case stands where the report belongs, was opened once, and the list and the case's own page agree."""
    answer = await http.get(f"{pipeline.url('routing')}/v1/cases/{case['case_id']}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["case"] == case
    assert [line["kind"] for line in answer.json()["history"]] == ["opened"]
    assert case["department"] == "water"
    assert (case["assignment"]["unit"]["code"], case["located"]) == (report.unit, report.located), report.text
    assert datetime.fromisoformat(case["occurred_at"]) == report.moment, report.body["occurred_at"]


async def test_reports_sent_three_times_are_one_case_each_and_told_of_the_repeat_once(pipeline: Pipeline) -> None:
    made = reports("AGAIN-", seed=2, count=20, first=100)
    for _ in range(3):
        publish(pipeline.servers.kafka, pipeline.space + TOPIC, [report.text for report in made])
    # Keys spread these over all partitions; once they are done, whatever stood before them is.
    last = reports("AFTER-", seed=3, count=60, first=110)
    publish_keyed(pipeline.servers.kafka, pipeline.space + TOPIC, {report.reference: report.text for report in last})

    await ended(pipeline, last, "received", "opened")
    await ended(pipeline, made, "received", "opened", "repeat")
    async with doors(pipeline) as http:
        cases = await all_due(pipeline, http, made)
    assert Counter(case["reference"] for case in cases) == Counter(report.reference for report in made)


async def test_what_the_schema_refuses_is_parked_and_told_in_both_languages(pipeline: Pipeline) -> None:
    (good,) = reports("WRONG-", seed=4, count=1, first=140)
    wrong = Report({**good.body, "coordinates": {"longitude": 107.48, "latitude": 38.18}}, "", "", good.moment)
    publish(pipeline.servers.kafka, pipeline.space + TOPIC, [wrong.text])

    await ended(pipeline, [wrong], "parked")
    records = map(json.loads, consume(pipeline.servers.kafka, pipeline.space + OUTCOMES))
    (told,) = [one for one in records if one["reference"] == wrong.reference]
    (problem,) = told["problems"]
    assert problem["path"] == "coordinates.datum"
    assert problem["expected"]
    assert problem["expected_zh"]
