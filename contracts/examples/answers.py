"""Examples of what comes back: outcomes for the source, alerts to people, and dead letters for the operator."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from contracts.alert import AlertEvent, AlertKind
from contracts.deadletter import DeadLetter, Reason
from contracts.examples.scene import (
    ACTED,
    CAUSE,
    DEPARTMENT,
    GRID,
    MEMBER,
    RECEIVED,
    REFERENCE,
    REPAIRED,
    REPORT_ID,
    led_to,
)
from contracts.identity import record_cause
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import TABLE, Problem, problems
from contracts.report import Submission
from contracts.topics import SUBMITTED

TOPIC = SUBMITTED[DEPARTMENT].name
NOT_JSON = b"SL-2026-000317,2026-03-05 14:30"
NO_DATUM = (
    '{"reference": "SL-2026-000317", "occurred_at": "2026-03-05 14:30", "text": "机井水泵损坏", '
    '"coordinates": {"longitude": 107.407334, "latitude": 38.458799}}'
).encode()
WHOLE = NO_DATUM.replace(b"}}", b', "datum": "WGS-84"}}')
AGAIN, OTHER, LATER = (RECEIVED + timedelta(minutes=minutes) for minutes in (1, 2, 3))


def _wrong_with(raw: bytes) -> tuple[Problem, ...]:
    try:
        Submission.model_validate(from_json(raw))
    except ValidationError as error:
        return problems(error)
    except ValueError as error:
        english, chinese = (text.format(error=error) for text in TABLE["json_invalid"])
        return (Problem(path="$", found=f"{len(raw)} bytes", expected=english, expected_zh=chinese),)
    return ()


def _outcome(kind: OutcomeKind, said: str, **more: object) -> ReportOutcome:
    told = {"kind": kind, "department": DEPARTMENT, "said": said, "version": 1, "at": RECEIVED}
    of = {"reference": REFERENCE, "revision": 1, "report_id": REPORT_ID}
    return ReportOutcome.model_validate(told | of | more)


def _parked(said: str, raw: bytes, offset: int, reference: str | None) -> ReportOutcome:
    """What is told of a record that could not be read: it is no revision of any report."""
    (problem,) = _wrong_with(raw)
    return ReportOutcome(
        version=0,
        kind=OutcomeKind.PARKED,
        department=DEPARTMENT,
        at=RECEIVED,
        reference=reference,
        record=f"{TOPIC}/2/{offset}",
        problems=(problem,),
        said=f"{said}{problem.path}：{problem.expected_zh}。",
    )


_CONFLICT = Problem(
    path="revision",
    found="1, known since 2026-03-05T06:30:40+00:00 with other content",
    expected="the same content again, or a correction with revision 2 or higher",
    expected_zh="应与已收到的第1版内容相同，或以第2版或更高的版本号报送更正",
)

OUTCOMES: Mapping[str, BaseModel] = {
    "received": _outcome(OutcomeKind.RECEIVED, f"已收到上报{REFERENCE}（第1版），正在定位和分派。"),
    "received-correction": _outcome(
        OutcomeKind.RECEIVED,
        f"已收到上报{REFERENCE}的更正（第2版），已留存；事项仍按首次上报的内容和地点办理。",
        version=2,
        revision=2,
        at=LATER,
    ),
    "repeat": _outcome(
        OutcomeKind.REPEAT, f"上报{REFERENCE}第1版此前已收到，内容相同，无需重复报送。", version=2, at=AGAIN
    ),
    "parked": _parked(f"上报{REFERENCE}无法读取，已暂存待核。", NO_DATUM, 40, REFERENCE),
    "parked-unreadable": _parked(f"上报{TOPIC}/2/41无法读取，已暂存待核。", NOT_JSON, 41, None),
    "parked-conflict": _outcome(
        OutcomeKind.PARKED,
        f"上报{REFERENCE}第1版与此前收到的内容不一致，已暂存待核；如需更正，请以高于1的版本号重新报送。",
        problems=(_CONFLICT,),
        record=f"{TOPIC}/2/42",
        version=2,
        at=OTHER,
    ),
    "opened": _outcome(OutcomeKind.OPENED, "已生成事项，由昂素镇昂素嘎查第3网格办理。", unit=GRID),
    "resolved": _outcome(
        OutcomeKind.RESOLVED, f"已由昂素镇昂素嘎查第3网格办结：{REPAIRED}", unit=GRID, version=3, at=ACTED
    ),
}

SCHEDULED = led_to(
    CAUSE,
    "yiwang.report.normalised.v1",
    "yiwang.report.located.v1",
    "yiwang.case.opened.v1",
    "yiwang.deadline.scheduled.v1",
)
"""The event that the grid's people are told of."""


def _alert(kind: AlertKind, at: datetime = RECEIVED, detail: str | None = None) -> AlertEvent:
    return AlertEvent(
        version=1,
        alert_id=led_to(SCHEDULED, "yiwang.alert.v1"),
        kind=kind,
        case_id=REPORT_ID,
        event_id=SCHEDULED,
        recipient=MEMBER,
        channel="webhook",
        template="opened",
        attempt=1,
        at=at,
        detail=detail,
    )


ALERTS: Mapping[str, BaseModel] = {
    "sent": _alert(AlertKind.SENT),
    "failed": _alert(AlertKind.FAILED, detail="HTTP 410 Gone"),
    "unknown": _alert(AlertKind.UNKNOWN, RECEIVED + timedelta(seconds=45), detail="no answer: the attempt was cut off"),
}


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _dead(reason: Reason, offset: int, raw: bytes, wrong: tuple[Problem, ...]) -> DeadLetter:
    return DeadLetter(
        id=record_cause(TOPIC, 2, offset),
        service="intake",
        reason=reason,
        problems=wrong,
        topic=TOPIC,
        partition=2,
        offset=offset,
        appended_at=RECEIVED,
        raw_key=None,
        raw_value=_base64(raw),
        raw_headers=(("content-type", _base64(b"application/json")), ("trace", None)),
    )


_DEFECT = Problem(
    path="$",
    found="IndexError: 'tuple index out of range'",
    expected="a record that the service can decide: this is a fault of the service, not of the record",
    expected_zh="服务内部错误，并非数据问题，已保留待修复后重放",
)

DEAD: Mapping[str, BaseModel] = {
    "invalid": _dead(Reason.INVALID, 40, NO_DATUM, _wrong_with(NO_DATUM)),
    "unreadable": _dead(Reason.INVALID, 41, NOT_JSON, _wrong_with(NOT_JSON)),
    "defective": _dead(Reason.DEFECTIVE, 43, WHOLE, (_DEFECT,)),
}
