"""What people do with a case of the simulated year: in time, late, at the last second, never, or they ask for more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from contracts.case import Action, Capacity, Case, CaseAction, CaseEvent, CaseEventKind, Destination
from contracts.territory import Level, Path
from tests.year.facts import DAY, HOUR, MINUTE

Sent = tuple[datetime, CaseAction]

# Of a hundred assignments, those whose unit does this; the rest it neglects.
RESOLVES, HANDS_UP, HANDS_BACK, TRANSFERS, ASKS_TIME, ASKS_REST = 58, 9, 4, 4, 9, 6
LATE, LAST_SECOND = 12, 5
"""Of a hundred endings and decisions, those that come late, and those within two seconds of the due time."""
APPROVED, DECLINED = 75, 15
COMMENTED, MEDDLED, CANCELLED = 15, 4, 1
CONFIRMED, REOPENED, REOPENED_LATE = 25, 8, 2
RESUMED = 60
HANDLER, ABOVE = "1001", "1002"
LAST: Final = (timedelta(seconds=2), timedelta(milliseconds=100))
"""How near to the due time that is: half of them cross what is said then."""


@dataclass(slots=True)
class People:
    """Those of one case; all that they do follows from its chance."""

    random: Random
    elsewhere: tuple[Path, ...]
    """Where cases may be transferred to."""
    calm: datetime
    """From then on they only bring to an end what there is."""
    count: int = 0

    def hear(self, event: CaseEvent, now: datetime, due: datetime | None) -> Iterator[Sent]:
        """What somebody will do because of it, and when; ``due`` is when the case is due now, if its clock runs."""
        case = event.case
        if case is None:
            return
        if self._of_a_hundred(COMMENTED):
            yield self._later(now, HOUR), self._act(case, Action.COMMENT, Capacity.REPORTER)
        if now < self.calm and self._of_a_hundred(MEDDLED):
            yield self._later(now, DAY), self._meddling(case)
        match event.kind:
            case CaseEventKind.OPENED | CaseEventKind.ASSIGNED if due and case.status.open:
                yield from self._handled(case, now, due)
            case CaseEventKind.EXTENDED | CaseEventKind.DECLINED | CaseEventKind.RESUMED if due:
                yield self._end(now, due), self._act(case, Action.RESOLVE)
            case CaseEventKind.REQUESTED if due:
                yield from self._decided(case, now, due)
            case _:
                yield from self._after(event.kind, case, now)

    def _after(self, kind: CaseEventKind, case: Case, now: datetime) -> Iterator[Sent]:
        """What is done about a case that no clock presses."""
        match kind:
            case CaseEventKind.SUSPENDED if self._of_a_hundred(RESUMED):
                yield self._later(now, 10 * DAY), self._act(case, Action.RESUME)
            case CaseEventKind.KEPT:
                yield self._later(now, 4 * DAY), self._act(case, Action.RESOLVE)
            case CaseEventKind.RESOLVED:
                yield from self._objected(case, now)
            case CaseEventKind.CLOSED if now < self.calm and self._of_a_hundred(REOPENED_LATE):
                yield self._later(now, 9 * DAY), self._act(case, Action.REOPEN, Capacity.FOLLOW_UP)

    def _handled(self, case: Case, now: datetime, due: datetime) -> Iterator[Sent]:
        span = max(MINUTE, due - now)
        accepted = now + self.random.uniform(0.01, 0.3) * span
        if self._of_a_hundred(CANCELLED):
            yield accepted, self._act(case, Action.CANCEL, Capacity.CENTRE)
        draw = self.random.random() * 100 if now < self.calm else 0
        for share, action in (
            (RESOLVES, Action.RESOLVE), (HANDS_UP, Action.HAND_UP), (HANDS_BACK, Action.HAND_BACK),
            (TRANSFERS, Action.TRANSFER), (ASKS_TIME, Action.EXTEND), (ASKS_REST, Action.SUSPEND),
        ):  # fmt: skip
            if draw < share:
                yield accepted, self._act(case, Action.ACCEPT)
                yield self._ending(case, action, accepted, due)
                return
            draw -= share
        if case.assignment.unit.level is Level.BANNER:  # above which nobody takes it
            yield self._later(due, 4 * DAY), self._act(case, Action.RESOLVE)

    def _ending(self, case: Case, action: Action, accepted: datetime, due: datetime) -> Sent:
        if action in {Action.EXTEND, Action.SUSPEND}:
            minutes = self.random.choice((30, 240, 2_880, 7_200) if action is Action.EXTEND else (60, 1_440, 20_160))
            return self._between(accepted, due), self._act(case, action, minutes=minutes)
        to = self.random.choice(self.elsewhere) if action is Action.TRANSFER else ()
        named = tuple(Destination(code=unit.code, name=unit.name) for unit in to)
        return self._end(accepted, due), self._act(case, action, to=named)

    def _decided(self, case: Case, now: datetime, due: datetime) -> Iterator[Sent]:
        top = case.above() is None
        capacity = Capacity.CENTRE if top else Capacity.SUPERIOR
        if self._of_a_hundred(APPROVED):
            yield self._end(now, due), self._act(case, Action.APPROVE, capacity)
        elif self._of_a_hundred(DECLINED):
            yield self._end(now, due), self._act(case, Action.DECLINE, capacity)
        else:
            yield self._end(now, due), self._act(case, Action.RESOLVE)

    def _objected(self, case: Case, now: datetime) -> Iterator[Sent]:
        if self._of_a_hundred(CONFIRMED):
            yield self._later(now, 4 * DAY), self._act(case, Action.CONFIRM, Capacity.FOLLOW_UP)
        elif now < self.calm and self._of_a_hundred(REOPENED):
            yield self._later(now, 3 * DAY), self._act(case, Action.REOPEN, Capacity.REPORTER)

    def _meddling(self, case: Case) -> CaseAction:
        action, capacity = self.random.choice(tuple(Action)), self.random.choice(tuple(Capacity))
        return self._act(case, action, capacity, minutes=self.random.choice((30, 600, 6_000)))

    def _act(self, case: Case, action: Action, capacity: Capacity = Capacity.HANDLER, **more: Any) -> CaseAction:
        """The app names the assignment that its user sees, mostly."""
        self.count += 1
        above = case.above()
        known: dict[str, Any] = {
            "version": 0,
            "case_id": case.case_id,
            "action": action,
            "sender": "app",
            "action_id": str(self.count),
            "actor": ABOVE if action in {Action.APPROVE, Action.DECLINE} else HANDLER,
            "assignment": case.assignment.number if self._of_a_hundred(80) else None,
            "note": "已核实处理。",
            "capacity": capacity,
            "unit": above.code if above and capacity is Capacity.SUPERIOR else None,
        }
        return CaseAction.model_validate(known | more)

    def _end(self, now: datetime, due: datetime) -> datetime:
        """When what ends the assignment, or moves its time, is sent."""
        draw = self.random.random() * 100
        if draw < LAST_SECOND:
            return max(now, due + self.random.uniform(-1, 1) * self.random.choice(LAST))
        if draw < LAST_SECOND + LATE:
            return max(now, due) + self.random.uniform(0, 0.5) * max(MINUTE, due - now)
        return self._between(now, due)

    def _between(self, now: datetime, due: datetime) -> datetime:
        return now + self.random.uniform(0.02, 0.98) * max(MINUTE, due - now)

    def _later(self, now: datetime, most: timedelta) -> datetime:
        return now + self.random.uniform(0.001, 1) * most

    def _of_a_hundred(self, many: float) -> bool:
        return self.random.random() * 100 < many
