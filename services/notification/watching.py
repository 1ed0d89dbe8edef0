"""Decides, once and for all, who is told of what about a case, and what is done until somebody accepts it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import add
from typing import Final, NamedTuple
from uuid import UUID

from contracts.case import Case, CaseEvent, CaseEventKind
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import timer_cause
from contracts.wire import Event
from services.chassis.values import Decision, Outcome
from services.notification.audience import DEPUTY, Chosen, Occasion, barred, people
from services.notification.issue import Cause, issue
from services.notification.plan import Planned, plan, planned, release
from services.notification.policy import Policy
from services.notification.row import Happened, Role, Row
from services.notification.rules import Rules
from services.notification.state import State
from services.notification.templates import Said, Template
from services.notification.watch import Ladder, Watch, awaits

Happening = CaseEvent | DeadlineEvent

ENDINGS: Final = frozenset(
    {CaseEventKind.WITHDRAWN, CaseEventKind.CANCELLED, CaseEventKind.LINKED, CaseEventKind.JOINED}
)
"""What ends a case and is told to those who work on it."""

READ: Final = (
    "summary",
    "title",
    "place_name",
    "path",
    "urgency",
    "people",
    "money",
    "group",
    "lead",
    "cooperating",
    "clock",
    "occurred_at",
)
"""What of a case people read or go by."""

NEEDLESS: Final = frozenset({"yiwang.case.opened.v1"})
"""What tells a watch nothing: the clock brings its own snapshot, and nothing of routing's with a case is older."""

STEPS: Final = {"remind": Template.REMINDER, "deputy": Template.DEPUTY, "superior": Template.SUPERIOR}


def opens(clock: DeadlineEvent) -> bool:
    """Whether a watch most likely begins with it: with the clock of the first assignment."""
    return clock.kind is DeadlineKind.SCHEDULED and clock.assignment == 1


def hear(rules: Rules, watch: Watch | None, body: Happening, event: UUID, now: datetime) -> Decision[State]:
    """Take what routing or escalation says of the case in this event; tell who is to be told."""
    case = body.case
    if case is None or (watch is None and needless(body, case)):
        return Decision(outcome=Outcome.NOTHING)
    if watch and isinstance(body, CaseEvent) and body.version < watch.heard:
        return Decision(outcome=Outcome.STALE)
    before = watch or Watch(case=case)
    known = before.seen(case, body.at, **_read(before, body))
    silent = moot(known, body, case) or (watch is not None and says_nothing_new(watch.case, body, case))
    wanted = [] if silent else list(plan(rules, happened(body), case, now, known.former(event)))
    told, events = _issue(rules, known, (body, case), wanted, Cause(event, event, now))
    if isinstance(body, DeadlineEvent) and body.kind is DeadlineKind.BREACHED and not silent:
        told = told.model_copy(update={"breached": body.due_at})
    if isinstance(body, DeadlineEvent) and body.kind is DeadlineKind.SCHEDULED:
        told = _climbing(rules, told, body, event, wanted)
    if isinstance(body, DeadlineEvent) and told.ladder and told.due_at and told.ladder.assignment == body.assignment:
        told = told.model_copy(update={"ladder": told.ladder.model_copy(update={"due_at": told.due_at})})
    return Decision(state=State(watch=told), events=events)


def happened(body: Happening) -> Happened:
    """The event by the table's word for it."""
    return Happened(body.kind.value)


def _read(watch: Watch, body: Happening) -> dict[str, object]:
    """What only this kind of event tells: routing's newest version, or when the newest assignment is due."""
    if isinstance(body, CaseEvent):
        return {"heard": body.version}
    newer = body.assignment >= watch.case.assignment.number and body.version > watch.clocked
    return {"due_at": body.due_at, "clocked": body.version} if newer else {}


def needless(body: Happening, case: Case) -> bool:
    """Whether a case of which nothing is known needs no document yet, or never will.

    Who is to act is told with the clock, which brings its own snapshot; solved on the spot (立报立结) nobody is called.
    """
    if isinstance(body, DeadlineEvent):
        return False
    at_once = body.version == 1 or (case.resolved_at is not None and case.resolved_at <= case.opened_at)
    return body.kind is CaseEventKind.OPENED or (at_once and not case.status.open)


def moot(watch: Watch, body: Happening, case: Case) -> bool:
    """Whether there is no longer a reason to tell of it.

    Which of two topics is read first must not matter: what ended at the very moment of the event does not silence it.
    A breach is told though the case has moved up since, for that is what it brought about; only once for each
    due time, though escalation asks routing again.
    """
    if isinstance(body, CaseEvent):
        return not case.status.open and body.kind not in ENDINGS
    if not case.status.open or (watch.over_at and watch.over_at != body.at):
        return True
    end = watch.ended(body.assignment)
    if body.kind is DeadlineKind.BREACHED:
        return watch.breached == body.due_at or (end is not None and end < body.at)
    return end is not None and end != body.at


def says_nothing_new(before: Case, body: Happening, case: Case) -> bool:
    """Whether a correction changed nothing that people read, as when a source sends the same again and again."""
    later = body.kind is CaseEventKind.CORRECTED and before.version < case.version
    return later and all(getattr(before, name) == getattr(case, name) for name in READ)


def _issue(
    rules: Rules, watch: Watch, said: tuple[Happening, Case], wanted: Iterable[Planned], cause: Cause
) -> tuple[Watch, tuple[Event, ...]]:
    """One notice for each person, about the event."""
    body, case = said
    clock = body if isinstance(body, DeadlineEvent) else None
    due, n = (clock.due_at, clock.n) if clock else (watch.due_at or case.due_at, 1)
    because, held = case.assignment.because, (clock.held or ()) if clock else ()
    parts = [(one, one.row.words(because), Said(case, due, one.due, n, held=held)) for one in wanted]
    return issue(rules, watch, cause, parts)


def _climbing(rules: Rules, watch: Watch, clock: DeadlineEvent, told_of: UUID, wanted: list[Planned]) -> Watch:
    """The watch with the ladder that the row of those in charge asks for, if they still have to accept."""
    mine = [one for one in wanted if one.row.steps]
    if not mine or not awaits(watch.case, clock.assignment):
        return watch
    first = next(moments(rules.policy, mine[0].row, mine[0].due, clock.due_at), None)
    if first is None:
        return watch
    ladder = Ladder(
        assignment=clock.assignment,
        rule=mine[0].row.name,
        event_id=told_of,
        due_at=clock.due_at,
        started_at=mine[0].due,
        staff=tuple(one.chosen.person.staff for one in mine),
        wake_at=first.at,
    )
    return watch.model_copy(update={"ladder": ladder})


class Step(NamedTuple):
    """One step of a ladder: what is done, for the how-many-th time, and when."""

    kind: str
    n: int
    at: datetime


def moments(policy: Policy, row: Row, start: datetime, until: datetime) -> Iterator[Step]:
    """Every step before ``until`` of a ladder that starts now; hours of quiet do not count, but of what is urgent."""
    after = add if row.urgent else policy.quiet.after
    steps = (Step(kind, n, after(start, span)) for kind, n, span in row.steps)
    return (step for step in steps if step.at < until)


def climb(rules: Rules, watch: Watch, at: datetime) -> Decision[State]:
    """Take every step that is due; of reminders that are due together only the last is said.

    When the case is due the ladder ends: from then on the breach speaks, whichever of the two is read first.
    """
    ladder = watch.ladder
    if ladder is None or ladder.wake_at > at:
        return Decision(outcome=Outcome.NOTHING)
    row = rules.policy.named.get(ladder.rule)
    if row is None or at >= ladder.due_at:
        return Decision(state=State(watch=watch.model_copy(update={"ladder": None})))
    steps = list(moments(rules.policy, row, ladder.started_at, ladder.due_at))[ladder.step :]
    due, events = [step for step in steps if step.at <= at], list[Event]()
    for number, step in enumerate(due, start=1):
        if step.kind not in {later.kind for later in due[number:]}:
            watch, told = _step(rules, watch, row, step, at)
            events.extend(told)
    return Decision(state=State(watch=_after(watch, len(due), steps[len(due) :])), events=tuple(events))


def _after(watch: Watch, taken: int, left: Sequence[Step]) -> Watch:
    """The watch with its ladder so many steps on."""
    ladder = watch.ladder
    if ladder and left:
        on = ladder.model_copy(update={"step": ladder.step + taken, "wake_at": left[0].at})
        return watch.model_copy(update={"ladder": on})
    return watch.model_copy(update={"ladder": None})


def _step(rules: Rules, watch: Watch, row: Row, step: Step, at: datetime) -> tuple[Watch, tuple[Event, ...]]:
    """One step; whom it asks to accept counts from then on among those who were asked."""
    ladder = watch.ladder
    if ladder is None:
        return watch, ()
    due = release(rules.policy, row, at)
    cause = timer_cause(str(watch.case.case_id), ladder.assignment, step.kind, step.n)
    said = Said(watch.case, ladder.due_at, due, step.n, "、".join(ladder.staff))
    found = tuple(asked(step.kind, ladder, Occasion(rules.roster, watch.case, due, row.urgent)))
    if step.kind != "superior":
        staff = dict.fromkeys((*ladder.staff, *(one.person.staff for one in found)))
        watch = watch.model_copy(update={"ladder": ladder.model_copy(update={"staff": tuple(staff)})})
    parts = [(planned(row, chosen, at, due), STEPS[step.kind], said) for chosen in found]
    return issue(rules, watch, Cause(cause, ladder.event_id, at), parts)


def asked(kind: str, ladder: Ladder, occasion: Occasion) -> Iterator[Chosen]:
    """Who a step of the ladder tells: reminders whoever is on duty now, then deputies, then the unit above."""
    if kind == "deputy":
        found = (occasion.roster.deputy(staff, occasion.at) for staff in ladder.staff)
        new = {one.staff: one for one in found if one and one.staff not in ladder.staff}
        for one in (one for one in new.values() if not barred(one.unit, occasion.case)):
            yield Chosen(one, DEPUTY, "承办人未按时签收，由其代办人代为签收")
        return
    why = "下级未按时签收" if kind == "superior" else "尚未签收"
    for chosen in people(Role.SUPERIOR if kind == "superior" else Role.IN_CHARGE, occasion):
        yield Chosen(chosen.person, chosen.role, f"{why}；{chosen.why}")
