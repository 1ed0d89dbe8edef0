"""Relations: however words cross, duplicates stand as their main case, parts as it has them; nobody is left behind."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any
from uuid import UUID

import pytest

from contracts.case import Action, AssignedBecause, Capacity, Case, CaseEvent, CaseEventKind, Destination, Piece, Status
from contracts.identity import event_id, name_id, report_id
from contracts.outcome import ReportOutcome
from contracts.relation import CaseRelation, RelationKind
from contracts.report import ReportLocated
from contracts.topics import RELATIONS
from contracts.wire import Event
from services.chassis.values import Decision, Outcome, Tick
from services.routing.relations import FOLLOWERS, PARTS, split_off, still_open
from services.routing.relations import divided as divided_into
from services.routing.state import PATIENCE, State, wake
from tests import builders
from tests.builders import (
    GRID,
    MORNING,
    OTHER_GRID,
    OTHER_PATH,
    VILLAGE,
    arrived,
    context,
    kinds,
    located,
    report,
)
from tests.unit.routing.rulebook import decide

A, B, C = (report_id("water", name) for name in "ABC")
HANDLER, SUPERIOR, CENTRE, FOLLOW_UP, REPORTER = Capacity


@dataclass(slots=True)
class Desk:
    """Routing's cases, and the words between them that are still on their way; each pair's come in order."""

    states: dict[str, State] = field(default_factory=dict)
    waiting: list[Event] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    now: datetime = MORNING

    def give(self, subject: str, body: Any, cause: UUID | None = None) -> Decision[State]:
        self.now += timedelta(seconds=1)
        given = arrived(body, self.now, cause=cause, subject=subject)
        return self.take(subject, decide(self.states.get(subject), given, context(self.now)))

    def take(self, subject: str, decision: Decision[State]) -> Decision[State]:
        if decision.state:
            self.states[subject] = State.model_validate_json(decision.state.model_dump_json())
        self.told += decision.events
        self.waiting += [one for one in decision.events if one.topic is RELATIONS]
        return decision

    def open(self, *names: str, **fields: Any) -> None:
        for name in names:
            body = located(report(name, **fields))
            self.give(str(body.report.report_id), body)

    def act(self, case: UUID, what: Action, capacity: Capacity = CENTRE, **fields: Any) -> Decision[State]:
        fields = {"note": "经核实", "action_id": f"{what}-{self.now}"} | fields
        asked = builders.action(what, case_id=case, capacity=capacity, **fields)
        return self.give(str(case), asked)

    def deliver(self, one: Event) -> Decision[State]:
        self.waiting.remove(one)
        body = one.body
        assert isinstance(body, CaseRelation)
        return self.give(body.to, body, one.id)

    def settle(self, random: Random | None = None) -> None:
        """Deliver all that is on its way: in order, or in any order that keeps what one case tells another in order."""
        while self.waiting:
            self.deliver(random.choice(self.ready()) if random else self.waiting[0])

    def ready(self) -> list[Event]:
        """The first of what each case has told each other."""
        firsts: dict[tuple[Any, Any], Event] = {}
        for one in self.waiting:
            assert isinstance(one.body, CaseRelation)
            firsts.setdefault((one.body.case_id, one.body.to), one)
        return list(firsts.values())

    def case(self, case: UUID) -> Case:
        found = self.states[str(case)].case
        assert found
        return found

    def heard(self, case: UUID) -> list[str]:
        """What happened to a case, in order."""
        bodies = (one.body for one in self.told)
        return [one.kind.value for one in bodies if isinstance(one, CaseEvent) and one.case_id == case]


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.open("A", "B", "C")
    return found


@pytest.fixture
def linked(desk: Desk) -> Desk:
    """B follows A."""
    desk.act(B, Action.LINK, other=A)
    desk.settle()
    return desk


def follows(desk: Desk, case: UUID) -> UUID | None:
    main = desk.case(case).main
    return main.case_id if main else None


def followers(desk: Desk, case: UUID) -> set[UUID]:
    return {one.case_id for one in desk.case(case).duplicates}


def of_one_mind(desk: Desk) -> Iterator[str]:
    """What two sides do not agree on, once nothing is on its way."""
    for name in list(desk.states):
        case = desk.case(UUID(name))
        if case.linking:
            yield f"{name} still asks"
        if case.main:
            yield from _left_behind(desk, case, desk.case(case.main.case_id))
        yield from (f"{one} follows not" for one in followers(desk, case.case_id) if follows(desk, one) != case.case_id)
        stands = [(desk.case(part.case_id).status.open, part.status.open) for part in case.parts]
        yield from (f"a part of {name} stands otherwise" for found, known in stands if found is not known)


def _left_behind(desk: Desk, case: Case, main: Case) -> Iterator[str]:
    if case.case_id not in followers(desk, main.case_id):
        yield f"{case.case_id} follows who does not know"
    if (case.status is Status.LINKED) is not main.status.open:
        yield f"{case.case_id} is {case.status}, what it follows {main.status}"


def test_a_duplicate_asks_and_follows_once_it_is_taken(desk: Desk) -> None:
    asked = desk.act(B, Action.LINK, other=A)
    assert kinds(asked) == ["case.related", "relation.asked"]
    assert desk.case(B).status is Status.ASSIGNED, "until the main case answers it is worked on"
    desk.settle()
    assert (desk.case(B).status, follows(desk, B), followers(desk, A)) == (Status.LINKED, A, {B})
    assert desk.heard(B) == ["opened", "related", "linked"]
    assert desk.heard(A) == ["opened", "related"]
    (said,) = [one.body for one in desk.told if isinstance(one.body, ReportOutcome) and one.body.kind == "linked"]
    assert said.said == "与另一事项并案，一并办理，办结后告知。", "what the other one wrote stays inside"


def test_who_reported_the_duplicate_hears_how_the_main_case_ends_and_that_it_is_done_anew(linked: Desk) -> None:
    linked.act(A, Action.RESOLVE, HANDLER)
    linked.settle()
    assert (linked.case(B).status, linked.case(B).resolution) == (Status.RESOLVED, "经核实")
    linked.act(A, Action.REOPEN)
    linked.settle()
    assert linked.case(B).status is Status.LINKED
    linked.act(A, Action.RESOLVE, HANDLER)
    linked.settle()
    assert linked.heard(B)[-3:] == ["resolved", "linked", "resolved"]
    due = wake(linked.states[str(B)])
    assert due
    linked.take(str(B), decide(linked.states[str(B)], Tick(due), context(due)))
    assert linked.case(B).status is Status.CLOSED


@pytest.mark.parametrize("end", ["cancel", "withdraw"])
def test_when_the_main_case_goes_away_its_duplicate_is_worked_on_by_itself_again(linked: Desk, end: str) -> None:
    if end == "cancel":
        linked.act(A, Action.CANCEL)
    else:
        linked.open("A", revision=2, withdrawn="误报")
    linked.settle()
    free = linked.case(B)
    assert (free.status, free.main, free.assignment.number) == (Status.ASSIGNED, None, 2)
    assert free.assignment.because is AssignedBecause.UNLINKED
    assert list(of_one_mind(linked)) == []


@pytest.mark.parametrize("capacity", [SUPERIOR, CENTRE, FOLLOW_UP, REPORTER])
def test_a_link_is_undone_by_anybody_but_who_has_the_case(linked: Desk, capacity: Capacity) -> None:
    assert linked.act(B, Action.UNLINK, HANDLER).outcome is Outcome.REFUSED
    linked.act(B, Action.UNLINK, capacity, unit=VILLAGE.code if capacity is SUPERIOR else None)
    linked.settle()
    assert (linked.case(B).status, followers(linked, A)) == (Status.ASSIGNED, set())
    assert linked.case(B).assignment.due_by is None, "the time in which it followed was nobody's fault"


def test_a_reporter_who_objects_has_a_case_of_its_own(linked: Desk) -> None:
    linked.act(A, Action.RESOLVE, HANDLER)
    linked.settle()
    linked.act(B, Action.REOPEN, REPORTER)
    linked.settle()
    assert (linked.case(B).status, follows(linked, B), followers(linked, A)) == (Status.ASSIGNED, None, set())


@pytest.mark.parametrize("same_as", [None, A])
def test_lives_in_danger_free_a_duplicate_for_good(linked: Desk, same_as: UUID | None) -> None:
    linked.open("B", revision=2, urgency="life_threatening", same_as=same_as)
    linked.settle()
    assert (linked.case(B).status, follows(linked, B), followers(linked, A)) == (Status.ASSIGNED, None, set())


DECLINED = (
    # what was done before          why B cannot follow A
    ((A, Action.RESOLVE, HANDLER),  "已办结，不能并入"),
    ((A, Action.CANCEL, CENTRE),    "已作废，不能并入"),
    ((A, Action.LINK, CENTRE),      "本身已并入或正在并入其他事项"),
)  # fmt: skip


@pytest.mark.parametrize(("before", "why"), DECLINED)
def test_who_cannot_be_followed_says_why_and_the_other_is_worked_on_as_before(
    desk: Desk, before: tuple[UUID, Action, Capacity], why: str
) -> None:
    desk.act(*before, other=C if before[1] is Action.LINK else None)
    desk.settle()
    desk.act(B, Action.LINK, other=A)
    desk.settle()
    assert (desk.case(B).status, desk.case(B).linking) == (Status.ASSIGNED, None)
    last = [one.body for one in desk.told if isinstance(one.body, CaseEvent) and one.body.case_id == B][-1]
    assert last.kind is CaseEventKind.REFUSED
    assert why in last.why


def test_nobody_follows_a_case_that_nobody_has_opened(desk: Desk) -> None:
    nowhere = report_id("water", "Z")
    desk.act(B, Action.LINK, other=nowhere)
    desk.settle()
    assert desk.case(B).linking is None
    assert desk.heard(B)[-1] == "refused"


HINDERED = (
    # what B is        why it cannot follow
    ("asks",           "并案申请正在处理"),
    ("is followed",    "已有1件事项并入本事项"),
    ("has parts",      "尚有1个子事项未办结"),
    ("itself",         "事项不能并入自己"),
    ("none",           "并案须写明主办事项"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "why"), HINDERED)
def test_what_stands_in_the_way_of_a_link_is_said_at_once(desk: Desk, what: str, why: str) -> None:
    if what == "asks":
        desk.act(B, Action.LINK, other=C)
    elif what == "is followed":
        desk.act(C, Action.LINK, other=B)
        desk.settle()
    elif what == "has parts":
        desk.act(B, Action.SPLIT, HANDLER, pieces=(Piece(summary="清淤"),))
    other = {"itself": B, "none": None}.get(what, A)
    refused = desk.act(B, Action.LINK, other=other)
    assert refused.outcome is Outcome.REFUSED
    body = refused.events[0].body
    assert isinstance(body, CaseEvent)
    assert why in body.why


def test_two_that_ask_to_follow_each_other_are_both_declined(desk: Desk) -> None:
    desk.act(A, Action.LINK, other=B)
    desk.act(B, Action.LINK, other=A)
    desk.settle()
    assert [desk.case(one).status for one in (A, B)] == [Status.ASSIGNED] * 2
    assert list(of_one_mind(desk)) == []


def test_what_is_done_with_a_duplicate_while_it_asks_goes_first(desk: Desk) -> None:
    desk.act(B, Action.LINK, other=A)
    desk.act(B, Action.RESOLVE, HANDLER)
    desk.settle()
    assert (desk.case(B).status, follows(desk, B), followers(desk, A)) == (Status.RESOLVED, None, set())


def test_a_source_that_says_it_is_the_same_has_its_report_linked_by_itself(desk: Desk) -> None:
    desk.open("D", same_as=A)
    desk.settle()
    assert follows(desk, report_id("water", "D")) == A


def test_what_presses_more_follows_nothing_that_has_longer(desk: Desk) -> None:
    desk.open("D", urgency="life_threatening", same_as=A)
    desk.settle()
    life = desk.case(report_id("water", "D"))
    assert (life.status, life.main, life.linking) == (Status.ASSIGNED, None, None)
    assert desk.heard(life.case_id)[-1] == "refused"
    desk.act(A, Action.LINK, other=life.case_id)
    desk.settle()
    assert follows(desk, A) == life.case_id


def accusing(name: str, revision: int = 1) -> ReportLocated:
    """A report about the grid that has A."""
    of = report(name, revision=revision, same_as=A)
    return located(of).model_copy(update={"about": builders.PATH})


def test_who_is_accused_gets_no_report_about_them_by_a_link(desk: Desk) -> None:
    body = accusing("D")
    desk.give(body.subject, body)
    desk.settle()
    assert (desk.case(body.report.report_id).status, followers(desk, A)) == (Status.ASSIGNED, set())
    assert desk.act(body.report.report_id, Action.LINK, other=A).outcome is Outcome.REFUSED


def test_a_duplicate_of_which_it_turns_out_whom_it_is_about_is_given_out_anew_above_them(desk: Desk) -> None:
    desk.open("D", same_as=A)
    desk.settle()
    body = accusing("D", revision=2)
    desk.give(body.subject, body)
    desk.settle()
    case = desk.case(body.report.report_id)
    assert (case.status, case.main, case.assignment.unit) == (Status.ASSIGNED, None, VILLAGE)
    assert followers(desk, A) == set()


def test_a_link_that_people_have_undone_is_not_made_again_by_what_the_source_repeats(desk: Desk) -> None:
    desk.open("D", same_as=A)
    desk.settle()
    other = report_id("water", "D")
    desk.act(other, Action.UNLINK)
    desk.settle()
    desk.open("D", revision=2, same_as=A)
    desk.settle()
    assert (desk.case(other).status, follows(desk, other)) == (Status.ASSIGNED, None)


@pytest.mark.parametrize("order", ["DZ", "ZD"])
def test_a_source_whose_first_report_comes_second_has_them_linked_all_the_same(desk: Desk, order: str) -> None:
    first, second = report_id("water", "Z"), report_id("water", "D")
    for name in order:
        desk.open(name, same_as=first if name == "D" else None)
        desk.settle()
    assert (follows(desk, second), followers(desk, first)) == (first, {second})
    assert desk.states[str(first)].asks == ()
    assert list(of_one_mind(desk)) == []


def test_a_report_that_never_comes_is_waited_for_ten_minutes(desk: Desk) -> None:
    nowhere, second = report_id("water", "Z"), report_id("water", "D")
    desk.open("D", same_as=nowhere)
    while desk.waiting:
        desk.deliver(desk.waiting[0])
    state = desk.states[str(nowhere)]
    due = wake(state)
    assert due == state.asks[0].at + PATIENCE
    assert kinds(desk.take(str(nowhere), decide(state, Tick(due), context(due)))) == ["relation.declined"]
    desk.settle()
    assert (desk.case(second).linking, desk.heard(second)[-1]) == (None, "refused")
    assert wake(desk.states[str(nowhere)]) is None


def test_only_so_many_wait_for_a_report_that_never_comes(desk: Desk) -> None:
    nowhere = report_id("water", "Z")
    for n in range(FOLLOWERS + 5):
        desk.open(f"D{n}", same_as=nowhere)
        while desk.waiting:
            desk.deliver(desk.waiting[0])
    assert len(desk.states[str(nowhere)].asks) == FOLLOWERS
    assert desk.heard(report_id("water", f"D{FOLLOWERS}"))[-1] == "refused"


def test_a_source_that_says_it_again_or_of_what_is_done_links_nothing_more(desk: Desk) -> None:
    desk.open("D", same_as=A, solved="已修复")
    desk.open("E", same_as=A)
    desk.open("E", revision=2, same_as=A)
    asked = [one for one in desk.waiting if isinstance(one.body, CaseRelation) and one.body.kind == "asked"]
    assert [(one.body.subject, one.body.why) for one in asked if isinstance(one.body, CaseRelation)] == [
        (str(A), "来源注明与另一事项为同一事件，申请并案")
    ]


WAY = tuple(Destination(code=one.code, name=one.name) for one in OTHER_PATH)
PIECES = (
    Piece(summary="更换水泵，联系13900001111"),
    Piece(summary="修复道路", to=WAY, department="transport"),
)  # fmt: skip


@pytest.fixture
def divided(desk: Desk) -> Desk:
    desk.act(A, Action.SPLIT, HANDLER, pieces=PIECES)
    desk.settle()
    return desk


def parts(desk: Desk) -> list[UUID]:
    return [one.case_id for one in desk.case(A).parts]


def test_a_case_is_split_into_parts_of_which_each_has_a_unit_and_a_clock_of_its_own(divided: Desk) -> None:
    first, second = (divided.case(one) for one in parts(divided))
    assert (first.parent, first.assignment.unit, first.summary) == (A, GRID, "更换水泵，联系139****1111")
    assert (second.assignment.unit, second.lead) == (OTHER_GRID, "transport")
    assert {one.assignment.because for one in (first, second)} == {AssignedBecause.SPLIT}
    assert divided.case(A).assignment.number == 1, "no touch of its own clock"


def test_who_leads_a_part_does_not_help_in_it() -> None:
    of = builders.case(lead="water", cooperating=("transport", "police"))
    first, second = split_off(of, builders.action(Action.SPLIT, pieces=PIECES), MORNING)
    assert (first.lead, first.cooperating) == ("water", ("transport", "police"))
    assert (second.lead, second.cooperating) == ("transport", ("police",))


def test_of_a_part_its_source_hears_nothing(divided: Desk) -> None:
    before = len(divided.told)
    for part in parts(divided):
        divided.act(part, Action.RESOLVE, HANDLER)
    assert not [one for one in divided.told[before:] if one.body.type.startswith("yiwang.report.")]


def test_a_case_is_resolved_only_after_its_parts_of_which_the_last_is_told(divided: Desk) -> None:
    for n, part in enumerate(parts(divided)):
        assert divided.act(A, Action.RESOLVE, HANDLER).outcome is Outcome.REFUSED
        divided.act(part, Action.RESOLVE, HANDLER)
        divided.settle()
        assert divided.heard(A)[-1] == ("related", "gathered")[n]
    assert divided.act(A, Action.RESOLVE, HANDLER).outcome is Outcome.APPLIED


@pytest.mark.parametrize("status", Status)
def test_a_part_that_follows_another_case_has_not_ended(status: Status) -> None:
    of = builders.case()
    (part,) = split_off(of, builders.action(Action.SPLIT, pieces=PIECES[:1]), MORNING)
    known = divided_into(of, (part.model_copy(update={"status": status}),))
    assert bool(still_open(known)) == (status.open or status is Status.LINKED)


def test_one_part_or_all_are_taken_back(divided: Desk) -> None:
    one, other = parts(divided)
    assert divided.act(A, Action.JOIN, HANDLER, other=B).outcome is Outcome.REFUSED
    divided.act(A, Action.JOIN, HANDLER, other=one)
    divided.settle()
    assert [divided.case(part).status for part in (one, other)] == [Status.JOINED, Status.ASSIGNED]
    divided.act(A, Action.JOIN, HANDLER)
    divided.settle()
    assert divided.case(other).status is Status.JOINED
    assert divided.heard(A)[-1] == "gathered"


def test_a_case_that_goes_away_takes_its_parts_along(divided: Desk) -> None:
    divided.act(parts(divided)[0], Action.RESOLVE, HANDLER)
    divided.act(A, Action.CANCEL)
    divided.settle()
    assert [divided.case(part).status for part in parts(divided)] == [Status.RESOLVED, Status.JOINED]
    assert list(of_one_mind(divided)) == []


def test_a_part_that_is_reopened_is_seen_by_its_case(divided: Desk) -> None:
    part = parts(divided)[0]
    for what, capacity in ((Action.RESOLVE, HANDLER), (Action.REOPEN, CENTRE)):
        divided.act(part, what, capacity)
        divided.settle()
    assert divided.case(A).parts[0].status.open


WRONG = (
    # what is split off                                              why not
    ((),                                                             "拆分须写明子事项"),
    ((Piece(summary="1", department="nobody"),),                     "第1个子事项：没有代码为nobody的部门"),
    ((Piece(summary="1", to=PIECES[1].to[1:]),),                     "第1个子事项：承办单位须从旗起逐级写到该单位"),
)  # fmt: skip


@pytest.mark.parametrize(("pieces", "why"), WRONG)
def test_a_split_that_cannot_be_is_refused(desk: Desk, pieces: tuple[Piece, ...], why: str) -> None:
    refused = desk.act(A, Action.SPLIT, HANDLER, pieces=pieces)
    body = refused.events[0].body
    assert isinstance(body, CaseEvent)
    assert why in body.why
    assert refused.outcome is Outcome.REFUSED


def test_parts_are_bounded_and_have_none_themselves(desk: Desk) -> None:
    for _ in range(PARTS // 10):
        desk.act(A, Action.SPLIT, HANDLER, pieces=(Piece(summary="清淤"),) * 10)
    desk.settle()
    assert len(parts(desk)) == len(set(parts(desk))) == PARTS
    assert desk.act(A, Action.SPLIT, HANDLER, pieces=(Piece(summary="清淤"),)).outcome is Outcome.REFUSED
    assert desk.act(parts(desk)[0], Action.SPLIT, HANDLER, pieces=(Piece(summary="清淤"),)).outcome is Outcome.REFUSED
    assert desk.act(parts(desk)[0], Action.LINK, other=B).outcome is Outcome.REFUSED


ACTS: Sequence[tuple[UUID, Action, Capacity, UUID | None]] = (
    (B, Action.LINK, CENTRE, A),
    (C, Action.LINK, CENTRE, B),
    (A, Action.LINK, CENTRE, C),
    (A, Action.RESOLVE, HANDLER, None),
    (A, Action.SPLIT, HANDLER, None),
    (B, Action.CANCEL, CENTRE, None),
)


@pytest.mark.parametrize("order", list(permutations(range(len(ACTS)), 4))[::7])
def test_acts_on_several_cases_end_well_however_their_words_cross(order: tuple[int, ...]) -> None:
    for seed in range(6):
        random, desk = Random(seed), Desk()
        desk.open("A", "B", "C")
        acts = deque(order)
        while acts or desk.waiting:
            if acts and (not desk.waiting or random.random() < 0.5):
                case, what, capacity, other = ACTS[acts.popleft()]
                desk.act(case, what, capacity, other=other, pieces=PIECES if what is Action.SPLIT else ())
            else:
                desk.deliver(random.choice(desk.ready()))
        assert list(of_one_mind(desk)) == [], f"order {order}, seed {seed}"


def test_what_a_case_tells_others_has_the_identity_of_its_action_and_of_the_one_that_it_is_for() -> None:
    state = State(version=4, case=builders.case(4, Status.ACCEPTED))
    asked = builders.action(Action.SPLIT, note="分工", pieces=[Piece(summary="换水泵"), Piece(summary="打新井")])
    told = [event for event in decide(state, arrived(asked), context()).events if isinstance(event.body, CaseRelation)]
    ids = [event_id(asked.cause, one.body.type, f"{one.body.subject}/{one.body.version}") for one in told]
    assert [event.id for event in told] == ids
    assert len(set(ids)) == 2


def test_a_duplicate_that_is_worked_on_by_itself_again_has_nothing_done_and_avoids_whom_it_is_about() -> None:
    other = name_id("main")
    linked = builders.case(
        4,
        Status.LINKED,
        about=builders.PATH[:3],
        resolution="已换水泵",
        resolved_at=builders.MORNING,
        main={"case_id": other, "version": 1, "at": builders.MORNING, "by": "1001"},
    )
    gone = CaseRelation(
        version=2,
        kind=RelationKind.FOLLOWED,
        case_id=other,
        to=str(builders.CASE_ID),
        cause=other,
        status=Status.CANCELLED,
    )
    free = decide(State(version=4, case=linked), arrived(gone, topic=RELATIONS), context()).state
    assert free
    assert free.case
    assert (free.case.assignment.unit, free.case.assignment.because) == (builders.TOWN, AssignedBecause.UNLINKED)
    assert (free.case.resolution, free.case.resolved_at, free.case.main) == (None, None, None)
