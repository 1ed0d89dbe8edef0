"""What joins cases: duplicates that follow a main case, and parts of a case; what each tells the others of itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum, auto
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracts.case import Action, AssignedBecause, Assignment, Case, CaseAction, Destination, Link, Related, Status
from contracts.identity import name_id
from contracts.masking import masked
from contracts.relation import RelationKind
from contracts.territory import BANNER, Level, Path, UnitRef, office
from services.routing.rules import NAMES
from services.routing.ruling import put_in_lead, within

FOLLOWERS: Final = 50
"""Duplicates of one case."""
PARTS: Final = 20
"""Parts of one case, over its whole life."""
ABOUT: Final = 40
"""Characters by which one case is named in another."""


class Stage(Enum):
    """How far a case is, as others need it."""

    OPEN = auto()
    FOLLOWS = auto()
    DONE = auto()
    OVER = auto()


STAGES: Final[Mapping[Status, Stage]] = {
    # where it stands     how far it is
    Status.ASSIGNED:      Stage.OPEN,
    Status.ACCEPTED:      Stage.OPEN,
    Status.STARTED:       Stage.OPEN,
    Status.SUSPENDED:     Stage.OPEN,
    Status.LINKED:        Stage.FOLLOWS,
    Status.RESOLVED:      Stage.DONE,
    Status.CLOSED:        Stage.DONE,
    Status.WITHDRAWN:     Stage.OVER,
    Status.CANCELLED:     Stage.OVER,
    Status.JOINED:        Stage.OVER,
}  # fmt: skip


class Word(NamedTuple):
    """What a case tells another one, beside who it is."""

    kind: RelationKind
    to: UUID | str
    fields: Mapping[str, Any]


def barrier(case: Case, action: Action) -> str | None:
    """Why the cases that it is joined with stand in the way of this action; None if they do not."""
    waits, open_parts = case.linking is not None, len(still_open(case))
    hindrances: Mapping[Action, tuple[tuple[bool, str], ...]] = {
        Action.LINK: (
            (waits, "并案申请正在处理"),
            (bool(case.about), "有被反映单位的事项不能并案"),
            (case.parent is not None, "子事项不能并案"),
            (bool(open_parts), f"尚有{open_parts}个子事项未办结"),
            (bool(case.duplicates), f"已有{len(case.duplicates)}件事项并入本事项"),
        ),
        Action.SPLIT: (
            (waits, "并案申请正在处理"),
            (case.parent is not None, "子事项不能再拆分"),
            (len(case.parts) >= PARTS, f"一件事项最多拆分{PARTS}个子事项"),
        ),
        Action.JOIN: ((not open_parts, "没有未办结的子事项"),),
        Action.RESOLVE: ((bool(open_parts), f"尚有{open_parts}个子事项未办结，须先办结或并回"),),
    }
    return next((why for holds, why in hindrances.get(action, ()) if holds), None)


def lacking(case: Case, asked: CaseAction) -> Iterator[str]:
    """What an action on other cases does not say, or says wrong."""
    match asked.action:
        case Action.LINK:
            if asked.other in {None, case.case_id}:
                yield "事项不能并入自己" if asked.other else "并案须写明主办事项（other）"
        case Action.JOIN:
            if asked.other not in {None, *still_open(case)}:
                yield f"{asked.other}不是未办结的子事项"
        case Action.SPLIT:
            yield from _no_pieces(case, asked)


def _no_pieces(case: Case, asked: CaseAction) -> Iterator[str]:
    if not asked.pieces:
        yield "拆分须写明子事项（pieces）"
    if len(case.parts) + len(asked.pieces) > PARTS:
        yield f"一件事项最多拆分{PARTS}个子事项，已有{len(case.parts)}个"
    for n, piece in enumerate(asked.pieces, 1):
        yield from (f"第{n}个子事项：{why}" for why in _misplaced(case, piece.to, piece.department))


def _misplaced(case: Case, to: tuple[Destination, ...], department: str | None) -> Iterator[str]:
    if department is not None and department not in NAMES:
        yield f"没有代码为{department}的部门"
    if to and not is_way(to):
        yield "承办单位须从旗起逐级写到该单位"
    elif to and within(way(to)[-1], case.about):
        yield f"事项反映的是{office(case.about)}，不能交给它"


def is_way(to: tuple[Destination, ...]) -> bool:
    """Whether the units lead from the banner down, one level at a time."""
    codes = [unit.code for unit in to]
    return codes[0] == BANNER.code and all(
        len(code) == len(above) + 3 and code.startswith(above) for above, code in pairwise(codes)
    )


def way(to: tuple[Destination, ...]) -> Path:
    """The path that an action names: levels by the codes' lengths, names without numbers of people."""
    levels = reversed(Level)
    return tuple(
        UnitRef(code=unit.code, name=masked(unit.name), level=level) for unit, level in zip(to, levels, strict=False)
    )


def still_open(case: Case) -> tuple[UUID, ...]:
    """The parts that have not ended; one that follows another case has not."""
    return tuple(part.case_id for part in case.parts if STAGES[part.status] in {Stage.OPEN, Stage.FOLLOWS})


def asking(case: Case, other: UUID, now: datetime, by: str) -> Case:
    """The case that asks to follow another one; until that answers, it is worked on as before."""
    return case.model_copy(update={"linking": Link(case_id=other, at=now, by=by)})


def divided(case: Case, parts: tuple[Case, ...]) -> Case:
    """The case that these were split off."""
    known = tuple(Related(case_id=one.case_id, status=one.status, unit=one.assignment.unit, about=about(one))
                  for one in parts)  # fmt: skip
    return case.model_copy(update={"parts": (*case.parts, *known)})


def split_off(case: Case, asked: CaseAction, now: datetime) -> tuple[Case, ...]:
    """The parts as they begin: each with whom the action names, else with who has the case.

    They have the case's term as a new assignment has it; the case's own clock runs on. What was reported stays with
    the case, its source hears of that alone.
    """
    if asked.action is not Action.SPLIT:
        return ()
    return tuple(_part(case, asked, n, now) for n in range(len(asked.pieces)))


def _part(case: Case, asked: CaseAction, n: int, now: datetime) -> Case:
    piece = asked.pieces[n]
    path = way(piece.to) or case.path_in_charge()
    assignment = Assignment(
        number=1,
        unit=path[-1],
        assigned_at=now,
        because=AssignedBecause.SPLIT,
        path=() if path[-1] in case.path else path,
        given_by=case.path_in_charge() if path[-1] != case.assignment.unit else (),
    )
    anew: dict[str, Any] = {
        "case_id": name_id(f"part/{asked.cause}/{n}"),
        "version": 0,
        "status": Status.ASSIGNED,
        "assignment": assignment,
        "summary": masked(" ".join(piece.summary.split())),
        "title": None,
        "opened_at": now,
        "due_at": None,
        **put_in_lead(case, piece.department or case.lead),
        "returns": 0,
        "placed": True,
        "parent": case.case_id,
        **dict.fromkeys(("duplicates", "parts", "similar"), ()),
        **dict.fromkeys(("resolution", "resolved_at", "proof", "main", "linking")),
    }
    return case.model_copy(update=anew)


def words(before: Case, asked: CaseAction, parts: tuple[Case, ...]) -> Iterator[Word]:
    """What an action that is not refused has the case tell others."""
    said = (asked.note or "").strip()
    if asked.action is Action.LINK and asked.other:
        yield Word(RelationKind.ASKED, asked.other, {"why": masked(said)})
    for part in parts:
        yield Word(RelationKind.PART, part.case_id, {"case": part, "why": f"由事项“{about(before)}”拆分：{said}"})
    if asked.action is Action.JOIN:
        for one in still_open(before) if asked.other is None else (asked.other,):
            yield Word(RelationKind.RECALLED, one, {"why": f"并回原事项：{said}"})


def told_of(case: Case, who: str) -> Mapping[str, Any]:
    """What a case says of itself whenever it tells another one something."""
    unit = case.assignment.unit
    return {"status": case.status, "unit": unit, "who": who, "about": about(case), "clock": case.clock}


def settled(before: Case | None, after: Case) -> tuple[Case, tuple[Word, ...]]:
    """The case as it may stand with others, and what they are told because it stands so now.

    Who goes another way follows nobody: a duplicate that lives by itself again, is withdrawn or cancelled, says so to
    its main case. Who follows is told of each turn of the main case, a case of each turn of its parts; and what it
    ends for itself, it ends for its parts.
    """
    told: list[Word] = []
    if after.main and after.status not in {Status.LINKED, Status.RESOLVED, Status.CLOSED}:
        told.append(Word(RelationKind.ENDED, after.main.case_id, {}))
        after = after.model_copy(update={"main": None})
    if after.linking and not after.status.open:
        after = after.model_copy(update={"linking": None})
    if before is None:
        return after, tuple(told)
    turned = STAGES[before.status] is not STAGES[after.status]
    if turned:
        told += [Word(RelationKind.FOLLOWED, one.case_id, {"resolution": after.resolution}) for one in after.duplicates]
    if turned and not after.status.open:
        told += [Word(RelationKind.RECALLED, one, {"why": f"原事项{after.status.zh}"}) for one in still_open(after)]
    if after.parent and (turned or before.assignment.unit != after.assignment.unit):
        told.append(Word(RelationKind.TOLD, after.parent, {"resolution": after.resolution}))
    return after, tuple(told)


def about(case: Case) -> str:
    """The case in a few words."""
    return (case.title or case.summary)[:ABOUT]
