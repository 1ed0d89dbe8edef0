"""The picture of a neglected case that climbs to the banner: levels as lanes, its clocks as lights, numbered events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from contracts.territory import SHANGHAI, Level
from yiwang.demo.story import Mark, Stay, Story, clock
from yiwang.demo.svg import AMBER, FAINT, GREEN, INK, PAPER, RED, RULE, Sheet
from yiwang.demo.tables import cut

WIDTH, LEFT, RIGHT, TOP = 1100.0, 130.0, 40.0, 112.0
LANE, BAR, ROW = 92.0, 20.0, 25.0
LANES: Final = tuple(reversed(Level))
WARN: Final = 0.8
"""The share of the span after which the light turns amber."""
DAY: Final = timedelta(days=1)
NEAR: Final = 20.0
"""Pixels that numbers keep from each other."""


class Scale:
    """The banner's days across the sheet."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        """Take the first and last moment; whole days are shown."""
        self.first = begin.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        self.days = (end.astimezone(SHANGHAI) - self.first) // DAY + 1

    def x(self, at: datetime) -> float:
        """The pixel of a moment."""
        return LEFT + (at - self.first) / (self.days * DAY) * (WIDTH - LEFT - RIGHT)


def draw(story: Story) -> str:
    """The picture."""
    numbered = list(enumerate(story.events, start=1))
    scale = Scale(story.stays[0].came, story.ended)
    bottom = TOP + LANE * len(LANES)
    sheet = Sheet(WIDTH, bottom + 80 + ROW * len(numbered), "一件无人理会的事项如何逐级升到旗")
    case = story.case
    sheet.text((24, 66), f"{story.stays[0].place}：{cut(case.summary, 56)}", fill=FAINT)
    _lanes(sheet, scale, bottom)
    for stay in story.stays:
        _stay(sheet, scale, stay, story.ended)
    for earlier, later in zip(story.stays, story.stays[1:], strict=False):
        x = scale.x(later.came)
        sheet.line((x, _middle(earlier.unit.level)), (x, _middle(later.unit.level)), stroke=INK, thick=1.6)
    _numbers(sheet, scale, numbered)
    _list(sheet, bottom + 64, numbered)
    return sheet.string()


def _middle(level: Level) -> float:
    return TOP + LANE * LANES.index(level) + LANE * 0.62


def _lanes(sheet: Sheet, scale: Scale, bottom: float) -> None:
    for number, level in enumerate(LANES):
        y = TOP + LANE * number
        sheet.rect((24, y), (WIDTH - 24 - RIGHT, LANE), fill="#f7f9fb" if number % 2 else "#eef2f6")
        sheet.text((36, y + LANE * 0.55), level.zh, size=15, weight="bold")
    every = max(1, scale.days // 14)
    for day in range(scale.days + 1):
        at = scale.first + day * DAY
        sheet.line((scale.x(at), TOP), (scale.x(at), bottom), stroke=RULE, thick=0.8)
        if day % every == 0 and day < scale.days:
            sheet.text((scale.x(at) + 3, TOP - 8), f"{at:%m-%d}", size=12, fill=FAINT)
    y = 54.0
    for words, colour, x in (("时限内", GREEN, 640), ("将到期（80%以后）", AMBER, 730), ("已超期", RED, 900)):
        sheet.rect((x, y), (14, 12), fill=colour)
        sheet.text((x + 20, y + 11), words, size=12.5, fill=FAINT)


def _stay(sheet: Sheet, scale: Scale, stay: Stay, ended: datetime) -> None:
    """Green, amber from 80 % of the span, red past its end."""
    y, left = _middle(stay.unit.level) - BAR / 2, stay.left or ended
    due = stay.due or left
    warn = stay.came + WARN * (due - stay.came)
    for begin, end, colour in ((stay.came, warn, GREEN), (warn, due, AMBER), (due, left, RED)):
        if begin < min(end, left):
            x = scale.x(begin)
            sheet.rect((x, y), (max(2.0, scale.x(min(end, left)) - x), BAR), fill=colour)


def _numbers(sheet: Sheet, scale: Scale, numbered: Sequence[tuple[int, Mark]]) -> None:
    """Each event's number over its lane's bar, moved aside where another one stands."""
    last: dict[Level, float] = {}
    for number, mark in numbered:
        x = max(scale.x(mark.at), last.get(mark.level, 0.0) + NEAR)
        last[mark.level] = x
        y = _middle(mark.level) - BAR / 2 - 14
        sheet.line((scale.x(mark.at), y + BAR), (x, y + 8), stroke=FAINT, thick=0.8)
        sheet.circle((x, y), 9, fill=PAPER, stroke=INK)
        sheet.text((x, y + 4), str(number), size=11, anchor="middle")


def _list(sheet: Sheet, y: float, numbered: Sequence[tuple[int, Mark]]) -> None:
    heads = ((24, "序号"), (80, "时间"), (200, "层级"), (310, "发生了什么"), (720, "通知了谁"))
    for x, head in heads:
        sheet.text((x, y - ROW), head, size=13, weight="bold")
    for row, (number, mark) in enumerate(numbered):
        cells = (str(number), clock(mark.at), mark.level.zh, cut(mark.what, 54), cut("、".join(mark.told), 46))
        for (x, _), cell in zip(heads, cells, strict=True):
            sheet.text((x, y + ROW * row), cell, size=13)
        sheet.line((24, y + ROW * row + 7), (WIDTH - RIGHT, y + ROW * row + 7), thick=0.6)
