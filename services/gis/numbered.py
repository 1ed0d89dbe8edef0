"""Finds numbered grids in running Chinese text: 第5网格, 五号网格, 3至6网格."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from contracts.numerals import DIGITS, UNITS, number

_N: Final = rf"(?:\d{{1,3}}|(?<![统单同任每某逐唯])[{''.join((*DIGITS, *UNITS))}]{{1,4}})"
_GRID: Final = re.compile(r"网格(?![员长化])")
_NUMBERS: Final = re.compile(rf"第?{_N}号?(?:(?:[、,和及与]|[至到~-])第?{_N}号?){{0,5}}$")
NUMBERED: Final = re.compile(rf"[ 的]?第?{_N}号?网格(?![员长化])")
_RANGE: Final = re.compile(rf"({_N})号?[至到~-]第?({_N})")
LONGEST: Final = 20
"""Grids of one range that are looked at; no village has so many."""
MENTIONS: Final = 50
"""Mentions of grids in one text that are looked at: a list of more names no place."""
_LOOK_BACK: Final = 24
"""Characters before 网格 in which its numbers stand."""


@dataclass(frozen=True, slots=True)
class GridMention:
    """Numbers of grids in a text, whose village is named elsewhere: 第5网格, 3至6网格."""

    start: int
    end: int
    numbers: tuple[int, ...]


def grids_in(text: str) -> Iterator[GridMention]:
    """The numbered grids in the text, in order; 网格员 and 统一网格 are none."""
    for match in islice(_GRID.finditer(text), MENTIONS):
        head = max(0, match.start() - _LOOK_BACK)
        if found := _NUMBERS.search(text, head, match.start()):
            yield GridMention(found.start(), match.end(), tuple(_numbers(found[0])))


def _numbers(written: str) -> Iterator[int]:
    for first, last in _RANGE.findall(written):
        yield from range(_value(first), min(_value(last), _value(first) + LONGEST) + 1)
    yield from map(_value, re.findall(_N, _RANGE.sub("", written)))


def _value(numeral: str) -> int:
    found = int(numeral) if numeral.isdecimal() else number(numeral)
    return found or 0  # no grid has it
