"""The HTTP door for acting: publishes the action like everyone else, then waits, bounded, for routing's answer."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.case import CaseAction, CaseEvent, CaseEventKind
from contracts.identity import event_id
from contracts.topics import ACTIONS, CASES
from contracts.wire import Message, event, message
from services.chassis.http import Authorise, HttpProblem, bad, bounded_body
from services.chassis.ports import Store
from services.chassis.trace import child
from services.routing.queries import etag, history, view
from services.routing.state import State

PAUSES: Final = (0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.4, 0.4)
"""Seconds between looks for the answer: 1.9 in all."""

VERSION: Final = re.compile(r'"?([1-9]\d{0,8})"?')
"""A version as an entity tag, with or without its quotation marks."""
ACTION_BYTES: Final = 64 * 1024
"""The longest action, in bytes of JSON."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actions:
    """The answer to POST, for officers; it writes no state."""

    store: Store
    authorise: Authorise
    publish: Callable[[Sequence[Message]], Awaitable[None]]
    now: Callable[[], datetime]
    sleep: Sleep

    async def act(self, request: Request) -> Response:
        """Answer 200 with the case, 409 with why not and what could be done, or 202 with where to look later."""
        token = self.authorise(request, "officer")
        body = await bounded_body(request, ACTION_BYTES)
        asked = read(body, request.path_params["case_id"], token.name, _key(request), _seen(request))
        await self.publish([outgoing(asked, self.now(), request.headers.get("traceparent", ""))])
        found = await self._wait(asked)
        if found is None:
            where = f"/v1/cases/{asked.case_id}"
            waiting = {"case_id": str(asked.case_id), "action_id": asked.action_id, "said": "已收到，正在处理"}
            return JSONResponse(waiting, 202, headers={"Location": where})
        return answer(*found)

    async def _wait(self, asked: CaseAction) -> tuple[State, CaseEvent] | None:
        found = await self._look(asked)
        for pause in PAUSES:
            if found:
                break
            await self.sleep(pause)
            found = await self._look(asked)
        return found

    async def _look(self, asked: CaseAction) -> tuple[State, CaseEvent] | None:
        """Read the case and the event that answers the action, once both are there."""
        stored = await self.store.read(asked.subject)
        if stored is None or asked.cause not in stored.inbox:
            return None
        state = State.model_validate(stored.state)
        answers = {event_id(asked.cause, kind) for kind in CASES.types}
        past = (one for one in await history(self.store, asked.subject, state) if one.id in answers)
        told = next(past, None)
        return (state, CaseEvent.model_validate_json(told.value)) if told else None


def answer(state: State, told: CaseEvent) -> Response:
    """What became of the action; raises HttpProblem 409 where it was refused."""
    if told.kind is CaseEventKind.REFUSED:
        raise HttpProblem(409, "Refused", told.why, lawful=list(told.lawful), version=told.version)
    return JSONResponse(view(state), headers={"ETag": etag(state)})


def read(body: bytes, case_id: UUID, sender: str, key: str | None, seen: int | None = None) -> CaseAction:
    """The action in a request's body; case and sender are known, and headers go before the body's fields:
    an Idempotency-Key before ``action_id``, the version that was ``seen`` before ``if_version``.

    Raises HttpProblem 400.
    """
    try:
        fields = from_json(body)
    except ValueError as fault:
        detail = f"$: found no JSON ({fault}); expected a JSON object / $：应为 JSON 对象"
        raise HttpProblem(400, "Bad request", detail) from None
    known = {"version": 0, "case_id": case_id, "sender": sender} | ({"action_id": key} if key else {})
    known |= {"if_version": seen} if seen else {}
    try:
        return CaseAction.model_validate(fields | known if isinstance(fields, dict) else fields)
    except ValidationError as error:
        raise bad(error) from None


def outgoing(asked: CaseAction, now: datetime, traceparent: str) -> Message:
    """The action as a message, in the trace of the request."""
    out = event(ACTIONS, asked, cause=asked.cause)
    trace = child([("traceparent", traceparent.encode())], lambda: asked.cause, out.id)
    return message(out, source="yiwang/routing", time=now, traceparent=trace)


def _key(request: Request) -> str | None:
    return request.headers.get("idempotency-key")


def _seen(request: Request) -> int | None:
    """The version in If-Match; raises HttpProblem 400 where that is none."""
    given = request.headers.get("if-match")
    if given in (None, "*"):  # a star asks for any version that there is
        return None
    if not (version := VERSION.fullmatch(given)):
        right = 'a version of the case, such as "5" / 应为事项的版本号，如"5"'
        raise HttpProblem(400, "Bad If-Match", f"If-Match: found {given[:40]!r}; expected {right}")
    return int(version[1])
