"""Chance that hangs on what it is for: each draw follows from a seed and its own words, so no draw shifts another."""

from hashlib import blake2b
from random import Random
from typing import Final

_BYTES: Final = 8


def chance(*what: object) -> Random:
    """Where all chance about ``what`` (a seed, and words that single it out) comes from."""
    return Random(_number(what))  # noqa: S311 - made-up reports guard nothing


def share(*what: object) -> float:
    """One even draw from 0 to below 1 about ``what``."""
    return _number(what) / (1 << 8 * _BYTES)


def happens(random: Random, probability: float) -> bool:
    """Whether it happens this time."""
    return random.random() < probability


def _number(what: tuple[object, ...]) -> int:
    words = "\x1f".join(map(str, what))
    return int.from_bytes(blake2b(words.encode(), digest_size=_BYTES).digest())
