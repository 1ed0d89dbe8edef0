"""The moves of a case: the table of who may do what when, and what becomes of the case by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import product
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
    Wish,
)
from contracts.territory import Path, office
from services.routing import relations, waiting
from services.routing.rules import NAMES, Limits
from services.routing.ruling import put_in_lead, within


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

    ``status`` is None where it stays as it is. ``because`` is why a unit is given it anew, if one is. ``must`` is what
    the note must say, in Chinese. ``wish`` is what it asks the unit above for, and ``decides`` that it answers that.
    ``returns``: enough of such moves by who has the case, or objects to it, lift it. ``relates``: it is about another
    case, too.
    """

    who: frozenset[Capacity]
    status: Status | None
    tells: CaseEventKind
    goes: Goes = Goes.NOWHERE
    because: AssignedBecause | None = None
    must: str | None = None
    wish: Wish | None = None
    decides: bool = False
    returns: bool = False
    relates: bool = False


_HANDLER = frozenset({Capacity.HANDLER})
_GIVES = frozenset({Capacity.HANDLER, Capacity.SUPERIOR, Capacity.CENTRE})
_OBJECTS = frozenset({Capacity.FOLLOW_UP, Capacity.REPORTER, Capacity.SUPERIOR, Capacity.CENTRE})
_ANYBODY = frozenset(Capacity)
_NEW, _TOLD = Status.ASSIGNED, CaseEventKind.ASSIGNED

_ACCEPT = Move(who=_HANDLER, status=Status.ACCEPTED, tells=CaseEventKind.ACCEPTED)
_START = Move(who=_HANDLER, status=Status.STARTED, tells=CaseEventKind.STARTED)
_HAND_UP = Move(who=_HANDLER, status=_NEW, tells=_TOLD, goes=Goes.UP, because=AssignedBecause.HANDED_UP)
_HAND_BACK = Move(
    who=_HANDLER,
    status=_NEW,
    tells=_TOLD,
    goes=Goes.BACK,
    because=AssignedBecause.HANDED_BACK,
    must="退回理由",
    returns=True,
)
_TRANSFER = Move(
    who=_GIVES,
    status=_NEW,
    tells=_TOLD,
    goes=Goes.ACROSS,
    because=AssignedBecause.TRANSFERRED,
    must="转办理由",
    returns=True,
)
_WAY_UP = frozenset({Capacity.SUPERIOR, Capacity.CENTRE})
_ASK_TIME = Move(who=_HANDLER, status=None, tells=CaseEventKind.REQUESTED, wish=Wish.EXTEND, must="延时理由")
_ASK_REST = Move(who=_HANDLER, status=None, tells=CaseEventKind.REQUESTED, wish=Wish.SUSPEND, must="挂账理由")
_APPROVE = Move(who=_WAY_UP, status=None, tells=CaseEventKind.EXTENDED, decides=True)
_DECLINE = Move(who=_WAY_UP, status=None, tells=CaseEventKind.DECLINED, decides=True, must="不予批准的理由")
_RESUME = Move(who=_GIVES, status=Status.STARTED, tells=CaseEventKind.RESUMED)
_RESOLVE = Move(who=_HANDLER, status=Status.RESOLVED, tells=CaseEventKind.RESOLVED, must="处理情况")
_CONFIRM = Move(
    who=frozenset({Capacity.FOLLOW_UP}), status=Status.CLOSED, tells=CaseEventKind.CONFIRMED, must="回访情况"
)
_REVIVE = Move(
    who=frozenset({Capacity.CENTRE}),
    status=_NEW,
    tells=_TOLD,
    goes=Goes.AGAIN,
    because=AssignedBecause.REOPENED,
    must="恢复理由",
)
_REOPEN = Move(
    who=_OBJECTS,
    status=_NEW,
    tells=_TOLD,
    goes=Goes.AGAIN,
    because=AssignedBecause.REOPENED,
    must="返工理由",
    returns=True,
)
_CANCEL = Move(
    who=frozenset({Capacity.CENTRE}), status=Status.CANCELLED, tells=CaseEventKind.CANCELLED, must="作废理由"
)
_LINK = Move(who=_GIVES, status=None, tells=CaseEventKind.RELATED, must="并案理由", relates=True)
_UNLINK = Move(
    who=frozenset({Capacity.SUPERIOR, Capacity.CENTRE, Capacity.FOLLOW_UP, Capacity.REPORTER}),
    status=_NEW,
    tells=_TOLD,
    goes=Goes.AGAIN,
    because=AssignedBecause.UNLINKED,
    must="解除并案的理由",
)
_SPLIT = Move(who=_GIVES, status=None, tells=CaseEventKind.SPLIT, must="拆分理由", relates=True)
_JOIN = Move(who=_GIVES, status=None, tells=CaseEventKind.RELATED, must="并回理由", relates=True)
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
    (Status.ASSIGNED,  Action.LINK):          _LINK,
    (Status.ASSIGNED,  Action.SPLIT):         _SPLIT,
    (Status.ASSIGNED,  Action.JOIN):          _JOIN,
    (Status.ASSIGNED,  Action.COMMENT):       _COMMENT,
    (Status.ACCEPTED,  Action.START):         _START,
    (Status.ACCEPTED,  Action.HAND_UP):       _HAND_UP,
    (Status.ACCEPTED,  Action.HAND_BACK):     _HAND_BACK,
    (Status.ACCEPTED,  Action.TRANSFER):      _TRANSFER,
    (Status.ACCEPTED,  Action.EXTEND):        _ASK_TIME,
    (Status.ACCEPTED,  Action.SUSPEND):       _ASK_REST,
    (Status.ACCEPTED,  Action.APPROVE):       _APPROVE,
    (Status.ACCEPTED,  Action.DECLINE):       _DECLINE,
    (Status.ACCEPTED,  Action.RESOLVE):       _RESOLVE,
    (Status.ACCEPTED,  Action.CANCEL):        _CANCEL,
    (Status.ACCEPTED,  Action.LINK):          _LINK,
    (Status.ACCEPTED,  Action.SPLIT):         _SPLIT,
    (Status.ACCEPTED,  Action.JOIN):          _JOIN,
    (Status.ACCEPTED,  Action.COMMENT):       _COMMENT,
    (Status.STARTED,   Action.HAND_UP):       _HAND_UP,
    (Status.STARTED,   Action.HAND_BACK):     _HAND_BACK,
    (Status.STARTED,   Action.TRANSFER):      _TRANSFER,
    (Status.STARTED,   Action.EXTEND):        _ASK_TIME,
    (Status.STARTED,   Action.SUSPEND):       _ASK_REST,
    (Status.STARTED,   Action.APPROVE):       _APPROVE,
    (Status.STARTED,   Action.DECLINE):       _DECLINE,
    (Status.STARTED,   Action.RESOLVE):       _RESOLVE,
    (Status.STARTED,   Action.CANCEL):        _CANCEL,
    (Status.STARTED,   Action.LINK):          _LINK,
    (Status.STARTED,   Action.SPLIT):         _SPLIT,
    (Status.STARTED,   Action.JOIN):          _JOIN,
    (Status.STARTED,   Action.COMMENT):       _COMMENT,
    (Status.SUSPENDED, Action.RESUME):        _RESUME,
    (Status.SUSPENDED, Action.CANCEL):        _CANCEL,
    (Status.SUSPENDED, Action.COMMENT):       _COMMENT,
    (Status.LINKED,    Action.UNLINK):        _UNLINK,
    (Status.LINKED,    Action.COMMENT):       _COMMENT,
    (Status.RESOLVED,  Action.CONFIRM):       _CONFIRM,
    (Status.RESOLVED,  Action.REOPEN):        _REOPEN,
    (Status.RESOLVED,  Action.COMMENT):       _COMMENT,
    (Status.CLOSED,    Action.REOPEN):        _REOPEN,
    (Status.CLOSED,    Action.COMMENT):       _COMMENT,
    (Status.WITHDRAWN, Action.COMMENT):       _COMMENT,
    (Status.CANCELLED, Action.REOPEN):        _REVIVE,
    (Status.CANCELLED, Action.COMMENT):       _COMMENT,
    (Status.JOINED,    Action.COMMENT):       _COMMENT,
}  # fmt: skip

FIRM: Final = frozenset({AssignedBecause.ESCALATED, AssignedBecause.LIFTED})
"""Who was given a case so cannot hand it back: below it was not solved."""


def in_charge(case: Case) -> str:
    """Who has the case, in Chinese."""
    return office(case.path_in_charge())


def lawful(case: Case, capacity: Capacity, limits: Limits, now: datetime) -> tuple[Action, ...]:
    """The actions that the case would take now from somebody in this capacity."""
    return tuple(action for action in Action if _may(case, action, capacity, limits, now))


def _may(case: Case, action: Action, capacity: Capacity, limits: Limits, now: datetime) -> bool:
    move = MOVES.get((case.status, action))
    there = capacity is not Capacity.SUPERIOR or case.above() is not None
    if move is None or not there or capacity not in move.who:
        return False
    return relations.barrier(case, action) is None and barrier(case, move, capacity, limits, now) is None


def barrier(case: Case, move: Move, capacity: Capacity, limits: Limits, now: datetime) -> str | None:
    """Why there is no way for the move from where the case is; None if there is one."""
    top = case.above() is None
    if move.goes is Goes.UP and top:
        return f"{in_charge(case)}已是最高一级，不能再上报"
    if move.goes is Goes.BACK and case.assignment.because in FIRM:
        return "事项是提级交办的，不能退回"
    if move.goes is Goes.BACK and not _giver(case):
        return f"{in_charge(case)}已是最高一级，不能退回"
    passing = move.goes in {Goes.BACK, Goes.ACROSS} and capacity is Capacity.HANDLER
    if why := waiting.barrier(case, move.wish, capacity, limits, now, decides=move.decides):
        return why
    if top and passing and case.returns + 1 >= limits.lift_after:
        return f"退回、转办、返工已有{case.returns}次，须由{in_charge(case)}办结"
    return None


def moved(case: Case, asked: CaseAction, now: datetime, limits: Limits) -> Case:
    """The case after an action that is not refused; passed around too often it goes to the next level."""
    move = MOVES[case.status, asked.action]
    if move.wish or move.decides or asked.action is Action.RESUME:
        return waiting.decided(case, asked, move.wish, now)
    if move.relates:
        return _related(case, asked, now)
    if move.because is None:
        return case.model_copy(update=_changes(asked, move, now))
    if leads_only(case, asked):
        return case.model_copy(update={**put_in_lead(case, asked.department), "placed": True})
    returns = case.returns + _counts(move, asked.capacity)
    if returns > case.returns and returns >= limits.lift_after and case.above():
        lifted = climbed(case, AssignedBecause.LIFTED, now)
        return lifted.model_copy(update={"returns": 0, "placed": True, **UNDONE})
    after = given(case, _target(case, move, asked), move.because, now, returns_to=_returns_to(case, asked))
    known: dict[str, Any] = {"returns": min(returns, limits.lift_after), **UNDONE}
    if move.goes in {Goes.BACK, Goes.ACROSS}:
        known["placed"] = True
    if move.goes is Goes.ACROSS and asked.department:
        known |= put_in_lead(case, asked.department)
    return after.model_copy(update=known)


def _related(case: Case, asked: CaseAction, now: datetime) -> Case:
    """The case after an action that is about others, too: what these make of it, they tell."""
    if asked.action is Action.LINK and asked.other:
        return relations.asking(case, asked.other, now, asked.actor)
    return relations.divided(case, relations.split_off(case, asked, now))


def _counts(move: Move, capacity: Capacity) -> bool:
    """Whether it is a return without an owner: what a superior decides has one."""
    return move.returns and (move.goes is Goes.AGAIN or capacity is Capacity.HANDLER)


def _returns_to(case: Case, asked: CaseAction) -> Path:
    """Who gets it back if the next unit hands it back: who gave it on, unless somebody above did."""
    gives = asked.action in {Action.HAND_UP, Action.TRANSFER} and asked.capacity is Capacity.HANDLER
    return case.path_in_charge() if gives else ()


UNDONE: Final[Mapping[str, None]] = {"resolution": None, "resolved_at": None, "proof": None}
"""What was done no longer counts where a case is to be done anew."""


def climbed(case: Case, because: AssignedBecause, now: datetime) -> Case:
    """The case given to the next unit above that it is not about, or as it was at the banner.

    A new assignment has no due time yet.
    """
    return given(case, _free(case.path_in_charge()[:-1], case.about), because, now) if case.above() else case


def anew(case: Case, because: AssignedBecause, now: datetime) -> Case:
    """The case given out anew where it is, unless it is about that unit: what was done counts no more."""
    return given(case, _free(case.path_in_charge(), case.about), because, now).model_copy(update=dict(UNDONE))


def given(case: Case, path: Path, because: AssignedBecause, now: datetime, returns_to: Path = ()) -> Case:
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
        given_by=returns_to,
    )
    return case.model_copy(update={"assignment": assignment, "status": Status.ASSIGNED, "due_at": None})


def reason(before: Case, after: Case, asked: CaseAction) -> str:
    """Who did what and why, in Chinese."""
    goes, said = MOVES[before.status, asked.action].goes, note(asked)
    lifted = after.assignment.because is AssignedBecause.LIFTED and goes in {Goes.BACK, Goes.ACROSS, Goes.AGAIN}
    to = (
        f"至{in_charge(after)}"
        if goes in {Goes.UP, Goes.BACK, Goes.ACROSS} and not (lifted or leads_only(before, asked))
        else ""
    )
    led = goes is Goes.ACROSS and asked.department and not lifted
    lead = f"，牵头部门改为{NAMES[asked.department or '']}" if led else ""
    what = f"{len(asked.pieces)}个子事项" if asked.action is Action.SPLIT else waiting.about(before, asked)
    did = f"{'要求' if goes is Goes.AGAIN or asked.action is Action.LINK else ''}{asked.action.zh}{what}"
    done = f"已由{_actor(before, asked)}{did}{to}{lead}" + (f"：{said}" if said else "")
    return f"{done}；退回、转办、返工已满{before.returns + 1}次，提级至{in_charge(after)}" if lifted else done


def _actor(case: Case, asked: CaseAction) -> str:
    if asked.capacity is Capacity.HANDLER:
        return in_charge(case)
    if asked.capacity is Capacity.SUPERIOR:
        return office(down_to(case, asked.unit or ""))
    return asked.capacity.zh


def down_to(case: Case, code: str) -> Path:
    """The path in charge down to a unit on it; empty where it is none of them."""
    path = case.path_in_charge()
    return next((path[: n + 1] for n, unit in enumerate(path) if unit.code == code), ())


def _changes(asked: CaseAction, move: Move, now: datetime) -> dict[str, Any]:
    if move.status is None:
        return {}
    if move.status is not Status.RESOLVED:
        return {"status": move.status}
    shown = bool(asked.attachments or asked.place)
    proof = Proof(attachments=asked.attachments, place=asked.place) if shown else None
    return {"status": move.status, "resolution": note(asked), "resolved_at": now, "proof": proof}


def _target(case: Case, move: Move, asked: CaseAction) -> Path:
    here = case.path_in_charge()
    if move.goes is Goes.UP:
        return _free(here[:-1], case.about)
    if move.goes is Goes.BACK:
        return _giver(case)
    if move.goes is Goes.ACROSS:
        return relations.way(asked.to) or here
    return _free(here, case.about)


def _free(path: Path, about: Path) -> Path:
    """The path, up to a unit that the case is not about."""
    return next((path[:n] for n in range(len(path), 1, -1) if not within(path[n - 1], about)), path[:1])


def _giver(case: Case) -> Path:
    """To whom it goes back: who handed it up, else the unit above, which then finds another one."""
    below = case.assignment.given_by
    return below if below and not within(below[-1], case.about) else case.path_in_charge()[:-1]


def leads_only(case: Case, asked: CaseAction) -> bool:
    """Whether a transfer is to another department alone: the unit stays, and with it its assignment and its clock."""
    to = asked.to[-1].code if asked.to else case.assignment.unit.code
    return asked.action is Action.TRANSFER and to == case.assignment.unit.code


def tells(case: Case, asked: CaseAction) -> CaseEventKind:
    """What an action that is not refused brings about."""
    if leads_only(case, asked):
        return CaseEventKind.LED
    request = case.assignment.request
    if asked.action is Action.APPROVE and request and request.wish is Wish.SUSPEND:
        return CaseEventKind.SUSPENDED
    return MOVES[case.status, asked.action].tells


def note(asked: CaseAction) -> str:
    """What the actor wrote."""
    return (asked.note or "").strip()


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
    also = "; ".join(
        filter(None, (_WHERE[move.goes], f"says {move.must}" if move.must else "", "counts" if move.returns else ""))
    )
    return f"| `{status.value}` {status.zh} | `{action.value}` {action.zh} | {who} | {becomes} | {also} |"
