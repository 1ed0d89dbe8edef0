"""How cases went other ways than up: more time, rest, hand-backs, re-works, duplicates, parts; each by its rule."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from contracts.case import AssignedBecause, CaseEvent, CaseEventKind
from yiwang.demo.book import Book
from yiwang.demo.section import Section
from yiwang.demo.tables import cut

WHY: Final = 60
"""Columns of an example's words."""


class Kind(NamedTuple):
    """What happened: its rule, its name, and which events tell of it."""

    rule: str
    zh: str
    fits: Callable[[CaseEvent], bool]


def _of(kind: CaseEventKind) -> Callable[[CaseEvent], bool]:
    return lambda event: event.kind is kind


def _given(because: AssignedBecause) -> Callable[[CaseEvent], bool]:
    def fits(event: CaseEvent) -> bool:
        given = event.case.assignment if event.case else None
        return event.kind is CaseEventKind.ASSIGNED and given is not None and given.because is because

    return fits


def _suggested(event: CaseEvent) -> bool:
    return event.kind is CaseEventKind.RELATED and event.by == "routing" and "疑似重复" in event.why


KINDS: Final[Sequence[Kind]] = (
    Kind("extend_times",    "批准延时",         _of(CaseEventKind.EXTENDED)),
    Kind("suspend_times",   "批准挂账",         _of(CaseEventKind.SUSPENDED)),
    Kind("suspend_days",    "恢复办理",         _of(CaseEventKind.RESUMED)),
    Kind("decline",         "不予批准",         _of(CaseEventKind.DECLINED)),
    Kind("hand_back",       "退回",            _given(AssignedBecause.HANDED_BACK)),
    Kind("lift_after",      "多次退回后提级",    _given(AssignedBecause.LIFTED)),
    Kind("reopen",          "来源不满意，返工",  _given(AssignedBecause.REOPENED)),
    Kind("nearby",          "提示疑似重复",      _suggested),
    Kind("link",            "并案",            _of(CaseEventKind.LINKED)),
    Kind("split",           "拆分",            _of(CaseEventKind.SPLIT)),
    Kind("gathered",        "子事项全部结束",    _of(CaseEventKind.GATHERED)),
)  # fmt: skip


def section(book: Book) -> Section:
    """How often each happened, by the name of its rule, with the first one in routing's words."""
    told = sorted((said.body for said in book.events), key=lambda event: (event.at, str(event.case_id), event.version))
    rows = []
    for kind in KINDS:
        found = [event for event in told if kind.fits(event)]
        reference = found[0].case.reference if found and found[0].case else ""
        rows.append((kind.zh, kind.rule, reference, cut(found[0].why, WHY) if found else "", len(found)))
    return Section(zh="六、流转", en="turns by rule", head=("流转", "rule", "例", "缘由", "次数"), rows=rows, texts=4)
