"""What cases tell each other: each word from its cause, each request answered once, both sides of one mind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from contracts.case import Status
from contracts.identity import event_id
from contracts.relation import RelationKind
from contracts.topics import CASES, RELATIONS
from yiwang.check.cases import Cases
from yiwang.check.glances import CaseEventSeen, RelationSeen
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref
from yiwang.check.moves import DONE
from yiwang.check.rules import offence
from yiwang.check.values import Offence

ANSWERS: Final = frozenset({RelationKind.TAKEN, RelationKind.DECLINED})


class Kin(NamedTuple):
    """How a case stands with others, in the newest version of it that has any."""

    version: int
    status: Status
    main: Name | None
    duplicates: frozenset[Name]
    parts: dict[Name, Status]


@dataclass(slots=True)
class Relations:
    """All words between cases, and how each case stands with others."""

    log: Log
    letters: Letters
    cases: Cases
    _refs: list[Ref] = field(default_factory=list)
    _asked: dict[Name, Ref] = field(default_factory=dict)
    _answers: Counter[Name] = field(default_factory=Counter)
    _kin: dict[Name, Kin] = field(default_factory=dict)
    _caused: dict[Name, tuple[Name, RelationKind]] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)

    def hear(self, ref: Ref, name: Name, said: RelationSeen) -> None:
        """Take a word, each once."""
        self._refs.append(ref)
        self._caused[name] = (said.cause.int, said.kind)
        expected = event_id(said.cause, f"yiwang.relation.{said.kind.value}.v1", f"{said.to}/{said.version}")
        if name != expected.int:
            what = f"{self.log.where(ref)}, {said.kind.value}, has id {UUID(int=name)}; expected {expected}"
            self._strange.append(offence("event-identity", said.case_id, what))
        if said.kind is RelationKind.ASKED:
            self._asked[name] = ref
        elif said.kind in ANSWERS:
            self._answers[said.cause.int] += 1

    def look(self, said: CaseEventSeen) -> None:
        """Take how a case stands with others."""
        case, known = said.case, self._kin.get(said.case_id.int)
        if case is None or (known and known.version >= said.version):
            return
        if known or case.main or case.duplicates or case.parts:
            self._kin[said.case_id.int] = Kin(
                said.version,
                case.status,
                case.main.case_id.int if case.main else None,
                frozenset(one.case_id.int for one in case.duplicates),
                {one.case_id.int: one.status for one in case.parts},
            )

    def judge(self) -> Iterator[Offence]:
        """Words from nowhere, requests without an answer or with several, and sides that do not agree."""
        yield from self._strange
        if self.log.whole(RELATIONS.name):
            yield from self._uncaused()
        for name, ref in self._asked.items():
            yield from self._answered(name, ref)
        if self.log.whole(CASES.name) and all(self._taken(ref) for ref in self._refs):
            for name, kin in self._kin.items():
                yield from self._agree(name, kin)

    def _uncaused(self) -> Iterator[Offence]:
        for name, (cause, kind) in self._caused.items():
            if not self.log.times(cause) and not self.log.new(name) and self.cases.sees_causes():
                what = f"{kind.value} has no cause: {UUID(int=cause)} was never heard"
                yield offence("event-uncaused", UUID(int=name), what)

    def _answered(self, name: Name, ref: Ref) -> Iterator[Offence]:
        times, where = self._answers[name], self.log.where(ref)
        if times > 1:
            yield offence("answered-twice", UUID(int=name), f"{where} has {times} answers")
        held = self.cases.waiting
        if times or held is None or name in held or not self._taken(ref):
            return
        if self.log.whole(RELATIONS.name, self.log.time(ref)):
            yield offence("answer-missing", UUID(int=name), f"{where} is settled, and has no answer")

    def _taken(self, ref: Ref) -> bool:
        return self.log.settled("routing", ref) and not self.letters.kept("routing", ref)

    def _agree(self, name: Name, kin: Kin) -> Iterator[Offence]:
        """Each side knows the other, and stands as it tells."""
        if kin.main is not None and self._at_rest(name, kin.main):
            main = self._kin.get(kin.main)
            if main is None or name not in main.duplicates:
                what = f"it follows {UUID(int=kin.main)}, which knows nothing of it"
                yield offence("relation-one-sided", UUID(int=name), what)
            elif (main.status.open, main.status in DONE) != (kin.status is Status.LINKED, kin.status in DONE):
                what = f"it is {kin.status.value}, its main case {UUID(int=kin.main)} {main.status.value}"
                yield offence("relation-differs", UUID(int=name), what)
        for other in kin.duplicates:
            if self._at_rest(name, other) and (other not in self._kin or self._kin[other].main != name):
                what = f"{UUID(int=other)} is said to follow it, and does not"
                yield offence("relation-one-sided", UUID(int=name), what)
        for part, status in kin.parts.items():
            stand = self.cases.stand(part, self.cases.newest(part))
            found = stand.status if stand else None
            if self._at_rest(name, part) and (found is None or found.open is not status.open):
                stands = found.value if found else "nowhere"
                what = f"its part {UUID(int=part)} is said to be {status.value}, and is {stands}"
                yield offence("relation-differs", UUID(int=name), what)

    def _at_rest(self, *cases: Name) -> bool:
        """Whether all that was told of these cases has been taken by others: then nothing is on its way."""
        events = (self.cases.event(case, self.cases.newest(case)) for case in cases)
        refs = [self.log.find(event) for event in events if event is not None]
        return all(ref is not None and self.log.settled("escalation", ref) for ref in refs)
