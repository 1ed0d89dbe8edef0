"""Decides where a report belongs: by its point, else by its place code, and says why in Chinese."""

from itertools import takewhile
from typing import Any, Final, Protocol

from contracts.report import Location, LocationMethod, LocationOutcome, Report, ReportLocated, ReportNormalised
from contracts.territory import BANNER, Path
from contracts.topics import LOCATED
from contracts.wire import event
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick

FILLER: Final = "000"
"""Statistical codes of banners and towns are often written in twelve digits, filled up with zeros."""


class Territory(Protocol):
    """What of the boundaries a decision needs."""

    @property
    def version(self) -> str:
        """The version of the boundaries, that everything decided by them names."""

    def fits(self, longitude: float, latitude: float, /) -> tuple[Path, ...]:
        """The paths of all grids that hold the WGS-84 point."""

    def path(self, code: str, /) -> Path | None:
        """The path to the unit with this code; None if there is none."""


def decide(boundaries: Territory, _state: None, step: Input[Any] | Tick | Done, _context: Context) -> Decision[Any]:
    """Pass a normalised report on with its place, whatever was found; ``version`` stays the report's."""
    if not isinstance(step, Input):
        return Decision(outcome=Outcome.NOTHING)
    body: ReportNormalised = step.body
    located = ReportLocated(version=body.version, report=body.report, location=locate(boundaries, body.report))
    return Decision(events=(event(LOCATED, located, cause=step.id),))


def locate(boundaries: Territory, report: Report) -> Location:
    """Where the report belongs; a point outweighs a place code, and without either it is the banner's to find out."""
    if report.point:
        return _by_point(boundaries, report, boundaries.fits(report.point.longitude, report.point.latitude))
    return _by_code(boundaries, report.place_code)


def _by_point(boundaries: Territory, report: Report, fits: tuple[Path, ...]) -> Location:
    version = boundaries.version
    if not fits:
        why = f"坐标不在{BANNER.name}任何网格内{_despite_code(boundaries, report.place_code)}（边界版本{version}）"
        return _location(version, LocationOutcome.OUTSIDE, LocationMethod.POINT, (BANNER,), why)
    if len(fits) == 1:
        why = f"坐标位于{_named(fits[0])}范围内（边界版本{version}）"
        return _location(version, LocationOutcome.LOCATED, LocationMethod.POINT, fits[0], why)
    shared = _common(fits)
    names = "、".join(path[-1].name for path in fits)
    why = f"坐标位于{names}的交界处，暂归{_named(shared)}（边界版本{version}）"
    return _location(version, LocationOutcome.TWO_FIT, LocationMethod.POINT, shared, why, fits)


def _by_code(boundaries: Territory, code: str | None) -> Location:
    version, path = boundaries.version, _known(boundaries, code)
    if path:
        why = f"来件未附坐标，地点编码对应{_named(path)}（边界版本{version}）"
        return _location(version, LocationOutcome.LOCATED, LocationMethod.PLACE_CODE, path, why)
    missing = f"地点编码{code}不属于{BANNER.name}的任何单位" if code else "未附地点编码"
    why = f"来件未附坐标，{missing}，无法定位，归{_named((BANNER,))}（边界版本{version}）"
    return _location(version, LocationOutcome.NOT_LOCATED, LocationMethod.NONE, (BANNER,), why)


def _location(
    version: str,
    outcome: LocationOutcome,
    method: LocationMethod,
    path: Path,
    why: str,
    candidates: tuple[Path, ...] = (),
) -> Location:
    return Location(outcome=outcome, method=method, path=path, candidates=candidates, boundary_version=version, why=why)


def _despite_code(boundaries: Territory, code: str | None) -> str:
    path = _known(boundaries, code)
    return f"，尽管地点编码对应{_named(path)}" if path else ""


def _known(boundaries: Territory, code: str | None) -> Path | None:
    while code:
        if path := boundaries.path(code):
            return path
        if not code.endswith(FILLER):
            return None
        code = code.removesuffix(FILLER)
    return None


def _named(path: Path) -> str:
    return f"{path[-1].name}（{path[-1].code}）"


def _common(paths: tuple[Path, ...]) -> Path:
    """The units that all paths begin with; the banner at least."""
    levels = zip(*paths, strict=False)
    return tuple(units[0] for units in takewhile(lambda units: len(set(units)) == 1, levels))
