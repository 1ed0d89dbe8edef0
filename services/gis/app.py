"""Gis, composed: it reads normalised reports, keeps nothing, and tells where each belongs."""

from functools import partial

from contracts.topics import DEAD, NORMALISED, REPLAYS, written_by
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.gis.atlas import Atlas
from services.gis.domain import decide


def compose(_settings: Settings) -> Composition:
    """The service over the data that stand beside it; raises BrokenDataError where they do not hang together."""
    decided = partial(decide, Atlas.load())
    service = Service(
        name="gis",
        readers=(internal(NORMALISED),),
        decide=decided,
        dead=DEAD["gis"],
        replays=REPLAYS["gis"],
        writes=written_by("gis"),
    )
    return Composition(service=service)


if __name__ == "__main__":
    run(compose, Settings)
