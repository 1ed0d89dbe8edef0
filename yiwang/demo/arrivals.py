"""What came in: reports by source, how they were located and classified, and what was parked and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final
from uuid import UUID

from contracts.deadletter import Reason
from contracts.departments import DEPARTMENTS
from contracts.identity import report_id
from contracts.problem import Problem
from contracts.report import Classification, ClassifiedBy, Location, LocationMethod, LocationOutcome, Report
from simulation.sent import Truth
from yiwang.demo.account import ENDS, Account
from yiwang.demo.book import Book
from yiwang.demo.section import Section
from yiwang.demo.tables import cut, share

METHODS: Final[Mapping[LocationMethod, str]] = {
    LocationMethod.POINT: "坐标",
    LocationMethod.PLACE_CODE: "地点代码",
    LocationMethod.PLACE_NAME: "地点名称",
    LocationMethod.TEXT: "正文所述地点",
    LocationMethod.OWN_GRID: "上报网格员的网格",
    LocationMethod.NONE: "无可用线索",
}
PLACES: Final[Mapping[LocationOutcome, str]] = {
    LocationOutcome.LOCATED: "已定位",
    LocationOutcome.TWO_FIT: "两地均符，交共同上级",
    LocationOutcome.NOT_LOCATED: "未能定位，交旗核实",
    LocationOutcome.OUTSIDE: "在旗外，交旗核实",
}
SORTED_BY: Final[Mapping[ClassifiedBy, str]] = {
    ClassifiedBy.CODE: "来源给出本旗代码",
    ClassifiedBy.MAP: "来源类别对照表",
    ClassifiedBy.TEXT: "按正文判断",
    ClassifiedBy.UNDECIDED: "未定（交人工）",
}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.INVALID: "格式不符",
    Reason.CONFLICT: "同一版本内容不一致",
    Reason.TOO_LARGE: "过大",
    Reason.DEFECTIVE: "系统自身缺陷",
}
SHOWN: Final = 12
"""Reasons of parked records that are listed; the rest is counted."""
WORDS: Final = 60
"""Columns for what would have been right."""

Key = tuple[UUID, int]


class Verdict(Enum):
    """How a decision stands to what is true."""

    RIGHT = "正确"
    COARSER = "正确但较粗"
    WRONG = "错误"
    UNDECIDED = "未定"
    UNKNOWN = "无从核对"


def sources(book: Book, account: Account) -> Section:
    """Reports by source and end."""
    known = {position: end for position, end in account.ends.items() if end in ENDS}
    ends = Counter((one.sent.department, known.get(one.position)) for one in book.delivered)
    found = [(source, [ends[source.code, end] for end in (*ENDS, None)]) for source in DEPARTMENTS]
    rows = [(source.zh, source.code, sum(counts), *counts) for source, counts in found if any(counts)]
    sums = [sum(column) for column in zip(*(counts for _, counts in found), strict=True)]
    head = ("来源", "code", "报送", "成为事项", "更正撤回", "重复", "暂存", "下落不明")
    return Section(
        zh="一、来源", en="reports by source", head=head, rows=[*rows, ("合计", "", sum(sums), *sums)], texts=2
    )


def located(book: Book) -> Section:
    """Locations by method and outcome, held against the truth that only the simulation knows."""
    truths, counts = _truths(book), Counter[tuple[tuple[str, ...], Verdict]]()
    for said in book.located:
        place, truth = said.body.location, truths.get(_key(said.body.report))
        verdict = place_verdict(place, truth) if truth else Verdict.UNKNOWN
        counts[(METHODS[place.method], PLACES[place.outcome]), verdict] += 1
    names = [(method, place) for method in METHODS.values() for place in PLACES.values()]
    return _judged("二、定位", "how located", ("依据", "结果"), names, counts)


def classified(book: Book) -> Section:
    """Categories by what decided, held against the truth."""
    truths, counts = _truths(book), Counter[tuple[tuple[str, ...], Verdict]]()
    for said in book.normalised:
        found, truth = said.body.report.classified, truths.get(_key(said.body.report))
        verdict = category_verdict(found, truth) if truth else Verdict.UNKNOWN
        counts[(SORTED_BY[found.by if found else ClassifiedBy.UNDECIDED],), verdict] += 1
    return _judged("三、分类", "how classified", ("依据",), [(by,) for by in SORTED_BY.values()], counts)


def place_verdict(place: Location, truth: Truth) -> Verdict:
    """Right: true, and as deep as anyone could know or deeper. What is left to people to find is undecided."""
    if place.outcome is LocationOutcome.OUTSIDE:
        return Verdict.WRONG if truth.unit else Verdict.RIGHT
    if place.outcome is not LocationOutcome.LOCATED:
        return Verdict.UNDECIDED
    code = place.path[-1].code if place.path else ""
    if not truth.unit.startswith(code):
        return Verdict.WRONG
    return Verdict.RIGHT if len(code) >= len(truth.tells) else Verdict.COARSER


def category_verdict(found: Classification | None, truth: Truth) -> Verdict:
    """Right: the very leaf. A level above it is true too, but says less."""
    if found is None or found.code is None:
        return Verdict.UNDECIDED
    if not truth.leaf.startswith(found.code):
        return Verdict.WRONG
    return Verdict.RIGHT if found.code == truth.leaf else Verdict.COARSER


def parked(book: Book) -> Section:
    """Parked records by reason and by what was wrong first."""
    letters = [said.body for said in book.letters]
    counts = Counter((letter.reason, *_first(letter.problems)) for letter in letters)
    often = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    rows = [(REASONS[reason], path, zh, count) for (reason, path, zh), count in often[:SHOWN]]
    rest = len(letters) - sum(int(row[-1]) for row in rows)
    head = ("原因", "所在项", "应为", "件数")
    remarks = [f"其余 {rest} 件"] if rest else [] if rows else ["无"]
    return Section(zh="八、暂存", en="parked, with reasons", head=head, rows=rows, texts=3, remarks=remarks)


def _first(problems: Sequence[Problem]) -> tuple[str, str]:
    return (problems[0].path, cut(problems[0].expected_zh, WORDS)) if problems else ("$", "-")


def _key(report: Report) -> Key:
    return report.report_id, report.revision


def _truths(book: Book) -> Mapping[Key, Truth]:
    sent = [one.sent for one in book.delivered]
    return {(report_id(one.department, one.reference), one.revision): one.truth for one in sent if one.truth}


def _judged(
    zh: str,
    en: str,
    head: Sequence[str],
    names: Sequence[tuple[str, ...]],
    counts: Counter[tuple[tuple[str, ...], Verdict]],
) -> Section:
    found = [(name, [counts[name, verdict] for verdict in Verdict]) for name in names]
    rows = [(*name, sum(row), *row) for name, row in found if any(row)]
    sums = {verdict: sum(count for (_, other), count in counts.items() if other is verdict) for verdict in Verdict}
    rows.append((*("合计", "")[: len(head)], counts.total(), *sums.values()))
    judged = [Verdict.RIGHT, Verdict.COARSER, Verdict.WRONG]
    decided = sum(sums[verdict] for verdict in judged)
    shares = "，".join(f"{verdict.value} {share(sums[verdict], decided)}" for verdict in judged)
    said = f"已作判定并可核对的 {decided} 件中：{shares}"
    columns = [*head, "件数", *(verdict.value for verdict in Verdict)]
    return Section(zh=zh, en=en, head=columns, rows=rows, texts=len(head), remarks=[said])
