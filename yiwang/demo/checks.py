"""What must hold of everything that was heard: nothing is lost between services, no effect happened twice."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.case import CaseEventKind
from contracts.deadletter import DeadLetter
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import report_id
from yiwang.demo.book import Book

HELD: Final = timedelta(days=1)
"""After its earliest time a notice may wait for so long: quiet hours, a digest, tries of a channel."""
ONCE: Final = (CaseEventKind.OPENED, CaseEventKind.CLOSED, CaseEventKind.WITHDRAWN)
"""What happens to a case once at most."""
GIVEN: Final = (CaseEventKind.OPENED, CaseEventKind.ASSIGNED)
"""What gives a case to a unit, each time under the next number."""


def parked_inside(book: Book) -> Iterator[str]:
    """What one service could not take of another: there is no report in it whose source could mend it."""
    ours = {one.position for one in book.delivered}
    for letter in (said.body for said in book.letters):
        if position(letter) not in ours:
            yield f"{letter.service} parked {position(letter)}: {'; '.join(map(str, letter.problems))}"


def unanswered(book: Book) -> Iterator[str]:
    """Breaches to which routing said nothing (law 3)."""
    answered = {said.body.answers for said in book.events}
    for said in book.deadlines:
        if said.body.kind is DeadlineKind.BREACHED and UUID(said.id) not in answered:
            yield f"case {said.body.case_id}: breach {said.body.n} of assignment {said.body.assignment} has no answer"


def clockless(book: Book) -> Iterator[str]:
    """Cases on which somebody has to act, and no clock runs."""
    started = {(clock.case_id, clock.assignment) for clock in clocks(book, DeadlineKind.SCHEDULED)}
    for case in book.cases.values():
        if case.status.open and (case.case_id, case.assignment.number) not in started:
            yield f"case {case.case_id}: assignment {case.assignment.number} has no clock"


def untold(book: Book, now: datetime) -> Iterator[str]:
    """Notices of which some channel never said what became of them."""
    told = {said.body.subject for said in book.alerts}
    for notice in (said.body for said in book.notices):
        for channel in notice.channels:
            subject = f"{notice.alert_id}/{notice.staff}/{channel}"
            if subject not in told and notice.not_before + HELD < now:
                yield f"case {notice.case_id}: {notice.staff} was never told over {channel} ({notice.rule})"


def doubled_effects(book: Book) -> Iterator[str]:
    """Effects that happened more than once."""
    events = [said.body for said in book.events]
    effects: Sequence[tuple[str, Iterable[Hashable]]] = (
        *((kind.value, [event.case_id for event in events if event.kind is kind]) for kind in ONCE),
        ("assignment", (f"{e.case_id}/{e.case.assignment.number}" for e in events if e.kind in GIVEN and e.case)),
        ("answer to", (event.answers for event in events if event.answers)),
        ("clock", (f"{clock.case_id}/{clock.assignment}/{clock.kind}/{clock.n}" for clock in clocks(book))),
        ("alert", (said.body.subject for said in book.alerts)),
    )
    for what, names in effects:
        yield from (f"{what} {name}: {times} times" for name, times in Counter(names).items() if times > 1)


def from_nowhere(book: Book) -> Iterator[str]:
    """Cases without a report."""
    known = {report_id(one.sent.department, one.sent.reference) for one in book.delivered}
    yield from (f"case {case} has no report" for case in opened(book) if case not in known)


def opened(book: Book) -> Mapping[UUID, int]:
    """Each case with the revision that opened it."""
    opened = (said.body for said in book.events if said.body.kind is CaseEventKind.OPENED)
    return {event.case_id: event.case.revision for event in opened if event.case}


def clocks(book: Book, *kinds: DeadlineKind) -> list[DeadlineEvent]:
    """What clocks said, of these kinds or of all."""
    return [said.body for said in book.deadlines if said.body.kind in (kinds or DeadlineKind)]


def position(letter: DeadLetter) -> str:
    """Where the parked record stands: topic/partition/offset."""
    return f"{letter.topic}/{letter.partition}/{letter.offset}"
