"""Reads the place out of a text: names side by side become one place, places that do not fit together candidates."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.gis.gazetteer import Gazetteer, Mention
from services.gis.names import AWAY, ELSEWHERE, TOWARDS, VISITED
from services.gis.numbered import GridMention, grids_in
from services.gis.paths import Paths, narrowed, shallowest

_JOINED: Final = re.compile(r"[\s的·,、(/-]{0,2}")
_ELSEWHERE: Final = re.compile(rf"(?:{ELSEWHERE})的?$")
_TOWARDS: Final = re.compile(rf"(?:{TOWARDS})$")
_AWAY: Final = re.compile(AWAY)
_VISITED: Final = re.compile(rf"[^,。;!?\n]{{0,10}}(?:{VISITED})")
_LOOK_BACK: Final = 8
MANY: Final = 8
"""Places in one text of which one may be meant."""
VILLAGE: Final = 3
"""Units in the path to a village."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of the place: all that may be meant, and the places that are only on the way or far off."""

    places: Paths = ()
    full: bool = True
    """Whether a name was written in full."""
    passing: Paths = ()


def read(gazetteer: Gazetteer, text: str) -> Reading:
    """The places in a text; the banner's own name alone says nothing."""
    here: list[Mention] = []
    passing: list[Mention] = []
    for phrase in _ours(gazetteer, text):
        (passing if _passes(text, phrase) else here).append(phrase)
    return Reading(
        places=_together(phrase.senses for phrase in here),
        full=any(phrase.full for phrase in here),
        passing=_together(phrase.senses for phrase in passing),
    )


def _ours(gazetteer: Gazetteer, text: str) -> Iterator[Mention]:
    """The phrases that name more than the banner, and do not follow the name of another county or town."""
    end = 0
    for phrase in phrases(gazetteer, text):
        follows_ours = end and _JOINED.fullmatch(text, end, phrase.start)
        end = phrase.end
        if any(len(path) > 1 for path in phrase.senses) and (follows_ours or not _lies_elsewhere(text, phrase)):
            yield phrase


def phrases(gazetteer: Gazetteer, text: str) -> tuple[Mention, ...]:
    """The names in a text; those side by side that fit together are one: 昂素镇昂素嘎查第3网格."""
    found: list[Mention] = []
    for name in _names(gazetteer, text):
        last = found[-1] if found else None
        senses = narrowed(last.senses, name.senses) if last and _adjoins(text, last, name) else ()
        if last and senses:
            found[-1] = Mention(last.start, name.end, senses, last.full or name.full)
        else:
            found.append(name)
    return tuple(found)


def _names(gazetteer: Gazetteer, text: str) -> list[Mention]:
    mentions = list(gazetteer.mentions(text))
    if villages := [name for name in mentions if any(len(path) == VILLAGE for path in name.senses)]:
        mentions += filter(None, (_of_its_village(gazetteer, grid, villages) for grid in grids_in(text)))
        mentions.sort(key=lambda name: name.start)
    return mentions


def _of_its_village(gazetteer: Gazetteer, grid: GridMention, villages: Sequence[Mention]) -> Mention | None:
    """The grid in the nearest village that is named before it, or else in the first one behind it."""
    behind = bisect_left(villages, grid.start, key=lambda name: name.start)
    codes = [path[-1].code for path in villages[max(0, behind - 1)].senses if len(path) == VILLAGE]
    senses = (gazetteer.grid(code, number) for code in codes for number in grid.numbers)
    paths = tuple(path for path in senses if path)
    return Mention(grid.start, grid.end, paths) if paths else None


def _adjoins(text: str, last: Mention, name: Mention) -> bool:
    return _JOINED.fullmatch(text, last.end, name.start) is not None


def _lies_elsewhere(text: str, phrase: Mention) -> bool:
    return _ELSEWHERE.search(text, max(0, phrase.start - _LOOK_BACK), phrase.start) is not None


def _passes(text: str, phrase: Mention) -> bool:
    """Whether the name only says where to, where from or how far."""
    if _AWAY.match(text, phrase.end):
        return True
    towards = _TOWARDS.search(text, max(0, phrase.start - _LOOK_BACK), phrase.start)
    return towards is not None and not _VISITED.match(text, phrase.end)


def _together(named: Iterable[Paths]) -> Paths:
    """What all names together may mean: what fits with a place named before (the last one first) makes it deeper.

    After more than ``MANY`` places it is a list of names, and no place any more.
    """
    places: list[Paths] = []
    for senses in named:
        for place in reversed(places):
            if both := narrowed(place, senses):
                places.remove(place)
                places.append(both)
                break
        else:
            places.append(senses)
        if len(places) > MANY:
            break
    return tuple(dict.fromkeys(path for place in places for path in shallowest(place)))
