"""Thousands of seeds, and some with bugs planted, lived beside all other tests: those wait a lot, and this yields."""

import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import Final

from tests.seeds.bugs import BUGS, Bug
from tests.seeds.live import Lived, many

ROOT: Final = Path(__file__).parents[2]
SEEDS: Final = 2000
SEEDS_WITH_A_BUG: Final = 1000
"""A tick before its inputs is seen by one of a hundred: it takes a backlog, and a deadline that passes in it."""
BUG_SECONDS: Final = 1800.0
"""How long the search for one bug may take, at the lowest priority."""
POLITE: Final = ("nice", "-n", "19")
SEEDS_TEST, PLANTED_TEST = LAST = ("test_seeds.py", "test_planted.py")
"""The files of the tests that want it; they come last."""

LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Done:
    """How a search for a bug ended: 1 where it was found."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What will have been lived; without those that no test wants."""

    lived: Future[list[Lived]]
    planted: Mapping[str, Future[Done]]


@contextmanager
def beside(wanted: Collection[str]) -> Iterator[Beside]:
    """Begin with what these test files want: first the seeds, then the bugs, as many at once as there are cores."""
    ended = Event()
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(os.cpu_count()) as then:
        lived = first.submit(_lived, ended) if SEEDS_TEST in wanted else _nothing()
        bugs = BUGS if PLANTED_TEST in wanted else ()
        try:
            yield Beside(lived, {bug.name: then.submit(_with, bug, lived, ended) for bug in bugs})
        finally:
            ended.set()
            then.shutdown(cancel_futures=True)


def _lived(ended: Event) -> list[Lived]:
    found = list[Lived]()
    for one in many(range(SEEDS), os.cpu_count() or 1):
        found.append(one)
        if ended.is_set():
            break
    return found


def _with(bug: Bug, before: Future[list[Lived]], ended: Event) -> Done:
    before.exception()  # waits for its end, whichever
    argv = [*POLITE, sys.executable, "-m", "tests.seeds.plant", bug.name, "--seeds", str(SEEDS_WITH_A_BUG), "--stop"]
    with TemporaryFile("w+") as output:
        process = subprocess.Popen(argv, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        limit = time.monotonic() + BUG_SECONDS
        while process.poll() is None:
            if ended.wait(LOOK_SECONDS) or time.monotonic() > limit:
                process.kill()
        output.seek(0)
        return Done(process.returncode, output.read())


def _nothing() -> Future[list[Lived]]:
    done = Future[list[Lived]]()
    done.set_result([])
    return done
