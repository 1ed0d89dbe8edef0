"""``make year``: a year of the whole banner on the virtual clock; names each offender, exit 1 if there is one."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from tests.year.run import Lived, year

CASES: Final = 60_000
SHOWN: Final = 200
PROGRESS_SECONDS: Final = 15.0


def main(words: Sequence[str]) -> int:
    """Live it; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--stop", action="store_true", help="stop at the first portion that shows an offence")
    asked = parser.parse_args(words)
    began = shown = time.monotonic()
    whole = Lived()
    for portion in year(asked.seed, asked.cases, asked.processes):
        whole.add(portion)
        for offence in portion.offences[: max(0, SHOWN - len(whole.offences) + len(portion.offences))]:
            print(offence.line(), flush=True)
        if asked.stop and whole.offences:
            break
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            print(f"{whole.cases:>7} of {asked.cases} cases after {shown - began:.0f} s", flush=True)
    print(f"{whole.line(asked.seed)} seconds={time.monotonic() - began:.0f}")
    return int(bool(whole.offences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
