"""The real deciders of routing and escalation beside the reference model: whatever is done to one is done to both."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts.case import Action, Capacity, CaseEvent
from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.identity import name_id
from contracts.wire import Body
from services.chassis.values import Context, Decision, Input, Outcome, Tick
from services.escalation import domain as escalation
from services.escalation import validate
from services.escalation.ledger import Ledger
from services.routing import domain as routing
from services.routing import moves, rules, table
from services.routing.state import State, wake
from tests import builders
from tests.builders import CASE_ID, MORNING
from tests.lives import case as model
from tests.lives import others
from tests.lives.clock import TERMS, Book, Rest, Said
from tests.lives.ledger import Clocks
from tests.lives.model import Act, Model, News
from tests.lives.others import Word
from tests.lives.rows import strangers
from tests.lives.words import OTHERS, action, apart, beginning, dial, hands, located, relation, shown, up_to


def _compiled() -> table.Table:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(model.RULES, encoding="utf-8")
        return table.compiled(rules.read(file))


TABLE, TABLES = _compiled(), validate.load()
BOOK: Final = Book(TERMS.read_text(encoding="utf-8"))
RECORD: Final = builders.record(b"")
PLACES: Final = ("150623103200001", "150623103200002", "150623102201003", "150623103200", "150623103", "150623")
MOVES: Final = (
    "accept", "hand_up", "start", "hand_back", "resolve", "transfer", "confirm", "reopen", "start", "cancel", "reopen",
    "transfer", "extend", "accept", "hand_back", "suspend", "resume",
)  # fmt: skip
ANSWERS: Final = (None, "taken", "taken", "declined")
JOINS: Final = ("link", "split", "join", "unlink", "split")
DECIDED: Final = ((), ("approve",), ("approve",), ("approve", "crosses"), ("approve", "crosses"), ("decline",))
CAPACITIES: Final = tuple(Capacity)
RINGS: Final = 6
"""So many timers ring on time in one wait; what is due behind them rings late, as after an outage."""
MET: Final = Counter[tuple[str | None, str, str]]()
"""What the lives have met: actions by where the case stood and what became of them, and all that was told."""


class ToClocks(NamedTuple):
    """A case event on its way to escalation, with the model's case as it was told."""

    id: UUID
    body: CaseEvent
    kind: str
    at: datetime
    case: Model | None


class ToCase(NamedTuple):
    """A deadline event on its way to routing, with what the model's clock knew."""

    id: UUID
    body: DeadlineEvent
    kind: str
    number: int
    version: int
    due: datetime
    longer: tuple[int, ...]
    rests: tuple[Rest, ...]


ACTS = st.builds(
    Act,
    action=st.sampled_from([each.value for each in Action]),
    capacity=st.sampled_from([each.value for each in Capacity]),
    unit=st.sampled_from([None, None, "own", "above", "above", *PLACES[2:]]),
    number=st.sampled_from([None, None, None, None, 0, 1]),
    version=st.sampled_from([None, None, None, None, 0, 1]),
    to=st.sampled_from([(), *map(up_to, PLACES), ("150623103",), ("150623", "150623103200"), ("150623103", "150623")]),
    department=st.sampled_from([None, None, *model.DEPARTMENTS, "navy"]),
    minutes=st.sampled_from([None, 60, 600, 7_201, 20_000]),
    note=st.sampled_from(["", " ", "已修复", "已修复", "已修复"]),
    actor=st.sampled_from(["1001", "1200"]),
    other=st.sampled_from([None, 0, 1, 2]),
    pieces=st.sampled_from([(), ((),), (up_to(PLACES[1]), ()), (up_to(PLACES[3]),), (("150623", "150623103200"),)]),
)
"""Actions of all kinds, most of them unlawful; unit, number and version are told relative to the case."""
NEWS = st.builds(
    News,
    revision=st.sampled_from([1, 1, 1, 2, 0, -1]),
    urgency=st.sampled_from([0] * 7 + [1, 1, 2]),
    people=st.sampled_from([None, None, 3, 12]),
    place=st.sampled_from(PLACES),
    found=st.sampled_from(["located", "located", "two_fit", "not_located", "outside"]),
    about=st.sampled_from(["", "", "", "own", "own", *PLACES]),
    withdrawn=st.sampled_from([False] * 30 + [True]),
    solved=st.sampled_from([False] * 10 + [True]),
)
"""Revisions; their numbers, and "own" for the unit in charge, are relative to the case."""
SAID = st.builds(
    Word,
    kind=st.sampled_from([*sorted(others.HEARD), "recalled", "recalled"]),
    other=st.integers(0, 2),
    version=st.just(0),
    status=st.sampled_from(["assigned", "suspended", "resolved", "resolved", "cancelled", "linked", "joined"]),
)
"""What other cases say."""
WAITS = st.sampled_from([1, 61, 3_600, 5 * 3_600, 13 * 3_600, 26 * 3_600 + 7, 3 * 86_400, 8 * 86_400 + 1])
"""Seconds."""


Step = tuple[str, Model | None, datetime]
"""What is told, of which case, and when."""


class Lives(RuleBasedStateMachine):
    """One case, two services, and the model of both; events travel as late, as often and in what order as it comes."""

    def __init__(self) -> None:
        super().__init__()
        assert not (unknown := strangers()), "\n".join(unknown)
        self.now, self.count = MORNING, 0
        self.state, self.version = State(), 0
        self.case: Model | None = None
        self.ledger: Ledger | None = None
        self.clocks = Clocks(book=BOOK)
        self.to_clocks: list[ToClocks] = []
        self.to_case: list[ToCase] = []
        self.heard_by_clocks: list[ToClocks] = []
        self.heard_by_case: list[ToCase] = []
        self.breaches: list[tuple[datetime, ToCase]] = []

    # ---- what people and sources do ----------------------------------------------------------------------------------

    @initialize(news=NEWS, by=st.sampled_from([*["report"] * 6, "part", "part", "nobody"]))
    def begin(self, news: News, by: str) -> None:
        """Most cases are opened by a report before anything else is heard of them, some are split off another one."""
        if by == "report":
            self.report(replace(news, revision=1))
        if by == "part":
            said, part = beginning()
            self._route(self._input(said), part, ["opened"])

    @rule(news=NEWS)
    def report(self, news: News) -> None:
        """A revision of the report comes, or one that is no newer."""
        case = self.case
        about = (case.unit if case else "") if news.about == "own" else news.about
        news = replace(news, revision=max(1, news.revision + (case.revision if case else 0)), about=about)
        if case and news.revision <= case.revision:
            decision = self._route(self._input(located(news)), case, [])
            assert (decision.outcome, decision.state) == (Outcome.STALE, None)
            return
        after, *kinds = model.corrected(case, news, self.now) if case else model.opened(news, self.now)
        self._route(self._input(located(news)), after, kinds)

    @rule(act=ACTS)
    def ask(self, act: Act) -> None:
        """Somebody asks for anything at all."""
        case = self.case
        unit = {"own": case.unit, "above": case.above or None}.get(act.unit or "", act.unit) if case else None
        number = None if act.number is None else max(1, (case.number if case else 1) - act.number)
        version = None if act.version is None else max(1, self.version - act.version)
        self._act(replace(act, unit=unit, number=number, version=version))

    @precondition(lambda self: self.case)
    @rule(act=ACTS, first=st.integers(0, len(MOVES) - 1), who=st.integers(0, 3))
    def do(self, act: Act, first: int, who: int) -> None:
        """Somebody does something that the model calls lawful, and says it rightly: then it is done."""
        self._do(act, (*MOVES[first:], *MOVES[:first]), who)

    @precondition(lambda self: self.case)
    @rule(act=ACTS, wish=st.sampled_from(list(model.TIMES)), then=st.sampled_from(DECIDED), who=st.integers(0, 3))
    def give_time(self, act: Act, wish: str, then: tuple[str, ...], who: int) -> None:
        """Time is asked for, and perhaps given, as few lives would come to by chance.

        What is given may cross what the clock says, which has not heard of it yet.
        """
        self.settle()
        self._do(act, ("resume", "start"), who)
        if self._do(act, (wish,), who) and then and self._do(act, then[:1], who) and then[1:]:
            self.oversleep(heard=False)

    def _do(self, act: Act, wanted: Sequence[str], who: int) -> str | None:
        assert self.case
        for what in wanted:
            can = [each.value for each in Capacity if what in model.lawful(self.case, each.value, self.now)]
            if can and (said := self._rightly(act, what, can[who % len(can)])):
                assert self._act(said) is not Outcome.REFUSED
                return what
        return None

    def _rightly(self, act: Act, what: str, capacity: str) -> Act | None:
        """The action with all that it must say; None where it cannot be said rightly now."""
        case = self.case
        assert case
        said = replace(
            act, action=what, capacity=capacity, number=None, version=None, note="已修复", minutes=None,
            unit=case.above if capacity == "superior" else None,
            department=None, to=(), actor="1001", other=None, pieces=(),
        )  # fmt: skip
        if what in model.TIMES:
            said = replace(said, minutes=model.MINUTES[what] if act.minutes is None else 60)
        if what in ("approve", "decline"):
            said = replace(said, actor="1200" if case.asked and case.asked.by == "1001" else "1001")
        if what == "link":
            said = replace(said, other=1 + (act.other or 0) % 2)
        if what == "split":
            said = replace(said, pieces=((), ()))
        if what == "join":
            said = replace(said, other=None)
        if what == "transfer":
            ways = (replace(said, to=act.to or up_to(PLACES[1])), replace(said, department="water"))
            said = replace(said, to=ways[0].to) if not model.refused(case, ways[0], self.now) else ways[1]
        return None if model.refused(case, said, self.now) and what in ("transfer", "approve") else said

    def _act(self, act: Act) -> Outcome:
        self.count += 1
        case, parts = self.case, self.state.case.parts if self.state.case else ()
        if act.action != "join":
            other = OTHERS[act.other or 0]
        else:
            other = parts[act.other].case_id if act.other is not None and act.other < len(parts) else OTHERS[3]
        given = self._input(action(act, self.count, other))
        stood = case.status if case else None
        if case is None or model.refused(case, act, self.now):
            MET[stood, act.action, "refused"] += 1
            decision = self._route(given, case, ["refused"])
            [told] = [one.body for one in decision.events if isinstance(one.body, CaseEvent)]
            expected = model.lawful(case, act.capacity, self.now) if case else []
            assert list(told.lawful) == expected
        else:
            MET[stood, act.action, "done"] += 1
            after, tells = model.acted(case, act, self.now)
            decision = self._route(given, after, [tells])
        return decision.outcome

    # ---- time --------------------------------------------------------------------------------------------------------

    @rule(seconds=st.just(0) | WAITS, clocks=st.booleans(), case=st.booleans())
    def outage(self, seconds: int, clocks: bool, case: bool) -> None:
        """Time passes, and then a service looks whether something is due, at whatever time that is."""
        self.now += timedelta(seconds=seconds)
        if clocks:
            self._clocks_ring()
        if case:
            self._case_rings()

    @precondition(lambda self: self.clocks.running)
    @rule(heard=st.booleans())
    def oversleep(self, heard: bool) -> None:
        """It is the time when the running clock would be due; perhaps it has not heard of what was done meanwhile."""
        if heard:
            self.settle()
        if self.clocks.running:
            self.now = max(self.now, self.clocks.running.due)
        self._clocks_ring()

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        """Time passes, and timers ring when they are due, each heard of at once by the other service."""
        self.settle()
        end = self.now + timedelta(seconds=seconds)
        for _ in range(RINGS):
            at, ring = min(
                ((at, ring) for at, ring in self._timers() if at), key=lambda one: one[0], default=(end, None)
            )
            if ring is None or at > end:
                break
            self.now = max(self.now, at)
            ring()
            self.settle()
        self.now = end

    def _case_rings(self) -> None:
        """What waited for all inputs of before it is answered, as of when it came; then it goes on or closes."""
        assert wake(self.state) == self._wakes()
        case, steps = self.case, list[Step]()
        for at, one in self.breaches:
            assert case
            case, tells = model.breached(case, one.number, one.longer, one.rests, at)
            case = model.told(case, self.version + len(steps) + 1)
            steps.append((tells, case, at))
        self.breaches = []
        if case and (due := model.wakes(case)) and due <= self.now:
            after, tells = model.rung(case, self.now)
            steps.append((tells, after, self.now))
        self._steps(Tick(self.now), self.case, steps)

    def _wakes(self) -> datetime | None:
        return self.breaches[0][0] if self.breaches else model.wakes(self.case)

    def _clocks_ring(self) -> None:
        if self.ledger:
            self._escalate(Tick(self.now), self.clocks.rings(self.now))

    def _timers(self) -> Sequence[tuple[datetime | None, Any]]:
        return (self.clocks.wakes(), self._clocks_ring), (self._wakes(), self._case_rings)

    # ---- what the services tell each other ---------------------------------------------------------------------------

    @rule(clocks=st.booleans(), which=st.integers(0, 4))
    def hear(self, clocks: bool, which: int) -> None:
        """A service hears one of the events that wait for it, not always the oldest."""
        if clocks and self.to_clocks:
            self.heard_by_clocks.append(self.to_clocks.pop(which % len(self.to_clocks)))
            self._tell_clocks(self.heard_by_clocks[-1])
        if not clocks and self.to_case:
            self.heard_by_case.append(self.to_case.pop(which % len(self.to_case)))
            self._tell_case(self.heard_by_case[-1])

    @rule(back=st.integers(1, 6))
    def read_again(self, back: int) -> None:
        """Both services read the last records once more, as after a crash."""
        for case_event in self.heard_by_clocks[-back:]:
            self._tell_clocks(case_event)
        for deadline_event in self.heard_by_case[-back:]:
            self._tell_case(deadline_event)

    def _tell_clocks(self, one: ToClocks) -> None:
        said = self.clocks.hears(one.kind, one.case, one.at, self.now)
        self._escalate(self._input(one.body, one.id), said)

    def _tell_case(self, one: ToCase) -> None:
        case, kinds = self.case, ["moot"] if one.kind == "breached" else []
        if case and one.kind == "breached":
            after, *kinds = model.breached(case, one.number, one.longer, one.rests, self.now)
            if kinds == ["assigned"]:  # it waits until all is read that was sent before it
                self.breaches.append((self.now, one))
                kinds = []
            else:
                case = after
        elif (
            case
            and one.kind in ("scheduled", "rescheduled")
            and one.number == case.number
            and one.version > case.clocked
        ):
            case = replace(case, due=one.due, clocked=one.version)
        self._route(self._input(one.body, one.id), case, kinds)

    @rule()
    def settle(self) -> None:
        """All that waits is heard in order; then an open case has the one clock of its assignment, due as it says."""
        while self.to_clocks or self.to_case or self.breaches:
            while self.to_clocks:
                self.hear(clocks=True, which=0)
            while self.to_case:
                self.hear(clocks=False, which=0)
            if self.breaches:
                self._case_rings()
        case, clock = self.state.case, self.ledger.running if self.ledger else None
        if case is None:
            return
        assert (clock is not None) == case.status.open
        if clock and isinstance(self.ledger, Ledger):
            assert clock.assignment == case.assignment.number
            assert clock.rests == (case.status.value == "suspended")
            assert case.due_at == (None if clock.rests else clock.due_at)
            assert clock.clock is case.clock
            assert [entry for entry in self.ledger.entries if entry.ended_at is None] == [clock]

    # ---- both at once ------------------------------------------------------------------------------------------------

    def _input(self, body: Body, known: UUID | None = None) -> Input[Any]:
        self.count += 1
        return Input(id=known or name_id(f"lives/{self.count}"), subject=str(CASE_ID), body=body, record=RECORD)

    def _route(self, given: Input[Any] | Tick, case: Model | None, kinds: Sequence[str]) -> Decision[State]:
        """Routing decides; then its case and what it told are the model's."""
        return self._steps(given, case, [(kind, case, self.now) for kind in kinds])

    def _steps(self, given: Input[Any] | Tick, case: Model | None, steps: Sequence[Step]) -> Decision[State]:
        """The same where several things are told, each with its case and its time."""
        decision = routing.decide(TABLE, self.state, given, Context(now=self.now))
        self.state = decision.state or self.state
        told = [(one.id, one.body) for one in decision.events if isinstance(one.body, CaseEvent)]
        assert [(body.kind.value, body.at) for _, body in told] == [(kind, at) for kind, _, at in steps]
        for (cause, body), (kind, then, at) in zip(told, steps, strict=True):
            MET["told", kind, ""] += 1
            self.version += 1
            case = model.told(then, self.version) if then else None
            self.to_clocks.append(ToClocks(cause, body, kind, at, case))
            assert body.version == self.version
        self.case = case
        assert self.state.version == self.version
        assert not (unlike := apart(shown(self.state), case)), unlike
        if case:
            self._may(case)
        assert not told or told[-1][1].case == self.state.case
        return decision

    def _may(self, case: Model) -> None:
        """What the handler may do, and each time somebody in another capacity, is exactly what the model says."""
        assert self.state.case
        for capacity in {Capacity.HANDLER, CAPACITIES[self.count % len(CAPACITIES)]}:
            could = moves.lawful(self.state.case, capacity, TABLE.limits, self.now)
            assert [each.value for each in could] == model.lawful(case, capacity.value, self.now)

    def _escalate(self, given: Input[Any] | Tick, said: Sequence[Said]) -> None:
        """Escalation decides; then its clocks and what they said are the model's."""
        before = self.ledger.version if self.ledger else 0
        decision = escalation.decide(TABLES, self.ledger, given, Context(now=self.now))
        self.ledger = decision.state or self.ledger
        told = [(one.id, one.body) for one in decision.events if isinstance(one.body, DeadlineEvent)]
        assert [(body.kind.value, body.n) for _, body in told] == [(one.kind, one.n) for one in said]
        assert [body.version for _, body in told] == list(range(before + 1, before + 1 + len(said)))
        for (cause, body), what in zip(told, said, strict=True):
            MET["said", what.kind, ""] += 1
            self._on_time(body)
            known, clock = self.clocks.newest, self.clocks.clocks[-1]
            assert known
            assert body.due_at == clock.due
            self.to_case.append(
                ToCase(cause, body, what.kind, clock.number, body.version, clock.due, known.longer, known.rests)
            )
        if self.ledger:
            assert len(self.ledger.entries) == len(self.clocks.clocks)
            for entry, clock in zip(self.ledger.entries, self.clocks.clocks, strict=True):
                assert not (unlike := apart(dial(entry), hands(clock))), unlike
            assert escalation.wake(self.ledger) == self.clocks.wakes()

    def _on_time(self, body: DeadlineEvent) -> None:
        """Nothing is said early."""
        due = {
            DeadlineKind.WARNED: body.warn_at,
            DeadlineKind.PRESSING: body.press_at,
            DeadlineKind.BREACHED: body.due_at,
            DeadlineKind.OVERDUE: body.due_at,
        }.get(body.kind, body.at)
        assert due
        assert due <= body.at == self.now


class LivesTogether(Lives):
    """The same with other cases: some that it follows or that follow it, and parts that are split off it."""

    @precondition(lambda self: self.case)
    @rule(act=ACTS, first=st.integers(0, len(JOINS) - 1), who=st.integers(0, 3), answer=st.sampled_from(ANSWERS))
    def join(self, act: Act, first: int, who: int, answer: str | None) -> None:
        """Somebody does what is about other cases; whom it asks to follow may answer at once."""
        done = self._do(act, (*JOINS[first:], *JOINS[:first]), who)
        if done == "link" and answer and self.case and self.case.asking:
            self.others_say(Word(kind=answer, other=self.case.asking - 1, version=0), old=0)

    @rule(word=SAID, old=st.sampled_from([0, 0, 0, 3]))
    def others_say(self, word: Word, old: int) -> None:
        """Another case says something, perhaps late: its versions are the machine's count."""
        case = self.case
        word = replace(word, version=max(1, self.count - old))
        if case and case.parts and word.kind in ("told", "recalled", "ended"):
            word = replace(word, kind="told", other=word.other % len(case.parts))
        if word.kind != "told":
            word = replace(word, other=1 if word.kind == "recalled" else 1 + word.other % 2)
        parts = self.state.case.parts if self.state.case else ()
        known = parts[word.other].case_id if word.kind == "told" and word.other < len(parts) else None
        after, tells = others.heard(case, word, self.now) if case else (None, None)
        self._route(self._input(relation(word, known or OTHERS[word.other or 3])), after, [tells] if tells else [])
