"""The door to what people were told of a case: who, why, and what became of it on each channel."""

from collections import Counter
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from contracts.topics import DEADLINES, NOTICES
from services.chassis.fold import Draft, draft, fold
from services.chassis.http import Doors, Health, application, authoriser
from services.chassis.values import Done, Input
from services.notification.app import routes, service
from services.notification.queries import given
from services.notification.tray import tray_of
from simulation.store import MemoryStore
from tests.builders import CASE_ID, MORNING, TOWN, assignment, record
from tests.unit.notification.desk import EARLY, EVENT, FREE, RULES, hear, notices, scheduled
from tests.unit.routing.desk import OFFICER, SETTINGS, SOURCE, TOKENS

TOWN_TOLD = scheduled(assignment=assignment(3, TOWN))


async def handled() -> MemoryStore:
    """A store after the town was told over the app, which took it, and by mail, which is under way."""
    store, notification = MemoryStore(), service(lambda: RULES)

    async def keep(one: Draft) -> None:
        change = one.change("test")
        assert change is not None
        assert await store.write([change]) == frozenset()
        await store.record([(one.subject, message) for message in one.messages])

    told = Input(id=EVENT, subject=str(CASE_ID), body=TOWN_TOLD, record=record(TOWN_TOLD, DEADLINES))
    await keep(fold(notification, [told], None, Counter()))
    (notice,) = notices(hear(TOWN_TOLD))
    name = tray_of(notice)
    sent = fold(
        notification,
        [Input(id=notice.alert_id, subject=name, body=notice, record=record(notice, NOTICES))],
        None,
        Counter(FREE),
    )
    await keep(sent)
    after = draft(notification, name, (await store.load([name]))[name], 0)
    after.advance(Done(effect=sent.effects[0], at=MORNING), MORNING, Counter(FREE))
    await keep(after)
    return store


async def test_each_notice_is_found_with_its_ends() -> None:
    (one,) = await given(await handled(), CASE_ID)
    assert (one.notice.staff, one.notice.role) == (EARLY, "in_charge")
    assert {channel: end and end.kind.value for channel, end in one.ends.items()} == {"webhook": "sent", "mail": None}


async def asked(store: MemoryStore, token: str = OFFICER, case: object = CASE_ID) -> tuple[int, Any]:
    async def publish(_messages: object) -> None:
        raise AssertionError("a query publishes nothing")

    doors = Doors(store, publish, authoriser(TOKENS), SETTINGS, CollectorRegistry(), lambda: MORNING)
    app = application(routes(doors), lambda: Health(live=True, ready=True), doors.registry)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
        answer = await client.get(f"/v1/notices/{case}", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


async def test_an_officer_reads_who_was_told_why_and_what_became_of_it() -> None:
    status, body = await asked(await handled())
    assert status == 200
    (line,) = body["notices"]
    assert (line["staff"], line["rule"], line["template"]) == (EARLY, "assigned", "handed_up")
    assert line["why"].startswith("普通指派：嘎查村、苏木镇、旗；承办单位昂素镇的当班人员")
    assert line["subject"] == "【一网】上报事项：牧区机井损坏，无法取水"
    assert (line["ends"]["webhook"]["kind"], line["ends"]["mail"]) == ("sent", None)


async def test_of_a_case_of_which_nobody_was_told_there_is_nothing_and_sources_may_not_ask() -> None:
    status, body = await asked(MemoryStore())
    assert status == 404
    assert "没有该事项的通知" in body["detail"]
    assert (await asked(MemoryStore(), SOURCE))[0] == 403
