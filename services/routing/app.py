"""Composition root of routing."""

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute, Route

from contracts.topics import DEAD, DEADLINES, LOCATED, RELATIONS, REPLAYS, written_by
from services.chassis.http import Doors
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.routing.actions import Actions, Sleep
from services.routing.domain import NEEDLESS, decide, opens
from services.routing.queries import Queries
from services.routing.readers import ACTION_READER
from services.routing.state import BY_LEVEL, BY_STATUS, BY_UNIT, ROUTING, State, facets, soon, wake
from services.routing.table import Table
from services.routing.validate import load


def service(table: Table) -> Service:
    """The service under this table."""
    return Service(
        name=ROUTING,
        readers=(
            internal(LOCATED, opens=opens),
            ACTION_READER,
            internal(DEADLINES, needless=NEEDLESS),
            internal(RELATIONS),
        ),
        decide=partial(decide, table),
        dead=DEAD[ROUTING],
        replays=REPLAYS[ROUTING],
        writes=written_by(ROUTING),
        state=State,
        wake=wake,
        facets=facets,
        indexes=(BY_UNIT, BY_LEVEL, BY_STATUS),
        soon=soon,
    )


def routes(doors: Doors, sleep: Sleep = asyncio.sleep) -> Sequence[BaseRoute]:
    """The door to cases; it needs a store."""
    if doors.store is None:
        return ()
    queries = Queries(doors.store, doors.authorise)
    actions = Actions(doors.store, doors.authorise, doors.publish, doors.now, sleep)
    return (
        Route("/v1/cases", queries.many, methods=["GET"]),
        Route("/v1/cases/{case_id:uuid}", queries.one, methods=["GET"]),
        Route("/v1/cases/{case_id:uuid}/actions", actions.act, methods=["POST"]),
    )


def compose(_settings: Settings) -> Composition:
    """Routing, whole; raises BrokenTableError where the table cannot be used."""
    return Composition(service=service(load()), routes=routes)


if __name__ == "__main__":
    run(compose, Settings)
