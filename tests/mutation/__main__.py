"""Changes one small thing after the other in what decides, and counts which changes no unit test sees: `make mutants`.

Not `make laws`, whose few rows are written by hand: these changes are mutmut's, some thousands, and each is met by the
unit tests that run the changed function. Exits with 1 where a module's tests see less than four in five.
"""

import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tests.mutants.__main__ import ROOT, copy
from tests.mutation.results import Module, modules, table

TREE = ROOT / ".run" / "mutants"
"""A copy, in which mutmut works; afterwards `mutmut show NAME` there shows what a change was."""
MEMORY = 1_500_000_000
"""Bytes that a test may take: a loop that a change has made endless fills them before its time is over."""
LEAST = 0.8
"""Of the changes in a module, so many must be seen."""


def main(words: Sequence[str]) -> int:
    """Change what the names of functions say, or all; answers the exit code."""
    shutil.rmtree(TREE, ignore_errors=True)
    copy(TREE)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    names = [f"*{word}*" for word in words]
    done = subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "2", *names], cwd=TREE, check=False)
    if done.returncode:
        print("mutmut could not run: see above")
        return 1
    found = modules(TREE / "mutants")
    print(table(found))
    for module in found:
        print("\n".join(f"  not seen: {name}" for name in module.unseen))
    return report(found)


def report(found: Sequence[Module]) -> int:
    """Say whose tests see too little; answers the exit code."""
    poor = [module for module in found if module.share < LEAST]
    print("\n".join(f"{module.file}: {module.share:.0%} seen; right is {LEAST:.0%}" for module in poor))
    return int(bool(poor) or not found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
