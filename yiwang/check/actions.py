"""What people asked to be done: each action is answered once, however often it was delivered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from contracts.case import CaseAction
from contracts.topics import CASES
from yiwang.check.cases import Cases
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref
from yiwang.check.rules import offence
from yiwang.check.values import Offence


@dataclass(slots=True)
class Actions:
    """All actions by their causes."""

    log: Log
    letters: Letters
    cases: Cases
    _asked: dict[Name, Ref] = field(default_factory=dict)

    def hear(self, ref: Ref, asked: CaseAction) -> None:
        """Take an action; of several deliveries the first counts."""
        name = asked.cause.int
        if self.log.first(name, ref):
            self._asked[name] = ref

    def judge(self) -> Iterator[Offence]:
        """Actions without an answer, and with several."""
        for name, ref in self._asked.items():
            times, where = self.cases.answers(name), self.log.where(ref)
            if times > 1:
                yield offence("answered-twice", UUID(int=name), f"{where} has {times} answers")
            waits = not self.log.settled("routing", ref) or self.letters.parked("routing", ref)
            if not times and not waits and self.log.whole(CASES.name, self.log.time(ref)):
                yield offence("answer-missing", UUID(int=name), f"{where} is settled, and has no answer")
