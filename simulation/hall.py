"""The town hall: hears what happens to cases, in any order, and says who acts at a moment."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.case import CaseAction, CaseEvent
from simulation import turns
from simulation.people import People


@dataclass(slots=True)
class TownHall:
    """The newest snapshot of each open case; what is done depends on the set of events heard, not on their order."""

    people: People
    _newest: dict[UUID, CaseEvent] = field(default_factory=dict)

    def hear(self, event: CaseEvent) -> None:
        """An event has come, perhaps after a newer one, perhaps again."""
        known = self._newest.get(event.case_id)
        if known is None or event.version > known.version:
            self._newest[event.case_id] = event

    def soonest(self, after: datetime) -> datetime | None:
        """When next, after this moment, somebody acts who cannot wait for the next one: lives are in danger."""
        cases = (event.case for event in self._newest.values() if event.case)
        times = (self.people.hurries(case, after) for case in cases)
        return min((at for at in times if at), default=None)

    def actions(self, now: datetime, touched: AbstractSet[UUID] = frozenset()) -> Iterator[CaseAction]:
        """What people do at this moment, in order of the cases' ids.

        ``touched`` are cases of which a newer revision is published at this same moment: nobody acts on these, for
        which of the two came first would be chance.
        """
        for case_id in sorted(self._newest.keys() - touched):
            event = self._newest[case_id]
            done = turns.acts(self.people, event, now)
            if event.case and (done := done or self.people.acts(event.case, event.at, now)):
                yield done
