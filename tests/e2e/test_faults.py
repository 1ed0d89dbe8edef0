"""Every fault in its short form, on engines of its own, with the whole platform under load: nothing lost or doubled."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from tests.faults.scale import SHORT
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage, stage

PLAYED: Final = (
    "named-points", "both-killed", "both-silent", "zombie", "rolling-restart", "full-disk", "clocks", "backlog"
)  # fmt: skip
"""Those that time allows; `make faults` plays all, and longer. One engine alone dies in ``test_loop_on_servers``."""


@pytest.fixture(scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAYED)
async def test_a_platform_that_is_struck_loses_nothing_and_does_nothing_twice(ground: Stage, name: str) -> None:
    print(name, *await SCENARIOS[name](ground, SHORT), sep="\n    ")  # noqa: T201 - the figures are what it is run for
