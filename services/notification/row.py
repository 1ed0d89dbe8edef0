"""One row of the policy table: for what it stands, and what follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from contracts.case import AssignedBecause, ClockClass
from contracts.territory import Level
from services.notification.roster import CHANNELS
from services.notification.templates import ASSIGNED, Template


class Happened(StrEnum):
    """What people may be told of: every kind of a case's and of a clock's event."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    WARNED = "warned"
    PRESSING = "pressing"
    BREACHED = "breached"
    OVERDUE = "overdue"
    OPENED = "opened"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    STARTED = "started"
    COMMENTED = "commented"
    LED = "led"
    REQUESTED = "requested"
    EXTENDED = "extended"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    LINKED = "linked"
    SPLIT = "split"
    JOINED = "joined"
    GATHERED = "gathered"
    RELATED = "related"
    REFUSED = "refused"
    MOOT = "moot"
    KEPT = "kept"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Role(StrEnum):
    """As what somebody is told; who has two roles is told in the first."""

    IN_CHARGE = "in_charge"
    SUPERIOR = "superior"
    BANNER = "banner"
    INFORMED = "informed"
    LEAD = "lead"
    COOPERATING = "cooperating"
    FORMER = "former"

    @property
    def zh(self) -> str:
        """The role in Chinese."""
        return _ROLES_ZH[self.value]


_ROLES_ZH: Final[Mapping[str, str]] = {
    "in_charge": "承办单位",
    "superior": "上级单位",
    "banner": "旗综治中心",
    "informed": "所在网格和苏木镇",
    "lead": "牵头部门",
    "cooperating": "协办部门",
    "former": "原承办人",
    "deputy": "代办人",
}


def role_zh(role: str) -> str:
    """A notice's role in Chinese; those of the ladder are there too."""
    return _ROLES_ZH.get(role, role)


_Minutes = Annotated[int, Field(ge=0, le=10_080)]


def _words(given: object) -> object:
    return [given] if isinstance(given, str) else given


class Row(BaseModel):
    """One row: what it fits, and what follows. Without channels it is silent. Spans are minutes; 0: not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    zh: Annotated[str, Field(min_length=1)]
    event: Annotated[frozenset[Happened], BeforeValidator(_words)]
    level: Annotated[frozenset[Level], BeforeValidator(_words)] = frozenset(Level)
    clock: Annotated[frozenset[ClockClass], BeforeValidator(_words)] = frozenset(ClockClass)
    because: Annotated[frozenset[AssignedBecause], BeforeValidator(_words)] = frozenset(AssignedBecause)
    role: Annotated[frozenset[Role], BeforeValidator(_words)] = frozenset(Role)
    channels: tuple[str, ...] = ()
    template: Template | None = None
    delay: _Minutes = 0
    urgent: bool = False
    remind_every: _Minutes = 0
    remind_times: Annotated[int, Field(ge=0, le=10)] = 0
    deputy_after: _Minutes = 0
    superior_after: _Minutes = 0

    @cached_property
    def steps(self) -> tuple[tuple[str, int, timedelta], ...]:
        """The ladder until accepted: what is done, for the how-many-th time, and after how long; in order."""
        every = [("remind", n, n * self.remind_every) for n in range(1, self.remind_times + 1)]
        later = [("deputy", 1, self.deputy_after), ("superior", 1, self.superior_after)]
        return tuple((step, n, timedelta(minutes=after)) for step, n, after in (*every, *later) if after)

    def words(self, because: AssignedBecause) -> Template:
        """Its template; ``assigned`` stands for the one that says why the unit was given the case."""
        if self.template is None:
            raise ValueError(f"row {self.name} is silent")
        return ASSIGNED[because] if self.template is Template.ASSIGNED else self.template

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if unknown := set(self.channels) - set(CHANNELS):
            raise ValueError(f"channel {min(unknown)!r}; right is {', '.join(CHANNELS)}")
        if bool(self.channels) != (self.template is not None):
            raise ValueError("channels without a template or a template without channels; right is both or neither")
        if self.channels and Happened.OPENED in self.event:
            raise ValueError("channels for opened; right is scheduled, which tells people when it is due, too")
        if not self.channels and self.model_fields_set & _SPOKEN:
            raise ValueError(f"{min(self.model_fields_set & _SPOKEN)} in a silent row; right is none")
        if self.steps and (self.event != {Happened.SCHEDULED} or self.role != {Role.IN_CHARGE}):
            raise ValueError("a ladder; right is only where event = scheduled and role = in_charge")
        after = [span for _, _, span in self.steps]
        if after != sorted(set(after)):
            raise ValueError("a ladder out of order; right is reminders, then deputy_after, then superior_after")
        return self


_SPOKEN: Final = frozenset({"delay", "urgent", "remind_every", "remind_times", "deputy_after", "superior_after"})
