"""What became of the cases: by level and who solved them, their clocks, alerts by channel, and how fast they came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from contracts.alert import AlertEvent, AlertKind
from contracts.case import AssignedBecause, Case, CaseEvent, CaseEventKind, Status
from contracts.categories import within
from contracts.deadline import DeadlineKind
from contracts.territory import Level
from yiwang.demo.book import Book
from yiwang.demo.section import Section
from yiwang.demo.tables import share

DISPUTES: Final = "14"
"""矛盾纠纷 in the banner's tree."""
CHANNELS: Final[Mapping[str, str]] = {"webhook": "手机应用推送", "sms": "短信", "mail": "邮件", "console": "控制台"}
SHOWN: Final = (DeadlineKind.SCHEDULED, DeadlineKind.WARNED, DeadlineKind.BREACHED, DeadlineKind.OVERDUE)
"""What the table of clocks counts."""
ENDS: Final[Mapping[AlertKind, str]] = {AlertKind.SENT: "送达", AlertKind.FAILED: "失败", AlertKind.UNKNOWN: "不明"}
RANKS: Final = (("p50", 0.5), ("p95", 0.95), ("最长", 1.0))


def levels(book: Book) -> Section:
    """Cases by level: where they began, where they were solved, where they still are."""
    cases = list(book.cases.values())
    solved = [case for case in cases if is_solved(case)]
    settled = [case for case in solved if is_dispute(case)]
    first = [event.case for event in _events(book, CaseEventKind.OPENED) if event.case]
    at_once = [case for case in first if is_solved(case)]
    columns = [_by_level(each) for each in (first, solved, at_once, settled, [c for c in cases if c.status.open])]
    rows = [(level.zh, level.value, *(column[level] for column in columns)) for level in Level]
    sums = ("合计", "", *(column.total() for column in columns))
    head = ("层级", "level", "首次交办", "办结", "其中立报立结", "其中纠纷", "仍在办")
    return Section(
        zh="四、事项",
        en="cases per level",
        head=head,
        rows=[*rows, sums],
        texts=2,
        remarks=_goals(solved, settled, cases),
    )


def _goals(solved: Sequence[Case], settled: Sequence[Case], cases: Sequence[Case]) -> list[str]:
    where, disputes, status = _by_level(solved), _by_level(settled), Counter(case.status for case in cases)
    below = disputes.total() - disputes[Level.BANNER]
    goals = (
        f"在网格办结 {share(where[Level.GRID], len(solved))}（目标 70%）",
        f"纠纷在苏木镇、嘎查村和网格化解 {share(below, len(settled))}（目标 90%）",
        f"其中在网格就地化解 {share(disputes[Level.GRID], len(settled))}",
    )
    return [*goals, "现状：" + "，".join(f"{each.zh} {status[each]}" for each in Status)]


def terms(book: Book) -> Section:
    """Clocks by level: how many ran, warned, and passed their end, and what followed."""
    counts = {kind: _clock_levels(book, kind) for kind in SHOWN}
    rows = []
    for level in Level:
        started, warned, breached, overdue = (counts[kind][level] for kind in SHOWN)
        rows.append((level.zh, level.value, started, warned, breached, share(breached, started), overdue))
    head = ("层级", "level", "计时", "预警", "超期", "超期率", "督办")
    because = Counter(event.case.assignment.because for event in _events(book, CaseEventKind.ASSIGNED) if event.case)
    moot, kept = (sum(1 for _ in _events(book, kind)) for kind in (CaseEventKind.MOOT, CaseEventKind.KEPT))
    followed = (
        f"上报（人）{because[AssignedBecause.HANDED_UP]} 次；提级（超期）{because[AssignedBecause.ESCALATED]} 次；"
        f"更正改派 {because[AssignedBecause.CORRECTED]} 次；超期时已无须提级 {moot} 次；旗级超期转督办 {kept} 次"
    )
    return Section(zh="五、时限", en="deadlines per level", head=head, rows=rows, texts=2, remarks=[followed])


def alerts(book: Book, latencies: Sequence[float]) -> Section:
    """Alerts by channel and end, with the messages and text message segments that they took, and how fast they came."""
    found = [said.body for said in book.alerts]
    figures = {name: _figures([one for one in found if one.channel == name]) for name in _channels(found)}
    rows = [(CHANNELS.get(name, name), name, *row) for name, row in figures.items()]
    if rows:
        rows.append(("合计", "", *(sum(column) for column in zip(*figures.values(), strict=True))))
    people = len({one.recipient for one in found})
    again = sum(one.attempt > 1 for one in found)
    said = [
        f"共通知 {people} 人",
        f"自上报写入 Kafka 到首条提醒发出（实际时间，不含按规定延后的）：{ranked(latencies)}；{again} 条经重试送达",
    ]
    return Section(zh="七、通知", en="alerts per channel", head=HEAD, rows=rows, texts=2, remarks=said)


HEAD: Final = ("渠道", "channel", "提醒", *ENDS.values(), "并入汇总", "消息数", "短信条数")


def _figures(found: Sequence[AlertEvent]) -> tuple[int, ...]:
    ends = Counter(one.kind for one in found)
    messages = {str(one.digest or one.subject): one.segments or 0 for one in found}
    digested = sum(one.digest is not None for one in found)
    return len(found), *(ends[kind] for kind in ENDS), digested, len(messages), sum(messages.values())


def ranked(milliseconds: Iterable[float]) -> str:
    """The median, the 95th hundredth and the longest, by nearest rank."""
    ordered = sorted(milliseconds)
    if not ordered:
        return "无"
    told = (f"{name} {ordered[ceil(rank * len(ordered)) - 1]:.0f} ms" for name, rank in RANKS)
    return f"{'，'.join(told)}（{len(ordered)} 件）"


def is_solved(case: Case) -> bool:
    """Whether somebody has settled the matter."""
    return case.status in {Status.RESOLVED, Status.CLOSED}


def is_dispute(case: Case) -> bool:
    """Whether the matter is a dispute by its category."""
    return case.classified is not None and within(case.classified.code, DISPUTES)


def _events(book: Book, *kinds: CaseEventKind) -> Iterable[CaseEvent]:
    return (said.body for said in book.events if said.body.kind in kinds)


def _by_level(cases: Iterable[Case]) -> Counter[Level]:
    return Counter(case.assignment.unit.level for case in cases)


def _clock_levels(book: Book, kind: DeadlineKind) -> Counter[Level]:
    """Each clock once, however often a breach was asked or a day overdue was told."""
    found = {(clock.case_id, clock.assignment): clock.case.assignment.unit.level for clock in book.clocks(kind)}
    return Counter(found.values())


def _channels(found: Sequence[AlertEvent]) -> list[str]:
    return sorted({one.channel for one in found}, key=lambda name: (list(CHANNELS).index(name), name))
