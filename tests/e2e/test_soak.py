"""Two minutes of kill -9 all over the services: nothing lost, nothing twice, nothing unlawful."""

from pathlib import Path

import pytest

from tests.soak.soak import Plan, soak

PLAN = Plan(seed=20261127, minutes=2, kills=50, rate=8)


@pytest.mark.slow
async def test_a_soak_of_two_minutes_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    said: list[str] = []
    assert await soak(PLAN, tmp_path, said.append), "\n".join(said[-40:])
    print(f"\n{said[-1]}")  # noqa: T201 - the figures are what it is run for
