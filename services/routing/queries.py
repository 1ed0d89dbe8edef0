"""The HTTP door for reading: one case with its history, and lists by unit, level, status and due time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.case import Case, CaseEvent, Status
from contracts.territory import Level
from contracts.topics import CASES
from services.chassis.http import Authorise, HttpProblem, parameters
from services.chassis.pages import LAST, Cursor, cursor, stamp
from services.chassis.ports import Past, Store, Stored
from services.routing.ruling import reading
from services.routing.state import ESCALATION, ROUTING, State, turn

ORDER: Final = (("turn", 1),)
"""Oldest due first; cases without a due time behind all others; then by id."""
SERVICES: Final = frozenset({ROUTING, ESCALATION})
SYSTEM: Final = "系统"
"""What officials read where a service acted by itself."""
FIRST_DUE: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Search(BaseModel):
    """The parameters of a list; all may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Annotated[str | None, Field(pattern=r"^\d{6}(\d{3}){0,3}$")] = None
    level: Level | None = None
    status: Status | None = None
    due_before: Annotated[AwareDatetime | None, Field(ge=FIRST_DUE, lt=LAST)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Cursor = ""


def where(search: Search) -> Mapping[str, Any]:
    """The search as a filter that ``BY_UNIT``, ``BY_LEVEL`` or ``BY_STATUS`` serves.

    Where no status is asked for, each that there is is spelt out, so that the order is the index's within each; this
    also leaves out documents that no report has opened.
    """
    statuses = {"$in": [status.value for status in Status]}
    return {
        **({"unit": search.unit} if search.unit else {}),
        **({"level": search.level.value} if search.level else {}),
        "status": search.status.value if search.status else statuses,
        "turn": {"$gt": search.cursor} | ({"$lt": stamp(search.due_before)} if search.due_before else {}),
    }


@dataclass(frozen=True, slots=True)
class Queries:
    """The answers to GET, for officers and operators."""

    store: Store
    authorise: Authorise

    async def one(self, request: Request) -> Response:
        """Answer the case, its version (also as ETag) and what happened to it; 404 where no report has opened it."""
        self.authorise(request, "officer", "operator")
        subject = str(request.path_params["case_id"])
        stored = await self.store.read(subject)
        state = State.model_validate(stored.state) if stored else State()
        if state.case is None:
            raise HttpProblem(404, "No such case", f"no report has opened a case {subject} / 没有该事项")
        past = await history(self.store, subject, state)
        told = [CaseEvent.model_validate_json(one.value) for one in past]
        shown = {**view(state), "routed": decided(told), "history": [line(one) for one in told]}
        return JSONResponse(shown, headers={"ETag": etag(state)})

    async def many(self, request: Request) -> Response:
        """Answer one page of cases and the cursor of the next, None after the last."""
        self.authorise(request, "officer", "operator")
        search = parameters(Search, request)
        found = await self.store.query(where(search), ORDER, search.limit + 1)
        return JSONResponse(page(found, search.limit))


async def history(store: Store, subject: str, state: State) -> list[Past]:
    """All case events of the case."""
    return await store.history(subject, limit=max(1, state.version), topic=CASES.name)


def page(found: Sequence[Stored], limit: int) -> Mapping[str, Any]:
    """The first ``limit`` cases; one more than that shows that there is a next page."""
    cases = [case for stored in found[:limit] if (case := State.model_validate(stored.state).case)]
    last: Case | None = cases[-1] if len(found) > limit else None
    following = cursor(turn(last)) if last else None
    return {"cases": [case.model_dump(mode="json") for case in cases], "next": following}


def etag(state: State) -> str:
    """The case's version as an entity tag, for a later ``If-Match``."""
    return f'"{state.version}"'


def view(state: State) -> Mapping[str, Any]:
    """The case and its version."""
    return {"case": state.case.model_dump(mode="json") if state.case else None, "version": state.version}


def decided(past: Sequence[CaseEvent]) -> Mapping[str, Any] | None:
    """The table's newest decision on the case, and in ``zh`` how officials read it."""
    newest = next((told for told in reversed(past) if told.routed and told.case), None)
    if newest is None or newest.routed is None or newest.case is None:
        return None
    return {**newest.routed.model_dump(mode="json"), "zh": reading(newest.routed, newest.case.path)}


def line(told: CaseEvent) -> Mapping[str, Any]:
    """One line of a case's history; ``who`` is ``by`` as officials read it, ``routed`` the table's decision if any."""
    unit = told.case.assignment.unit.model_dump(mode="json") if told.case else None
    said = told.model_dump(mode="json", include={"kind", "at", "by", "why", "version", "routed"})
    return {**said, "who": SYSTEM if told.by in SERVICES else told.by, "unit": unit}
