"""The clock of one assignment, and the ledger of a case's clocks, as the checker knows them."""

from yiwang.check.glances import DeadlineSeen
from yiwang.check.log import Moment, Name, Ref, moment


class Clock:
    """What the clock of one assignment said: by kind the counts, and when."""

    __slots__ = (
        "breaches",
        "dues",
        "moved",
        "overdue",
        "scheduled",
        "scheduled_at",
        "snapshot",
        "spoken",
        "started_at",
        "warned",
    )

    def __init__(self, said: DeadlineSeen) -> None:
        """Begin with what never changes; ``dues`` are the due times it was given, ``spoken`` others that it spoke of."""
        self.started_at = moment(said.started_at)
        self.dues: set[Moment] = set()
        self.spoken: dict[Moment, Ref] = {}
        self.moved: dict[int, Moment] = {}
        self.scheduled: Name | None = None
        self.scheduled_at: Moment = 0
        self.snapshot = 0
        self.warned: Moment | None = None
        self.breaches: dict[int, tuple[Name, Moment]] = {}
        self.overdue: dict[int, Moment] = {}


class Ledger:
    """The clocks of a case by assignment, and the versions in which they spoke."""

    __slots__ = ("clocks", "newest", "ticked", "versions")

    def __init__(self) -> None:
        """Begin with no clock."""
        self.clocks: dict[int, Clock] = {}
        self.versions: dict[int, Name] = {}
        self.newest = 0
        self.ticked: Moment = 0
