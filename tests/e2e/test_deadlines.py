"""Thousands of open deadlines on real servers, of which some fall due: each rings once, none early, in its order."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from tests.deadlines.scenarios import SCENARIOS, Plan
from tests.faults.stage import Stage, stage

PLAN: Final = Plan(stored=3_000, due=240, seconds=8, late=60.0)
"""How late is measured by `make deadlines`: here the machine may be doing other things."""


@pytest.fixture(scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("deadlines")) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
async def test_what_falls_due_is_said_once_never_early_and_in_order(ground: Stage, name: str) -> None:
    print(name, *await SCENARIOS[name](ground, PLAN), sep="\n    ")  # noqa: T201 - the figures are what it is run for
