"""The HTTP door of intake: takes a report as its department's topic would, and tells what became of one.

A report that was taken (202) stands in the topic, acknowledged by all in-sync replicas; nothing else is changed here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.outcome import ReportOutcome
from contracts.report import Report
from contracts.topics import OUTCOMES, SUBMITTED
from contracts.wire import Message, event, message
from services.chassis.http import Doors, HttpProblem, Token, bounded_body
from services.chassis.ports import Past
from services.chassis.trace import child
from services.chassis.values import Invalid, Unavailable
from services.intake.domain import Intake
from services.intake.masks import mask
from services.intake.reading import IDEMPOTENCY_HEADER, REPORT_BYTES, read
from services.intake.submitted import Submitted

PATH: Final = "/v1/reports"
MEDIA_TYPE: Final = "application/json"
SOURCE: Final = "yiwang/intake"
WHOLE: Final = frozenset({"officer", "operator"})
"""Roles that are shown the whole report: they have to act on it."""
RETRY_AFTER: Final = 5
"""Seconds after which a source should try again when the broker is away."""
KEY: Final = re.compile(r"[\x21-\x7e]{1,100}")
"""An Idempotency-Key; with a token's name before it, it stays short enough for a reference."""


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """``POST /v1/reports`` for departments, ``GET /v1/reports/{id}`` for them (their own), officers and operators."""

    async def submit(request: Request) -> Response:
        token = doors.authorise(request, "department")
        department, key = _department(token), _idempotency(request, token)
        _require_json(request)
        raw = await bounded_body(request, REPORT_BYTES)
        now = doors.now()
        sent = _read(department, raw, now, key)
        await _publish(doors, _message(sent, raw, key, request, now))
        return _accepted(sent)

    async def status(request: Request) -> Response:
        token = doors.authorise(request, "department", "officer", "operator")
        state = await _find(doors, request.path_params["report_id"], token)
        past = await doors.store.history(str(state.report.report_id)) if doors.store else []
        return JSONResponse(_status(state, past, whole=token.role in WHOLE))

    return (
        Route(PATH, submit, methods=["POST"]),
        Route(f"{PATH}/{{report_id:uuid}}", status, methods=["GET"]),
    )


def _department(token: Token) -> str:
    if token.source not in SUBMITTED:
        raise HttpProblem(403, "Not allowed", f"the token {token.name!r} speaks for no department / 令牌未对应任何部门")
    return token.source


def _idempotency(request: Request, token: Token) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        detail = "Idempotency-Key: 1 to 100 visible ASCII characters / Idempotency-Key 应为 1 至 100 个可见 ASCII 字符"
        raise HttpProblem(400, "Bad Idempotency-Key", detail)
    return f"{token.name}:{key}"


def _require_json(request: Request) -> None:
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != MEDIA_TYPE:
        detail = f"found media type {found or 'nothing'}; expected {MEDIA_TYPE} / 请以 {MEDIA_TYPE} 报送"
        raise HttpProblem(415, "Unsupported media type", detail)


def _read(department: str, raw: bytes, now: datetime, key: str | None) -> Submitted:
    try:
        return read(department, raw, now, key)
    except Invalid as invalid:
        problems = [problem.model_dump() for problem in invalid.problems]
        detail = "the report is not as the contract has it; nothing was taken / 上报内容不符合约定，未收取"
        raise HttpProblem(422, "Invalid report", detail, problems=problems) from None


def _message(sent: Submitted, raw: bytes, key: str | None, request: Request, now: datetime) -> Message:
    """The report's original bytes under the headers of a CloudEvent."""
    told = event(SUBMITTED[sent.department], sent, cause=sent.cause, discriminator=sent.digest)
    parent = [("traceparent", request.headers.get("traceparent", "").encode())]
    envelope = message(told, source=SOURCE, time=now, traceparent=child(parent, lambda: told.id, told.id))
    return replace(envelope, value=raw, more=((IDEMPOTENCY_HEADER, key.encode()),) if key else ())


async def _publish(doors: Doors, report: Message) -> None:
    try:
        await doors.publish([report])
    except Unavailable:
        detail = (
            "the broker is away, and whether it took the report is not known: send it again with the same reference "
            "or Idempotency-Key, it counts once / 服务暂不可用，请以相同编号重新报送，不会重复计入"
        )
        raise HttpProblem(503, "Unavailable", detail, retry_after=RETRY_AFTER) from None


def _accepted(sent: Submitted) -> Response:
    address = f"{PATH}/{sent.report_id}"
    body = {
        "report_id": str(sent.report_id),
        "reference": sent.reference,
        "revision": sent.version,
        "status_url": address,
    }
    return JSONResponse(body, 202, headers={"Location": address})


async def _find(doors: Doors, report_id: UUID, token: Token) -> Intake:
    """The report, unless it is another department's, which is as if there were none."""
    stored = await doors.store.read(str(report_id)) if doors.store else None
    state = Intake.model_validate(stored.state) if stored and stored.state else None
    if state is None or (token.role == "department" and token.source != state.department):
        detail = "no such report of yours, or it was not read yet / 未查到该上报，或尚未处理"
        raise HttpProblem(404, "Not found", detail)
    return state


def _classified(report: Report) -> Mapping[str, Any] | None:
    """The category as the source may see it: what was decided, by what, and how surely."""
    shown = {"code", "zh", "by", "confidence"}
    return report.classified.model_dump(mode="json", include=shown) if report.classified else None


def _status(state: Intake, past: Sequence[Past], *, whole: bool) -> Mapping[str, Any]:
    told = [ReportOutcome.model_validate_json(one.value) for one in past if one.topic == OUTCOMES.name]
    return {
        "report_id": str(state.report.report_id),
        "department": state.department,
        "reference": state.reference,
        "revision": state.revision,
        "revisions": [one.model_dump(mode="json", include={"revision", "received_at"}) for one in state.revisions],
        "outcomes": [one.model_dump(mode="json", include={"kind", "revision", "at", "said"}) for one in told],
        "classified": _classified(state.report),
        "money": state.report.money,
        "group": state.report.group,
        "contact": mask(state.contact).model_dump(exclude_none=True) if state.contact else None,
        **({"report": state.report.model_dump(mode="json")} if whole else {}),
    }
