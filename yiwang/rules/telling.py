"""What a replay found, as a table for people and as JSON for machines: case numbers, rows, units and departments."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from contracts.case import Ruling
from contracts.territory import Path, office
from services.routing.ruling import down_to
from yiwang.demo.tables import minute, table
from yiwang.rules.replay import EFFECTS, Remade, Tally

HEAD: Final = ("case", "decided", "category", "row", "unit", "level", "lead", "cooperating", "clock")
ARROW: Final = " → "
NONE: Final = "-"


def lines(version: str, tally: Tally, moved: Sequence[Remade]) -> Iterator[str]:
    """The counts, then which rows would take from which, then the decisions given, and how many more there are."""
    yield f"table {version}: {tally.decisions:,} decisions made again{_span(tally)}"
    effects = ", ".join(f"{name} {tally.effects[name]:,}" for name in EFFECTS if tally.effects[name])
    yield f"{tally.moved:,} would move{f' ({effects})' if effects else ''}"
    yield f"{tally.other_row:,} would come by another row to the same, {tally.same:,} by the same row"
    if tally.without_facts:
        yield f"{tally.without_facts:,} do not say on what they were made, and were passed over"
    if tally.unreadable:
        yield f"{tally.unreadable:,} could not be read, and were passed over"
    for rule, count in tally.shadows.most_common():
        yield f"{count:,} would then have been decided by {rule}, which was on trial"
    if moved:
        yield ""
        pairs = [(f"{old}{ARROW}{new}", f"{count:,}") for (old, new), count in tally.rows.most_common()]
        yield from table(("row", "decisions"), pairs)
        yield ""
        yield from table(HEAD, [_row(one) for one in moved], texts=len(HEAD))
    if len(moved) < tally.moved:
        yield f"… and {tally.moved - len(moved):,} more; --json has them all"


class Json:
    """One JSON object, said piece by piece, so that however much moves nothing is kept."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Begin the object."""
        self._say, self._any = say, False
        say('{"moved": [')

    def one(self, moved: Remade) -> None:
        """Say one decision that would move."""
        self._say(f"{',' if self._any else ' '}{json.dumps(_object(moved), ensure_ascii=False)}")
        self._any = True

    def end(self, version: str, tally: Tally) -> None:
        """Say the counts, and end the object."""
        counts = json.dumps({"table": version, "counts": tally.figures()}, ensure_ascii=False)
        self._say(f"], {counts[1:]}")


def _span(tally: Tally) -> str:
    if tally.first is None or tally.last is None:
        return ""
    by = ", ".join(tally.tables)
    return f", of {minute(tally.first)} to {minute(tally.last)}, made by {by}"


def _row(one: Remade) -> tuple[str, ...]:
    old, new = one.old, one.new
    return (
        str(one.case_id),
        minute(one.at),
        one.category or NONE,
        _both(old.rule, new.rule),
        _both(_unit(one.path, old), _unit(one.path, new)),
        _both(old.level.value, new.level.value),
        _both(old.lead or NONE, new.lead or NONE),
        _both(" ".join(old.cooperating) or NONE, " ".join(new.cooperating) or NONE),
        _both(old.clock.value, new.clock.value),
    )


def _both(old: str, new: str) -> str:
    return old if old == new else f"{old}{ARROW}{new}"


def _unit(path: Path, how: Ruling) -> str:
    return office(down_to(path, how.unit))


def _object(one: Remade) -> dict[str, object]:
    return {
        "case_id": str(one.case_id),
        "version": one.version,
        "at": one.at.isoformat(),
        "source": one.source,
        "category": one.category,
        "differs": one.differs,
        "old": one.old.model_dump(mode="json"),
        "new": one.new.model_dump(mode="json"),
    }
