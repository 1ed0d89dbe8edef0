"""Finds the names of the banner's units in running Chinese text: official, with another end, short, and 第五网格."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from contracts.territory import Level, Path
from services.gis.names import ALSO, ENDS, INSTITUTE, LONGER, NOT_ALONE, OTHERS, UNITS, VILLAGERS
from services.gis.numbered import NUMBERED, grids_in
from services.gis.paths import Paths, leads_to

_LONGER: Final = re.compile(rf"(?:{LONGER})$")
_INSTITUTE: Final = re.compile(INSTITUTE)
_UNITS: Final = re.compile(UNITS)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, ``text[start:end]``: all that it may mean, and whether it was written in full."""

    start: int
    end: int
    senses: Paths
    full: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """All names in use, and what each may mean; the longest name at a place counts."""

    forms: Mapping[str, Paths]
    short: frozenset[str]
    """Of the forms those without an end: 昂素."""
    bare: Mapping[str, Paths]
    """Stems that are names only before a numbered grid or behind their town: 八一第3网格, 上海庙镇八一."""
    _grids: Mapping[tuple[str, int], Path]
    _pattern: re.Pattern[str]

    @classmethod
    def of(cls, paths: Mapping[str, Path]) -> Self:
        """From the path of each unit, by code."""
        units = [path for path in paths.values() if path[-1].level is not Level.GRID]
        official = _gathered((path[-1].name, path) for path in units)
        varied = _gathered((form, path) for path in units for form in _variants(path[-1].name))
        stems = _gathered((_stem(path[-1].name), path) for path in units)
        short = {stem: senses for stem, senses in stems.items() if stem not in NOT_ALONE}
        forms = {**short, **varied, **official}
        bare = {stem: senses for stem, senses in stems.items() if stem not in forms}
        return cls(
            forms=MappingProxyType(forms),
            short=frozenset(short) - varied.keys() - official.keys(),
            bare=MappingProxyType(bare),
            _grids={key: path for path in paths.values() if (key := _grid_key(path))},
            _pattern=re.compile(_trie((*forms, *bare, *OTHERS))),
        )

    def mentions(self, text: str) -> Iterator[Mention]:
        """The names in the text, in order; not those within a longer name that is not ours."""
        last = None
        for match in self._pattern.finditer(text):
            if match[0] in OTHERS or _LONGER.search(text, max(0, match.start() - 2), match.start()):
                continue
            if mention := self._mention(text, match[0], match.start(), last):
                yield mention
                last = mention

    def _mention(self, text: str, form: str, start: int, last: Mention | None) -> Mention | None:
        """The name that this form at this place is, after the last one before it; None if it is none here."""
        if text.startswith(VILLAGERS, start + len(form) - 1) and self._is_wider(form):
            form = form[:-1]
        end = start + len(form)
        if senses := self.bare.get(form):
            if NUMBERED.match(text, end):
                return Mention(start, end, senses)
            after_town = last and last.end == start and _of_town(last.senses, senses)
            return Mention(start, end, senses, full=False) if after_town and not _INSTITUTE.match(text, end) else None
        if form in self.short and _UNITS.match(text, end):
            return None
        return Mention(start, end, self.forms[form], full=form not in self.short)

    def _is_wider(self, form: str) -> bool:
        """Whether more than the unit of this name may be meant without its 村: 城川村民 may live in all of 城川镇."""
        return form[:-1] in self.short and all(path[-1].name != form for path in self.forms[form])

    def grid(self, village: str, number_: int) -> Path | None:
        """The path to the village's grid with this number; None if there is none."""
        return self._grids.get((village, number_))


def _of_town(towns: Paths, senses: Paths) -> bool:
    return any(len(town) > 1 and leads_to(town, sense) for town in towns for sense in senses)


def _grid_key(path: Path) -> tuple[str, int] | None:
    """The grid's village and its number, from its official name."""
    if path[-1].level is not Level.GRID:
        return None
    numbers = next((each.numbers for each in grids_in(path[-1].name)), ())
    return (path[-2].code, numbers[0]) if len(numbers) == 1 else None


def _gathered(named: Iterable[tuple[str, Path]]) -> dict[str, Paths]:
    found: dict[str, Paths] = {}
    for name, path in named:
        found[name] = (*found.get(name, ()), path)
    return found


def _parts(name: str) -> tuple[str, tuple[str, ...]]:
    """The name's stem, and the ends that are also written after it."""
    return next(((name.removesuffix(end), also) for end, also in ENDS if name.endswith(end)), (name, ()))


def _stem(name: str) -> str:
    return _parts(name)[0]


def _variants(name: str) -> tuple[str, ...]:
    stem, ends = _parts(name)
    return (*(stem + end for end in ends), *ALSO.get(name, ()))


def _trie(words: Iterable[str]) -> str:
    """A pattern for the words in which each character is looked at once, and the longest word wins."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: Mapping[str, Any]) -> str:
    ways = [re.escape(char) + _branches(below) for char, below in sorted(node.items()) if char]
    if not ways:
        return ""
    return f"(?:{'|'.join(ways)}){'?' if '' in node else ''}"
