"""Which letters are meant: by service, reason, source, time of parking, state, or the beginning of their ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.deadletter import Reason
from contracts.territory import SHANGHAI
from yiwang.dead.values import Mistake, Parked, State

SPAN: Final = re.compile(r"(\d{1,4})([mhdw])")
UNITS: Final[Mapping[str, timedelta]] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LEAST: Final = 4
"""Digits of an id that are enough, if they fit one letter alone."""
PREFIX: Final = re.compile(r"[0-9a-f]{4,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a letter must be like; None and nothing let every one through. ``until`` is excluded."""

    service: str | None = None
    reason: Reason | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: State | None = None
    prefixes: tuple[str, ...] = ()

    def lets(self, parked: Parked) -> bool:
        """Whether the letter is meant, whatever was done about it."""
        return (
            self.service in (None, parked.service)
            and self.reason in (None, parked.reason)
            and self.source in (None, parked.source)
            and (self.since is None or self.since <= parked.parked_at)
            and (self.until is None or parked.parked_at < self.until)
            and (not self.prefixes or parked.id.hex.startswith(self.prefixes))
        )


def moment(text: str, now: datetime) -> datetime:
    """A moment in ISO 8601, in local time if it has no zone, or so long ago; raises Mistake."""
    if span := SPAN.fullmatch(text):
        return now - int(span[1]) * UNITS[span[2]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Mistake(
            f"found {text!r}; right is a moment such as 2026-03-05T14:30, or how long ago, such as 3h or 2d"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def prefix(text: str) -> str:
    """The beginning of an id as it is looked for; raises Mistake."""
    found = text.lower().replace("-", "")
    if not PREFIX.fullmatch(found):
        raise Mistake(f"found {text!r}; right is a letter's id, or at least its first {LEAST} digits")
    return found


NAMED = 3
"""So many ids are named where one was meant."""


def named(text: str, found: list[UUID]) -> None:
    """Check that the beginning of an id names one letter; raises Mistake."""
    if not found:
        raise Mistake(f"{text}: no dead letter has an id that begins so; 'yiwang dead list --state all' has them all")
    if len(found) > 1:
        ids = ", ".join(one.hex for one in found[:NAMED])
        more = " …" if len(found) > NAMED else ""
        raise Mistake(f"{text}: {len(found)} dead letters have ids that begin so ({ids}{more}); write more digits")
