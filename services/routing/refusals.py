"""Why an action on a case is refused, in Chinese: what hinders it, and what could be done instead."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from contracts.case import Action, Capacity, Case, CaseAction, Status
from contracts.territory import office
from services.routing import relations, waiting
from services.routing.moves import FIRM, MOVES, Goes, Move, barrier, down_to, in_charge, lawful, note
from services.routing.rules import NAMES, Limits
from services.routing.ruling import HEIGHT, within

DONE: Final[Mapping[Status, Action]] = {
    # where it stands         what was done
    Status.ACCEPTED:          Action.ACCEPT,
    Status.STARTED:           Action.START,
    Status.RESOLVED:          Action.RESOLVE,
    Status.CANCELLED:         Action.CANCEL,
    Status.SUSPENDED:         Action.SUSPEND,
    Status.LINKED:            Action.LINK,
    Status.JOINED:            Action.JOIN,
}  # fmt: skip


def refusal(case: Case, asked: CaseAction, limits: Limits, now: datetime) -> str | None:
    """Why the action cannot be done and what could be; None if it can."""
    move = MOVES.get((case.status, asked.action))
    why = next(_passed(case, asked), None)
    if why is None:
        why = next(_hindered(case, asked, move, limits, now), None) if move else _out_of_place(case, asked.action)
    if why:
        return f"{why}，{_could(case, asked.capacity, limits, now)}"
    why = next(_lacking(case, asked, move, limits, now), None) if move else None
    return f"{why}，请补充或更正后重新提交" if why else None


def _passed(case: Case, asked: CaseAction) -> Iterator[str]:
    """What the actor saw that is so no longer."""
    number = case.assignment.number
    if asked.assignment not in (None, number):
        yield f"所指的第{asked.assignment}次指派不是当前指派；当前为第{number}次，由{in_charge(case)}办理"
    if asked.if_version not in (None, case.version):
        yield f"所依据的第{asked.if_version}版不是当前版本；当前为第{case.version}版"


def _hindered(case: Case, asked: CaseAction, move: Move, limits: Limits, now: datetime) -> Iterator[str]:
    """Why this actor cannot do it, or nobody can from where the case is."""
    if asked.capacity not in move.who:
        whose = "、".join(who.zh for who in Capacity if who in move.who)
        yield f"{asked.action.zh}须由{whose}{'作出' if move.decides else '提出'}"
    unit = case.assignment.unit
    if asked.capacity is Capacity.HANDLER and asked.unit not in (None, unit.code):
        yield f"{asked.unit}不是承办单位；事项由{in_charge(case)}办理"
    if asked.capacity is Capacity.SUPERIOR and (asked.unit == unit.code or not down_to(case, asked.unit or "")):
        yield f"{asked.unit or '未注明的单位'}不是{in_charge(case)}的上级单位"
    above = case.above()
    if move.decides and asked.capacity is Capacity.SUPERIOR and above and asked.unit != above.code:
        yield "申请由上一级单位审批"
    if why := relations.barrier(case, asked.action) or barrier(case, move, asked.capacity, limits, now):
        yield why


def _lacking(case: Case, asked: CaseAction, move: Move, limits: Limits, now: datetime) -> Iterator[str]:
    """What the action does not say, or says wrong."""
    if move.goes is Goes.ACROSS:
        yield from _elsewhere(case, asked)
    if why := waiting.lacking(case, asked, move.wish, limits, now):
        yield why
    yield from relations.lacking(case, asked)
    if move.must and not note(asked):
        yield f"{asked.action.zh}须写明{move.must}"


def _elsewhere(case: Case, asked: CaseAction) -> Iterator[str]:
    """Why a case cannot be transferred to there."""
    led = asked.department not in (None, case.lead)
    if asked.department is not None and asked.department not in NAMES:
        yield f"没有代码为{asked.department}的部门"
    if asked.to and not relations.is_way(asked.to):
        yield "转办单位须从旗起逐级写到该单位"
    if (asked.to or case.path_in_charge())[-1].code == case.assignment.unit.code and not led:
        yield f"转办须写明另一承办单位或另一牵头部门；事项现由{in_charge(case)}办理"
    to, unit = relations.way(asked.to), case.assignment.unit
    if to and within(to[-1], case.about):
        yield f"事项反映的是{office(case.about)}，不能转给它"
    firm = case.assignment.because in FIRM and asked.capacity is Capacity.HANDLER
    if to and firm and HEIGHT[to[-1].level] < HEIGHT[unit.level]:
        yield "事项是提级交办的，不能转给下级"


def _out_of_place(case: Case, action: Action) -> str:
    already = DONE.get(case.status) is action
    return f"事项{case.status.zh}，{'无需重复' if already else '不能'}{action.zh}"


def _could(case: Case, capacity: Capacity, limits: Limits, now: datetime) -> str:
    could = "、".join(action.zh for action in lawful(case, capacity, limits, now))
    return f"现在可以{could}" if could else "不再接受操作"
