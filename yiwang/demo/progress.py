"""What is said while the banner's days pass: a line at the end of each."""

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from contracts.deadline import DeadlineKind
from contracts.territory import SHANGHAI
from yiwang.demo.book import Book
from yiwang.demo.tables import padded

Say = Callable[[str], None]

WEEK: Final = "一二三四五六日"


@dataclass(slots=True)
class Progress:
    """Says what a day has brought; ``lasts`` are the last moments of days, ``before`` the totals of the day before."""

    say: Say
    lasts: Collection[datetime]
    began: float = field(default_factory=time.monotonic)
    before: Counter[str] = field(default_factory=Counter)
    days: int = 0

    def __call__(self, moment: datetime, book: Book) -> None:
        """A moment is over."""
        if moment not in self.lasts:
            return
        local = moment.astimezone(SHANGHAI)
        now, self.days = _totals(book), self.days + 1
        new, self.before = {name: now[name] - self.before[name] for name in now}, now
        left = sum(case.status.open for case in book.cases.values())
        day = f"第{self.days:>2} 天 {local:%m-%d} 周{WEEK[local.weekday()]}"
        figures = "  ".join(f"{name}{padded(str(count), 5, right=True)}" for name, count in new.items())
        self.say(f"{day}  {figures}  在办{left:>5}  用时{time.monotonic() - self.began:>6.1f} 秒")


def _totals(book: Book) -> Counter[str]:
    return Counter(
        {
            "报送": len(book.delivered),
            "新事项": len(book.cases),
            "预警": len(book.clocks(DeadlineKind.WARNED)),
            "超期": len(book.clocks(DeadlineKind.BREACHED)),
            "提醒": sum(1 for _ in book.alerts),
        }
    )
