"""Reads what people were told of a case and what became of it, for the HTTP door and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.alert import AlertEvent
from contracts.notice import Notice
from contracts.topics import ALERTS, NOTICES
from services.chassis.http import Authorise, HttpProblem
from services.chassis.ports import Store
from services.notification.tray import tray_of

LIMIT: Final = 10_000
"""Events of a document that are read at once."""


@dataclass(frozen=True, slots=True)
class Given:
    """One notice, and what became of it on each channel (None: still on its way)."""

    notice: Notice
    ends: Mapping[str, AlertEvent | None]


async def given(store: Store, case: UUID) -> Sequence[Given]:
    """All notices about a case in the order in which they were decided."""
    past = await store.history(str(case), LIMIT)
    notices = [Notice.model_validate_json(one.value) for one in past if one.topic == NOTICES.name]
    trays = dict.fromkeys(tray_of(notice) for notice in notices)
    ends: dict[tuple[UUID, str, str], AlertEvent] = {}
    for tray in trays:
        for one in await store.history(tray, LIMIT):
            if one.topic == ALERTS.name:
                told = AlertEvent.model_validate_json(one.value)
                ends[told.alert_id, told.recipient, told.channel] = told
    return [
        Given(notice, {channel: ends.get((notice.alert_id, notice.staff, channel)) for channel in notice.channels})
        for notice in notices
    ]


@dataclass(frozen=True, slots=True)
class Queries:
    """The answers to GET, for officers and operators."""

    store: Store
    authorise: Authorise

    async def one(self, request: Request) -> Response:
        """Answer who was told what of a case, why, and what became of it; 404 where nobody was."""
        self.authorise(request, "officer", "operator")
        case: UUID = request.path_params["case_id"]
        found = await given(self.store, case)
        if not found:
            raise HttpProblem(404, "No such case", f"nobody was told of a case {case} / 没有该事项的通知")
        return JSONResponse({"case_id": str(case), "notices": [view(one) for one in found]})


def view(one: Given) -> Mapping[str, Any]:
    """One notice as a line: who, as what, by which row, when, in which words, and its ends by channel."""
    shown = {"version", "event_id", "alert_id", "staff", "role", "rule", "template", "urgent", "not_before", "why"}
    ends = {
        channel: end.model_dump(mode="json", include={"kind", "at", "attempt", "detail", "digest", "segments"})
        if end
        else None
        for channel, end in one.ends.items()
    }
    return {**one.notice.model_dump(mode="json", include=shown), "subject": one.notice.words.subject, "ends": ends}
