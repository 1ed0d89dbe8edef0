"""The list of letters, to decide by: nothing in it was written by a person but what is masked, and no body's text."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.territory import SHANGHAI
from yiwang.dead.values import Item, short
from yiwang.demo.tables import cut, table

HEAD: Final = ("id", "service", "reason", "source", "record", "parked", "state", "first problem")
PROBLEM: Final = 90
"""Columns of the first problem."""


def listed(items: Sequence[Item], limit: int) -> Iterator[str]:
    """The table, the longest parked first, and what it leaves out (``limit`` 0: nothing)."""
    shown = items[:limit] if limit else items
    digits = short([item.parked.id for item in items])
    if shown:
        yield from table(HEAD, [_row(item, digits) for item in shown], texts=len(HEAD))
    if len(shown) < len(items):
        yield f"… and {len(items) - len(shown)} more; --limit 0 lists them all"
    yield counts(items)


def counts(items: Sequence[Item]) -> str:
    """How many letters there are, by service and reason."""
    found = Counter((item.parked.service, item.parked.reason.value) for item in items)
    services = Counter(item.parked.service for item in items)
    parts = []
    for service, count in services.most_common():
        reasons = ", ".join(f"{reason} {n}" for (name, reason), n in found.most_common() if name == service)
        parts.append(f"{service} {count} ({reasons})")
    said = f"{len(items)} dead letter{'' if len(items) == 1 else 's'}"
    return f"{said}: {', '.join(parts)}" if parts else said


def as_json(items: Sequence[Item], limit: int, strange: int) -> str:
    """The same for machines, with whole ids and all that was done."""
    shown = items[:limit] if limit else items
    by = Counter((item.parked.service, item.parked.reason.value) for item in items)
    found = {
        "letters": [_object(item) for item in shown],
        "left_out": len(items) - len(shown),
        "counts": [{"service": service, "reason": reason, "count": n} for (service, reason), n in sorted(by.items())],
        "unreadable": strange,
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def _row(item: Item, digits: int) -> tuple[str, ...]:
    one = item.parked
    local = one.parked_at.astimezone(SHANGHAI)
    return (
        one.id.hex[:digits],
        one.service,
        one.reason.value,
        one.source,
        str(one.of),
        f"{local:%Y-%m-%d %H:%M}",
        item.state.value,
        cut(one.problem, PROBLEM),
    )


def _object(item: Item) -> dict[str, object]:
    one = item.parked
    return {
        "id": str(one.id),
        "service": one.service,
        "reason": one.reason.value,
        "source": one.source,
        "topic": one.of.topic,
        "partition": one.of.partition,
        "offset": one.of.offset,
        "parked_at": one.parked_at.isoformat(),
        "state": item.state.value,
        "problem": one.problem,
        "replay": str(one.replay) if one.replay else None,
        "parked_again_as": str(item.again) if item.again else None,
        "dispositions": [
            {"kind": act.kind.value, "by": act.by, "at": act.at.isoformat(), "why": act.why} for act in item.acts
        ],
    }
