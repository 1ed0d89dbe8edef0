"""The moves of a case: the table of what is lawful when, and why anything else is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.case import Action, AssignedBecause, Assignment, Case, CaseAction, CaseEventKind, Status
from contracts.territory import office


@dataclass(frozen=True, slots=True)
class Move:
    """What an action makes of a case; ``climbs``: it goes to the unit above; ``note``: must say what was done."""

    status: Status
    tells: CaseEventKind
    climbs: bool = False
    note: bool = False


_ACCEPTED = Move(Status.ACCEPTED, CaseEventKind.ACCEPTED)
_CLIMBED = Move(Status.ASSIGNED, CaseEventKind.ASSIGNED, climbs=True)
_RESOLVED = Move(Status.RESOLVED, CaseEventKind.RESOLVED, note=True)

MOVES: Final[Mapping[tuple[Status, Action], Move]] = {
    # where the case stands, what is done    what becomes of it
    (Status.ASSIGNED, Action.ACCEPT):        _ACCEPTED,
    (Status.ASSIGNED, Action.HAND_UP):       _CLIMBED,
    (Status.ASSIGNED, Action.RESOLVE):       _RESOLVED,
    (Status.ACCEPTED, Action.HAND_UP):       _CLIMBED,
    (Status.ACCEPTED, Action.RESOLVE):       _RESOLVED,
}  # fmt: skip


def in_charge(case: Case) -> str:
    """Who has the case, in Chinese."""
    return office(case.path_in_charge())


def lawful(case: Case) -> tuple[Action, ...]:
    """The actions that the case would take now."""
    moves = ((action, MOVES.get((case.status, action))) for action in Action)
    return tuple(action for action, move in moves if move and not (move.climbs and case.above() is None))


def refusal(case: Case, asked: CaseAction) -> str | None:
    """Why the action cannot be done and what could be, in Chinese; None if it can."""
    number = case.assignment.number
    if asked.assignment not in (None, number):
        unit = in_charge(case)
        return f"所指的第{asked.assignment}次指派不是当前指派；当前为第{number}次，由{unit}办理，{_could(case)}"
    if asked.action not in lawful(case):
        return f"{_hindrance(case, asked.action)}，{_could(case)}"
    if MOVES[case.status, asked.action].note and not _note(asked):
        return f"{asked.action.zh}须写明处理情况，请补充后重新提交"
    return None


def moved(case: Case, asked: CaseAction, now: datetime) -> Case:
    """The case after an action that is not refused."""
    move = MOVES[case.status, asked.action]
    if move.climbs:
        return climbed(case, AssignedBecause.HANDED_UP, now)
    done = {"resolution": _note(asked), "resolved_at": now} if move.note else {}
    return case.model_copy(update={"status": move.status} | done)


def climbed(case: Case, because: AssignedBecause, now: datetime) -> Case:
    """The case given to the unit above, or as it was at the banner; a new assignment has no due time yet."""
    unit = case.above()
    if unit is None:
        return case
    number = case.assignment.number + 1
    assignment = Assignment(number=number, unit=unit, assigned_at=now, because=because)
    return case.model_copy(update={"assignment": assignment, "status": Status.ASSIGNED, "due_at": None})


def reason(before: Case, after: Case, asked: CaseAction) -> str:
    """Who did what and why, in Chinese."""
    to = f"至{in_charge(after)}" if asked.action is Action.HAND_UP else ""
    done, note = f"已由{in_charge(before)}{asked.action.zh}{to}", _note(asked)
    return f"{done}：{note}" if note else done


def _note(asked: CaseAction) -> str:
    return (asked.note or "").strip()


def _hindrance(case: Case, action: Action) -> str:
    if action is Action.HAND_UP and case.status.open:
        return f"{in_charge(case)}已是最高一级，不能再{action.zh}"
    done = f"已{action.zh}"
    return f"事项{case.status.zh}，{'无需重复' if case.status.zh == done else '不能'}{action.zh}"


def _could(case: Case) -> str:
    could = "、".join(action.zh for action in lawful(case))
    return f"现在可以{could}" if could else "不再接受操作"
