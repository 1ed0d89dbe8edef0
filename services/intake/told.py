"""What intake tells a report's source, in its own reference and in a Chinese sentence."""

from datetime import datetime

from contracts.identity import record_cause
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import Problem
from contracts.topics import OUTCOMES
from contracts.wire import Event, event
from services.chassis.values import Record
from services.intake.reading import DEPARTMENT_OF, reference_of
from services.intake.submitted import Submitted


def received(sent: Submitted, version: int, at: datetime) -> Event:
    """The first sending of a report was taken, whatever its revision."""
    return _received(sent, version, at, f"已收到上报{sent.reference}（第{sent.version}版），正在定位和分派。")


def corrected(sent: Submitted, version: int, at: datetime) -> Event:
    """A newer revision of a known report was taken; the case does not follow it."""
    said = f"已收到上报{sent.reference}的更正（第{sent.version}版），已留存；事项仍按首次上报的内容和地点办理。"
    return _received(sent, version, at, said)


def repeated(sent: Submitted, version: int, at: datetime) -> Event:
    """The same content was known before."""
    said = f"上报{sent.reference}第{sent.version}版此前已收到，内容相同，无需重复报送。"
    return _repeat(sent, version, at, said)


def late(sent: Submitted, newest: int, version: int, at: datetime) -> Event:
    """An older revision came after revision ``newest``, which stands."""
    said = f"上报{sent.reference}第{sent.version}版晚于第{newest}版到达，系较早版本，已留存，以第{newest}版为准。"
    return _repeat(sent, version, at, said)


def conflicting(sent: Submitted, newest: int, version: int, record: Record, problem: Problem) -> Event:
    """Other content came under a known revision; told once for each content."""
    said = (
        f"上报{sent.reference}第{sent.version}版与此前收到的内容不一致，已暂存待核；"
        f"如需更正，请以高于{newest}的版本号重新报送。"
    )
    body = _outcome(OutcomeKind.PARKED, sent, version, record.time, said)
    body = body.model_copy(update={"record": record.position, "problems": (problem,)})
    return event(OUTCOMES, body, cause=sent.cause, discriminator=f"conflict/{sent.digest}")


def rejected(record: Record, problems: tuple[Problem, ...]) -> tuple[Event, ...]:
    """A record could not be read: told by its position and, where one can be found in it, its reference."""
    reference = reference_of(record.value)
    wrong = "；".join(f"{problem.path}：{problem.expected_zh}" for problem in problems)
    body = ReportOutcome(
        version=0,
        kind=OutcomeKind.PARKED,
        department=DEPARTMENT_OF[record.topic],
        at=record.time,
        reference=reference,
        record=record.position,
        problems=problems,
        said=f"上报{reference or record.position}无法读取，已暂存待核。{wrong}。",
    )
    return (event(OUTCOMES, body, cause=record_cause(record.topic, record.partition, record.offset)),)


def _received(sent: Submitted, version: int, at: datetime, said: str) -> Event:
    return event(OUTCOMES, _outcome(OutcomeKind.RECEIVED, sent, version, at, said), cause=sent.cause)


def _repeat(sent: Submitted, version: int, at: datetime, said: str) -> Event:
    body = _outcome(OutcomeKind.REPEAT, sent, version, at, said)
    return event(OUTCOMES, body, cause=sent.cause, discriminator="repeat")


def _outcome(kind: OutcomeKind, sent: Submitted, version: int, at: datetime, said: str) -> ReportOutcome:
    return ReportOutcome(
        version=version,
        kind=kind,
        department=sent.department,
        at=at,
        reference=sent.reference,
        revision=sent.version,
        report_id=sent.report_id,
        said=said,
    )
