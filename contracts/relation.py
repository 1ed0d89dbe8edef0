"""Relations: what the cases of one banner say to each other, one event for each case; routing writes and reads them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.case import Case, ClockClass, Similar, Status
from contracts.territory import UnitRef
from contracts.wire import Body, Many, Value

TO = r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|cell/\d{2,6}(/-?\d{1,9}){3})$"


class RelationKind(StrEnum):
    """What one case, or one cell of the map, tells another."""

    ASKED = "asked"
    TAKEN = "taken"
    DECLINED = "declined"
    ENDED = "ended"
    FOLLOWED = "followed"
    PART = "part"
    TOLD = "told"
    RECALLED = "recalled"
    SIGHTED = "sighted"
    NEARBY = "nearby"


class Sighting(Value):
    """A case on the map: metres east and north of the plane that all cells share, and its first words."""

    x: float
    y: float
    text: Annotated[str, Field(max_length=500)]


class CaseRelation(Body):
    """One case tells another one; ``to`` is the receiver's document and the key, ``version`` the sender's.

    Links (并案): a case has ``asked`` to follow another, which has ``taken`` or ``declined`` it; ``followed`` tells how
    the main case stands now, and ``ended`` that one of the two follows no more. Parts (拆分): ``part`` opens one, as
    ``case`` has it, ``told`` is how it stands now, ``recalled`` takes it back. Nearby: a case was ``sighted`` in a cell
    of the map, which tells it of cases ``nearby``.
    """

    kind: RelationKind
    case_id: Annotated[UUID, Field(description="the case that tells it, or that a cell tells of")]
    to: Annotated[str, Field(pattern=TO, description="a case id, or a cell: cell/<category>/<column>/<line>/<period>")]
    cause: Annotated[UUID, Field(description="what brought it about: an input of the sender's")]
    why: Annotated[str, Field(description="the reason, in Chinese")] = ""
    status: Annotated[Status | None, Field(description="how the sender stands")] = None
    unit: Annotated[UnitRef | None, Field(description="who has the sender")] = None
    who: Annotated[str, Field(description="the same as people call it")] = ""
    about: Annotated[str, Field(description="what the sender is about, in a few words")] = ""
    resolution: str | None = None
    clock: Annotated[ClockClass | None, Field(description="which deadlines count for the sender")] = None
    waits: Annotated[bool, Field(description="of what is asked: the main case may be opened only later")] = False
    case: Annotated[Case | None, Field(description="of a part: as it is to begin")] = None
    at: Annotated[Sighting | None, Field(description="of what was sighted")] = None
    similar: Annotated[Many[Similar], Field(description="of what is nearby, best first")] = ()
    group: Annotated[str, Field(description="of what was sighted: the row of the table of nearness")] = ""

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.relation.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The document that it is for."""
        return self.to
