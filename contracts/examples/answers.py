"""Examples of what comes back: outcomes for the source, alerts to people, and dead letters for the operator."""

from base64 import b64encode
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from contracts.alert import AlertEvent, AlertKind
from contracts.deadletter import DeadLetter, Reason
from contracts.examples.scene import CAUSE, DEPARTMENT, GRID, MEMBER, OPENED, RECEIVED, REFERENCE, REPAIRED, REPORT_ID
from contracts.identity import event_id, record_cause
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import Problem, problems
from contracts.report import Submission
from contracts.topics import SUBMITTED

TOPIC = SUBMITTED[DEPARTMENT].name
NOT_JSON = b"SL-2026-000317,2026-03-05 14:30"
NO_DATUM = (
    '{"reference": "SL-2026-000317", "occurred_at": "2026-03-05 14:30", "text": "机井水泵损坏", '
    '"coordinates": {"longitude": 107.407334, "latitude": 38.458799}}'
).encode()


def _wrong_with(raw: bytes) -> tuple[Problem, ...]:
    try:
        Submission.model_validate_json(raw)
    except ValidationError as error:
        return problems(error)
    return ()


def _outcome(kind: OutcomeKind, said: str, **more: object) -> ReportOutcome:
    told = {"kind": kind, "department": DEPARTMENT, "said": said, "version": 1, "at": RECEIVED}
    of = {"reference": REFERENCE, "revision": 1, "report_id": REPORT_ID}
    return ReportOutcome.model_validate(told | of | more)


_UNREAD = {"version": 0, "revision": None, "report_id": None}
_WITHOUT_DATUM = "coordinates.datum 应为必填字段，请补充"
_CONFLICT = Problem(
    path="revision",
    found="1, known since 2026-03-05T14:30:40+08:00 with other content",
    expected="the same content again, or a correction with revision 2 or higher",
    expected_zh="与已收到的第1版内容相同，或以第2版或更高的版本号报送更正",
)

OUTCOMES: Mapping[str, BaseModel] = {
    "received": _outcome(OutcomeKind.RECEIVED, f"已收到来件{REFERENCE}（第1版），正在定位和分派。"),
    "repeat": _outcome(OutcomeKind.REPEAT, f"来件{REFERENCE}第1版此前已收到，内容相同，无需重复报送。", version=2),
    "parked": _outcome(
        OutcomeKind.PARKED,
        f"来件{REFERENCE}无法受理，已暂存待更正：{_WITHOUT_DATUM}。",
        problems=_wrong_with(NO_DATUM),
        record=f"{TOPIC}/2/40",
        **_UNREAD,
    ),
    "parked-unreadable": _outcome(
        OutcomeKind.PARKED,
        f"来件{TOPIC}/2/41无法受理，已暂存待更正：$ 应为合法的 UTF-8 JSON 文本。",
        problems=_wrong_with(NOT_JSON),
        record=f"{TOPIC}/2/41",
        **_UNREAD,
        reference=None,
    ),
    "parked-conflict": _outcome(
        OutcomeKind.PARKED,
        f"来件{REFERENCE}第1版与此前收到的内容不一致，已暂存待核；如需更正，请以高于1的版本号重新报送。",
        problems=(_CONFLICT,),
        record=f"{TOPIC}/2/42",
        version=2,
    ),
    "opened": _outcome(OutcomeKind.OPENED, f"已立案，由{GRID.name}办理", unit=GRID, at=OPENED),
    "resolved": _outcome(OutcomeKind.RESOLVED, REPAIRED, unit=GRID, version=4),
}


def _alert(kind: AlertKind, attempt: int, channel: str, detail: str | None = None) -> AlertEvent:
    event = event_id(CAUSE, "yiwang.case.opened.v1")
    return AlertEvent(
        version=attempt,
        alert_id=event_id(event, "alert"),
        kind=kind,
        case_id=REPORT_ID,
        event_id=event,
        recipient=MEMBER,
        channel=channel,
        template="assigned",
        attempt=attempt,
        at=OPENED,
        detail=detail,
    )


ALERTS: Mapping[str, BaseModel] = {
    "sent": _alert(AlertKind.SENT, 1, "mail"),
    "failed": _alert(AlertKind.FAILED, 5, "webhook", "HTTP 410 from the channel"),
    "unknown": _alert(AlertKind.UNKNOWN, 1, "mail", "interrupted while sending; the channel may have taken it"),
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


_DEFECT = Problem(path="$", found="IndexError", expected="no defect of ours", expected_zh="系统缺陷，请联系运维")

DEAD: Mapping[str, BaseModel] = {
    "invalid": _dead(Reason.INVALID, 40, NO_DATUM, _wrong_with(NO_DATUM)),
    "unreadable": _dead(Reason.INVALID, 41, NOT_JSON, _wrong_with(NOT_JSON)),
    "defective": _dead(Reason.DEFECTIVE, 42, NO_DATUM, (_DEFECT,)),
}
