"""Reads the policy table for one event: who is told, in which role, over which channels, when, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.case import Case
from contracts.territory import SHANGHAI
from services.notification.audience import Chosen, Occasion, people
from services.notification.policy import Policy
from services.notification.roster import Person
from services.notification.row import Happened, Role, Row
from services.notification.rules import Rules

INSTEAD: Final = ("webhook", "mail", "sms")
"""The order in which a channel is looked for where somebody is reached over none that the row names."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One person is to be told, not before ``due``."""

    row: Row
    chosen: Chosen
    channels: tuple[str, ...]
    due: datetime
    why: str


def plan(rules: Rules, event: Happened, case: Case, now: datetime, former: tuple[str, ...] = ()) -> Iterator[Planned]:
    """Everybody who is told of the event, once, in the first role that they have; ``former`` had the case before."""
    if event not in rules.policy.told:
        return
    seen = set[str]()
    for role in Role:
        row = row_for(rules.policy, event, case, role)
        if not row.channels:
            continue
        start = now + timedelta(minutes=row.delay)
        due = release(rules.policy, row, start)
        for chosen in people(role, Occasion(rules.roster, case, due, row.urgent, former)):
            if chosen.person.staff not in seen:
                seen.add(chosen.person.staff)
                yield planned(row, chosen, start, due)


def row_for(policy: Policy, event: Happened, case: Case, role: Role) -> Row:
    """The row that counts; the table has one for every input, which is proved before it is used."""
    return policy.table[event, case.assignment.unit.level, case.clock, case.assignment.because, role]


def release(policy: Policy, row: Row, start: datetime) -> datetime:
    """When it may go out: at once if it is urgent, else not in the hours of quiet."""
    return start if row.urgent else policy.quiet.over(start)


def planned(row: Row, chosen: Chosen, start: datetime, due: datetime) -> Planned:
    """One person's part, with the reason in Chinese."""
    waits = f"；免打扰时段，{due.astimezone(SHANGHAI):%H:%M}后发送" if due > start else ""
    return Planned(row, chosen, reached(chosen.person, row), due, f"{row.zh}；{chosen.why}{waits}")


def reached(person: Person, row: Row) -> tuple[str, ...]:
    """The row's channels that reach this person; where none does, the first one that does."""
    fitting = tuple(channel for channel in row.channels if channel in person.addresses)
    return fitting or tuple(channel for channel in INSTEAD if channel in person.addresses)[:1]
