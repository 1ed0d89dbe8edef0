"""The clock of one assignment, and the ledger of a case's clocks, as the checker knows them."""

from contracts.deadline import DeadlineKind
from yiwang.check.glances import DeadlineSeen
from yiwang.check.log import Moment, Name, Ref, moment


class Clock:
    """What the clock of one assignment said: by kind the counts, and when."""

    __slots__ = (
        "breaches",
        "dues",
        "moved",
        "ordered",
        "overdue",
        "pressed",
        "scheduled",
        "scheduled_at",
        "snapshot",
        "spoken",
        "started_at",
        "warned",
    )

    def __init__(self, said: DeadlineSeen) -> None:
        """Begin with what never changes; ``dues`` are due times that it was given, ``spoken`` others that it told.

        ``ordered`` are the causes of what moved it by an official's order, by the number among ``moved``.
        """
        self.started_at = moment(said.started_at)
        self.dues: set[Moment] = set()
        self.spoken: dict[Moment, Ref] = {}
        self.moved: dict[int, Moment] = {}
        self.ordered: dict[int, Name] = {}
        self.pressed: dict[int, Moment] = {}
        self.scheduled: Name | None = None
        self.scheduled_at: Moment = 0
        self.snapshot = 0
        self.warned: dict[int, Moment] = {}
        self.breaches: dict[int, tuple[Name, Moment]] = {}
        self.overdue: dict[int, Moment] = {}

    def counted(self, kind: DeadlineKind) -> dict[int, Moment]:
        """When it said each of a kind, by its number; breaches are kept apart, with their names."""
        return {
            DeadlineKind.WARNED: self.warned,
            DeadlineKind.PRESSING: self.pressed,
            DeadlineKind.OVERDUE: self.overdue,
            DeadlineKind.RESCHEDULED: self.moved,
        }[kind]


class Ledger:
    """The clocks of a case by assignment, and the versions in which they spoke."""

    __slots__ = ("clocks", "newest", "ticked", "versions")

    def __init__(self) -> None:
        """Begin with no clock."""
        self.clocks: dict[int, Clock] = {}
        self.versions: dict[int, Name] = {}
        self.newest = 0
        self.ticked: Moment = 0
