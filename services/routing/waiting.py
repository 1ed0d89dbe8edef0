"""More time and rest for a case: what the handler asks for, and what the unit above makes of it."""

from datetime import datetime
from typing import Any

from contracts.case import Action, Capacity, Case, CaseAction, Extension, Pause, Request, Status, Wish
from contracts.spans import DAY, HOUR, MINUTE, span_zh
from contracts.territory import Level
from services.routing.rules import Limits

WHY = 200
"""Characters of a reason that travel with the case; the event has the whole."""


def barrier(
    case: Case, wish: Wish | None, capacity: Capacity, limits: Limits, now: datetime, *, decides: bool
) -> str | None:
    """Why the case is not one for which this can be asked or decided now; None if it is."""
    if wish:
        return _no_wish(case, wish, limits, now)
    return _undecidable(case, capacity, now) if decides else None


def _no_wish(case: Case, wish: Wish, limits: Limits, now: datetime) -> str | None:
    given, request = case.assignment, case.assignment.request
    times, most = {
        Wish.EXTEND: (len(given.extended), limits.extend_times),
        Wish.SUSPEND: (len(given.pauses), limits.suspend_times),
    }[wish]
    if case.clock in limits.never:
        return f"{case.clock.zh}事项不能申请{wish.zh}"
    if request:
        return f"已有待批的{request.wish.zh}申请"
    if times >= most:
        return f"一次指派最多{wish.zh}{most}次"
    return _out_of_time(case, now)


def _undecidable(case: Case, capacity: Capacity, now: datetime) -> str | None:
    request, top = case.assignment.request, case.above() is None
    if request is None or request.at > now:  # a decision that is older than the request is about another one
        return "没有待批的申请"
    if capacity is Capacity.CENTRE and not (top or _below_banner(case)):
        return "申请由上一级单位审批"
    return None


def _out_of_time(case: Case, now: datetime) -> str | None:
    """Why time can be neither asked for nor given: it is over, or not known yet."""
    if case.due_at is None:
        return "时限尚未确定，请稍后再试"
    return "事项已超期，不能再延时或挂账" if now >= case.due_at else None


def _below_banner(case: Case) -> bool:
    above = case.above()
    return above is not None and above.level is Level.BANNER


def lacking(case: Case, asked: CaseAction, wish: Wish | None, limits: Limits, now: datetime) -> str | None:
    """What a request or a decision does not say, or asks too much of; None if it can be."""
    request = case.assignment.request
    if wish:
        most = limits.extend_hours * HOUR if wish is Wish.EXTEND else limits.suspend_days * DAY
        if asked.minutes is None:
            return f"{asked.action.zh}须写明时长（minutes，单位：分钟）"
        return f"{wish.zh}每次最多{span_zh(most)}" if asked.minutes * MINUTE > most else None
    if request is None or asked.action not in {Action.APPROVE, Action.DECLINE}:
        return None
    if asked.minutes not in (None, request.minutes):
        return f"待批的是{request.wish.zh}{span_zh(request.minutes * MINUTE)}，所批时长与之不符"
    if asked.actor == request.by:
        return "不能审批本人提出的申请"
    return _out_of_time(case, now) if asked.action is Action.APPROVE else None


def decided(case: Case, asked: CaseAction, wish: Wish | None, now: datetime) -> Case:
    """The case after an action of this kind that is not refused.

    What moves its clock leaves it without a due time until escalation has told the new one.
    """
    if asked.action is Action.RESUME:
        return resumed(case, now)
    why = (asked.note or "").strip()[:WHY]
    if wish:
        return _with(case, request=Request(wish=wish, minutes=asked.minutes or 0, at=now, by=asked.actor, why=why))
    request = case.assignment.request
    if request is None or asked.action is Action.DECLINE:
        return _with(case, request=None)
    given = {"minutes": request.minutes, "by": asked.actor, "why": request.why}
    if request.wish is Wish.EXTEND:
        longer = _with(case, request=None, extended=(*case.assignment.extended, Extension(at=now, **given)))
        return longer.model_copy(update={"due_at": None})
    resting = _with(case, request=None, pauses=(*case.assignment.pauses, Pause(since=now, **given)))
    return resting.model_copy(update={"status": Status.SUSPENDED, "due_at": None})


def resumed(case: Case, now: datetime) -> Case:
    """The case that is worked on again: its clock goes on, at the latest from when the pause was to end."""
    *before, last = case.assignment.pauses
    until = max(last.since, min(now, last.since + last.minutes * MINUTE))
    going = _with(case, pauses=(*before, last.model_copy(update={"until": until})))
    return going.model_copy(update={"status": Status.STARTED, "due_at": None})


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


def _with(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"assignment": case.assignment.model_copy(update=changes)})
