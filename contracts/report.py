"""Reports: what a source submits by hand, and what intake and gis make of it."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from contracts.territory import Path, UnitRef
from contracts.wire import Body, Count, Many, Moment, Value

LAST_MOMENT = 4_102_444_800_000
"""The year 2100 in Unix milliseconds."""


def _digits(given: object) -> object:
    """Unix seconds or milliseconds as a number, which are read like the same digits as text."""
    return str(given) if type(given) is int and 0 <= given <= LAST_MOMENT else given


def _or_a_number(schema: dict[str, Any]) -> None:
    text = {word: schema.pop(word) for word in ("type", "minLength", "maxLength") if word in schema}
    schema["anyOf"] = [text, {"type": "integer", "minimum": 0, "maximum": LAST_MOMENT}]


UnitCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,3}$")]
StaffNumber = Annotated[str, Field(pattern=r"^\d{4,18}$")]
Short = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")]


class Datum(StrEnum):
    """A geodetic datum, or one of the two offsets of Chinese map services."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class Urgency(StrEnum):
    """How fast someone must look at it, as the source sees it."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    LIFE_THREATENING = "life_threatening"


class Open(BaseModel):
    """A part of a submission: frozen, and what it does not know it keeps."""

    model_config = ConfigDict(
        frozen=True, extra="allow", allow_inf_nan=False, str_strip_whitespace=True, hide_input_in_errors=True
    )


class Coordinates(Open):
    """A place in degrees, with the datum it was measured in: without one it may be 600 m off."""

    longitude: Annotated[float, Field(ge=-180, le=180, description="degrees east (经度，东经为正，单位：度)")]
    latitude: Annotated[float, Field(ge=-90, le=90, description="degrees north (纬度，北纬为正，单位：度)")]
    datum: Annotated[Datum, Field(description="what the degrees were measured in (坐标系)")]
    accuracy_m: Annotated[
        float | None, Field(ge=0, description="radius of the likely error, in metres (误差半径，单位：米)")
    ] = None


class Reporter(Open):
    """Who reported and how to reach them; it stays in intake's store, other services get a reference."""

    name: Annotated[Short | None, Field(description="the name (姓名)")] = None
    phone: Annotated[Short | None, Field(description="the telephone number (电话)")] = None
    id_number: Annotated[Short | None, Field(description="the number of the identity card (身份证号)")] = None
    address: Annotated[Short | None, Field(description="the postal address (住址)")] = None


class Solved(Open):
    """Solved on the spot (立报立结): what was done, and when if not at once."""

    what_was_done: Annotated[str, Field(min_length=1, max_length=2000, description="what was done (处置情况)")]
    at: Annotated[
        str | None, Field(max_length=64, description="when, if not at once; written as occurred_at is (处置时间)")
    ] = None


class Submission(Open):
    """What a source writes to ``report.submitted.<department>.v1``: three required fields, the rest as known.

    Who sent it is known from the topic or the token, never from a field.
    """

    reference: Annotated[
        Short, Field(description="the source's own number of this report (来源编号，同一编号始终为同一事件)")
    ]
    occurred_at: Annotated[
        Annotated[str, Field(min_length=1, max_length=64)],
        BeforeValidator(_digits),
        Field(
            json_schema_extra=_or_a_number,
            description="when it happened (发生时间); ISO 8601, as people write it, or Unix seconds or milliseconds; "
            "Asia/Shanghai if it has no zone; what is relative (昨天下午三点) counts from when the report is sent",
            examples=["2026-03-05T14:30:00+08:00", "2026/3/5 14:30", "2026年3月5日 14:30", "昨天下午三点", 1772692200],
        ),
    ]
    text: Annotated[str, Field(min_length=1, max_length=20_000, description="what happened, in words (事件内容)")]
    title: Annotated[Short | None, Field(description="what it is about, in one line (标题)")] = None
    coordinates: Annotated[Coordinates | None, Field(description="where it happened, in degrees (坐标)")] = None
    place_name: Annotated[Short | None, Field(description="the place in words (地点)")] = None
    place_code: Annotated[
        Short | None, Field(description="the place's statistical code: 6, 9, 12 or 15 digits (地点代码)")
    ] = None
    category: Annotated[Short | None, Field(description="the source's own category, code or name (类别)")] = None
    urgency: Annotated[Urgency | None, Field(description="how fast someone must look at it (紧急程度)")] = None
    reporter: Annotated[Reporter | None, Field(description="who told the source of it (上报人)")] = None
    revision: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000,
            description="1 for the first; a correction has the same reference and a higher one (版本)",
        ),
    ] = 1
    solved_on_the_spot: Annotated[
        Solved | None, Field(description="solved already: what was done, and when (立报立结)")
    ] = None
    attachments: Annotated[
        Many[Address],
        Field(max_length=50, description="addresses of pictures and files (附件网址)"),
    ] = ()
    people: Annotated[int | None, Field(ge=0, le=1_000_000, description="how many people are involved (涉及人数)")] = (
        None
    )
    staff: Annotated[
        StaffNumber | None, Field(description="the staff number of the grid member who reports (上报网格员工号)")
    ] = None
    about_unit: Annotated[
        UnitCode | None,
        Field(description="the code of the unit that the report is about; it never gets the case (被反映单位代码)"),
    ] = None
    about_staff: Annotated[
        StaffNumber | None,
        Field(description="the staff number of whom the report is about; their unit never gets it (被反映人员工号)"),
    ] = None
    same_as: Annotated[
        Short | None,
        Field(
            description="the reference of an earlier report of the same source that tells of the same: "
            "both are handled together (同一事件的来源编号)"
        ),
    ] = None
    withdrawn: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=2000,
            description="why the report is withdrawn; sent with a higher revision (撤回原因)",
        ),
    ] = None
    money: Annotated[
        float | None,
        Field(
            ge=0,
            le=1e12,
            description="how much money is involved, in yuan; if missing, what the words say (涉及金额，单位：元)",
        ),
    ] = None
    group: Annotated[
        int | None,
        Field(
            ge=0,
            le=1_000_000,
            description="how many act together: petition, sign or gather; if missing, what the words say "
            "(联名、集体来访或聚集人数)",
        ),
    ] = None


class ClassifiedBy(StrEnum):
    """What decided the category."""

    CODE = "code"
    MAP = "map"
    TEXT = "text"
    UNDECIDED = "undecided"


class Guess(Value):
    """A category that might be, with how sure that is, from 0 to 1."""

    code: str
    zh: Annotated[str, Field(description="its names from the first level down")]
    confidence: float


class Classification(Value):
    """The category in the banner's tree, on the deepest level that is sure; ``code`` is missing if none is."""

    code: str | None = None
    zh: Annotated[str, Field(description="its names from the first level down")]
    by: ClassifiedBy
    confidence: Annotated[float, Field(ge=0, le=1)]
    version: Annotated[str, Field(description="of the tree, and of what decided: the map or the classifier")]
    runners_up: Many[Guess] = ()


class Point(Value):
    """A place in WGS-84 degrees, with the datum that the source gave it in."""

    longitude: float
    latitude: float
    given_in: Datum
    accuracy_m: float | None = None


class Report(Value):
    """One revision of a report, normalised: what every later service reads."""

    report_id: UUID
    department: str
    reference: str
    revision: Count
    occurred_at: Moment
    received_at: Moment
    text: str
    title: str | None = None
    point: Point | None = None
    place_name: str | None = None
    place_code: str | None = None
    category: str | None = None
    urgency: Urgency = Urgency.ORDINARY
    reporter: Annotated[str | None, Field(description="a reference to the contact that intake keeps")] = None
    solved: Annotated[str | None, Field(description="what was done on the spot")] = None
    solved_at: Moment | None = None
    attachments: Many[str] = ()
    classified: Annotated[Classification | None, Field(description="the category in the banner's tree")] = None
    people: Count | None = None
    staff: str | None = None
    about_unit: str | None = None
    about_staff: str | None = None
    same_as: Annotated[UUID | None, Field(description="the report that the source says is of the same")] = None
    withdrawn: Annotated[str | None, Field(description="why the source has withdrawn the report")] = None
    money: Annotated[Count | None, Field(description="whole yuan involved, by the source's field or its words")] = None
    group: Annotated[Count | None, Field(description="how many act together, by the source's field or its words")] = (
        None
    )


class LocationOutcome(StrEnum):
    """What came of looking for the place."""

    LOCATED = "located"
    NOT_LOCATED = "not_located"
    OUTSIDE = "outside"
    TWO_FIT = "two_fit"


class LocationMethod(StrEnum):
    """What decided the place."""

    POINT = "point"
    PLACE_CODE = "place_code"
    PLACE_NAME = "place_name"
    TEXT = "text"
    OWN_GRID = "own_grid"
    NONE = "none"


class Clue(Value):
    """One thing that speaks for a place, or that was set aside: then it names no unit, or is not sure at all."""

    method: LocationMethod
    unit: UnitRef | None = None
    confidence: float = 0.0
    said: Annotated[str, Field(description="the same in Chinese")]


class Location(Value):
    """Where a report belongs, with the full path of units, so that nobody else needs the tree."""

    outcome: LocationOutcome
    method: LocationMethod
    path: Path
    candidates: Many[Path] = ()
    boundary_version: str
    why: Annotated[str, Field(description="how it was decided, in Chinese")]
    confidence: Annotated[float | None, Field(ge=0, le=1, description="that the path's deepest unit is right")] = None
    clues: Annotated[Many[Clue], Field(description="all that was looked at, what decided first")] = ()


class ReportNormalised(Body):
    """Intake has read, kept and normalised a revision of a report."""

    report: Report

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.report.normalised.v1"

    @property
    def subject(self) -> str:
        """The report's id."""
        return str(self.report.report_id)


class ReportLocated(Body):
    """Gis has found, or not found, where the report belongs; ``version`` is the report's, passed on."""

    report: Report
    location: Location
    about: Annotated[Path, Field(description="the path of the unit that the report is about, if it is about one")] = ()

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.report.located.v1"

    @property
    def subject(self) -> str:
        """The report's id."""
        return str(self.report.report_id)
