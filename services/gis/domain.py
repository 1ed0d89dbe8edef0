"""Decides where a report belongs: by its point, else by its place code, and says why in Chinese."""

from itertools import takewhile
from typing import Any, Final, Protocol

from contracts.masking import masked
from contracts.report import Location, LocationMethod, LocationOutcome, Report, ReportLocated, ReportNormalised
from contracts.territory import BANNER, Path, full_name
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
        why = f"坐标落在旗界之外{_despite_code(boundaries, report.place_code)}"
        return _location(version, LocationOutcome.OUTSIDE, LocationMethod.POINT, (BANNER,), why)
    if len(fits) == 1:
        why = f"坐标位于{full_name(fits[0])}"
        return _location(version, LocationOutcome.LOCATED, LocationMethod.POINT, fits[0], why)
    why = f"坐标在{'、'.join(map(full_name, fits))}交界处"
    return _location(version, LocationOutcome.TWO_FIT, LocationMethod.POINT, _common(fits), why, fits)


def _by_code(boundaries: Territory, code: str | None) -> Location:
    version, path = boundaries.version, _known(boundaries, code)
    if path:
        why = f"未提供坐标，地点代码对应{full_name(path)}"
        return _location(version, LocationOutcome.LOCATED, LocationMethod.PLACE_CODE, path, why)
    missing = f"，地点代码{masked(code)}不属于{BANNER.name}" if code else "和地点代码"
    why = f"未提供坐标{missing}，无法确定网格"
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
    return f"，与地点代码（{full_name(path)}）不符" if path else ""


def _known(boundaries: Territory, code: str | None) -> Path | None:
    while code:
        if path := boundaries.path(code):
            return path
        if not code.endswith(FILLER):
            return None
        code = code.removesuffix(FILLER)
    return None


def _common(paths: tuple[Path, ...]) -> Path:
    """The units that all paths begin with; the banner at least."""
    levels = zip(*paths, strict=False)
    return tuple(units[0] for units in takewhile(lambda units: len(set(units)) == 1, levels))
