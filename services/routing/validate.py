"""Proves the routing table by going through all that can be asked: no row stands in vain, no report is without one.

As a program, ``python -m services.routing.validate [FILE]`` prints each fault on one line and exits with 1 if any.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from contracts.case import Facts
from services.chassis.tables import BrokenTableError
from services.routing import nearby
from services.routing.answers import Bits
from services.routing.rules import FILE, read
from services.routing.table import OTHER, Table, compiled


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
    """Every row that decides nothing, then every category with reports that no row fits. Exact, not sampled.

    A row on trial decides nothing if it would decide nothing were it active, it alone.
    """
    deciding, gaps = 0, dict[str | None, Facts]()
    met: dict[Bits, Facts] = {}
    for given in kinds(table):
        rows = table.rows(given)
        active = rows & table.active
        if not active:
            gaps.setdefault(given.category, given)
        if given.category != OTHER:
            deciding |= active & -active | table.tried(rows)
            met |= {rows: met.get(rows, given)}
    for n, rule in enumerate(table.rules):
        if not deciding >> n & 1:
            yield Fault(f"rule {rule.name}", _in_vain(table, n, met), "a place above them, or no such row")
    for given in gaps.values():
        yield Fault("the rows", f"none that fits {said(given)}", "a last row without conditions")


def kinds(table: Table) -> Iterator[Facts]:
    """One report of each kind that the table tells apart: any other fits the very same rows as one of them.

    A category that only a newer version knows is a kind of its own, which needs a row but justifies none. Answers that
    leave the same rows are followed up once, so the kinds are as many as the rows need and not as all answers allow.
    """
    categories, *axes = (_classes(fits) for fits in table.axes().values())
    for rows, category in categories.items():
        found: dict[Bits, tuple[Any, ...]] = {rows: (category,)}
        for answers in axes:
            further: dict[Bits, tuple[Any, ...]] = {}
            for left, values in found.items():
                for fits, value in answers.items():
                    further.setdefault(left & fits, (*values, value))
            found = further
        for values in found.values():
            yield Facts.model_construct(**dict(zip(table.axes(), values, strict=True)))


def said(given: Facts) -> str:
    """The report in one line."""
    known = {
        "category": {None: "undecided", OTHER: "unknown"}.get(given.category, given.category),
        **{name: "unknown" for name in ("people", "money", "group") if getattr(given, name) is None},
        "place": given.place or "elsewhere",
        "source": given.source or "unknown",
    }
    shown = {name: getattr(given, name) for name in Facts.model_fields} | known
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _classes(fits: Mapping[Any, Bits]) -> Mapping[Bits, Any]:
    """The first of all values that leave the same rows."""
    firsts: dict[Bits, Any] = {}
    for value, rows in fits.items():
        firsts.setdefault(rows, value)
    return firsts


def _in_vain(table: Table, n: int, met: Mapping[Bits, Facts]) -> str:
    for rows, given in met.items():
        active = rows & table.active
        if rows >> n & 1 and active:
            first = table.rules[(active & -active).bit_length() - 1]
            return f"that earlier rows take all that fits it, such as rule {first.name} {said(given)}"
    return "that nothing fits it"


def main(arguments: Sequence[str]) -> int:
    """Prove a file's table; the exit code is 1 where it has faults."""
    file = Path(arguments[0]) if arguments else FILE
    try:
        rules = read(file)
        nearby.read()
    except BrokenTableError as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    table = compiled(rules)
    found = [str(BrokenTableError(file, *fault)) for fault in faults(table)]
    states = ", ".join(f"{count} {state}" for state, count in Counter(rule.state for rule in rules.rule).items())
    rows = f"{len(rules.rule)} rows ({states}), {sum(1 for _ in kinds(table))} kinds of report"
    whole = f"{file.name} {table.version}: {rows}"
    sys.stdout.write("\n".join(found or [f"{whole}, each with its row"]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
