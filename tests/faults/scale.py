"""How hard the scenarios strike: short in `make test`, long in `make faults`."""

from dataclasses import dataclass
from math import inf
from typing import Final

from tests.faults.feeder import ACTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """``rate`` in reports a second, ``away`` in seconds; ``exact``: a machine must hold the rate."""

    rate: float
    away: float
    stopped: float
    """How long a zombie is stopped at least: longer than the session timeout of 10 s."""
    rounds: int
    """How often each named point is passed to a death."""
    exact: bool
    slack: float
    """How many times the promised time until all consume again a return may take."""
    lag: float
    """Seconds until all has caught up: without a limit where the machine may be doing other things than this test."""
    faketime: bool
    """Whether clocks are wrong by libfaketime, for the whole process; else the chassis' one look at its clock lies."""
    acted: float = ACTED
    """The share of cases that people act on within seconds: few where the load is ten thousand times that of life."""
    seed: int = 20261127


SHORT: Final = Scale(rate=5, away=10, stopped=13, rounds=1, exact=False, slack=2.0, lag=inf, faketime=False)
LONG: Final = Scale(rate=50, away=60, stopped=30, rounds=3, exact=True, slack=1.0, lag=60.0, faketime=True, acted=0.1)
