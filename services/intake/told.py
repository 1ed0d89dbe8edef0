"""What intake tells a report's source, in its own reference and in a Chinese sentence."""

from datetime import datetime

from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import Problem
from contracts.report import Report
from contracts.topics import OUTCOMES
from contracts.wire import Event, event
from services.chassis.values import Record
from services.intake.contacts import Contact
from services.intake.reading import DEPARTMENT_OF, reference_of
from services.intake.submitted import Submitted


def taken(sent: Submitted, before: Report | None, contact: Contact | None, version: int, at: datetime) -> Event:
    """A revision was taken, the first or one newer than ``before``, with what is doubtful in its contact."""
    said = f"{_taken(sent, before)}{_doubts(contact) if contact else ''}"
    return event(OUTCOMES, _outcome(OutcomeKind.RECEIVED, sent, version, at, said), cause=sent.cause)


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
    return (event(OUTCOMES, body, cause=record.cause),)


def _taken(sent: Submitted, before: Report | None) -> str:
    reference, revision = sent.reference, sent.version
    if before is None and sent.withdrawn:
        return f"已收到上报{reference}（第{revision}版），同时申请撤回，登记后即予撤回。"
    if before is None:
        return f"已收到上报{reference}（第{revision}版），正在定位和分派。"
    if sent.withdrawn:
        return f"已收到上报{reference}的撤回申请（第{revision}版），尚在办理的事项将予撤回。"
    if before.withdrawn:
        return f"已收到上报{reference}的更正（第{revision}版），已留存；该上报此前已撤回，如仍需办理，请以新编号报送。"
    return f"已收到上报{reference}的更正（第{revision}版），尚在办理的事项将据此更新。"


def _doubts(contact: Contact) -> str:
    """What is wrong with the contact, without repeating any of it: other departments read it too."""
    phone = "联系电话格式有误，请核对。" if contact.phone_valid is False else ""
    return phone + ("身份证号有误，请核对。" if contact.id_valid is False else "")


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
