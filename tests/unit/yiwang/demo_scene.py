"""A book that tells of one case, and how to say more in it."""

from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from contracts.alert import AlertEvent, AlertKind
from contracts.case import AssignedBecause, Assignment, Case, CaseEventKind
from contracts.deadletter import DeadLetter, Reason
from contracts.deadline import DeadlineKind
from contracts.identity import name_id, report_id
from contracts.notice import Notice, Words
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import Problem
from contracts.territory import UnitRef
from contracts.topics import ALERTS, CASES, DEAD, DEADLINES, NOTICES, OUTCOMES, SUBMITTED
from contracts.wire import Body, Topic
from simulation.sent import CASE, Sent, Truth
from tests.builders import (
    DAY,
    DEPARTMENT,
    GRID,
    HOUR,
    MORNING,
    PATH,
    REFERENCE,
    TOWN,
    VILLAGE,
    case,
    case_event,
    deadline,
)
from yiwang.check.values import End, Verdict
from yiwang.demo.account import Account
from yiwang.demo.book import Book, Delivered

TOPIC = SUBMITTED[DEPARTMENT].name
STAFF = "400011"
TRUTH = Truth(GRID.code, GRID.code, "020101", "point", "iso", MORNING)


class Scene:
    """What was sent and said, each thing with an id and a millisecond of its own."""

    def __init__(self) -> None:
        self.book = Book()
        self._count = count()

    def send(
        self, reference: str = REFERENCE, revision: int = 1, expect: str = CASE, truth: Truth | None = TRUTH
    ) -> str:
        number = next(self._count)
        position = f"{TOPIC}/0/{number}"
        sent = Sent(DEPARTMENT, b"", expect, reference, revision, truth)
        self.book.delivered.append(Delivered(sent, position, real(number), MORNING))
        return position

    def say(self, topic: Topic, body: Body, name: UUID | None = None) -> UUID:
        number = next(self._count)
        name = name or name_id(f"scene/{number}")
        self.book.hear(topic, str(name), real(number), body.model_dump_json().encode())
        return name

    def outcome(self, kind: OutcomeKind, reference: str = REFERENCE, revision: int = 1) -> None:
        told = {"version": 1, "kind": kind, "department": DEPARTMENT, "at": MORNING, "said": "测试"}
        self.say(OUTCOMES, ReportOutcome.model_validate(told | {"reference": reference, "revision": revision}))

    def park(self, position: str, reason: Reason = Reason.INVALID, service: str = "intake") -> None:
        topic, partition, offset = position.split("/")
        problem = Problem(path="text", found="nothing", expected="text", expected_zh="缺少该项，请补充")
        letter = DeadLetter(
            id=name_id(f"letter/{position}"),
            service=service,
            reason=reason,
            problems=(problem,),
            topic=topic,
            partition=int(partition),
            offset=int(offset),
            appended_at=MORNING,
            raw_headers=(),
        )
        self.say(DEAD[service], letter)

    def happened(self, of: Case, kind: CaseEventKind, at: datetime = MORNING, answers: UUID | None = None) -> UUID:
        return self.say(CASES, case_event(of, kind, at=at, answers=answers))

    def clock(self, of: Case, kind: DeadlineKind, at: datetime = MORNING, due: datetime = MORNING + 15 * HOUR) -> UUID:
        number, started = of.assignment.number, of.assignment.assigned_at
        about = {"case_id": of.case_id, "case": of, "at": at, "started_at": started, "due_at": due}
        return self.say(DEADLINES, deadline(kind, number, **about))

    def tell(self, event: UUID, staff: str = STAFF, at: datetime = MORNING, channel: str = "webhook") -> None:
        alert = name_id(f"alert/{event}")
        words = Words(
            subject="【一网】新事项", text="【一网】新事项：机井损坏。", sms="【一网】新事项", line="机井损坏"
        )
        about = {"version": 1, "case_id": case().case_id, "event_id": event, "alert_id": alert}
        notice = {"staff": staff, "role": "in_charge", "rule": "r", "channels": (channel,), "template": "opened"}
        said = {"words": words, "not_before": at, "why": "承办"}
        self.say(NOTICES, Notice.model_validate(about | notice | said))
        ended = {"kind": AlertKind.SENT, "recipient": staff, "channel": channel, "template": "opened", "attempt": 1}
        self.say(ALERTS, AlertEvent.model_validate(about | ended | {"at": at}))


def account(book: Book) -> Account:
    """What the checker would say of a run in which every report became a case."""
    cases = {one.position: End.CASE for one in book.delivered}
    figures = {"reports": len(cases), "cases": len(cases), "alerts": sum(1 for _ in book.alerts)}
    rest = dict.fromkeys(("repeats", "parked", "breaches", "redelivered"), 0)
    return Account(cases, Verdict((), (), (), figures | rest))


def real(number: int) -> datetime:
    """The ``number``-th millisecond of the run, which has nothing to do with the banner's time."""
    return datetime.fromtimestamp(1_800_000_000, MORNING.tzinfo) + timedelta(milliseconds=number)


def given(number: int, unit: UnitRef, at: datetime, because: AssignedBecause = AssignedBecause.ESCALATED) -> Assignment:
    return Assignment(number=number, unit=unit, assigned_at=at, because=because)


def opened(scene: Scene, reference: str = REFERENCE) -> Case:
    """A report that was sent, received, opened and told of."""
    scene.send(reference)
    scene.outcome(OutcomeKind.RECEIVED, reference)
    first = case(case_id=report_id(DEPARTMENT, reference), reference=reference)
    scene.happened(first, CaseEventKind.OPENED)
    scene.tell(scene.clock(first, DeadlineKind.SCHEDULED))
    return first


def neglected() -> Scene:
    """A case that nobody touches: from its grid over village and town to the banner."""
    scene = Scene()
    held, at = opened(scene), MORNING
    for number, unit, days in ((2, VILLAGE, 1), (3, TOWN, 4), (4, PATH[0], 9)):
        at = MORNING + days * DAY
        breach = scene.clock(held, DeadlineKind.BREACHED, at, due=at)
        held = case(version=number, assignment=given(number, unit, at))
        scene.happened(held, CaseEventKind.ASSIGNED, at, answers=breach)
        scene.tell(scene.clock(held, DeadlineKind.SCHEDULED, at), at=at)
    return scene
