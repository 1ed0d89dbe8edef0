"""The reference model's values: a case as the model has it, an action, and a revision of a report."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from tests.lives.clock import Rest
from tests.lives.rows import OPEN

BANNER: Final = "150623"


class Asked(NamedTuple):
    """What waits for the unit above."""

    wish: str
    minutes: int
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """An action, in the model's words; ``to`` are the codes of the path that a transfer names.

    ``other`` is the number of the case to follow, 0 being this one, or that of the part to take back; ``pieces`` are
    the paths of what is split off.
    """

    action: str
    capacity: str = "handler"
    unit: str | None = None
    number: int | None = None
    version: int | None = None
    to: tuple[str, ...] = ()
    department: str | None = None
    minutes: int | None = None
    note: str = ""
    actor: str = "1001"
    other: int | None = None
    pieces: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class News:
    """A revision of the report: ``place`` is the deepest unit that gis put it to, ``found`` what gis says of that."""

    revision: int
    urgency: int = 0
    people: int | None = None
    place: str = BANNER
    found: str = "located"
    about: str = ""
    withdrawn: bool = False
    solved: bool = False


@dataclass(frozen=True, kw_only=True)
class Model:
    """A case as the model has it; units are codes, of which that of each unit begins with that of the one above.

    ``asking`` is the case that it asks to follow, ``main`` the one that it follows, with its newest version;
    ``followers`` are those that follow it, each with its version, ``parts`` what was split off it, with version and
    status.
    """

    version: int
    status: str
    unit: str
    number: int
    because: str
    given: datetime
    due_by: datetime | None = None
    due: datetime | None = None
    clocked: int = 0
    asked: Asked | None = None
    longer: tuple[int, ...] = ()
    rests: tuple[Rest, ...] = ()
    giver: str = ""
    returns: int = 0
    placed: bool = False
    lead: str | None = None
    raised: int = 15
    clock: str
    place: str
    found: str
    about: str = ""
    urgency: int = 0
    people: int | None = None
    revision: int
    done: datetime | None = None
    asking: int | None = None
    main: tuple[int, int] | None = None
    followers: tuple[tuple[int, int], ...] = ()
    parts: tuple[tuple[int, str], ...] = ()
    part: bool = False

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def above(self) -> str:
        """The unit next above, or nothing above the banner."""
        return self.unit[:-3] if len(self.unit) > len(BANNER) else ""


def lowest(unit: str, digits: int, about: str) -> str:
    """The unit, or the first one above it that is high enough and not the one that it is about, nor lies in it."""
    while len(unit) > len(BANNER) and (len(unit) > digits or (about and unit.startswith(about))):
        unit = unit[:-3]
    return unit


def assigned(case: Model, unit: str, because: str, now: datetime, due_by: datetime | None = None) -> Model:
    """The case given to a unit, which begins anew."""
    return replace(
        case, status="assigned", unit=unit, number=case.number + 1, because=because, given=now, due_by=due_by,
        due=None, asked=None, longer=(), rests=(), giver="",
    )  # fmt: skip
