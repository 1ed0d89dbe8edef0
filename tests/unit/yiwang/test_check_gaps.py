"""Gaps are found in what was seen: a version beyond all counting costs nothing."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from contracts.examples import examples
from contracts.topics import NOTICES
from tests.unit.yiwang.check_world import World
from yiwang.check.gaps import gaps


@pytest.mark.parametrize(
    ("seen", "first", "told"),
    [
        ([], 1, ""),
        ([1, 2, 3], 1, ""),
        ([2], 1, "1"),
        ([1, 3, 7], 1, "2, 4-6"),
        ([7, 3, 1], 1, "2, 4-6"),
        ([5, 6], 5, ""),
        ([-(2**62), 1, 2**62], 1, "2-4611686018427387903"),
    ],
)
def test_the_missing_numbers_are_told_as_ranges(seen: Sequence[int], first: int, told: str) -> None:
    assert gaps(seen, first) == told


async def test_a_strangers_notice_of_a_version_beyond_all_counting_is_named_and_costs_nothing() -> None:
    world = World()
    notice = examples(NOTICES.name, NOTICES)["to-the-grid"].model_copy(update={"version": 2**53})
    headers = [("ce_id", str(UUID(int=1)).encode())]
    world.broker.append(NOTICES.name, "403371", notice.model_dump_json().encode(), headers)
    await world.rest()
    told = [one.what for one in world.evidence().verdict().offences]
    assert any("beyond all counting" in what for what in told)
