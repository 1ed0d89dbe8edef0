"""Gaps are found in what was seen: a version beyond all counting costs nothing."""

from collections.abc import Sequence

import pytest

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
