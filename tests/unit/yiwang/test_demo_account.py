"""The account of a demo: what is lost and what happened twice is found, and named."""

from collections.abc import Callable

import pytest

from contracts.case import CaseEventKind
from contracts.deadline import DeadlineKind
from contracts.outcome import OutcomeKind
from contracts.topics import CASES
from simulation.sent import PARKED, REPEAT
from tests.builders import DAY, MORNING, REFERENCE, case, case_event
from tests.unit.yiwang.demo_scene import STAFF, Scene, given, neglected, opened
from yiwang.demo.account import Account, End, account

LATER = MORNING + 30 * DAY


def taken(scene: Scene) -> Account:
    return account(scene.book, LATER)


def test_reports_are_cases_repeats_and_parked_records_and_a_correction_is_no_further_report() -> None:
    scene = Scene()
    opened(scene)
    scene.send(revision=2)
    scene.outcome(OutcomeKind.RECEIVED, revision=2)
    scene.send(expect=REPEAT)
    scene.outcome(OutcomeKind.REPEAT)
    scene.park(scene.send("A-2", expect=PARKED))

    found = taken(scene)

    assert list(found.ends.values()) == [End.CASE, End.REPEAT, End.REVISION, End.PARKED]
    assert found.line() == "demo: reports=3 cases=1 repeats=1 parked=1 breaches=0 alerts=1 lost=0 duplicated=0"
    assert found.balanced


def test_a_case_that_climbs_to_the_banner_is_in_balance() -> None:
    found = taken(neglected())

    assert (found.lost, found.duplicated, found.breaches, found.alerts) == ((), (), 3, 4)


def test_a_late_revision_is_a_repeat_though_it_was_sent_once() -> None:
    scene = Scene()
    opened(scene)
    late = scene.send(revision=2, expect=REPEAT)
    scene.outcome(OutcomeKind.REPEAT, revision=2)

    found = taken(scene)

    assert (found.ends[late], found.balanced) == (End.REPEAT, True)


def test_an_event_that_comes_again_the_same_is_no_second_one() -> None:
    scene = Scene()
    body = case_event(opened(scene))
    name = scene.say(CASES, case_event(case(version=2), CaseEventKind.ACCEPTED))
    scene.say(CASES, case_event(case(version=2), CaseEventKind.ACCEPTED), name)

    assert body.case_id in scene.book.cases
    assert (scene.book.again, taken(scene).balanced) == (1, True)


def unreceived(scene: Scene) -> None:
    scene.send("A-2")


def unopened(scene: Scene) -> None:
    scene.send("A-2")
    scene.outcome(OutcomeKind.RECEIVED, "A-2")


def untold_repeat(scene: Scene) -> None:
    scene.send(expect=REPEAT)


def parked_between_services(scene: Scene) -> None:
    scene.park("report.located.v1/0/7", service="routing")


def unanswered_breach(scene: Scene) -> None:
    scene.clock(case(), DeadlineKind.BREACHED)


def clockless(scene: Scene) -> None:
    scene.happened(case(version=2, assignment=given(2, case().path[0], MORNING)), CaseEventKind.ASSIGNED)


def never_told(scene: Scene) -> None:
    scene.book._said["notification.events.v1"].clear()


@pytest.mark.parametrize(
    ("loses", "named"),
    [
        (unreceived, "A-2, revision 1 (report.submitted.water.v1/0/"),
        (unopened, "A-2, revision 1 (report.submitted.water.v1/0/"),
        (untold_repeat, f"{REFERENCE}, revision 1 (report.submitted.water.v1/0/"),
        (parked_between_services, "routing parked report.located.v1/0/7: text: found nothing"),
        (unanswered_breach, "breach 1 of assignment 1 has no answer"),
        (clockless, "assignment 2 has no clock"),
        (never_told, f"{STAFF} was never told over webhook"),
    ],
)
def test_what_is_lost_is_named(loses: Callable[[Scene], None], named: str) -> None:
    scene = Scene()
    opened(scene)
    loses(scene)

    found = taken(scene)

    assert len(found.lost) == 1
    assert named in found.lost[0]


def received_twice(scene: Scene) -> None:
    scene.outcome(OutcomeKind.RECEIVED)


def received_and_a_repeat(scene: Scene) -> None:
    scene.outcome(OutcomeKind.REPEAT)


def opened_by_nobody(scene: Scene) -> None:
    scene.book.delivered.clear()


def told_twice(scene: Scene) -> None:
    (said,) = scene.book.alerts
    scene.tell(said.body.event_id)


def answered_twice(scene: Scene) -> None:
    breach = scene.clock(case(), DeadlineKind.BREACHED)
    for version in (2, 3):
        scene.happened(case(version=version), CaseEventKind.MOOT, answers=breach)


def assigned_twice(scene: Scene) -> None:
    second = case(version=2, assignment=given(2, case().path[0], MORNING))
    scene.clock(second, DeadlineKind.SCHEDULED)
    for _ in range(2):
        scene.happened(second, CaseEventKind.ASSIGNED)


def other_content(scene: Scene) -> None:
    name = scene.happened(case(version=2), CaseEventKind.ACCEPTED)
    scene.say(CASES, case_event(case(version=3), CaseEventKind.ACCEPTED), name)


@pytest.mark.parametrize(
    ("doubles", "named"),
    [
        (received_twice, "told as received 2 times"),
        (received_and_a_repeat, "as a repeat 1 times"),
        (opened_by_nobody, "has no report"),
        (told_twice, f"/{STAFF}/webhook: 2 times"),
        (answered_twice, "answer to"),
        (assigned_twice, "/2: 2 times"),
        (other_content, "came again with other content"),
    ],
)
def test_what_happened_twice_is_named(doubles: Callable[[Scene], None], named: str) -> None:
    scene = Scene()
    opened(scene)
    doubles(scene)

    found = taken(scene)

    assert len(found.duplicated) == 1
    assert named in found.duplicated[0]
    assert not found.balanced
