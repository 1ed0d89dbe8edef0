"""What the HTTP door of intake takes, refuses and tells."""

import json
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient, Response
from prometheus_client import CollectorRegistry

from contracts.identity import report_id
from contracts.topics import SUBMITTED
from contracts.wire import Message, message
from services.chassis.http import Doors, Health, Token, application, authoriser
from services.chassis.ports import Inbox, Past, Stored
from services.chassis.settings import Settings
from services.chassis.tokens import Tokens
from services.chassis.values import Input, Record, Unavailable
from services.intake.domain import decide
from services.intake.http import PATH, RETRY_AFTER, routes
from services.intake.reading import REPORT_BYTES, parse
from tests.builders import MORNING, context

REPORT = {"reference": "2026-0001", "occurred_at": "2026-03-05 08:00", "text": "机井损坏"}
CONTACT = {"name": "报告人0147", "phone": "000-0147-0258"}
UNREFERENCED = {name: value for name, value in REPORT.items() if name != "reference"}
ID = report_id("water", "2026-0001")
JSON: Mapping[str, str] = {"content-type": "application/json"}
Headers = Mapping[str, str]
NONE: Headers = {}
Content = bytes | AsyncIterable[bytes]
ROLES = {
    "water": Token("water-office", "department", "water"),
    "police": Token("police-office", "department", "police"),
    "nowhere": Token("no-office", "department"),
    "officer": Token("app", "officer"),
    "operator": Token("ops", "operator"),
    "resident": Token("web", "resident"),
}
WHERE = {"kafka": "broker:9092", "mongo": "mongodb://store"}


class OneToken(Tokens):
    """Knows a token by the name of its row."""

    def find(self, bearer: str) -> Token | None:
        return ROLES.get(bearer)


@dataclass
class Broker:
    away: bool = False
    taken: list[Message] = field(default_factory=list)

    async def publish(self, messages: Sequence[Message]) -> None:
        if self.away:
            raise Unavailable("broker")
        self.taken.extend(messages)


@dataclass
class Shelf:
    """The two questions that the door asks of a store."""

    stored: Mapping[str, Stored] = field(default_factory=dict)
    past: list[Past] = field(default_factory=list)

    async def read(self, subject: str) -> Stored | None:
        return self.stored.get(subject)

    async def history(self, _subject: str, _limit: int = 1000) -> list[Past]:
        return self.past


@dataclass
class House:
    broker: Broker = field(default_factory=Broker)
    shelf: Any = field(default_factory=Shelf)

    async def ask(
        self, method: str, path: str = PATH, *, who: str = "water", headers: Headers = NONE, content: Content = b""
    ) -> Response:
        registry = CollectorRegistry()
        settings = Settings.model_validate(WHERE)
        doors = Doors(self.shelf, self.broker.publish, authoriser(OneToken({})), settings, registry, lambda: MORNING)
        app = application(routes(doors), lambda: Health(live=True, ready=True), registry)
        headers = {"authorization": f"Bearer {who}", **headers}
        async with AsyncClient(transport=ASGITransport(app), base_url="http://intake") as client:
            return await client.request(method, path, headers=headers, content=content)

    async def send(self, body: object = REPORT, *, who: str = "water", headers: Headers = NONE) -> Response:
        content = json.dumps(body).encode()
        return await self.ask("POST", who=who, headers={**JSON, **headers}, content=content)


def record(sent: Message) -> Record:
    headers = tuple(sent.headers)
    return Record(
        topic=sent.topic, partition=0, offset=0, key=sent.key.encode(), value=sent.value, headers=headers, time=MORNING
    )


def known(**fields: object) -> Shelf:
    """A shelf with the one report, as intake would have stored it."""
    physical = Record(
        topic=SUBMITTED["water"].name,
        partition=0,
        offset=0,
        key=None,
        value=json.dumps(REPORT | fields).encode(),
        headers=(),
        time=MORNING,
    )
    decision = decide(None, Input(id=ID, subject=str(ID), body=parse(physical), record=physical), context())
    assert decision.state
    told = [message(one, source="test", time=MORNING, traceparent="") for one in decision.events]
    past = [Past(one.id, one.topic, one.type, one.version, one.time, one.value.decode()) for one in told]
    return Shelf({str(ID): Stored(str(ID), 1, decision.state.model_dump(mode="json"), Inbox())}, past)


async def test_a_report_is_published_byte_for_byte_and_answered_with_where_to_look() -> None:
    house, raw = House(), json.dumps(REPORT, indent=3).encode()

    answer = await house.ask("POST", content=raw, headers={"content-type": "application/json; charset=utf-8"})

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/reports/{ID}"
    assert answer.json() == {
        "report_id": str(ID),
        "reference": "2026-0001",
        "revision": 1,
        "status_url": f"/v1/reports/{ID}",
    }
    (sent,) = house.broker.taken
    assert (sent.topic, sent.key, sent.value) == ("report.submitted.water.v1", "2026-0001", raw)


async def test_a_report_travels_as_a_cloud_event_in_the_callers_trace() -> None:
    house, trace = House(), "0af7651916cd43dd8448eb211c80319c"

    await house.send(headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

    headers = dict(house.broker.taken[0].headers)
    assert headers["ce_type"] == b"yiwang.report.submitted.v1"
    assert headers["ce_subject"] == str(ID).encode()
    assert headers["ce_time"] == b"2026-03-05T01:00:00Z"
    assert UUID(headers["ce_id"].decode()) == house.broker.taken[0].id
    assert headers["ce_traceparent"].startswith(f"00-{trace}-".encode())


async def test_what_the_door_answers_is_what_the_reader_will_find() -> None:
    house = House()

    answer = await house.send(UNREFERENCED, headers={"idempotency-key": "k-1"})

    assert parse(record(house.broker.taken[0])).report_id == UUID(answer.json()["report_id"])


async def test_the_same_idempotency_key_again_is_the_same_report() -> None:
    house = House()
    answers = [await house.send(UNREFERENCED, headers={"idempotency-key": key}) for key in ("k-1", "k-1", "k-2")]
    first, again, other = (answer.json()["report_id"] for answer in answers)

    assert first == again != other
    assert answers[0].json()["reference"] == "idempotency-key:water-office:k-1"
    assert len({sent.id for sent in house.broker.taken}) == 2


async def test_neither_reference_nor_idempotency_key_is_a_problem_with_the_reference() -> None:
    answer = await House().send(UNREFERENCED)

    assert (answer.status_code, answer.json()["problems"][0]["path"]) == (422, "reference")


@pytest.mark.parametrize("key", ["", "a b", "k" * 101, "k\x7f"])
async def test_an_odd_idempotency_key_is_refused(key: str) -> None:
    assert (await House().send(headers={"idempotency-key": key})).status_code == 400


async def test_a_bad_report_is_told_in_both_languages_and_not_published() -> None:
    house = House()

    answer = await house.send(REPORT | {"occurred_at": "某天", "text": " "})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"] == [
        {
            "path": "text",
            "found": "str",
            "expected": "at least 1 character(s)",
            "expected_zh": "不得少于1个字符",
        }
    ]
    assert house.broker.taken == []


async def test_the_department_is_the_tokens_whatever_the_body_says() -> None:
    house = House()

    await house.send(REPORT | {"department": "water"}, who="police")

    assert house.broker.taken[0].topic == "report.submitted.police.v1"


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("resident", 403), ("nowhere", 403), ("stranger", 401), ("", 401)]
)
async def test_only_a_department_may_report(who: str, status: int) -> None:
    house = House()

    assert (await house.send(who=who)).status_code == status
    assert house.broker.taken == []


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", ""])
async def test_other_media_types_are_refused(media_type: str) -> None:
    answer = await House().ask("POST", content=b"{}", headers={"content-type": media_type})

    assert (answer.status_code, "application/json" in answer.json()["detail"]) == (415, True)


async def test_a_report_of_announced_excess_is_refused() -> None:
    raw = json.dumps(REPORT).encode()
    answers = [
        await House().ask("POST", content=raw.ljust(size), headers=JSON) for size in (REPORT_BYTES, REPORT_BYTES + 1)
    ]

    assert [answer.status_code for answer in answers] == [202, 413]


async def test_a_report_without_a_length_is_read_no_further_than_the_limit() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 4 * REPORT_BYTES:
            read += 64 * 1024
            yield b" " * 64 * 1024

    answer = await House().ask("POST", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert read <= REPORT_BYTES + 64 * 1024


async def test_while_the_broker_is_away_nothing_is_claimed() -> None:
    answer = await House(broker=Broker(away=True)).send()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(RETRY_AFTER))
    assert "report_id" not in answer.json()


async def test_a_department_sees_its_own_report_with_the_contact_masked() -> None:
    answer = await House(shelf=known(reporter=CONTACT)).ask("GET", f"/v1/reports/{ID}")

    assert answer.status_code == 200
    assert answer.json() | {"outcomes": []} == {
        "report_id": str(ID),
        "department": "water",
        "reference": "2026-0001",
        "revision": 1,
        "revisions": [{"revision": 1, "received_at": "2026-03-05T09:00:00+08:00"}],
        "outcomes": [],
        "classified": {"code": None, "zh": "未定类别", "by": "undecided", "confidence": 0.0},
        "money": None,
        "group": None,
        "contact": {"name": "报***", "phone": "***58", "phone_valid": False},
    }
    assert [told["kind"] for told in answer.json()["outcomes"]] == ["received"]
    assert "0147" not in answer.text


async def test_a_department_sees_how_its_report_was_classified() -> None:
    shown = (await House(shelf=known(category="机井水泵损坏")).ask("GET", f"/v1/reports/{ID}")).json()

    assert shown["classified"] == {
        "code": "020101",
        "zh": "水利用水/人畜饮水/机井水泵损坏",
        "by": "code",
        "confidence": 1.0,
    }


async def test_a_department_sees_the_money_and_the_group_that_its_words_gave() -> None:
    shown = (await House(shelf=known(text="12名工人集体讨薪，共欠3万元")).ask("GET", f"/v1/reports/{ID}")).json()

    assert (shown["money"], shown["group"]) == (30_000, 12)


@pytest.mark.parametrize(("occurred_at", "status"), [("昨天下午三点", 202), ("2026-03-06T09:00:01+08:00", 422)])
async def test_times_count_from_when_the_door_is_knocked_at(occurred_at: str, status: int) -> None:
    assert (await House().send(REPORT | {"occurred_at": occurred_at})).status_code == status


async def test_another_departments_report_is_as_if_there_were_none() -> None:
    house, missing = House(shelf=known()), report_id("water", "other")
    others = await house.ask("GET", f"/v1/reports/{ID}", who="police")
    none = await house.ask("GET", f"/v1/reports/{missing}", who="police")

    assert others.status_code == none.status_code == 404
    assert others.json() == none.json()


@pytest.mark.parametrize("who", ["officer", "operator"])
async def test_officers_and_operators_see_every_department(who: str) -> None:
    answer = await House(shelf=known()).ask("GET", f"/v1/reports/{ID}", who=who)

    assert (answer.status_code, answer.json()["contact"]) == (200, None)
    assert answer.json()["report"]["text"] == REPORT["text"]


async def test_officers_see_the_whole_report_and_of_the_contact_a_reference_alone() -> None:
    shelf = known(reporter=CONTACT, place_name="昂素镇东3公里机井")
    shown = (await House(shelf=shelf).ask("GET", f"/v1/reports/{ID}", who="officer")).json()

    assert (shown["report"]["place_name"], shown["report"]["reporter"]) == ("昂素镇东3公里机井", f"reporter/{ID}")
    assert "0147" not in json.dumps(shown, ensure_ascii=False)


async def test_a_resident_sees_no_report() -> None:
    assert (await House(shelf=known()).ask("GET", f"/v1/reports/{ID}", who="resident")).status_code == 403


async def test_what_is_no_report_id_is_not_found() -> None:
    assert (await House().ask("GET", "/v1/reports/2026-0001")).status_code == 404
