"""Reads what a source wrote: a report with its times, place and words in one form, or everything that is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from contracts.identity import name_id
from contracts.numerals import arabic
from contracts.problem import TABLE, Problem, problems, shorten
from contracts.report import Coordinates, Point, Solved, Submission
from contracts.topics import SUBMITTED
from contracts.wire import MIB, text_headers
from services.chassis.values import Invalid, Quota, Reader, Record
from services.intake.datum import to_wgs84
from services.intake.submitted import Submitted, digest
from services.intake.text import normalise
from services.intake.times import UnreadableTimeError, parse_when

REPORT_BYTES: Final = MIB
"""The longest report, in bytes of JSON, through whichever door it comes."""
REFERENCE_LENGTH: Final = 200
"""Characters of the longest reference, as the contract has it."""
BOM: Final = b"\xef\xbb\xbf"
IDEMPOTENCY_HEADER: Final = "idempotencykey"
"""The Kafka header with ``<token name>:<Idempotency-Key>``, the cause of a report that has no reference of its own."""
DEPARTMENT_OF: Final[Mapping[str, str]] = {topic.name: code for code, topic in SUBMITTED.items()}


def parse(record: Record) -> Submitted:
    """The report in a record of a department's topic, which alone says who sent it; raises Invalid.

    What it says of relative times counts from the broker's append time.
    """
    key = text_headers(record.headers).get(IDEMPOTENCY_HEADER)
    return read(DEPARTMENT_OF[record.topic], record.value, record.time, key)


def read(department: str, raw: bytes | None, sent_at: datetime, idempotency: str | None = None) -> Submitted:
    """The report in ``raw``, which was sent at this time (aware); raises Invalid with everything that is wrong.

    ``idempotency`` (``<token name>:<key>``) stands in for a reference that the source did not give.
    """
    submission = _submission(_json(raw), idempotency)
    faults: list[Problem] = []
    solved = submission.solved_on_the_spot
    occurred_at = _moment("occurred_at", submission.occurred_at, sent_at, faults)
    text = _visible("text", submission.text, faults)
    done, done_at = _solved(solved, sent_at, faults) if solved else (None, None)
    withdrawn = _visible("withdrawn", submission.withdrawn, faults) if submission.withdrawn else None
    if occurred_at is None or faults:
        raise Invalid(*faults)
    return Submitted(
        version=submission.revision,
        department=department,
        submission=submission,
        digest=digest(submission),
        occurred_at=occurred_at,
        text=text,
        title=_plain(submission.title),
        place_name=_place(submission.place_name),
        place_code=_plain(submission.place_code),
        category=_plain(submission.category),
        point=_point(submission.coordinates) if submission.coordinates else None,
        solved=done,
        solved_at=done_at,
        withdrawn=withdrawn,
    )


def reference_of(raw: bytes | None) -> str | None:
    """The reference in a report that cannot be read, cut off or in another encoding; None if there is none."""
    try:
        found = from_json((raw or b"").decode(errors="replace").removeprefix("\ufeff"), allow_partial=True)
    except ValueError:
        return None
    reference = found.get("reference") if isinstance(found, dict) else None
    if not isinstance(reference, str) or "\ufffd" in reference:
        return None
    return reference if 0 < len(reference) <= REFERENCE_LENGTH else None


def _json(raw: bytes | None) -> object:
    if raw is not None and len(raw) > REPORT_BYTES:
        expected, expected_zh = f"at most {REPORT_BYTES} bytes", f"不得超过{REPORT_BYTES}字节"
        raise Invalid(Problem(path="$", found=f"{len(raw)} bytes", expected=expected, expected_zh=expected_zh))
    try:
        return from_json((raw or b"").removeprefix(BOM), allow_inf_nan=False)
    except ValueError as error:
        english, chinese = (text.format(error=error) for text in TABLE["json_invalid"])
        found = f"{len(raw)} bytes" if raw else "nothing"
        raise Invalid(Problem(path="$", found=found, expected=english, expected_zh=chinese)) from None


def _submission(found: object, idempotency: str | None) -> Submission:
    if idempotency and isinstance(found, dict) and found.get("reference") is None:
        found = {**found, "reference": f"idempotency-key:{idempotency}"}
    try:
        return Submission.model_validate(found)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None


def _moment(path: str, text: str, sent_at: datetime, faults: list[Problem]) -> datetime | None:
    try:
        return parse_when(text, sent_at)
    except UnreadableTimeError as fault:
        expected, expected_zh = fault.expected, fault.expected_zh
        faults.append(Problem(path=path, found=shorten(text), expected=expected, expected_zh=expected_zh))
        return None


def _visible(path: str, text: str, faults: list[Problem]) -> str:
    plain = normalise(text)
    if not plain:
        expected, expected_zh = "at least 1 visible character", "不得少于1个可见字符"
        faults.append(Problem(path=path, found="nothing visible", expected=expected, expected_zh=expected_zh))
    return plain


def _solved(solved: Solved, sent_at: datetime, faults: list[Problem]) -> tuple[str, datetime | None]:
    done = _visible("solved_on_the_spot.what_was_done", solved.what_was_done, faults)
    return done, _moment("solved_on_the_spot.at", solved.at, sent_at, faults) if solved.at else None


def _plain(text: str | None) -> str | None:
    return normalise(text) or None if text else None


def _place(name: str | None) -> str | None:
    """The name with counted places in digits, as the territory writes them: 第二十三网格 becomes 第23网格."""
    plain = _plain(name)
    return arabic(plain) if plain else None


def _point(given: Coordinates) -> Point:
    longitude, latitude = to_wgs84(given.longitude, given.latitude, given.datum)
    return Point(longitude=longitude, latitude=latitude, given_in=given.datum, accuracy_m=given.accuracy_m)


def _identify(record: Record, body: Submitted) -> UUID:
    # Each sending is an input of its own, so that the same content again is seen, and told of, as a repeat.
    return name_id(f"sent/{record.position}/{body.digest}")


def _subject(body: Submitted, _id: UUID) -> str:
    return body.subject


def _opens(body: Submitted) -> bool:
    return body.version == 1


READERS: Final = tuple(
    Reader(topic=topic, parse=parse, identify=_identify, subject=_subject, opens=_opens) for topic in SUBMITTED.values()
)


def readers(quota: Quota) -> tuple[Reader, ...]:
    """The readers of all departments' topics, each of which may bring in so much."""
    return tuple(replace(reader, quota=quota) for reader in READERS)
