"""One neglected case, told from its report to the banner: who had it how long, what its clocks said, who was told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Final
from uuid import UUID

from contracts.case import AssignedBecause, Case, CaseEvent, CaseEventKind
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.notice import Notice
from contracts.territory import SHANGHAI, Level, UnitRef, full_name
from yiwang.demo.book import Book
from yiwang.demo.section import Section
from yiwang.demo.tables import cut

BECAUSE: Final = {
    AssignedBecause.OPENED: "首次交办",
    AssignedBecause.HANDED_UP: "上报",
    AssignedBecause.ESCALATED: "超期提级",
    AssignedBecause.CORRECTED: "更正改派",
    AssignedBecause.HANDED_BACK: "退回",
    AssignedBecause.TRANSFERRED: "转办",
    AssignedBecause.REOPENED: "返工",
    AssignedBecause.LIFTED: "多次流转提级",
    AssignedBecause.UNLINKED: "解除并案",
    AssignedBecause.SPLIT: "拆分",
}
SAYS: Final = {
    DeadlineKind.RESCHEDULED: "时限调整",
    DeadlineKind.WARNED: "时限已过八成",
    DeadlineKind.PRESSING: "时限将尽",
    DeadlineKind.BREACHED: "时限已到，未办结",
    DeadlineKind.OVERDUE: "旗级超期，转督办",
}
ROLES: Final = {
    "in_charge": "承办",
    "deputy": "代理",
    "superior": "上级",
    "informed": "知会",
    "lead": "牵头部门",
    "cooperating": "协办部门",
    "banner": "旗中心",
    "former": "原承办",
}
TEMPLATES: Final = {
    "opened": "告知新事项",
    "handed_up": "告知上报来的事项",
    "escalated": "告知提级来的事项",
    "reassigned": "告知改派来的事项",
    "handed_back": "告知退回的事项",
    "transferred": "告知转办来的事项",
    "reopened": "告知返工的事项",
    "lifted": "告知多次流转提级的事项",
    "life": "告知特急事项",
    "informed": "知会特急事项",
    "lead": "告知牵头部门",
    "cooperating": "告知协办部门",
    "moved": "告知事项已移走",
    "rescheduled": "告知时限调整",
    "requested": "请上级审批申请",
    "declined": "告知申请未批准",
    "suspended": "告知挂账",
    "warned": "预警：快到时限",
    "pressing": "告知上级时限将尽",
    "breached": "告知超期",
    "overdue": "督办",
    "corrected": "告知更正",
    "withdrawn": "告知撤回",
    "cancelled": "告知作废",
    "unlinked": "告知恢复单独办理",
    "linked": "告知并案",
    "part": "告知子事项",
    "joined": "告知子事项并回",
    "gathered": "告知子事项全部结束",
    "reminder": "催办签收",
    "deputy": "请代理人签收",
    "superior": "告知上级无人签收",
}
GIVEN: Final = {CaseEventKind.OPENED, CaseEventKind.ASSIGNED}
OVER: Final = {CaseEventKind.RESOLVED, CaseEventKind.WITHDRAWN, CaseEventKind.CANCELLED}
SUMMARY, WHY = 90, 54
"""Columns of the case's words, and of how it ended."""


@dataclass(frozen=True, slots=True)
class Stay:
    """How long one unit had the case; ``left`` is when it went on, or None."""

    unit: UnitRef
    place: str
    because: str
    came: datetime
    due: datetime | None
    left: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a clock said, or that people were told, at a level and time."""

    at: datetime
    level: Level
    what: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """The case as it stands, its stays and marks in the order of time."""

    case: Case
    stays: Sequence[Stay]
    marks: Sequence[Mark]

    @property
    def events(self) -> Sequence[Mark]:
        """Marks and moves in their order: what the clock says, what follows from it, who is told."""
        moves = [(1, Mark(stay.came, stay.unit.level, f"{stay.because}：{stay.place}")) for stay in self.stays]
        ranked = [*moves, *((2 if mark.told else 0, mark) for mark in self.marks)]
        return [mark for _, mark in sorted(ranked, key=lambda each: (each[1].at, each[0]))]

    @property
    def ended(self) -> datetime:
        """The last moment there is to tell of."""
        return max([*(stay.came for stay in self.stays), *(mark.at for mark in self.marks)])


def neglected(book: Book) -> Story | None:
    """The story of the case that climbed furthest by its deadlines alone, of several the earliest; None if none did."""
    given: dict[UUID, list[Case]] = {}
    for event in (said.body for said in book.events):
        if event.case and event.kind in GIVEN:
            given.setdefault(event.case_id, []).append(event.case)
    left = [cases for cases in given.values() if len(cases) > 1 and all(map(_unasked, cases))]
    ranked = sorted(left, key=lambda cases: (-len(cases), cases[0].opened_at, str(cases[0].case_id)))
    return story(book, ranked[0][0].case_id) if ranked else None


def _unasked(case: Case) -> bool:
    return case.assignment.because in {AssignedBecause.OPENED, AssignedBecause.ESCALATED}


def story(book: Book, case_id: UUID) -> Story:
    """The story of a case."""
    events = [said.body for said in book.events if said.body.case_id == case_id]
    clocks = [said.body for said in book.deadlines if said.body.case_id == case_id]
    stays = list(_stays(sorted(events, key=lambda event: event.version), clocks))
    marks = [*_said(clocks), *_ended(events), *_told(book, case_id, stays)]
    return Story(book.cases[case_id], stays, sorted(marks, key=lambda mark: mark.at))


def _stays(events: Sequence[CaseEvent], clocks: Sequence[DeadlineEvent]) -> Iterator[Stay]:
    due = {clock.assignment: clock.due_at for clock in clocks}
    given = [event.case for event in events if event.kind in GIVEN and event.case]
    ends = [event.at for event in events if event.kind in OVER]
    for case, following in zip_longest(given, given[1:]):
        came, left = (
            case.assignment.assigned_at,
            following.assignment.assigned_at if following else min(ends, default=None),
        )
        because = BECAUSE[case.assignment.because]
        place = full_name(case.path_in_charge())
        yield Stay(case.assignment.unit, place, because, came, due.get(case.assignment.number), left)


def _said(clocks: Sequence[DeadlineEvent]) -> Iterator[Mark]:
    for clock in clocks:
        if clock.kind in SAYS and clock.n == 1:
            yield Mark(clock.at, clock.case.assignment.unit.level, SAYS[clock.kind])


def _ended(events: Sequence[CaseEvent]) -> Iterator[Mark]:
    """How it ended, in routing's words."""
    for event in events:
        if event.kind in OVER and event.case:
            yield Mark(event.at, event.case.assignment.unit.level, cut(event.why, WHY))


def _told(book: Book, case_id: UUID, stays: Sequence[Stay]) -> Iterator[Mark]:
    """For each thing that people were told, when the first of them was, and who they are.

    A warning stands at the level whose time ran out, though the case may have climbed in the same moment.
    """
    warned = {
        said.id: said.body.case.assignment.unit.level
        for said in book.deadlines
        if said.body.case_id == case_id and said.body.kind is DeadlineKind.WARNED
    }
    sent = {(said.body.alert_id, said.body.recipient): said.body.at for said in book.alerts}
    groups: dict[tuple[datetime, str, Level | None], Counter[str]] = {}
    for notice in (said.body for said in book.notices if said.body.case_id == case_id):
        at = sent.get((notice.alert_id, notice.staff), notice.not_before)
        heard = (at, headline(notice), warned.get(str(notice.event_id)))
        groups.setdefault(heard, Counter())[ROLES.get(notice.role, notice.role)] += 1
    for (at, what, of), people in groups.items():
        held = max((stay for stay in stays if stay.came <= at), key=lambda stay: stay.came, default=stays[0])
        yield Mark(at, of or held.unit.level, what, tuple(f"{role} {count} 人" for role, count in people.items()))


def headline(notice: Notice) -> str:
    """What a notice is about, in a word or two."""
    return TEMPLATES.get(notice.template, notice.template)


def section(found: Story | None) -> Section:
    """The story as lines of time, level, event and people."""
    zh, en = "九、一件无人理会的事项如何逐级升到旗", "one neglected case"
    if found is None:
        return Section(zh=zh, en=en, remarks=["本次没有事项因超期提级"])
    case = found.case
    rows = [(clock(mark.at), mark.level.zh, mark.what, "、".join(mark.told)) for mark in found.events]
    said = f"{case.department} {case.reference}：{cut(case.summary, SUMMARY)}"
    head = ("时间", "层级", "发生了什么", "通知了谁")
    return Section(zh=zh, en=en, head=head, rows=rows, texts=4, remarks=[said, f"现状：{case.status.zh}"])


def clock(at: datetime) -> str:
    """A moment as the banner's people write it: month, day, hour and minute."""
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"
