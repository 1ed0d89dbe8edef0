"""How paths of units stand to each other: one leads on to another, some share their beginning."""

from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

from contracts.territory import Path, full_name

Paths: TypeAlias = tuple[Path, ...]


def leads_to(path: Path, other: Path) -> bool:
    """Whether the other path is this one, or goes on from its end."""
    return other[: len(path)] == path


def narrowed(first: Paths, second: Paths) -> Paths:
    """What both allow, as deep as either says: for each two of which one leads on to the other, the deeper one."""
    pairs = ((one, other) for one in first for other in second)
    fit = (max(pair, key=len) for pair in pairs if leads_to(*pair) or leads_to(*pair[::-1]))
    return tuple(dict.fromkeys(fit))


def shallowest(paths: Paths) -> Paths:
    """Without those that another one leads on to: of a town and its village of the same name, the town."""
    return tuple(path for path in paths if not any(leads_to(other, path) for other in paths if other != path))


def common(paths: Sequence[Path]) -> Path:
    """The units that all paths begin with; of none it is empty."""
    levels = zip(*paths, strict=False)
    return tuple(units[0] for units in takewhile(lambda units: len(set(units)) == 1, levels))


def either(paths: Paths) -> str:
    """The full names of what may be meant: A或B."""
    return "或".join(map(full_name, paths))
