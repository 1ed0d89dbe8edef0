"""How long it takes in real time from a report to the person who has to act."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.alert import AlertKind
from contracts.case import CaseEventKind
from contracts.deadline import DeadlineKind
from contracts.identity import report_id
from yiwang.check.values import End
from yiwang.demo.account import Account
from yiwang.demo.book import Book

AT_ONCE: Final = timedelta(seconds=10)
"""Of the banner's time: what is told later was held back on purpose, by quiet hours or for a digest."""


def to_first_alert(book: Book, account: Account) -> list[float]:
    """Milliseconds from the append of the report that opened a case to that of the first alert about it.

    Both by the broker's clock. Only alerts about the first assignment that went out in the very moment count.
    """
    appended, first = _appended(book, account), dict[UUID, datetime]()
    told = _told_of(book)
    for said in book.alerts:
        alert = said.body
        opened = told.get(alert.event_id)
        if alert.kind is AlertKind.SENT and opened and alert.at < opened + AT_ONCE:
            first[alert.case_id] = min(said.at, first.get(alert.case_id, said.at))
    both = ((appended[case], at) for case, at in first.items() if case in appended)
    return [(at - sent) / timedelta(milliseconds=1) for sent, at in both]


def _appended(book: Book, account: Account) -> Mapping[UUID, datetime]:
    """When the broker took the report that opened each case."""
    opening = (one for one in book.delivered if account.ends.get(one.position) is End.CASE)
    return {report_id(one.sent.department, one.sent.reference): one.at for one in opening}


def _told_of(book: Book) -> Mapping[UUID, datetime]:
    """The events by which a first assignment is told, each with the banner's time at which its case was opened."""
    openings = {UUID(s.id): s.body.at for s in book.events if s.body.kind is CaseEventKind.OPENED}
    first = (s for s in book.deadlines if s.body.kind is DeadlineKind.SCHEDULED and s.body.assignment == 1)
    return openings | {UUID(said.id): said.body.started_at for said in first}
