"""One case of the simulated year, from its report to its end: both services' real decisions, people, and outages."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from contracts.case import CaseAction, CaseEvent
from contracts.deadline import DeadlineEvent
from contracts.report import ReportLocated
from contracts.topics import ACTIONS, CASES, DEADLINES, LOCATED
from tests.year.desk import Desk, Told, appended
from tests.year.people import People
from tests.year.truth import Truth

HOP: Final = timedelta(milliseconds=50)
"""From a decision until what it brings about is appended."""
MOST: Final = 300
"""Things that the clocks of one case may say: of one of life or death in the longest outage, each hour, 100."""
APPEND, READ, TICK = range(3)
"""What happens first of what happens at one moment: time passes last (law 2)."""


@dataclass(slots=True)
class Life:
    """``cases`` and ``deadlines`` are what routing and escalation said, each in its order."""

    located: ReportLocated
    at: datetime
    routing: Desk
    escalation: Desk
    people: People
    truth: Truth
    until: datetime
    cases: list[Told] = field(default_factory=list)
    deadlines: list[Told] = field(default_factory=list)
    left: bool = False
    """Whether it had not come to its end by ``until``, or its clocks said more than enough."""
    _heap: list[tuple[datetime, int, int, Any, Any]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def run(self) -> "Life":
        """Live it."""
        subject = self.located.subject
        opening = appended(LOCATED, self.located, self.at, self.located.report.report_id, subject)
        self._push(self.at, APPEND, self.routing, opening)
        while self._heap:
            now, what, _, desk, given = heappop(self._heap)
            if now > self.until or len(self.deadlines) > MOST:
                last = self.truth.clocks[-1] if self.truth.clocks else None
                self.left = last is not None and not last.stages[-1].ended
                break
            if what == APPEND:
                self._append(now, desk, given)
            else:
                self._say(now, desk.read(now) if what == READ else desk.tick(now))
                if (tick := desk.next_tick(now)) is not None:
                    self._push(tick, TICK, desk, None)
        return self

    def _append(self, now: datetime, desk: Desk | None, given: Any) -> None:
        if desk is not None:
            self._push(desk.take(given), READ, desk, None)
            return
        running = self.truth.running()
        due = running.due(running.stages[-1]) if running else None
        for at, action in self.people.hear(given, now, due):
            sent = max(at, now)
            self._push(sent, APPEND, self.routing, appended(ACTIONS, action, sent, None, action.subject))

    def _say(self, now: datetime, told: list[Told]) -> None:
        at = now + HOP
        for one in told:
            body = one.event.body
            if isinstance(body, CaseEvent):
                self.cases.append(one)
                taken = one.given.body if one.given and isinstance(one.given.body, CaseAction) else None
                self.truth.hear(body, taken, self._since(one, body), at)
                self._push(at, APPEND, self.escalation, appended(CASES, body, at, one.event.id, body.subject))
                self._push(at, APPEND, None, body)
            elif isinstance(body, DeadlineEvent):
                self.deadlines.append(one)
                self._push(at, APPEND, self.routing, appended(DEADLINES, body, at, one.event.id, body.subject))

    def _since(self, one: Told, body: CaseEvent) -> datetime:
        """When what brought it about was appended: that of a breach, however long it waited to be answered."""
        return self.routing.since(body.answers) or one.at

    def _push(self, at: datetime, what: int, desk: Desk | None, given: Any) -> None:
        heappush(self._heap, (at, what, next(self._order), desk, given))
