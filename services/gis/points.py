"""Reads a point: the grids within its likely error, and the points that systems fill in where they know none."""

from typing import Final

from contracts.report import Point
from contracts.territory import Path, full_name
from services.gis.atlas import Atlas, Land
from services.gis.evidence import SUREST, Evidence, Finding
from services.gis.paths import common
from services.gis.registers import ANYONE

ENOUGH: Final = 0.9
"""A grid that holds this share of a point's circle has it alone."""
LIKELY: Final = 0.1
"""A grid that holds less than this share is no candidate."""
ROUGH_M: Final = 5_000
"""With an error from here on (metres) a point is a weak clue, and names may decide against it."""
USELESS_M: Final = 50_000
"""From here on it is none."""
NULL_ISLAND: Final = 0.02
"""Degrees around 0, 0: as far as the conversion from any datum may move it."""


def by_point(atlas: Atlas, point: Point, department: str) -> Finding:
    """What the point says: its grid, several on a border or within its error, outside, or nothing."""
    if filled_in := _filled_in(atlas, point, department):
        return Finding(evidence=Evidence.POINT, said=f"坐标为{filled_in}，不作依据")
    metres = point.accuracy_m or 0
    if metres >= USELESS_M:
        return Finding(evidence=Evidence.ROUGH_POINT, said=f"坐标误差约{metres / 1000:.0f}公里，不作依据")
    return _circle(atlas.land, point, metres) if metres else _exact(atlas.land, point)


def _filled_in(atlas: Atlas, point: Point, department: str) -> str:
    """What a point is that a system filled in because it knew none; empty if it is none of these."""
    longitude, latitude = point.longitude, point.latitude
    if abs(longitude) < NULL_ISLAND and abs(latitude) < NULL_ISLAND:
        return "默认值（0，0）"
    if longitude.is_integer() and latitude.is_integer():
        return f"整度数（{longitude:.0f}，{latitude:.0f}）"
    offices = (each for each in atlas.offices if each.department in {department, ANYONE})
    office = next((each for each in offices if each.holds(longitude, latitude)), None)
    if not office:
        return ""
    return "地图给全旗的默认点" if office.department == ANYONE else "来源部门办公地点"


def _exact(land: Land, point: Point) -> Finding:
    fits = land.fits(point.longitude, point.latitude)
    if not fits:
        return _beyond(Evidence.POINT, 1.0)
    said = f"坐标位于{full_name(fits[0])}" if len(fits) == 1 else f"坐标在{'、'.join(map(full_name, fits))}交界处"
    return Finding(evidence=Evidence.POINT, paths=fits, confidence=Evidence.POINT.confidence, said=said)


def _circle(land: Land, point: Point, metres: float) -> Finding:
    """A point with its likely error: the grid that holds most of the circle, or all that hold enough of it."""
    shares = land.shares(point.longitude, point.latitude, metres)
    evidence = Evidence.POINT if metres < ROUGH_M else Evidence.ROUGH_POINT
    inside = sum(share for _, share in shares)
    if inside < LIKELY:
        return _beyond(evidence, 1 - inside)
    outside = f"，另有{1 - inside:.0%}落在旗界之外" if 1 - inside >= LIKELY else ""
    likely = tuple((path, share) for path, share in shares if share >= LIKELY)
    if not likely or evidence is Evidence.ROUGH_POINT:
        return _around(evidence, common([path for path, _ in shares]), metres, inside, outside)
    if likely[0][1] >= ENOUGH:
        likely = likely[:1]
    sure = min(SUREST, sum(share for _, share in likely))
    paths = tuple(path for path, _ in likely)
    return Finding(evidence=evidence, paths=paths, confidence=sure, said=_in_shares(likely, metres) + outside)


def _in_shares(likely: tuple[tuple[Path, float], ...], metres: float) -> str:
    path, share = likely[0]
    if len(likely) == 1:
        most = "" if share > SUREST else f"误差{metres:.0f}米，{share:.0%}"
        return f"坐标{most}位于{full_name(path)}"
    return f"坐标误差{metres:.0f}米，可能在" + "或".join(f"{full_name(path)}（{share:.0%}）" for path, share in likely)


def _around(evidence: Evidence, path: Path, metres: float, inside: float, outside: str) -> Finding:
    """Too many grids for candidates: what they share, if that is more than the banner."""
    error = f"坐标误差约{round(metres / 1000, 1):g}公里"
    if len(path) == 1:
        return Finding(evidence=evidence, said=f"{error}，跨多个苏木镇，不作依据")
    sure = min(inside, evidence.confidence)
    return Finding(evidence=evidence, paths=(path,), confidence=sure, said=f"{error}，大致在{full_name(path)}{outside}")


def _beyond(evidence: Evidence, share: float) -> Finding:
    sure = min(share, evidence.confidence)
    return Finding(evidence=evidence, confidence=sure, said="坐标落在旗界之外", outside=True)
