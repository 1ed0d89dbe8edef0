"""The moves of a case: the table of who may do what when, and why anything else is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import pairwise, product
from typing import Any, Final

from contracts.case import (
    Action,
    AssignedBecause,
    Assignment,
    Capacity,
    Case,
    CaseAction,
    CaseEventKind,
    Proof,
    Status,
)
from contracts.departments import DEPARTMENTS
from contracts.territory import BANNER, Path, office

NAMES: Final[Mapping[str, str]] = {department.code: department.zh for department in DEPARTMENTS}


class Goes(Enum):
    """Where a case goes by a move."""

    NOWHERE = auto()
    UP = auto()
    BACK = auto()
    ACROSS = auto()
    AGAIN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an action makes of a case.

    ``status`` is None where it stays as it is. ``must`` is what the note must say, in Chinese. ``returns``: enough of such
    moves lift the case.
    """

    who: frozenset[Capacity]
    status: Status | None
    tells: CaseEventKind
    goes: Goes = Goes.NOWHERE
    because: AssignedBecause | None = None
    must: str | None = None
    returns: bool = False


_HANDLER = frozenset({Capacity.HANDLER})
_GIVES = frozenset({Capacity.HANDLER, Capacity.SUPERIOR, Capacity.CENTRE})
_OBJECTS = frozenset({Capacity.FOLLOW_UP, Capacity.REPORTER, Capacity.SUPERIOR, Capacity.CENTRE})
_ANYBODY = frozenset(Capacity)
_NEW, _TOLD = Status.ASSIGNED, CaseEventKind.ASSIGNED

_ACCEPT = Move(who=_HANDLER, status=Status.ACCEPTED, tells=CaseEventKind.ACCEPTED)
_START = Move(who=_HANDLER, status=Status.STARTED, tells=CaseEventKind.STARTED)
_HAND_UP = Move(who=_HANDLER, status=_NEW, tells=_TOLD, goes=Goes.UP, because=AssignedBecause.HANDED_UP)
_HAND_BACK = Move(
    who=_HANDLER, status=_NEW, tells=_TOLD, goes=Goes.BACK, because=AssignedBecause.HANDED_BACK, must="退回理由", returns=True
)
_TRANSFER = Move(
    who=_GIVES, status=_NEW, tells=_TOLD, goes=Goes.ACROSS, because=AssignedBecause.TRANSFERRED, must="转办理由", returns=True
)
_RESOLVE = Move(who=_HANDLER, status=Status.RESOLVED, tells=CaseEventKind.RESOLVED, must="处理情况")
_CONFIRM = Move(who=frozenset({Capacity.FOLLOW_UP}), status=Status.CLOSED, tells=CaseEventKind.CONFIRMED, must="回访情况")
_REOPEN = Move(
    who=_OBJECTS, status=_NEW, tells=_TOLD, goes=Goes.AGAIN, because=AssignedBecause.REOPENED, must="返工理由", returns=True
)
_CANCEL = Move(who=frozenset({Capacity.CENTRE}), status=Status.CANCELLED, tells=CaseEventKind.CANCELLED, must="作废理由")
_COMMENT = Move(who=_ANYBODY, status=None, tells=CaseEventKind.COMMENTED, must="备注内容")

MOVES: Final[Mapping[tuple[Status, Action], Move]] = {
    # where the case stands, what is done     what becomes of it
    (Status.ASSIGNED,  Action.ACCEPT):        _ACCEPT,
    (Status.ASSIGNED,  Action.START):         _START,
    (Status.ASSIGNED,  Action.HAND_UP):       _HAND_UP,
    (Status.ASSIGNED,  Action.HAND_BACK):     _HAND_BACK,
    (Status.ASSIGNED,  Action.TRANSFER):      _TRANSFER,
    (Status.ASSIGNED,  Action.RESOLVE):       _RESOLVE,
    (Status.ASSIGNED,  Action.CANCEL):        _CANCEL,
    (Status.ASSIGNED,  Action.COMMENT):       _COMMENT,
    (Status.ACCEPTED,  Action.START):         _START,
    (Status.ACCEPTED,  Action.HAND_UP):       _HAND_UP,
    (Status.ACCEPTED,  Action.HAND_BACK):     _HAND_BACK,
    (Status.ACCEPTED,  Action.TRANSFER):      _TRANSFER,
    (Status.ACCEPTED,  Action.RESOLVE):       _RESOLVE,
    (Status.ACCEPTED,  Action.CANCEL):        _CANCEL,
    (Status.ACCEPTED,  Action.COMMENT):       _COMMENT,
    (Status.STARTED,   Action.HAND_UP):       _HAND_UP,
    (Status.STARTED,   Action.HAND_BACK):     _HAND_BACK,
    (Status.STARTED,   Action.TRANSFER):      _TRANSFER,
    (Status.STARTED,   Action.RESOLVE):       _RESOLVE,
    (Status.STARTED,   Action.CANCEL):        _CANCEL,
    (Status.STARTED,   Action.COMMENT):       _COMMENT,
    (Status.RESOLVED,  Action.CONFIRM):       _CONFIRM,
    (Status.RESOLVED,  Action.REOPEN):        _REOPEN,
    (Status.RESOLVED,  Action.COMMENT):       _COMMENT,
    (Status.CLOSED,    Action.REOPEN):        _REOPEN,
    (Status.CLOSED,    Action.COMMENT):       _COMMENT,
    (Status.WITHDRAWN, Action.COMMENT):       _COMMENT,
    (Status.CANCELLED, Action.COMMENT):       _COMMENT,
}  # fmt: skip

FIRM: Final = frozenset({AssignedBecause.ESCALATED, AssignedBecause.LIFTED})
"""Who was given a case so cannot hand it back: below it was not solved."""


def in_charge(case: Case) -> str:
    """Who has the case, in Chinese."""
    return office(case.path_in_charge())


def lawful(case: Case, capacity: Capacity = Capacity.HANDLER) -> tuple[Action, ...]:
    """The actions that the case would take now from somebody in this capacity."""
    return tuple(action for action in Action if _may(case, action, capacity))


def _may(case: Case, action: Action, capacity: Capacity) -> bool:
    move = MOVES.get((case.status, action))
    return move is not None and capacity in move.who and _way(case, move) is None


def refusal(case: Case, asked: CaseAction) -> str | None:
    """Why the action cannot be done and what could be, in Chinese; None if it can."""
    return next(_hindrances(case, asked), None)


def _hindrances(case: Case, asked: CaseAction) -> Iterator[str]:
    number, could = case.assignment.number, _could(case, asked.capacity)
    if asked.assignment not in (None, number):
        yield f"所指的第{asked.assignment}次指派不是当前指派；当前为第{number}次，由{in_charge(case)}办理，{could}"
    if asked.if_version not in (None, case.version):
        yield f"所依据的第{asked.if_version}版已过时；当前为第{case.version}版，请查看后重新提交，{could}"
    move = MOVES.get((case.status, asked.action))
    if move is None:
        yield f"{_out_of_place(case, asked.action)}，{could}"
        return
    if asked.capacity not in move.who:
        yield f"{asked.action.zh}须由{'、'.join(who.zh for who in Capacity if who in move.who)}提出，{could}"
    if why := _stranger(case, asked):
        yield f"{why}，{could}"
    if why := _way(case, move):
        yield f"{why}，{could}"
    if why := _elsewhere(case, asked) if move.goes is Goes.ACROSS else None:
        yield why
    if move.must and not _note(asked):
        yield f"{asked.action.zh}须写明{move.must}，请补充后重新提交"


def moved(case: Case, asked: CaseAction, now: datetime, lift_after: int) -> Case:
    """The case after an action that is not refused; ``lift_after`` so many returns it goes to the next level."""
    move = MOVES[case.status, asked.action]
    if move.goes is Goes.NOWHERE:
        return case.model_copy(update=_changes(case, asked, move, now))
    assert move.because
    returns = case.returns + move.returns
    if move.returns and returns >= lift_after and case.above():
        return climbed(case, AssignedBecause.LIFTED, now).model_copy(update={"returns": 0, **_REDONE})
    path = _target(case, move, asked)
    after = given(case, path, move.because, now)
    known: dict[str, Any] = {"returns": returns, **_REDONE}
    if asked.action is Action.TRANSFER and asked.department:
        known["lead"] = asked.department
    return after.model_copy(update=known)


_REDONE: Final[Mapping[str, None]] = {"resolution": None, "resolved_at": None, "proof": None}
"""What was done no longer counts where a case is to be done anew."""


def climbed(case: Case, because: AssignedBecause, now: datetime) -> Case:
    """The case given to the unit above, or as it was at the banner; a new assignment has no due time yet."""
    return given(case, case.path_in_charge()[:-1], because, now) if case.above() else case


def given(case: Case, path: Path, because: AssignedBecause, now: datetime) -> Case:
    """The case given to the path's deepest unit; at the same unit it is due no later than before."""
    unit, before = path[-1], case.assignment
    stays = case.status.open and unit.code == before.unit.code
    assignment = Assignment(
        number=before.number + 1,
        unit=unit,
        assigned_at=now,
        because=because,
        due_by=(case.due_at or before.due_by) if stays else None,
        path=() if unit in case.path else path,
        given_by=case.path_in_charge() if because is AssignedBecause.HANDED_UP else (),
    )
    return case.model_copy(update={"assignment": assignment, "status": Status.ASSIGNED, "due_at": None})


def reason(before: Case, after: Case, asked: CaseAction) -> str:
    """Who did what and why, in Chinese."""
    goes, note = MOVES[before.status, asked.action].goes, _note(asked)
    lifted = after.assignment.because is AssignedBecause.LIFTED and goes in {Goes.BACK, Goes.ACROSS, Goes.AGAIN}
    to = f"至{in_charge(after)}" if goes in {Goes.UP, Goes.BACK, Goes.ACROSS} and not lifted else ""
    lead = f"，牵头部门改为{NAMES[asked.department]}" if goes is Goes.ACROSS and asked.department and not lifted else ""
    done = f"已由{_actor(before, asked)}{asked.action.zh}{to}{lead}" + (f"：{note}" if note else "")
    return f"{done}；退回、转办、返工已满{before.returns + 1}次，提级至{in_charge(after)}" if lifted else done


def _actor(case: Case, asked: CaseAction) -> str:
    if asked.capacity is Capacity.HANDLER:
        return in_charge(case)
    if asked.capacity is Capacity.SUPERIOR:
        return office(_down_to(case, asked.unit or ""))
    return asked.capacity.zh


def _down_to(case: Case, code: str) -> Path:
    """The path in charge down to a unit on it; empty where it is none of them."""
    path = case.path_in_charge()
    return next((path[: n + 1] for n, unit in enumerate(path) if unit.code == code), ())


def _changes(case: Case, asked: CaseAction, move: Move, now: datetime) -> dict[str, Any]:
    if move.status is None:
        return {}
    if move.status is not Status.RESOLVED:
        return {"status": move.status}
    shown = bool(asked.attachments or asked.place)
    proof = Proof(attachments=asked.attachments, place=asked.place) if shown else None
    return {"status": move.status, "resolution": _note(asked), "resolved_at": now, "proof": proof}


def _target(case: Case, move: Move, asked: CaseAction) -> Path:
    here = case.path_in_charge()
    if move.goes is Goes.UP:
        return here[:-1]
    if move.goes is Goes.BACK:
        return _giver(case)
    return asked.to or here if move.goes is Goes.ACROSS else here


def _giver(case: Case) -> Path:
    """To whom it goes back: who handed it up, else the unit above, which then finds another one."""
    return case.assignment.given_by or case.path_in_charge()[:-1]


def _way(case: Case, move: Move) -> str | None:
    """Why there is no way for the move from where the case is; None if there is one."""
    if move.goes is Goes.UP and case.above() is None:
        return f"{in_charge(case)}已是最高一级，不能再上报"
    if move.goes is not Goes.BACK:
        return None
    if case.assignment.because in FIRM:
        return "事项是提级交办的，不能退回"
    return None if _giver(case) else f"{in_charge(case)}已是最高一级，不能退回"


def _stranger(case: Case, asked: CaseAction) -> str | None:
    """Why somebody does not act in the name of the unit that their capacity needs."""
    unit = case.assignment.unit
    if asked.capacity is Capacity.HANDLER and asked.unit not in (None, unit.code):
        return f"{asked.unit}不是承办单位；事项由{in_charge(case)}办理"
    if asked.capacity is Capacity.SUPERIOR and (asked.unit == unit.code or not _down_to(case, asked.unit or "")):
        return f"{asked.unit or '未注明的单位'}不是{in_charge(case)}的上级单位"
    return None


def _elsewhere(case: Case, asked: CaseAction) -> str | None:
    """Why a case cannot be transferred to there."""
    if asked.department is not None and asked.department not in NAMES:
        return f"没有代码为{asked.department}的部门，请核对后重新提交"
    if not asked.to:
        return None if asked.department not in (None, case.lead) else "转办须写明另一承办单位或另一牵头部门，请补充后重新提交"
    codes = [unit.code for unit in asked.to]
    nested = all(len(code) == len(above) + 3 and code.startswith(above) for above, code in pairwise(codes))
    if codes[0] != BANNER.code or not nested:
        return "转办单位须从旗起逐级写到该单位，请补充后重新提交"
    if case.about and codes[-1].startswith(case.about[-1].code) and len(case.about) > 1:
        return f"事项反映的是{office(case.about)}，不能转给它"
    if codes[-1] == case.assignment.unit.code and asked.department in (None, case.lead):
        return f"事项已由{in_charge(case)}办理，转办须写明另一承办单位或另一牵头部门"
    return None


def _note(asked: CaseAction) -> str:
    return (asked.note or "").strip()


def _out_of_place(case: Case, action: Action) -> str:
    done = f"已{action.zh}"
    return f"事项{case.status.zh}，{'无需重复' if case.status.zh == done else '不能'}{action.zh}"


def _could(case: Case, capacity: Capacity) -> str:
    could = "、".join(action.zh for action in lawful(case, capacity))
    return f"现在可以{could}" if could else "不再接受操作"


TABLE_HEAD: Final = "| status | action | who | becomes | and |\n| --- | --- | --- | --- | --- |"

_WHERE: Final[Mapping[Goes, str]] = {
    Goes.NOWHERE: "",
    Goes.UP: "at the unit above",
    Goes.BACK: "at the unit that handed it up, else at the one above",
    Goes.ACROSS: "at the unit named, or with another department in the lead",
    Goes.AGAIN: "at the same unit",
}


def table() -> str:
    """The moves as a table for people, in Markdown."""
    rows = (_shown(*each) for each in product(Status, Action) if each in MOVES)
    return "\n".join((TABLE_HEAD, *rows))


def _shown(status: Status, action: Action) -> str:
    move = MOVES[status, action]
    who = "、".join(each.zh for each in Capacity if each in move.who)
    becomes = f"`{move.status.value}` {move.status.zh}" if move.status else "the same"
    also = "; ".join(filter(None, (_WHERE[move.goes], f"says {move.must}" if move.must else "", "counts" if move.returns else "")))
    return f"| `{status.value}` {status.zh} | `{action.value}` {action.zh} | {who} | {becomes} | {also} |"

