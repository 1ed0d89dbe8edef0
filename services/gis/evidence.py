"""Weighs what speaks for a place: which clue outweighs which, how sure that makes, and the sentence that says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Final

from contracts.report import Clue, Location, LocationMethod, LocationOutcome
from contracts.territory import BANNER
from services.gis.paths import Paths, common, either, narrowed

AGREES: Final = 0.5
"""Another clue that agrees takes this part of its own confidence off the doubt that is left."""
DISAGREES: Final = 0.25
"""One that disagrees takes this part of its own confidence off the confidence."""
SUREST: Final = 0.99
"""Nothing is certain."""


class Evidence(Enum):
    """The kinds of clues, the strongest first: a weaker one may make a place deeper, but never moves it."""

    # fmt: off
    #                   what decided it          confidence  in Chinese
    POINT            = (LocationMethod.POINT,      0.95, "坐标")
    PLACE_CODE       = (LocationMethod.PLACE_CODE, 0.90, "地点代码")
    PLACE_NAME       = (LocationMethod.PLACE_NAME, 0.85, "地点名称")
    PLACE_NAME_SHORT = (LocationMethod.PLACE_NAME, 0.70, "地点名称（简称）")
    TEXT             = (LocationMethod.TEXT,       0.75, "文中地名")
    TEXT_SHORT       = (LocationMethod.TEXT,       0.60, "文中地名（简称）")
    ROUGH_POINT      = (LocationMethod.POINT,      0.40, "误差很大的坐标")
    OWN_GRID         = (LocationMethod.OWN_GRID,   0.50, "上报网格员所属网格")
    # fmt: on

    def __init__(self, method: LocationMethod, confidence: float, zh: str) -> None:
        """Name the row's fields."""
        self.method, self.confidence, self.zh = method, confidence, zh
        self.rank = len(type(self).__members__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one clue says: the places that it allows; none if it was looked at and set aside, or lies outside."""

    evidence: Evidence
    paths: Paths = ()
    confidence: float = 0.0
    """That what all its paths share is right."""
    said: str
    outside: bool = False

    @property
    def clue(self) -> Clue:
        """The finding as it travels."""
        unit = common(self.paths)[-1] if self.paths else None
        return Clue(method=self.evidence.method, unit=unit, confidence=round(self.confidence, 3), said=self.said)


def weigh(found: Sequence[Finding], version: str) -> Location:
    """Where all findings together put the report."""
    ranked = sorted(found, key=lambda each: each.evidence.rank)
    counted = [each for each in ranked if each.paths]
    for each in ranked:
        if each.outside and (each.evidence is Evidence.POINT or not counted):
            return _outside(each, ranked, version)
    return _settled(counted, ranked, version) if counted else _nowhere(ranked, version)


def _settled(counted: Sequence[Finding], ranked: Sequence[Finding], version: str) -> Location:
    paths, agreeing = counted[0].paths, [counted[0]]
    for each in counted[1:]:
        if both := narrowed(paths, each.paths):
            paths = both
            agreeing.append(each)
    against = [each for each in counted if each not in agreeing]
    decider = next((each for each in agreeing if set(paths) <= set(each.paths)), agreeing[-1])
    agreeing.remove(decider)
    several = len(paths) > 1
    return Location(
        outcome=LocationOutcome.TWO_FIT if several else LocationOutcome.LOCATED,
        method=decider.evidence.method,
        path=common(paths),
        candidates=paths if several else (),
        boundary_version=version,
        why=_before(decider, ranked) + _because(decider, paths, agreeing) + _despite(against),
        confidence=round(_confidence(paths, decider, agreeing, against), 3),
        clues=_clues(decider, ranked),
    )


def _confidence(paths: Paths, decider: Finding, agreeing: Sequence[Finding], against: Sequence[Finding]) -> float:
    """That what all the paths share is right; where only two clues together say it, both must be."""
    exact = next((each for each in (decider, *agreeing) if set(each.paths) == set(paths)), None)
    sure = exact.confidence if exact else prod(each.confidence for each in (decider, *agreeing))
    if exact:
        for each in (decider, *agreeing):
            sure += (1 - sure) * each.confidence * AGREES * (each is not exact)
    return min(SUREST, sure * prod(1 - each.confidence * DISAGREES for each in against))


def _before(decider: Finding, ranked: Sequence[Finding]) -> str:
    """What there was no use in looking at, of the clues that would have outweighed the one that decided."""
    if decider.evidence is Evidence.POINT:
        return ""
    missing = "" if any(each.evidence.method is LocationMethod.POINT for each in ranked) else "未提供坐标，"
    stronger = (each for each in ranked if not each.paths and each.evidence.rank < decider.evidence.rank)
    return missing + "".join(f"{each.said}，" for each in stronger)


def _because(decider: Finding, paths: Paths, agreeing: Sequence[Finding]) -> str:
    if not agreeing:
        return decider.said
    others = "、".join(each.evidence.zh for each in agreeing)
    if set(decider.paths) == set(paths):
        return f"{decider.said}，与{others}相符"
    return f"{decider.said}，结合{others}判断为{either(paths)}"


def _despite(against: Sequence[Finding]) -> str:
    return "".join(f"，与{each.evidence.zh}（{either(each.paths)}）不符" for each in against)


def _clues(decider: Finding, ranked: Sequence[Finding]) -> tuple[Clue, ...]:
    return tuple(each.clue for each in (decider, *(each for each in ranked if each is not decider)))


def _outside(point: Finding, ranked: Sequence[Finding], version: str) -> Location:
    return Location(
        outcome=LocationOutcome.OUTSIDE,
        method=LocationMethod.POINT,
        path=(BANNER,),
        boundary_version=version,
        why=point.said + _despite([each for each in ranked if each.paths]),
        clues=_clues(point, ranked),
    )


def _nowhere(ranked: Sequence[Finding], version: str) -> Location:
    given = {each.evidence.method for each in ranked}
    missing = "和".join(each.zh for each in (Evidence.POINT, Evidence.PLACE_CODE) if each.method not in given)
    parts = (f"未提供{missing}" if missing else "", *(each.said for each in ranked), "无法确定网格")
    return Location(
        outcome=LocationOutcome.NOT_LOCATED,
        method=LocationMethod.NONE,
        path=(BANNER,),
        boundary_version=version,
        why="，".join(filter(None, parts)),
        clues=tuple(each.clue for each in ranked),
    )
