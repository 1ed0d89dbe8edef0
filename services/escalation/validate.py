"""Proves the table of terms by going through all that can be asked: no row stands in vain, no case is without one.

As a program, ``python -m services.escalation.validate [TERMS [CALENDAR]]`` prints each fault on one line and exits
with 1 if any.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from contracts.case import ClockClass
from contracts.categories import CATEGORIES
from contracts.territory import Level
from services.chassis.tables import BrokenTableError
from services.escalation import calendar, terms
from services.escalation.obligation import Tables
from services.escalation.terms import Terms


class Fault(NamedTuple):
    """What is wrong with a table: the row or the rows, what was found, and what is right."""

    place: str
    found: str
    right: str


def load(file: Path = terms.FILE, days: Path = calendar.FILE) -> Tables:
    """Both tables, proven; raises BrokenTableError with the first fault."""
    found = Tables(terms.load(file), calendar.load(days))
    for fault in faults(found.terms):
        raise BrokenTableError(file, *fault)
    return found


def faults(table: Terms) -> Iterator[Fault]:
    """Every row that decides nothing, then each class and level of which some case has no row."""
    deciding, gaps = set[str](), dict[tuple[ClockClass, Level], str | None]()
    for clock, level, category in product(ClockClass, Level, (None, *CATEGORIES)):
        name = next((row.name for row in table.rows if row.fits(clock, level, category)), None)
        if name is None:
            gaps.setdefault((clock, level), category)
        else:
            deciding.add(name)
    for row in table.rows:
        if row.name not in deciding:
            yield Fault(f"term {row.name}", "that earlier rows take all that fits it", "a place above them")
    for (clock, level), category in gaps.items():
        said = f"clock {clock}, level {level}, category {category or 'undecided'}"
        yield Fault("the rows", f"none that fits {said}", "a row without category for each class and level")


def main(arguments: Sequence[str]) -> int:
    """Prove the files' tables; the exit code is 1 where they have faults."""
    files = [Path(argument) for argument in arguments]
    file = files[0] if files else terms.FILE
    try:
        table, days = terms.load(file), calendar.load(*files[1:2])
    except BrokenTableError as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    found = [str(BrokenTableError(file, *fault)) for fault in faults(table)]
    years = f"{min(days.years)} to {max(days.years)}"
    whole = f"{file.name} {table.version}: {len(table.rows)} rows, each case has its row; notices of {years}"
    sys.stdout.write("\n".join(found or [whole]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
