"""Finds the unit that a report is about: a complaint about a unit or one of its people never goes to that unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from contracts.categories import within
from contracts.report import Report
from contracts.territory import Level, Path
from services.gis.accusations import ACTOR, accused, mentioned, suspect
from services.gis.atlas import Atlas
from services.gis.paths import Paths, leads_to, shallowest
from services.gis.reading import phrases

DEPTH: Final = {Level.TOWN: 2, Level.VILLAGE: 3, Level.GRID: 4}
"""How many units lead down to one of this level."""

UNNAMED: Final = (
    # who is accused without a unit's name, first that fits                        whose, of the report's place
    (r"网格[员长]",                                                                Level.GRID),
    (rf"(?:村|嘎查|社区)(?:里|上)?的?{ACTOR}|我们(?:这[里边])?的?{ACTOR}",         Level.VILLAGE),
    (r"村长|嘎查达|村支书|村会计|村干部|村?两委|(?<!管)(?<!党)委员会",             Level.VILLAGE),
    (r"(?:镇|苏木)(?:里|上)?的?(?:书记|干部|政府|领导|工作人员|党委)|镇长|苏木达", Level.TOWN),
)  # fmt: skip

CONDUCT: Final = ("1601", "1602")
"""Categories of complaints about who serves the people (干部作风, 村务): such a report needs no accusing word."""

OF_WHOM: Final = (
    # category   about whom, if no words tell: of the report's place
    ("160103",   Level.GRID),     # 网格员履职
    ("1602",     Level.VILLAGE),  # 村务
)  # fmt: skip

GRID_MEMBERS: Final = "grid-members"
"""Who writes 网格员 of themselves."""

NEAR: Final = 200
"""How many characters before and behind an actor tell what is said of it: a text may be one sentence of 20,000."""
ACTORS: Final = 50
"""How many actors of a sentence are looked at: a longer list accuses nobody."""

_SENTENCE: Final = re.compile(r"[^。!?;\n]+")
_ACTOR: Final = re.compile(rf"的?[^,]{{0,2}}?{ACTOR}")
_UNNAMED: Final = tuple((re.compile(pattern), level) for pattern, level in UNNAMED)


@dataclass(frozen=True, slots=True)
class Actor:
    """A unit or its people in a sentence, ``sentence[start:end]``; several paths where it is not told which."""

    start: int
    end: int
    paths: Paths


def about(atlas: Atlas, report: Report, place: Path) -> Path:
    """The path of the unit that the report is about: as the source says, else by words and category; or empty.

    ``place`` is where the report belongs: whose people are meant where the words do not name the unit.
    """
    if report.about_unit or report.about_staff:
        return _given(atlas, report)
    category = report.classified.code if report.classified else None
    presumed = any(within(category, conduct) for conduct in CONDUCT)
    text = f"{report.title or ''}\n{report.text}"
    units = set(_in_words(atlas, report.department, text, place, presumed=presumed))
    if units:  # an empty one among them: it is not told which
        return _one(units)
    level = next((level for of, level in OF_WHOM if within(category, of)), None)
    return _above(place, level) if level else ()


def _given(atlas: Atlas, report: Report) -> Path:
    """The unit or the person's unit; of a unit and one below it the upper one; empty where they contradict."""
    units = (atlas.known(report.about_unit or ""), atlas.members.get(report.about_staff or ""))
    return _one({unit for unit in units if unit})


def _one(units: set[Path]) -> Path:
    upper = shallowest(tuple(units))
    return upper[0] if len(upper) == 1 else ()


def _above(place: Path, level: Level) -> Path:
    """The unit of this level that the place lies in, or the place, if that is no deeper than a village; else empty."""
    return place[: DEPTH[level]] if len(place) >= min(DEPTH[level], DEPTH[Level.VILLAGE]) else ()


def _in_words(atlas: Atlas, department: str, text: str, place: Path, *, presumed: bool) -> Iterator[Path]:
    """Each unit that is accused; empty where it is not told which unit that is."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if not presumed and not suspect(sentence):
            continue
        actors = tuple(_named(atlas, sentence)) or tuple(_unnamed(sentence, place)) * (department != GRID_MEMBERS)
        for actor in islice(actors, ACTORS):
            before, after = sentence[max(0, actor.start - NEAR) : actor.start], sentence[actor.end : actor.end + NEAR]
            if accused(before, after) or (presumed and not mentioned(before, after)):
                yield _meant(actor.paths, place)


def _meant(paths: Paths, place: Path) -> Path:
    """Of units of one name the one where the report belongs; empty if that leaves several, or the banner."""
    near = tuple(path for path in paths if leads_to(path, place) or leads_to(place, path))
    unit = _one(set(near or paths))
    return unit if len(unit) > 1 else ()


def _named(atlas: Atlas, sentence: str) -> Iterator[Actor]:
    for phrase in phrases(atlas.gazetteer, sentence):
        if actor := _ACTOR.match(sentence, phrase.end):
            yield Actor(phrase.start, actor.end(), phrase.senses)


def _unnamed(sentence: str, place: Path) -> Iterator[Actor]:
    for pattern, level in _UNNAMED:
        found = pattern.search(sentence)
        if found and (unit := _above(place, level)):
            yield Actor(found.start(), found.end(), (unit,))
            return
