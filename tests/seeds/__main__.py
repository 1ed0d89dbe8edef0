"""Lives seeds through from the command line: one with its trace, or many: `make simulate SEED=17`, `SEEDS=2000`."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence

from tests.seeds.live import Lived, hush, live, many

YEAR_HOURS = 365 * 24


def main(words: Sequence[str]) -> int:
    """Answers 1 if any seed shows an offence."""
    parser = argparse.ArgumentParser(prog="python -m tests.seeds", description=__doc__)
    parser.add_argument("--seed", type=int, help="live this one through, and print what happens")
    parser.add_argument("--seeds", type=int, default=200, help="live so many through")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--stop", action="store_true", help="stop at the first that shows an offence")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args(words)
    if asked.seed is not None:
        return one(asked.seed)
    return several(range(asked.first, asked.first + asked.seeds), asked.processes, stop=asked.stop)


def one(seed: int) -> int:
    """Live one seed through, and print its trace and what is wrong."""
    hush()
    trace: list[str] = []
    lived = live(seed, trace)
    print("\n".join(trace))
    print(f"digest {lived.digest}, {lived.records} records, {lived.seconds / 3600:.1f} h\n{lived}")
    return int(bool(lived.offences))


def several(seeds: Sequence[int], processes: int, *, stop: bool = False) -> int:
    """Live many through; print those with offences, how often each kind of fault struck, and what happened to cases."""
    struck, happened, seconds, bad = Counter[str](), Counter[str](), 0.0, list[Lived]()
    for lived in many(seeds, processes):
        struck += lived.struck
        happened += lived.happened
        seconds += lived.seconds
        if lived.offences:
            bad.append(lived)
            print(lived, flush=True)
            if stop:
                return 1
    for what, times in (*sorted(struck.items()), *sorted(happened.items())):
        print(f"{times:8} {what}")
    print(f"{len(seeds)} seeds, {seconds / 3600 / YEAR_HOURS:.1f} years, {len(bad)} with offences")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
