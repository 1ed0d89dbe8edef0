"""Gaps in versions: told as ranges and found in what was seen, however far a stranger's version lies away."""

from collections.abc import Iterable


def gaps(seen: Iterable[int], first: int) -> str:
    """The numbers from ``first`` on that are missing below the highest seen, such as ``2, 5-9``; empty if none is."""
    found, expected = list[str](), first
    for number in sorted(seen):
        if number > expected:
            last = number - 1
            found.append(str(expected) if last == expected else f"{expected}-{last}")
        expected = max(expected, number + 1)
    return ", ".join(found)
