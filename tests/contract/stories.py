"""Stories from the scene of all examples, each played to the services' decisions: what is written is the examples."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from contracts.case import Action, Capacity, CaseAction, Piece
from contracts.examples.actions import ACCEPT, HAND_BACK, HAND_UP, PROVEN, REOPEN, RESOLVE, TRANSFER
from contracts.examples.reports import EVERYTHING, SUBMITTED
from contracts.examples.scene import (
    ABROAD,
    ACCEPTED,
    ACTED,
    BORDER,
    CATEGORY,
    DEPARTMENT,
    GRID,
    MIDNIGHT,
    RECEIVED,
    REPAIRED,
    REPORT_ID,
    TEXT,
    WELL,
)
from contracts.generate import example_json
from contracts.identity import report_id
from contracts.report import Datum
from contracts.wire import Message
from services.chassis.values import Done, Effect, Service
from services.escalation.domain import decide
from services.escalation.obligation import Tables
from services.escalation.terms import Row, term
from services.escalation.validate import load
from services.notification.settings import NotificationSettings
from tests.contract.story import NOWHERE, Answer, Headers, Story, services, took

HEADERS: Headers = (("content-type", b"application/json"), ("trace", None))
DAY = timedelta(days=1)
AGAIN, OTHER, LATER, LATEST = (RECEIVED + timedelta(minutes=minutes) for minutes in (1, 2, 3, 4))
NOT_JSON = b"SL-2026-000317,2026-03-05 14:30"
NO_DATUM = (
    '{"reference": "SL-2026-000317", "occurred_at": "2026-03-05 14:30", "text": "机井水泵损坏", '
    '"coordinates": {"longitude": 107.407334, "latitude": 38.458799}}'
).encode()
WITH_DATUM = NO_DATUM.replace(b"}}", b', "datum": "WGS-84"}}')
ONLY_SHOWN = {"withdrawn", "about_unit", "about_staff", "same_as"}
"""Fields of the example of everything that would make another story of it."""


def sent(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def whole(*without: str, **more: Any) -> bytes:
    fields = {name: value for name, value in example_json(EVERYTHING).items() if name not in ONLY_SHOWN | set(without)}
    return sent(fields | more)


def smallest(**more: Any) -> bytes:
    return sent({**example_json(SUBMITTED["smallest"]), **more})


def at(place: tuple[float, float]) -> Mapping[str, Any]:
    return {"longitude": place[0], "latitude": place[1], "datum": "WGS-84"}


def reported(*, answer: Answer = took, settings: NotificationSettings = NOWHERE) -> Story:
    """The story up to the case: all that a report can have, but that it is not solved yet."""
    story = Story(services(settings), answer)
    story.submit(whole("solved_on_the_spot"), RECEIVED)
    return story


def solved_on_the_spot() -> Story:
    story = Story()
    story.submit(whole(), RECEIVED)
    return story


def without_a_place() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    return story


def outside() -> Story:
    story = Story()
    story.submit(smallest(coordinates=at(ABROAD), place_code=GRID.code), RECEIVED)
    return story


def by_many() -> Story:
    """Eight people sign together: departments help the one in the lead."""
    story = Story()
    story.submit(
        smallest(text="8名牧民联名反映机井维修款2万元未公开，约200只羊饮水困难。", coordinates=at(WELL[Datum.WGS84])),
        RECEIVED,
    )
    return story


def at_night() -> Story:
    """A hazard of the night, for which a row is on trial."""
    story = Story()
    story.submit(smallest(category="040101", coordinates=at(WELL[Datum.WGS84])), RECEIVED + timedelta(hours=9))
    return story


def on_a_border() -> Story:
    story = Story()
    story.submit(smallest(coordinates=at(BORDER)), RECEIVED)
    return story


def resolved() -> Story:
    """Accepted and resolved; then somebody would hand it up."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(RESOLVE, ACTED)
    story.ask(HAND_UP, ACTED + timedelta(minutes=5))
    return story


def handed_up() -> Story:
    """Accepted and handed up, while the breach of the first assignment is on its way."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(HAND_UP, ACTED)
    breach = next(one for one in climbed().written if one.type == "yiwang.deadline.breached.v1")
    story.deliver(breach, MIDNIGHT)
    return story


def did(action: Action, number: int, note: str | None = None, **more: Any) -> CaseAction:
    """Something else done about the case of the well, on whatever assignment is current."""
    update = {"action": action, "action_id": f"{ACCEPT.actor}-{number:04}", "assignment": None, "note": note}
    return ACCEPT.model_copy(update=update | more)


def confirmed() -> Story:
    """Taken up, talked about, resolved with a picture, and seen to be done."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(did(Action.START, 11), ACCEPTED + timedelta(minutes=5))
    story.ask(did(Action.COMMENT, 12, "配件下午到"), ACCEPTED + timedelta(minutes=20))
    story.ask(PROVEN, ACTED)
    story.ask(did(Action.CONFIRM, 13, "已现场查看，出水正常", capacity=Capacity.FOLLOW_UP), ACTED + DAY)
    return story


def passed_around() -> Story:
    """Handed back, transferred, and done so badly that it is lifted."""
    story = reported()
    story.ask(HAND_BACK, ACCEPTED)
    story.ask(did(Action.TRANSFER, 14, "机井在第2网格", to=TRANSFER.to), ACCEPTED + timedelta(hours=1))
    story.ask(did(Action.RESOLVE, 15, REPAIRED), ACTED)
    story.ask(REOPEN.model_copy(update={"assignment": None}), ACTED + DAY)
    return story


def given_time() -> Story:
    """Another department leads; time is asked for and given, rest asked for twice and given once, and work goes on."""
    story = reported()
    above = {"capacity": Capacity.SUPERIOR, "unit": TRANSFER.to[2].code, "actor": "303200"}
    story.ask(ACCEPT, ACCEPTED)
    moments = (ACCEPTED + timedelta(minutes=minutes) for minutes in (5, 10, 20, 30, 40, 50, 60, 120))
    steps = (
        did(Action.TRANSFER, 20, "水泵属农机补贴", department="agriculture"),
        did(Action.EXTEND, 21, "须从旗里调配件", minutes=240),
        did(Action.APPROVE, 22, "同意", **above),
        did(Action.SUSPEND, 23, "等待供电部门停电检修", minutes=4320),
        did(Action.DECLINE, 24, "先联系供电部门确认日期", **above),
        did(Action.SUSPEND, 25, "供电部门定于后日停电检修", minutes=2880),
        did(Action.APPROVE, 26, "同意", **above),
        did(Action.RESUME, 27, "停电检修提前完成"),
    )
    for step, moment in zip(steps, moments, strict=True):
        story.ask(step, moment)
    return story


def cancelled() -> Story:
    story = reported()
    story.ask(did(Action.CANCEL, 16, "与另一事项重复，已合并办理", capacity=Capacity.CENTRE), ACCEPTED)
    return story


def linked() -> Story:
    """Two more reports of the well: one follows the case, one may not follow the other; then the link is undone."""
    story = reported()
    second, third = (report_id(DEPARTMENT, name) for name in ("SL-2026-000318", "SL-2026-000319"))
    spot = {"coordinates": at(WELL[Datum.WGS84]), "category": CATEGORY, "text": TEXT}
    story.submit(smallest(reference="SL-2026-000318", **spot), OTHER)
    story.submit(smallest(reference="SL-2026-000319", **spot), LATER)
    centre = {"capacity": Capacity.CENTRE, "actor": "300100"}
    story.ask(did(Action.LINK, 30, "同一机井", case_id=second, other=REPORT_ID, **centre), ACCEPTED)
    story.ask(did(Action.LINK, 31, "同一机井", case_id=third, other=second, **centre), ACCEPTED)
    story.ask(did(Action.RESOLVE, 32, REPAIRED), ACTED)
    story.ask(REOPEN.model_copy(update={"assignment": None}), ACTED + DAY)
    story.ask(did(Action.UNLINK, 33, "经核实为另一机井", case_id=second, **centre), ACTED + DAY)
    return story


def split() -> Story:
    """Two parts, of which one is done and one is taken back."""
    story = reported()
    pieces = (Piece(summary="更换水泵"), Piece(summary="修复道路", to=TRANSFER.to, department="transport"))
    story.ask(did(Action.SPLIT, 40, "须两处同时办理", pieces=pieces), ACCEPTED)
    first, _ = (one.subject for one in story.written if one.type == "yiwang.relation.part.v1")
    story.ask(did(Action.RESOLVE, 41, REPAIRED, case_id=UUID(first)), ACTED)
    story.ask(did(Action.JOIN, 42, "道路另行安排"), ACTED + timedelta(minutes=30))
    return story


def published_later() -> Story:
    """Twenty-five working days, in a year whose notice comes when the clock runs already."""
    tables = load()
    row = Row(name="illustrative", zh="示例事项", within=term("25 working days"))
    known, terms = tables.calendar, replace(tables.terms, rows=(row,))
    off, work = (frozenset(day for day in days if day.year < RECEIVED.year) for days in (known.off, known.work))
    before = replace(known, years=known.years - {RECEIVED.year}, off=off, work=work)
    story = Story(under(Tables(terms, before)))
    story.submit(whole("solved_on_the_spot"), RECEIVED)
    story.services = under(Tables(terms, known))
    story.wait(RECEIVED + DAY)
    return story


def under(tables: Tables) -> Sequence[Service]:
    """The five, escalation under these tables."""
    return [
        replace(one, decide=partial(decide, tables)) if one.name == "escalation" else one for one in services(NOWHERE)
    ]


def climbed() -> Story:
    """Nobody does anything until the banner is overdue."""
    story = reported()
    story.wait(MIDNIGHT + 16 * DAY)
    return story


def sent_again() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(smallest(), AGAIN)
    return story


def corrected() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(sent(example_json(SUBMITTED["correction"])), LATER)
    return story


def corrected_in_place() -> Story:
    story = reported()
    story.submit(whole("solved_on_the_spot", revision=2, people=5), LATER)
    return story


def withdrawn() -> Story:
    story = reported()
    story.submit(whole("solved_on_the_spot", revision=2, withdrawn="重复登记"), LATER)
    return story


def about_its_town() -> Story:
    story = Story()
    story.submit(sent(example_json(SUBMITTED["about-a-unit"])), RECEIVED)
    return story


def closed() -> Story:
    """Resolved, and nobody objects."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(RESOLVE, ACTED)
    story.wait(ACTED + 8 * DAY)
    return story


def contradicted() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(smallest(text="1"), OTHER, offset=42)
    return story


def unreadable() -> Story:
    story = Story()
    story.submit(NO_DATUM, RECEIVED, offset=40, headers=HEADERS)
    story.submit(NOT_JSON, RECEIVED, offset=41, headers=HEADERS)
    return story


def met_by_a_defect() -> Story:
    def broken(*_: object) -> NoReturn:
        raise IndexError("tuple index out of range")

    intake, *others = services()
    story = Story((replace(intake, decide=broken), *others))
    story.submit(WITH_DATUM, RECEIVED, offset=43, headers=HEADERS)
    return story


def refused_by_the_channel() -> Story:
    def gone(effect: Effect, at: datetime) -> Done:
        return Done(effect=effect, at=at, error="HTTP 410 Gone", lasting=True)

    return reported(answer=gone)


def cut_off() -> Story:
    """The console stands in for the webhook; the member dies in the call, and no attempt may be made twice."""
    story = reported(
        answer=lambda _effect, _at: None, settings=NOWHERE.model_copy(update={"webhook": None, "resend_unknown": False})
    )
    story.wait(RECEIVED + timedelta(minutes=1))
    return story


STORIES: Sequence[Callable[[], Story]] = (
    *(solved_on_the_spot, without_a_place, outside, on_a_border),
    *(by_many, at_night),
    *(reported, resolved, closed, handed_up, climbed),
    *(confirmed, passed_around, given_time, cancelled, published_later),
    *(linked, split),
    *(sent_again, corrected, corrected_in_place, withdrawn, about_its_town),
    *(contradicted, unreadable, met_by_a_defect),
    *(refused_by_the_channel, cut_off),
)


def play() -> Mapping[str, list[Message]]:
    """All that is written, by story."""
    return {story.__name__: story().written for story in STORIES}
