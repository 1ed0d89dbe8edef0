"""Breaks each law in a copy of this tree, one way at a time, and sees that the named test fails: `make laws`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.rows import Mutant
from tests.mutants.table import MUTANTS
from tests.servers import servers

ROOT = Path(__file__).parents[2]
SECONDS = 150.0
"""A broken law may also make its test wait for ever."""
PASSED, FAILED, HUNG = "passed", "failed", "hung"


def main(words: Sequence[str]) -> int:
    """Check the rows whose law, file or test contains all ``words``; answers the exit code."""
    rows = [row for row in MUTANTS if all(word in f"law {row.law} {row.file} {row.test}" for word in words)]
    with tempfile.TemporaryDirectory(prefix="yiwang-laws-") as folder:
        tree = copy(Path(folder) / "tree")
        if wrong := [fault for row in rows if (fault := misfit(row, tree))]:
            print("\n".join(wrong))
            return 1
        with engines(Path(folder), rows) as env:
            print(f"{len(rows)} ways to break a law; first their tests as they must pass", flush=True)
            found = run(tree, sorted({row.test for row in rows}), env, len(rows) * SECONDS)
            if found != PASSED:
                print(f"in the unbroken tree: {found}")
                return 1
            results = [check(row, tree, env) for row in rows]
    return report(rows, results)


def copy(tree: Path) -> Path:
    """A copy of what git tracks or would track, as it is on disk."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    if (ROOT / ".run").exists():
        (tree / ".run").symlink_to(ROOT / ".run")
    return tree


def misfit(row: Mutant, tree: Path) -> str | None:
    """Why a row does not fit the tree any more."""
    count = (tree / row.file).read_text().count(row.old) if (tree / row.file).exists() else 0
    return None if count == 1 else f"law {row.law}, {row.broken}: found {count} times in {row.file}; right is once"


@contextmanager
def engines(folder: Path, rows: Sequence[Mutant]) -> Iterator[Mapping[str, str]]:
    """The environment of the tests: one pair of servers for all of them, if any needs it."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if not any(row.engines for row in rows):
        yield env
        return
    with servers(folder) as found:
        yield {**env, "YIWANG_KAFKA": found.kafka, "YIWANG_MONGO": found.mongo}


def run(tree: Path, tests: Sequence[str], env: Mapping[str, str], seconds: float) -> str:
    """What became of the tests; if they could not be run, pytest's last line."""
    argv = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen(argv, cwd=tree, env=env, stdout=output, stderr=output, start_new_session=True) as process,
    ):
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return HUNG
        output.seek(0)
        return verdict(code, output.read())


def verdict(code: int, output: str) -> str:
    """Passed, or failed in a test's own body; anything else says how it ended, as a fixture's error proves nothing."""
    last = output.strip().rpartition("\n")[2]
    if code == 0:
        return PASSED
    failed = re.search(r"^FAILED ", output, re.MULTILINE) and not re.search(r"^ERROR tests", output, re.MULTILINE)
    return FAILED if failed else f"exit code {code}: {last}"


def check(row: Mutant, tree: Path, env: Mapping[str, str]) -> str:
    """Break the law, run the test, mend it; answers the word for the table."""
    path, started = tree / row.file, time.monotonic()
    whole = path.read_text()
    path.write_text(whole.replace(row.old, row.new))
    try:
        found = run(tree, [row.test], env, SECONDS)
    finally:
        path.write_text(whole)
    words = {PASSED: "SURVIVED", FAILED: "failed as it must", HUNG: "failed as it must (hung)"}
    result = words.get(found, f"COULD NOT RUN, {found}")
    print(f"  law {row.law}: {row.broken}: {result}, {time.monotonic() - started:.1f} s", flush=True)
    return result


def report(rows: Sequence[Mutant], results: Sequence[str]) -> int:
    """Print the table; answers the exit code."""
    print("\n| law | broken | test | |\n| --- | --- | --- | --- |")
    for row, result in zip(rows, results, strict=True):
        print(f"| {row.law} | {row.broken} | `{row.test}` | {result} |")
    bad = sum(not result.startswith("failed as it must") for result in results)
    print(f"\n{len(rows) - bad} of {len(rows)} failed as they must")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
