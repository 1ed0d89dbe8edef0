"""How much is measured: the same seeds and loads whenever the plan is the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """``reports`` go through at the highest rate, ``runs`` times; steady loads last ``seconds``."""

    seed: int = 1
    reports: int = 50_000
    runs: int = 3
    seconds: int = 60
    backlog: int = 200_000
    stored: tuple[int, ...] = (0, 100_000, 1_000_000)
