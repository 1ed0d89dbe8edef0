"""The HTTP door for reading a case's clocks, each with its traffic light."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis.http import Authorise, HttpProblem
from services.chassis.ports import Store
from services.escalation.clocks import light
from services.escalation.ledger import Entry, Ledger, explained


@dataclass(frozen=True, slots=True)
class Queries:
    """The answers to GET, for officers and operators."""

    store: Store
    authorise: Authorise
    now: Callable[[], datetime]

    async def one(self, request: Request) -> Response:
        """Answer the clocks of a case, the newest last; 404 where none was ever heard of."""
        self.authorise(request, "officer", "operator")
        subject = str(request.path_params["case_id"])
        stored = await self.store.read(subject)
        if stored is None or not stored.state:
            raise HttpProblem(404, "No such case", f"no case {subject} has been heard of / 没有该事项的时限")
        return JSONResponse(view(Ledger.model_validate(stored.state), self.now()))


def view(ledger: Ledger, now: datetime) -> Mapping[str, Any]:
    """The ledger as it stands now."""
    clocks = [_line(entry, now) for entry in ledger.entries]
    return {"case_id": str(ledger.case.case_id), "version": ledger.version, "clocks": clocks}


def _line(entry: Entry, now: datetime) -> Mapping[str, Any]:
    """A clock, and ``why`` it is due then, in both languages; the light of one that has ended stays as it was then."""
    still = entry.pauses[-1].since if entry.rests else now
    shown = light(entry.ended_at or still, entry.warn_at, entry.due_at)
    basis = explained(entry)
    why = {"why": basis.why if basis else None, "why_en": basis.why_en if basis else None}
    return {**entry.model_dump(mode="json"), "light": shown.value, **why}
