"""The list of changes: which clock of which unit is due when by which row, and when by the other table."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from yiwang.demo.tables import minute, table
from yiwang.terms.changes import Change, Effect, rule

HEAD: Final = ("case", "unit", "clock", "due", "would be due", "rule", "would be", "")
SHORT: Final = 8
"""Digits of a case's id."""


def listed(changes: Sequence[Change]) -> Iterator[str]:
    """The table."""
    if changes:
        yield from table(HEAD, [_row(one) for one in changes], texts=len(HEAD))


def line(change: Change) -> str:
    """One change for machines."""
    after = change.after or change.before
    return json.dumps(
        {
            "case_id": str(change.case_id),
            "assignment": change.before.assignment,
            "unit": change.unit.code,
            "name": change.unit.name,
            "level": change.unit.level.value,
            "clock": change.clock.value,
            "effect": change.effect.value,
            "due_at": change.before.due_at.isoformat(),
            "would_be_due_at": after.due_at.isoformat(),
            "rule": rule(change.before),
            "would_be_rule": rule(change.after),
            "suspended": change.before.rests,
            "passed": change.passed,
        },
        ensure_ascii=False,
    )


def _row(change: Change) -> tuple[str, ...]:
    how = (
        change.effect.value + (", from the order" if change.passed else "") + (", rests" if change.before.rests else "")
    )
    after = minute(change.after.due_at) if change.after and change.effect is not Effect.SAME else "-"
    return (
        change.case_id.hex[:SHORT],
        f"{change.unit.code} {change.unit.name}",
        change.clock.value,
        minute(change.before.due_at),
        after,
        rule(change.before),
        rule(change.after),
        how,
    )
