"""Proves the routing table by going through all that can be asked: no row stands in vain, no report is without one.

As a program, ``python -m services.routing.validate [FILE]`` prints each fault on one line and exits with 1 if any.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from services.chassis.tables import BrokenTableError
from services.routing import nearby
from services.routing.rules import FILE, read
from services.routing.table import OTHER, Facts, Table, compiled


class Fault(NamedTuple):
    """What is wrong with a table: the row or the rows, what was found, and what is right."""

    place: str
    found: str
    right: str


def load(file: Path = FILE) -> Table:
    """The table of a file, proven, with that of what is near; raises BrokenTableError with its first fault."""
    table = compiled(read(file))
    for fault in faults(table):
        raise BrokenTableError(file, *fault)
    return replace(table, near=nearby.read())


def faults(table: Table) -> Iterator[Fault]:
    """Every row that decides nothing, then every category with reports that no row fits. Exact, not sampled."""
    deciding, gaps = 0, dict[str | None, Facts]()
    shadowed: dict[int, Facts] = {}
    for given in kinds(table):
        rows = table.rows(given)
        if not rows:
            gaps.setdefault(given.category, given)
        elif given.category != OTHER:
            deciding |= rows & -rows
            shadowed |= {rows: shadowed.get(rows, given)}
    for n, rule in enumerate(table.rules):
        if not deciding >> n & 1:
            yield Fault(f"rule {rule.name}", _in_vain(table, n, shadowed), "a place above them, or no such row")
    for given in gaps.values():
        yield Fault("the rows", f"none that fits {said(given)}", "a last row without conditions")


def kinds(table: Table) -> Iterator[Facts]:
    """One report of each kind that the table tells apart: any other fits the very same rows as one of them.

    A category that only a newer version knows is a kind of its own, which needs a row but justifies none.
    """
    axes = (table.categories, table.urgencies, table.crowds, table.places, table.sources, table.solved)
    for values in product(*(_classes(fits) for fits in axes)):
        yield Facts(**dict(zip((field.name for field in fields(Facts)), values, strict=True)))


def said(given: Facts) -> str:
    """The report in one line."""
    known = {
        "category": {None: "undecided", OTHER: "unknown"}.get(given.category, given.category),
        "people": "unknown" if given.people is None else given.people,
        "source": given.source or "unknown",
    }
    shown = {field.name: getattr(given, field.name) for field in fields(Facts)} | known
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _classes(fits: Mapping[Any, int]) -> Sequence[Any]:
    """The first of all values that leave the same rows."""
    firsts: dict[int, Any] = {}
    for value, rows in fits.items():
        firsts.setdefault(rows, value)
    return tuple(firsts.values())


def _in_vain(table: Table, n: int, shadowed: Mapping[int, Facts]) -> str:
    for rows, given in shadowed.items():
        if rows >> n & 1:
            first = table.rules[(rows & -rows).bit_length() - 1]
            return f"that earlier rows take all that fits it, such as rule {first.name} {said(given)}"
    return "that nothing fits it"


def main(arguments: Sequence[str]) -> int:
    """Prove a file's table; the exit code is 1 where it has faults."""
    file = Path(arguments[0]) if arguments else FILE
    try:
        table = compiled(read(file))
    except BrokenTableError as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    found = [str(BrokenTableError(file, *fault)) for fault in faults(table)]
    whole = f"{file.name} {table.version}: {len(table.rules)} rows, {sum(1 for _ in kinds(table))} kinds of report"
    sys.stdout.write("\n".join(found or [f"{whole}, each with its row"]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
