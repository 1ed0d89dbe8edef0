"""A deployment with a defect: for a few inputs the decision fails, until somebody replays them after it was mended."""

from dataclasses import replace
from typing import Any, Final

from services.chassis.values import Context, Decision, Done, Input, Service, Tick
from simulation import virtual
from simulation.chaos import Chaos

PER_MILLE: Final = 30
"""Of a thousand inputs, those that meet the defect, in the runs that have it."""
SHARE: Final = 0.4
"""The share of runs that have it."""


class Defect(Exception):
    """What the broken decision raises."""


def broken(service: Service, chaos: Chaos) -> Service:
    """The service with a defect that always meets the same inputs, but none that comes by a replay."""

    def decide(state: Any, given: Input[Any] | Tick | Done, context: Context) -> Decision[Any]:
        if isinstance(given, Input) and not given.record.replay and given.id.int % 1000 < PER_MILLE:
            chaos.note("defect", service.name)
            if life := virtual.living():
                life.met += 1
            raise Defect(service.name)
        return service.decide(state, given, context)

    return replace(service, decide=decide)
