"""Examples of reports: as departments write them, normalised, and located."""

from collections.abc import Mapping

from pydantic import BaseModel

from contracts.examples.scene import (
    CATEGORY,
    DEPARTMENT,
    GRID,
    NEXT_GRID,
    NEXT_PATH,
    OCCURRED,
    PATH,
    PICTURE,
    PLACE,
    RECEIVED,
    REFERENCE,
    REPAIRED,
    REPORT_ID,
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
from contracts.territory import BANNER, Path


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
    "correction": _submission(revision=2, place_name="昂素嘎查第4网格机井", place_code=NEXT_GRID.code),
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
    solved_at=OCCURRED.replace(hour=16, minute=10),
    attachments=(PICTURE,),
)

NORMALISED: Mapping[str, BaseModel] = {
    "smallest": ReportNormalised(version=1, report=_report()),
    "everything": ReportNormalised(version=1, report=_WHOLE),
}


def _located(outcome: LocationOutcome, path: Path, why: str, *candidates: Path) -> ReportLocated:
    located = outcome is not LocationOutcome.NOT_LOCATED
    location = Location(
        outcome=outcome,
        method=LocationMethod.POINT if located else LocationMethod.NONE,
        path=path,
        candidates=candidates,
        boundary_version="2026-01",
        why=why,
    )
    return ReportLocated(version=1, report=_WHOLE if located else _report(), location=location)


LOCATED: Mapping[str, BaseModel] = {
    "located": _located(LocationOutcome.LOCATED, PATH, "坐标在昂素嘎查第3网格内"),
    "not-located": _located(LocationOutcome.NOT_LOCATED, (BANNER,), "没有坐标，也没有地点代码"),
    "outside": _located(LocationOutcome.OUTSIDE, (BANNER,), "坐标在鄂托克前旗以外"),
    "two-fit": _located(LocationOutcome.TWO_FIT, PATH[:3], "坐标在两个网格的交界上", PATH, NEXT_PATH),
}
