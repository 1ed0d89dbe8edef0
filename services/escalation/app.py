"""Composition root of escalation."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute, Route

from contracts.topics import CASES, DEAD, REPLAYS, written_by
from services.chassis.http import Doors
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.escalation.domain import decide, wake
from services.escalation.ledger import Ledger
from services.escalation.queries import Queries

SERVICE: Final = Service(
    name="escalation",
    readers=(internal(CASES),),
    decide=decide,
    dead=DEAD["escalation"],
    replays=REPLAYS["escalation"],
    writes=written_by("escalation"),
    state=Ledger,
    wake=wake,
)


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The door to the clocks; it needs a store."""
    if doors.store is None:
        return ()
    queries = Queries(doors.store, doors.authorise, doors.now)
    return (Route("/v1/deadlines/{case_id:uuid}", queries.one, methods=["GET"]),)


def compose(_settings: Settings) -> Composition:
    """Escalation, whole."""
    return Composition(service=SERVICE, routes=routes)


if __name__ == "__main__":
    run(compose, Settings)
