"""The HTTP door for reading: a case's clocks, the running clocks of a unit or level, and how obligations were met."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.report import UnitCode
from contracts.spans import MINUTE
from contracts.territory import BANNER, Level
from contracts.wire import Value
from services.chassis.http import Authorise, HttpProblem, parameters
from services.chassis.pages import Cursor, cursor
from services.chassis.ports import Store, Stored
from services.escalation.account import late, rested, share
from services.escalation.calendar import DAY, day_of
from services.escalation.clocks import light
from services.escalation.ledger import Entry, Ledger, explained
from services.escalation.shelf import ORDER, Shown, below, running, shown, turn, word
from services.escalation.statistics import Statistics

DAYS: Final = 92
"""The longest time that one question may be about."""
A_DAY: Final = 1000
"""Cases that may have ended something at the asked unit on one day; where there are more, units below are asked for."""
COUNTED: Final = 100_000
"""Running clocks up to which they are counted."""
Code = Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,3}$")]


class Search(BaseModel):
    """The parameters of a list of running clocks; all may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: UnitCode | None = None
    level: Level | None = None
    light: Shown | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Cursor = ""


class Period(BaseModel):
    """The parameters of statistics: a unit, with all below it, and days of the banner, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    unit: UnitCode = BANNER.code
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _short(self) -> Self:
        if not timedelta() <= self.last - self.first < DAYS * DAY:
            raise PydanticCustomError("period", "at most {days} days, the last not before the first", {"days": DAYS})
        return self

    def days(self) -> Iterator[date]:
        """Each of them."""
        return (self.first + n * DAY for n in range((self.last - self.first).days + 1))

    def holds(self, code: str, at: datetime) -> bool:
        """Whether what a unit has ended at this time belongs to it."""
        return code.startswith(self.unit) and self.first <= day_of(at) <= self.last


class Account(Value):
    """Of a ledger its entries alone."""

    entries: tuple[Entry, ...] = ()


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

    async def many(self, request: Request) -> Response:
        """Answer one page of running clocks, the soonest due first, and the cursor of the next."""
        self.authorise(request, "officer", "operator")
        search = parameters(Search, request)
        where = running(unit=search.unit, level=search.level, light=search.light, after=search.cursor)
        found = await self.store.query(where, ORDER, search.limit + 1)
        return JSONResponse(page(found, search.limit, self.now()))

    async def statistics(self, request: Request) -> Response:
        """Answer how obligations that ended in these days were met, and how many run now, by what they show."""
        self.authorise(request, "officer", "operator")
        period = parameters(Period, request)
        found, seen = Statistics(), set[str]()
        for day in period.days():
            cases = await self.store.query({"ended": word(day, period.unit)}, (), A_DAY + 1)
            if len(cases) > A_DAY:
                raise _too_many(period.unit, day)
            for case in (one for one in cases if one.subject not in seen):
                seen.add(case.subject)
                found.take(Account.model_validate(case.state).entries, period.holds)
        now = {each.value: await self.store.count(below(period.unit, each), COUNTED) for each in Shown}
        asked = {"unit": period.unit, "from": period.first.isoformat(), "to": period.last.isoformat()}
        return JSONResponse({**asked, "running": now, **found.view()})


def view(ledger: Ledger, now: datetime) -> Mapping[str, Any]:
    """The ledger as it stands now."""
    clocks = [_line(entry, now) for entry in ledger.entries]
    return {"case_id": str(ledger.case.case_id), "version": ledger.version, "clocks": clocks}


def page(found: Sequence[Stored], limit: int, now: datetime) -> Mapping[str, Any]:
    """The first ``limit`` clocks; one more than that shows that there is a next page.

    Each with the light that it is listed under: what it has said, as old as its last tick.
    """
    ledgers = [Ledger.model_validate(stored.state) for stored in found[:limit]]
    rows = [
        {
            "case_id": str(one.case.case_id),
            "title": one.case.title,
            "status": one.case.status.value,
            **_line(clock, now),
            "light": shown(clock).value,
        }
        for one in ledgers
        if (clock := one.running)
    ]
    return {"deadlines": rows, "next": _next(ledgers[-1]) if len(found) > limit else None}


def _next(last: Ledger) -> str | None:
    return cursor(turn(last, last.running)) if last.running else None


def _line(entry: Entry, now: datetime) -> Mapping[str, Any]:
    """A clock, and ``why`` it is due then, in both languages; the light of one that has ended stays as it was then.

    ``share`` is the part of its time that was used, ``suspended_minutes`` are apart from that.
    """
    still = entry.pauses[-1].since if entry.rests else now
    seen = light(entry.ended_at or still, entry.warn_at, entry.due_at)
    basis = explained(entry)
    why = {"why": basis.why if basis else None, "why_en": basis.why_en if basis else None}
    figures = {
        "light": seen.value,
        "suspended": shown(entry) is Shown.SUSPENDED,
        "late": late(entry),
        "share": round(share(entry, now), 3),
        "suspended_minutes": rested(entry, now) // MINUTE,
    }
    return {**entry.model_dump(mode="json"), **figures, **why}


def _too_many(unit: str, day: date) -> HttpProblem:
    english = f"more than {A_DAY} cases have ended something at {unit} or below on {day}; ask for units below it"
    return HttpProblem(400, "Too many", f"{english} / {day}数据过多，请按下级单位查询")
