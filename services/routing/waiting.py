"""More time and rest for a case: what the handler asks for, and what the unit above makes of it."""

from datetime import datetime, timedelta
from typing import Any

from contracts.case import Action, Capacity, Case, CaseAction, Extension, Pause, Request, Status, Wish
from services.routing.rules import Limits

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def barrier(case: Case, wish: Wish | None, capacity: Capacity, limits: Limits, *, decides: bool) -> str | None:
    """Why the case is not one for which this can be asked or decided now; None if it is."""
    request, top = case.assignment.request, case.above() is None
    if wish and request:
        return f"已有待批的{request.wish.zh}申请"
    if wish is Wish.EXTEND and len(case.assignment.extended) >= limits.extend_times:
        return f"已延时{len(case.assignment.extended)}次，不能再申请延时"
    if decides and request is None:
        return "没有待批的申请"
    if decides and capacity is Capacity.CENTRE and not (top or _below_banner(case)):
        return "申请由上一级单位审批"
    return None


def _below_banner(case: Case) -> bool:
    return len(case.path_in_charge()) == 2  # noqa: PLR2004 - the banner and the unit below it


def lacking(case: Case, asked: CaseAction, wish: Wish | None, limits: Limits, now: datetime) -> str | None:
    """What a request does not say or asks too much of, or why it comes too late; None if it can be."""
    request = case.assignment.request
    late = case.due_at is not None and now >= case.due_at
    if wish and late:
        return f"事项已超期，不能再申请{wish.zh}"
    if asked.action is Action.APPROVE and request and late:
        return "事项已超期，不能再批准"
    if wish is None:
        return None
    if asked.minutes is None:
        return f"{asked.action.zh}须写明时长（minutes，单位：分钟）"
    most = limits.extend_hours * HOUR if wish is Wish.EXTEND else limits.suspend_days * DAY
    return f"{wish.zh}最多{span_zh(most)}" if asked.minutes * MINUTE > most else None


def decided(case: Case, asked: CaseAction, wish: Wish | None, now: datetime) -> Case:
    """The case after an action of this kind that is not refused."""
    if asked.action is Action.RESUME:
        return resumed(case, now)
    why = (asked.note or "").strip()
    if wish:
        return _with(case, request=Request(wish=wish, minutes=asked.minutes or 0, at=now, by=asked.actor, why=why))
    request = case.assignment.request
    if request is None or asked.action is Action.DECLINE:
        return _with(case, request=None)
    given = {"minutes": request.minutes, "by": asked.actor, "why": request.why}
    if request.wish is Wish.EXTEND:
        return _with(case, request=None, extended=(*case.assignment.extended, Extension(at=now, **given)))
    resting = _with(case, request=None, pauses=(*case.assignment.pauses, Pause(since=now, **given)))
    return resting.model_copy(update={"status": Status.SUSPENDED})


def resumed(case: Case, now: datetime) -> Case:
    """The case that is worked on again: its clock goes on."""
    *before, last = case.assignment.pauses
    over = last.model_copy(update={"until": now})
    return _with(case, pauses=(*before, over)).model_copy(update={"status": Status.STARTED})


def resumes_at(case: Case) -> datetime | None:
    """When a suspended case is resumed by itself."""
    if case.status is not Status.SUSPENDED or not case.assignment.pauses:
        return None
    last = case.assignment.pauses[-1]
    return last.since + last.minutes * MINUTE


def about(case: Case, asked: CaseAction) -> str:
    """What a request or its decision is about, in Chinese: 8小时, 延时8小时; empty for any other action."""
    request = case.assignment.request
    if asked.action in {Action.EXTEND, Action.SUSPEND}:
        return span_zh((asked.minutes or 0) * MINUTE)
    if asked.action in {Action.APPROVE, Action.DECLINE} and request:
        return f"{request.wish.zh}{span_zh(request.minutes * MINUTE)}"
    return ""


def span_zh(span: timedelta) -> str:
    """A span in Chinese, in the largest unit that it has a whole number of."""
    return next(
        f"{span // unit}{zh}" for unit, zh in ((DAY, "日"), (HOUR, "小时"), (MINUTE, "分钟")) if not span % unit
    )


def _with(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"assignment": case.assignment.model_copy(update=changes)})
