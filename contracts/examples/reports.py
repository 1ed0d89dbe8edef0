"""Examples of reports as departments write them."""

from collections.abc import Mapping

from contracts.examples.scene import (
    CATEGORY,
    FOURTH_GRID,
    GRID,
    MEMBER,
    OCCURRED,
    PICTURE,
    PLACE,
    REFERENCE,
    REPAIRED,
    TEXT,
    TITLE,
    TOWN,
    WELL,
)
from contracts.report import Coordinates, Datum, Reporter, Solved, Submission, Urgency


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
    people=3,
    staff=MEMBER,
    about_unit=TOWN.code,
    about_staff=MEMBER,
    same_as="SL-2026-000316",
    withdrawn="1",
    money=20_000.5,
    group=3,
)
"""Every field, to show its form; no real report has all of them."""

SUBMITTED: Mapping[str, Submission] = {
    "smallest": _submission(),
    **{f"coordinates-{datum.value.lower()}": _submission(coordinates=_well(datum)) for datum in Datum},
    "everything": EVERYTHING,
    "unix-time": _submission(occurred_at=int(OCCURRED.timestamp())),
    "relative-time": _submission(occurred_at="今天下午两点半"),
    "by-a-grid-member": _submission(staff=MEMBER, people=3, category=CATEGORY),
    "about-a-unit": _submission(text="反映机井维修款项长期未公开。", about_unit=TOWN.code),
    "solved-on-the-spot": _submission(solved_on_the_spot=Solved(what_was_done=REPAIRED)),
    "correction": _submission(revision=2, place_name="昂素嘎查第4网格机井", place_code=FOURTH_GRID.code),
    "withdrawal": _submission(revision=3, withdrawn="重复登记"),
}
