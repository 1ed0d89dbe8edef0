"""Composition root of escalation."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from starlette.routing import BaseRoute, Route

from contracts.topics import CASES, DEAD, REPLAYS, written_by
from services.chassis.http import Doors
from services.chassis.metrics import Figure
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.values import Service
from services.escalation.calendar import Calendar, day_of
from services.escalation.domain import decide, opens, wake
from services.escalation.ledger import Ledger
from services.escalation.obligation import Tables
from services.escalation.queries import Queries
from services.escalation.readers import ORDER_READER
from services.escalation.settings import EscalationSettings
from services.escalation.shelf import BY_END, BY_LEVEL, BY_LIGHT, BY_UNIT, facets
from services.escalation.validate import load


def service(tables: Tables) -> Service:
    """The service under these tables."""
    return Service(
        name="escalation",
        readers=(internal(CASES, opens=opens), ORDER_READER),
        decide=partial(decide, tables),
        dead=DEAD["escalation"],
        replays=REPLAYS["escalation"],
        writes=written_by("escalation"),
        state=Ledger,
        schema=3,
        wake=wake,
        facets=facets,
        indexes=(BY_UNIT, BY_LEVEL, BY_LIGHT, BY_END),
    )


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The door to the clocks; it needs a store."""
    if doors.store is None:
        return ()
    queries = Queries(doors.store, doors.authorise, doors.now)
    return (
        Route("/v1/deadlines", queries.many, methods=["GET"]),
        Route("/v1/deadlines/{case_id:uuid}", queries.one, methods=["GET"]),
        Route("/v1/statistics", queries.statistics, methods=["GET"]),
    )


def compose(settings: EscalationSettings) -> Composition:
    """Escalation, whole; raises BrokenTableError where a table cannot be used."""
    tables = load(settings.terms, settings.calendar)
    return Composition(service=service(tables), routes=routes, figures=(days_left(tables.calendar),))


def days_left(calendar: Calendar) -> Figure:
    """How far the published calendar reaches; a notice comes in autumn for the whole next year."""

    def left(now: datetime) -> float:
        return calendar.days_left(day_of(now))

    return Figure("calendar_days", "Days that a published calendar still covers, today included", left)


if __name__ == "__main__":
    run(compose, EscalationSettings)
