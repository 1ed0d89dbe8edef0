"""Examples of reports: as departments write them, normalised, and located."""

from collections.abc import Mapping

from pydantic import BaseModel

from contracts.examples.scene import (
    ABROAD,
    BORDER,
    BOUNDARIES,
    CATEGORY,
    DEPARTMENT,
    FOURTH_GRID,
    GRID,
    OCCURRED,
    PATH,
    PICTURE,
    PLACE,
    RECEIVED,
    REFERENCE,
    REPAIRED,
    REPORT_ID,
    SECOND_GRID,
    SOLVED,
    TEXT,
    TITLE,
    WELL,
)
from contracts.report import (
    Coordinates,
    Datum,
    Location,
    LocationMethod,
    LocationOutcome,
    Point,
    Report,
    Reporter,
    ReportLocated,
    ReportNormalised,
    Solved,
    Submission,
    Urgency,
)
from contracts.territory import BANNER, Path, UnitRef


def _submission(**more: object) -> Submission:
    three = {"reference": REFERENCE, "occurred_at": OCCURRED.isoformat(), "text": TEXT}
    return Submission.model_validate(three | more)


def _well(datum: Datum, **more: object) -> Coordinates:
    longitude, latitude = WELL[datum]
    return Coordinates.model_validate({"longitude": longitude, "latitude": latitude, "datum": datum} | more)


EVERYTHING = _submission(
    title=TITLE,
    coordinates=_well(Datum.GCJ02, accuracy_m=15.0),
    place_name=PLACE,
    place_code=GRID.code,
    category=CATEGORY,
    urgency=Urgency.URGENT,
    reporter=Reporter(name="1001", phone="00000001001", id_number="000000000000001001", address="昂素嘎查1001号"),
    revision=1,
    solved_on_the_spot=Solved(what_was_done=REPAIRED, at="2026-03-05 16:10"),
    attachments=(PICTURE,),
)

SUBMITTED: Mapping[str, BaseModel] = {
    "smallest": _submission(),
    **{f"coordinates-{datum.value.lower()}": _submission(coordinates=_well(datum)) for datum in Datum},
    "everything": EVERYTHING,
    "solved-on-the-spot": _submission(solved_on_the_spot=Solved(what_was_done=REPAIRED)),
    "correction": _submission(revision=2, place_name="昂素嘎查第4网格机井", place_code=FOURTH_GRID.code),
}


def _report(**more: object) -> Report:
    known = {
        "report_id": REPORT_ID,
        "department": DEPARTMENT,
        "reference": REFERENCE,
        "revision": 1,
        "occurred_at": OCCURRED,
        "received_at": RECEIVED,
        "text": TEXT,
    }
    return Report.model_validate(known | more)


_WHOLE = _report(
    title=TITLE,
    point=Point(longitude=WELL[Datum.WGS84][0], latitude=WELL[Datum.WGS84][1], given_in=Datum.GCJ02, accuracy_m=15.0),
    place_name=PLACE,
    place_code=GRID.code,
    category=CATEGORY,
    urgency=Urgency.URGENT,
    reporter=f"reporter/{REPORT_ID}",
    solved=REPAIRED,
    solved_at=SOLVED,
    attachments=(PICTURE,),
)

NORMALISED: Mapping[str, BaseModel] = {
    "smallest": ReportNormalised(version=1, report=_report()),
    "everything": ReportNormalised(version=1, report=_WHOLE),
}


def _located(
    outcome: LocationOutcome, report: Report, why: str, path: Path = (BANNER,), *grids: UnitRef
) -> ReportLocated:
    location = Location(
        outcome=outcome,
        method=LocationMethod.POINT if report.point else LocationMethod.NONE,
        path=path,
        candidates=tuple((*path, grid) for grid in grids),
        boundary_version=BOUNDARIES,
        why=why,
    )
    return ReportLocated(version=1, report=report, location=location)


def _at(place: tuple[float, float], **more: object) -> Report:
    return _report(point=Point(longitude=place[0], latitude=place[1], given_in=Datum.WGS84), **more)


LOCATED: Mapping[str, BaseModel] = {
    "located": _located(LocationOutcome.LOCATED, _WHOLE, "坐标位于昂素镇昂素嘎查第3网格", PATH),
    "not-located": _located(LocationOutcome.NOT_LOCATED, _report(), "未提供坐标和地点代码，无法确定网格"),
    "outside": _located(
        LocationOutcome.OUTSIDE,
        _at(ABROAD, place_code=GRID.code),
        "坐标落在旗界之外，与地点代码（昂素镇昂素嘎查第3网格）不符",
    ),
    "two-fit": _located(
        LocationOutcome.TWO_FIT,
        _at(BORDER),
        "坐标在昂素镇昂素嘎查第2网格、昂素镇昂素嘎查第4网格交界处",
        PATH[:3],
        SECOND_GRID,
        FOURTH_GRID,
    ),
}
