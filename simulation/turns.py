"""What people do with cases beside accepting and ending them: ask for time, pass on, object, link, split."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.case import Action, AssignedBecause, Capacity, Case, CaseAction, CaseEvent, CaseEventKind, Piece, Status
from contracts.territory import Level
from simulation.chance import share
from simulation.people import DAY, HOUR, SENDER, People, awake

BUSY: Final = frozenset({Status.ACCEPTED, Status.STARTED})
FIRM: Final = frozenset({AssignedBecause.LIFTED, AssignedBecause.ESCALATED})
ALIKE: Final = 0.6
"""From which score on the centre takes a suggestion for the same."""
HOT: Final = 0.03
"""The share of cases that every unit hands back."""
PIECES: Final = (Piece(summary="现场处置部分，由原承办单位落实"), Piece(summary="后续整改部分，另行安排人员"))


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happens to one of a thousand cases so often, within hours of what happened last.

    ``when`` is asked of the case and the time, ``fields`` are what the action says beside its reason.
    """

    name: str
    action: Action
    capacity: Capacity
    of: int
    within: tuple[timedelta, timedelta]
    note: str
    when: Callable[[Case, datetime], bool]
    after: frozenset[CaseEventKind] = frozenset(CaseEventKind) - {CaseEventKind.REFUSED}
    fields: Callable[[Case], dict[str, Any]] = lambda _case: {}


def _in_time(case: Case, now: datetime) -> bool:
    return case.due_at is not None and now < case.due_at


def _asks(case: Case, now: datetime) -> bool:
    given = case.assignment
    above_grid = given.unit.level is not Level.GRID
    fresh = given.request is None and not given.extended and not given.pauses
    return case.status in BUSY and above_grid and fresh and _in_time(case, now)


def _asked(case: Case, now: datetime) -> bool:
    return case.status.open and case.assignment.request is not None and _in_time(case, now)


def _hot(case: Case, _now: datetime) -> bool:
    passes = case.above() is not None and case.assignment.because not in FIRM
    return case.status is Status.ASSIGNED and passes


def _done(case: Case, _now: datetime) -> bool:
    at_once = case.resolved_at is not None and case.resolved_at <= case.opened_at
    return case.status is Status.RESOLVED and not at_once and case.assignment.because is not AssignedBecause.REOPENED


def _same(case: Case, _now: datetime) -> bool:
    free = not (case.main or case.linking or case.duplicates or case.parent)
    return case.status.open and free and bool(case.similar) and case.similar[0].score >= ALIKE


def _large(case: Case, _now: datetime) -> bool:
    high = case.assignment.unit.level in {Level.TOWN, Level.BANNER}
    return case.status in BUSY and high and not (case.parts or case.parent or case.main or case.linking)


HANDLER, SUPERIOR, CENTRE, _, REPORTER = Capacity
SOON, LATER = (HOUR, 5 * HOUR), (8 * HOUR, 40 * HOUR)

TURNS: Final[Sequence[Turn]] = (
    #    name         what             as what   of 1000  within               what is said
    Turn("hot",       Action.HAND_BACK, HANDLER, 1000,    (HOUR / 2, 2 * HOUR), "不属本单位职责，请另行指派。", _hot),
    Turn("approve",   Action.APPROVE,  SUPERIOR, 800,     SOON,                "情况属实，同意。", _asked),
    Turn("decline",   Action.DECLINE,  SUPERIOR, 1000,    SOON,                "理由不充分，请按期办结。", _asked),
    Turn("time",      Action.EXTEND,   HANDLER,  60,      SOON,                "所需配件须外地调运。", _asks,
         fields=lambda _case: {"minutes": 2880}),
    Turn("rest",      Action.SUSPEND,  HANDLER,  40,      SOON,                "须待停电检修后施工。", _asks,
         fields=lambda case: {"minutes": 1440 * (2 + case.case_id.int % 4)}),
    Turn("resume",    Action.RESUME,   HANDLER,  500,     (DAY, 3 * DAY),      "条件具备，恢复办理。",
         lambda case, _now: case.status is Status.SUSPENDED),
    Turn("object",    Action.REOPEN,   REPORTER, 30,      LATER,               "问题又出现，未真正解决。", _done),
    Turn("same",      Action.LINK,     CENTRE,   700,     (HOUR / 4, HOUR),    "经核实为同一事项。", _same,
         after=frozenset({CaseEventKind.RELATED}), fields=lambda case: {"other": case.similar[0].case_id}),
    Turn("parts",     Action.SPLIT,    HANDLER,  25,      SOON,                "须分头办理。", _large,
         fields=lambda _case: {"pieces": PIECES}),
)  # fmt: skip


def acts(people: People, event: CaseEvent, now: datetime) -> CaseAction | None:
    """What of this is done now with the case, as it stands since this event; the first turn that fits is the one."""
    case = event.case
    if case is None or not awake(case, now):
        return None
    fitting = (turn for turn in TURNS if event.kind in turn.after and _fits(people, turn, event, case, now))
    turn = next(fitting, None)
    done = _action(people, turn, case, now) if turn else None
    asked = case.assignment.request
    return None if done and asked and done.actor == asked.by else done


def _fits(people: People, turn: Turn, event: CaseEvent, case: Case, now: datetime) -> bool:
    if not turn.when(case, now) or (turn.name == "hot" and not is_hot(people, case)):
        return False
    drawn = (people.seed, "turn", turn.name, case.case_id, case.assignment.number)
    least, most = turn.within
    due = event.at + least + share(*drawn, event.version) * (most - least)
    return 1000 * share(*drawn) < turn.of and now >= due


def is_hot(people: People, case: Case) -> bool:
    """Whether it is a case that nobody wants to have."""
    return share(people.seed, "hot", case.case_id) < HOT


def _action(people: People, turn: Turn, case: Case, now: datetime) -> CaseAction:
    above = case.above()
    capacity = CENTRE if turn.capacity is SUPERIOR and above is None else turn.capacity
    unit = above.code if above and capacity is SUPERIOR else None
    at_centre = capacity in {CENTRE, REPORTER}
    return CaseAction(
        case_id=case.case_id,
        action=turn.action,
        sender=SENDER,
        action_id=f"{turn.action.value}-{case.version}",
        actor=people.actor(case, now, case.path[0].code if at_centre else unit or case.assignment.unit.code),
        assignment=case.assignment.number,
        note=turn.note,
        capacity=capacity,
        unit=unit,
        **turn.fields(case),
    )
