"""Where a ledger stands among all: the fields by which running clocks and ended obligations are found."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from contracts.territory import BANNER, Level
from services.chassis.pages import place
from services.escalation.calendar import day_of
from services.escalation.clocks import Light
from services.escalation.ledger import Entry, Ledger

BY_UNIT: Final = (("unit", 1), ("light", 1), ("turn", 1))
BY_LEVEL: Final = (("level", 1), ("light", 1), ("turn", 1))
BY_LIGHT: Final = (("light", 1), ("turn", 1))
"""For lists of the whole banner, such as all that is overdue in it."""
BY_END: Final = (("ended", 1),)
ORDER: Final = (("turn", 1),)
"""The soonest due first."""


class Shown(StrEnum):
    """What a running clock shows; of one that rests, that it does."""

    GREEN = Light.GREEN.value
    AMBER = Light.AMBER.value
    RED = Light.RED.value
    SUSPENDED = "suspended"


def shown(clock: Entry) -> Shown:
    """What it shows by what it has said: amber since it warned, red since it is overdue."""
    if clock.rests:
        return Shown.SUSPENDED
    if clock.asked_at:
        return Shown.RED
    return Shown.AMBER if clock.warned_at else Shown.GREEN


def facets(ledger: Ledger) -> Mapping[str, Any]:
    """The fields that queries use: those of its running clock, and on which days which units have ended one."""
    ended = [word for entry in ledger.entries if entry.ended_at for word in words(entry.unit.code, entry.ended_at)]
    past = {"ended": list(dict.fromkeys(ended))} if ended else {}
    clock = ledger.running
    if clock is None:
        return past
    return past | {
        "unit": clock.unit.code,
        "level": clock.unit.level.value,
        "light": shown(clock).value,
        "turn": turn(ledger, clock),
    }


def turn(ledger: Ledger, clock: Entry) -> str:
    """The running clock's place in the one order of lists: by due time, then by case."""
    return place(clock.due_at, ledger.case.case_id)


def words(code: str, at: datetime) -> list[str]:
    """The words by which what a unit has ended at this time is found: those of the unit and of each one above it."""
    return [word(day_of(at), code[:length]) for length in range(len(BANNER.code), len(code) + 1, 3)]


def word(day: date, code: str) -> str:
    """The word for all that this unit and those below it have ended on a day."""
    return f"{day.isoformat()}/{code}"


def running(*, unit: str | None, level: Level | None, light: Shown | None, after: str = "") -> Mapping[str, Any]:
    """Running clocks as a filter that ``BY_UNIT``, ``BY_LEVEL`` or ``BY_LIGHT`` serves; no light is each of them."""
    return {
        **({"unit": unit} if unit else {}),
        **({"level": level.value} if level else {}),
        "light": light.value if light else {"$in": [each.value for each in Shown]},
        "turn": {"$gt": after},
    }


def below(code: str, light: Shown) -> Mapping[str, Any]:
    """Running clocks of a unit and of those below it that show this; ``BY_UNIT`` serves it."""
    return {"unit": under(code), "light": light.value}


def under(code: str) -> Mapping[str, str]:
    """A unit and all below it, by their codes."""
    return {"$gte": code, "$lt": f"{code}~"}
