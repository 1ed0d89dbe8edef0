"""A case's document: what is kept of it, and by which fields it is found."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from contracts.case import Case
from contracts.wire import Value

NO_DUE: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands where a case has no due time (yet), so that one index keeps such cases behind all others."""

BY_UNIT: Final = (("unit", 1), ("status", 1), ("due_at", 1), ("_id", 1))
BY_LEVEL: Final = (("level", 1), ("status", 1), ("due_at", 1), ("_id", 1))


class State(Value):
    """The newest version and the case; ``case`` is None while only actions or deadlines have named its id."""

    version: int = 0
    case: Case | None = None


def facets(state: State) -> Mapping[str, str | datetime]:
    """The fields that queries use; none while no report has opened the case."""
    case = state.case
    if case is None:
        return {}
    return {
        "unit": case.assignment.unit.code,
        "level": case.assignment.unit.level.value,
        "status": case.status.value,
        "due_at": due_key(case),
        "opened_at": in_store(case.opened_at),
    }


def due_key(case: Case) -> datetime:
    """The case's place in the order by due time."""
    return in_store(case.due_at) if case.due_at else NO_DUE


def in_store(time: datetime) -> datetime:
    """The time as a document database keeps it: UTC, whole milliseconds."""
    return time.astimezone(UTC).replace(microsecond=time.microsecond // 1000 * 1000)
