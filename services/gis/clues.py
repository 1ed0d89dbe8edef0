"""Looks at a report for what speaks for a place: its point, its code, its words, and who reports."""

from collections.abc import Iterator
from typing import Final

from contracts.masking import masked
from contracts.report import Report
from contracts.territory import BANNER, Level, full_name
from services.gis.atlas import Atlas
from services.gis.evidence import Evidence, Finding
from services.gis.paths import either
from services.gis.points import by_point
from services.gis.reading import MANY, read

GRID_MEMBERS: Final = "grid-members"
"""The source whose staff numbers are the banner's own."""


def findings(atlas: Atlas, report: Report) -> Iterator[Finding]:
    """All clues of the report, in no order; what is missing brings none."""
    if report.point:
        yield by_point(atlas, report.point, report.department)
    if report.place_code:
        yield _code(atlas, report.place_code)
    if report.place_name:
        yield from _words(atlas, report.place_name, (Evidence.PLACE_NAME, Evidence.PLACE_NAME_SHORT))
    text = f"{report.title or ''}\n{report.text}"
    yield from _words(atlas, text, (Evidence.TEXT, Evidence.TEXT_SHORT))
    if report.staff and report.department == GRID_MEMBERS:
        yield from _own(atlas, report.staff)


def _code(atlas: Atlas, code: str) -> Finding:
    if path := atlas.known(code):
        sure = Evidence.PLACE_CODE.confidence
        said = f"地点代码对应{full_name(path)}"
        return Finding(evidence=Evidence.PLACE_CODE, paths=(path,), confidence=sure, said=said)
    return Finding(evidence=Evidence.PLACE_CODE, said=f"地点代码{masked(code)}不属于{BANNER.name}")


def _words(atlas: Atlas, text: str, kinds: tuple[Evidence, Evidence]) -> Iterator[Finding]:
    reading, (full, short) = read(atlas.gazetteer, text), kinds
    kind = full if reading.full else short
    if len(reading.places) > MANY:
        yield Finding(evidence=kind, said=f"{kind.zh}超过{MANY}处，不作依据")
    elif reading.places:
        means = "可能指" if len(reading.places) > 1 else "指向"
        said = f"{kind.zh}{means}{either(reading.places)}"
        yield Finding(evidence=kind, paths=reading.places, confidence=kind.confidence, said=said)
    elif reading.passing:
        said = f"{full.zh}{either(reading.passing)}只表示方向或距离"
        yield Finding(evidence=full, said=said)


def _own(atlas: Atlas, staff: str) -> Iterator[Finding]:
    path = atlas.members.get(staff)
    kind = Evidence.OWN_GRID
    if path is None:
        yield Finding(evidence=kind, said="上报人工号不在名册中")
    elif len(path) > 1:
        unit = "网格" if path[-1].level is Level.GRID else "单位"
        said = f"上报网格员所属{unit}为{full_name(path)}"
        yield Finding(evidence=kind, paths=(path,), confidence=kind.confidence, said=said)
