"""What people do with the cases that they are given: accept, solve, hand up, neglect, or be away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from contracts.case import Action, Case, CaseAction, ClockClass, Status
from contracts.categories import within
from contracts.territory import BANNER, SHANGHAI, Level
from simulation.chance import share
from simulation.land import by_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORK: Final = range(8, 23)
"""Hours at which people act; for what is urgent they do at any hour."""
EVENING: Final = 20
"""From this hour on a grid member ends the day's cases: they are due at midnight."""
DISPUTE: Final = "14"
SENDER: Final = "app"


@dataclass(frozen=True, slots=True)
class Habit:
    """How people of a level act: of a hundred cases so many they solve, so many they hand up, the rest they neglect.

    ``accept`` and ``work``: the least and most time to accept, and from there to the end.
    """

    solve: int
    hand_up: int
    accept: tuple[timedelta, timedelta]
    work: tuple[timedelta, timedelta]


HABITS: Final[Mapping[Level, Habit]] = {
    #                   solve  hand up  to accept                 to the end
    Level.GRID:    Habit(76,    21,     (0.5 * HOUR, 3 * HOUR),   (1 * HOUR, 8 * HOUR)),
    Level.VILLAGE: Habit(86,    11,     (1 * HOUR, 12 * HOUR),    (4 * HOUR, 50 * HOUR)),
    Level.TOWN:    Habit(89,     8,     (1 * HOUR, 20 * HOUR),    (8 * HOUR, 90 * HOUR)),
    Level.BANNER:  Habit(96,     0,     (0.5 * HOUR, 24 * HOUR),  (12 * HOUR, 120 * HOUR)),
}  # fmt: skip
DISPUTES: Final[Mapping[Level, tuple[int, int]]] = {
    # Mediation takes more than one person: more climbs from the grid, and hardly anything leaves the town.
    Level.GRID:    (60, 37),
    Level.VILLAGE: (86, 11),
    Level.TOWN:    (93, 4),
    Level.BANNER:  (96, 0),
}  # fmt: skip
MINUTE: Final = timedelta(minutes=1)
LIFE: Final = Habit(100, 0, (2 * MINUTE, 8 * MINUTE), (8 * MINUTE, 42 * MINUTE))
"""How people act, of whatever level, where lives are in danger."""
HURRY: Final = 0.15
"""In what part of the usual time people do what has a shorter term."""
FORGOTTEN: Final = 40
"""Of a hundred neglected cases, those that somebody accepts and then forgets."""
STUBBORN: Final = 0.006
"""The share of cases that nobody below the banner touches."""
AWAY: Final = 0.05
"""The share of grid members who are away for some days of a week."""
DEPUTY: Final = 10 * HOUR
"""How much later a case is accepted where all of its unit are away and a deputy has to notice it."""

DONE: Final[Mapping[Level, tuple[str, ...]]] = {
    Level.GRID: ("已到现场处理完毕，当事人认可。", "已入户解决，现场恢复正常。", "协调双方当场解决。"),
    Level.VILLAGE: ("嘎查村组织人员处理完毕，已回访。", "经村调解委员会调解，双方达成一致。", "已协调物资人力解决。"),
    Level.TOWN: ("苏木镇会同有关站所处理完毕。", "镇综治中心组织调解成功，已签协议。", "已现场办公解决。"),
    Level.BANNER: ("旗综治中心会同牵头部门办结，已反馈来源单位。", "多部门联合处置完毕。"),
}
UP: Final[Mapping[Level, tuple[str, ...]]] = {
    Level.GRID: ("超出网格处理能力，请嘎查村协调。", "需村里出面组织调解。", "需要专业人员和设备。"),
    Level.VILLAGE: ("涉及多户，需苏木镇站所到场。", "村里调解两次未成，请镇里介入。", "所需资金超出村里能力。"),
    Level.TOWN: ("涉及多个部门，请旗里统筹。", "需旗级主管部门认定。"),
    Level.BANNER: (),
}


@dataclass(frozen=True, slots=True)
class Leave:
    """A person is away from one moment to another (aware)."""

    staff: str
    since: datetime
    until: datetime

    def row(self) -> tuple[str, str, str]:
        """For a table with the columns staff, from, to."""
        return self.staff, self.since.isoformat(), self.until.isoformat()


class Intent(NamedTuple):
    """Whether and when an assignment is accepted; what ends it (None: nothing), and when."""

    accepts: bool
    accept_at: datetime
    end: Action | None
    end_at: datetime


@dataclass(frozen=True, slots=True)
class People:
    """Who works where and who is away; all that they do follows from the seed, the case and its assignment."""

    seed: int
    units: Mapping[str, tuple[str, ...]]
    leaves: Mapping[str, tuple[Leave, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int, members: Mapping[str, str], leaves: Sequence[Leave] = ()) -> Self:
        """``members``: the unit's code of each staff number."""
        away: dict[str, tuple[Leave, ...]] = {}
        for leave in leaves:
            away[leave.staff] = (*away.get(leave.staff, ()), leave)
        return cls(seed, by_unit(members), away)

    def acts(self, case: Case, heard_at: datetime, now: datetime) -> CaseAction | None:
        """What is done with the case now, by whoever has it; ``heard_at`` is when it last changed."""
        if not case.status.open or now <= heard_at or not awake(case, now) or _waits(case):
            return None
        intent = self._intent(case)
        if intent.end and _over(case, intent.end_at, now):
            return self._action(case, intent.end, now)
        if case.status is Status.ASSIGNED and intent.accepts and now >= intent.accept_at:
            return self._action(case, Action.ACCEPT, now)
        return None

    def hurries(self, case: Case, after: datetime) -> datetime | None:
        """When next somebody acts on a case in which lives are in danger; None of any other, and where nobody does."""
        if not case.status.open or case.clock is not ClockClass.LIFE:
            return None
        intent = self._intent(case)
        accepts = intent.accepts and case.status is Status.ASSIGNED
        times = (intent.accept_at if accepts else None, intent.end_at if intent.end else None)
        return min((at for at in times if at and at > after), default=None)

    def _intent(self, case: Case) -> Intent:
        level, given = case.assignment.unit.level, case.assignment.assigned_at
        habit = LIFE if case.clock is ClockClass.LIFE else HABITS[level]
        hurry = HURRY if case.clock is ClockClass.URGENT else 1.0
        accept_at = given + hurry * _between(habit.accept, self._draw(case, "accept"))
        if self._all_away(case.assignment.unit.code, given):
            accept_at += DEPUTY
        end_at = accept_at + hurry * _between(habit.work, self._draw(case, "work"))
        end = self._end(case, level, habit)
        if level is not Level.BANNER and share(self.seed, "stubborn", case.case_id) < STUBBORN:
            return Intent(accepts=False, accept_at=accept_at, end=None, end_at=end_at)
        forgets = self._draw(case, "forgets") * 100 < FORGOTTEN
        return Intent(end is not None or forgets, accept_at, end, end_at)

    def _end(self, case: Case, level: Level, habit: Habit) -> Action | None:
        code = case.classified.code if case.classified else None
        dispute = within(code, DISPUTE) and habit is not LIFE
        solve, hand_up = DISPUTES[level] if dispute else (habit.solve, habit.hand_up)
        draw = 100 * self._draw(case, "end")
        if draw < solve:
            return Action.RESOLVE
        return Action.HAND_UP if draw < solve + hand_up and case.above() else None

    def _action(self, case: Case, action: Action, now: datetime) -> CaseAction:
        number = case.assignment.number
        notes = {Action.RESOLVE: DONE, Action.HAND_UP: UP}.get(action, {}).get(case.assignment.unit.level, ())
        return CaseAction(
            case_id=case.case_id,
            action=action,
            sender=SENDER,
            action_id=f"{action.value}-{number}",
            actor=self.actor(case, now, case.assignment.unit.code),
            assignment=number,
            note=notes[int(self._draw(case, "note") * len(notes))] if notes else None,
        )

    def actor(self, case: Case, now: datetime, code: str) -> str:
        """Someone of this unit who is there, else of the nearest one above."""
        while True:
            here = [staff for staff in self.units.get(code, ()) if not self._away(staff, now)]
            if here or len(code) <= len(BANNER.code):
                here = here or ["1000"]
                return here[int(self._draw(case, "actor") * len(here))]
            code = code[:-3]

    def _all_away(self, code: str, now: datetime) -> bool:
        here = self.units.get(code, ())
        return bool(here) and all(self._away(staff, now) for staff in here)

    def _away(self, staff: str, now: datetime) -> bool:
        return any(leave.since <= now < leave.until for leave in self.leaves.get(staff, ()))

    def _draw(self, case: Case, what: str) -> float:
        return share(self.seed, "people", case.case_id, case.assignment.number, what)


def acts(seed: int, case: Case, heard_at: datetime, now: datetime) -> CaseAction | None:
    """What is done with the case now, where nobody is known by number and nobody is away."""
    return People.of(seed, {}).acts(case, heard_at, now)


def leaves(seed: int, start: datetime, days: int, members: Mapping[str, str]) -> tuple[Leave, ...]:
    """Who is away when, from ``start`` (aware) on: some grid members, each week others, for one to four days."""
    return tuple(_leaves(seed, start.astimezone(SHANGHAI), days, members))


def _leaves(seed: int, start: datetime, days: int, members: Mapping[str, str]) -> Iterator[Leave]:
    grids = sorted(staff for staff, unit in members.items() if len(unit) > len(BANNER.code) + 6)
    for week in range((days + 6) // 7):
        for staff in grids:
            if share(seed, "leave", week, staff) < AWAY:
                since = start + timedelta(days=7 * week + int(6 * share(seed, "since", week, staff)))
                yield Leave(staff, since, since + DAY * (1 + int(4 * share(seed, "days", week, staff))))


def _waits(case: Case) -> bool:
    """Whether it rests, or others have to end their parts first."""
    return case.status is Status.SUSPENDED or any(part.status.open for part in case.parts)


def awake(case: Case, now: datetime) -> bool:
    """Whether it is an hour at which people act on the case."""
    return case.clock is not ClockClass.STANDARD or now.astimezone(SHANGHAI).hour in WORK


def _over(case: Case, end_at: datetime, now: datetime) -> bool:
    """Whether the end is due: by the plan, or because the day ends, at which the grid's cases are due."""
    local, given = now.astimezone(SHANGHAI), case.assignment.assigned_at.astimezone(SHANGHAI)
    last = case.assignment.unit.level is Level.GRID and local.hour >= EVENING and end_at < given + DAY
    return now >= end_at or (last and local.date() == given.date())


def _between(span: tuple[timedelta, timedelta], draw: float) -> timedelta:
    least, most = span
    return least + draw * (most - least)
