"""Proves of the policy table, over every input there can be, that each has its row and each row its input.

``python -m services.notification.validate [FILE]`` says so in one line, or each fault in one.
"""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from services.chassis.tables import BrokenTableError
from services.notification.policy import DIMENSIONS, FILE, Policy, load

MOST = 20
"""Inputs without a row that are listed one by one."""


def faults(policy: Policy) -> list[str]:
    """Every row that can never apply, and every input that no row fits; in order."""
    used = {row.name for row in policy.table.values()}
    dead = [f"row {row.name} never applies: rows above it take all that it fits" for row in policy.rows]
    bare = [each for each in product(*DIMENSIONS) if each not in policy.table]
    missing = [f"no row fits {' '.join(word.value for word in each)}" for each in bare[:MOST]]
    more = [f"… and {len(bare) - MOST} more inputs without a row"] if len(bare) > MOST else []
    return [*(said for said, row in zip(dead, policy.rows, strict=True) if row.name not in used), *missing, *more]


def main(arguments: Sequence[str]) -> int:
    """Check one file; answers the exit code."""
    try:
        policy = load(Path(arguments[0]) if arguments else FILE)
    except BrokenTableError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a command line
        return 2
    found = faults(policy)
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201 - as above
    if not found:
        inputs = len(list(product(*DIMENSIONS)))
        print(f"{len(policy.rows)} rows; each of {inputs} inputs has its row, each row its input")  # noqa: T201 - as above
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
