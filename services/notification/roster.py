"""Knows who serves which unit, who of them is on duty, who stands in for whom, and how each is reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from contracts.territory import BANNER, SHANGHAI
from services.notification.hours import Shift

CHANNELS: Final = ("webhook", "sms", "mail")
"""The ways to people, in the order in which one that works is looked for; ``webhook`` is the app's push."""
FOLLOWED: Final = 3
"""How many deputies in a row are asked whether they are there."""


class Post(StrEnum):
    """What somebody is."""

    MEMBER = "member"
    CENTRE = "centre"
    CADRE = "cadre"
    LIAISON = "liaison"

    @property
    def zh(self) -> str:
        """The post in Chinese."""
        return {"member": "网格员", "centre": "综治中心", "cadre": "嘎查村干部", "liaison": "部门联络员"}[self.value]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by staff number; ``unit`` is a unit's code, for a liaison the department's.

    ``duty`` names the duty class, ``addresses`` has an address for each channel over which they are reached.
    """

    staff: str
    unit: str
    post: Post
    duty: str
    addresses: Mapping[str, str]
    deputy: str | None = None


class Leave(NamedTuple):
    """Days away, the last one included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty class: its name in Chinese, and its shifts."""

    zh: str
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of people, duty classes and leave. All answers depend on the moment asked for, on nothing else."""

    people: Mapping[str, Person]
    duties: Mapping[str, Duty]
    leave: Mapping[str, tuple[Leave, ...]] = field(default_factory=dict)
    version: str = ""
    units: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    """The people of each unit and department, in the order of their staff numbers."""

    @classmethod
    def of(
        cls,
        people: Iterable[Person],
        duties: Mapping[str, Duty],
        leave: Mapping[str, tuple[Leave, ...]],
        version: str = "",
    ) -> Self:
        """A roster of these."""
        everybody = {one.staff: one for one in sorted(people, key=lambda one: one.staff)}
        units: dict[str, tuple[Person, ...]] = {}
        for one in everybody.values():
            units[one.unit] = (*units.get(one.unit, ()), one)
        return cls(MappingProxyType(everybody), duties, leave, version, MappingProxyType(units))

    def staff(self, unit: str) -> tuple[Person, ...]:
        """Who serves this unit: its own people, or where it has none those of the nearest unit above it."""
        while unit not in self.units and len(unit) > len(BANNER.code):
            unit = unit[:-3]
        return self.units.get(unit, self.units.get(BANNER.code, ()))

    def on_duty(self, unit: str, at: datetime) -> tuple[Person, ...]:
        """Who of them has a shift at this moment (aware), leave or not."""
        return tuple(one for one in self.staff(unit) if self.shift(one, at))

    def shift(self, one: Person, at: datetime) -> bool:
        """Whether this person has a shift at this moment."""
        return any(shift.holds(at) for shift in self.duties[one.duty].shifts)

    def on_leave(self, staff: str, at: datetime) -> bool:
        """Whether they are away on that day."""
        day = at.astimezone(SHANGHAI).date()
        return any(leave.first <= day <= leave.last for leave in self.leave.get(staff, ()))

    def reachable(self, staff: str, at: datetime) -> Person | None:
        """The person, or while they are away the deputy (and theirs, three in a row at most); None: nobody is there."""
        one = self.people.get(staff)
        for _ in range(FOLLOWED):
            if one is None or not self.on_leave(one.staff, at):
                return one
            one = self.people.get(one.deputy or "")
        return None

    def deputy(self, staff: str, at: datetime) -> Person | None:
        """Who stands in for them at this moment, whether they are away or not; None: nobody but they themselves."""
        own = self.people.get(staff)
        found = self.reachable(own.deputy, at) if own and own.deputy else None
        return found if found != own else None
