"""What counts as getting on, what is said of a slow step, and that a process without progress ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.progress import SLOW_SECONDS, Progress

ROOT = Path(__file__).parents[3]


class Time:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_loop_that_has_just_begun_gets_on(time: Time) -> None:
    assert Progress(time).at == 100


def test_a_tick_that_ends_moves_the_loop_but_brings_no_records(time: Time) -> None:
    progress = Progress(time)
    time.now = 110
    progress.begin("tick")
    progress.end("tick")
    assert (progress.moved_at, progress.at) == (110, 100)
    progress.read()
    assert progress.at == 110


def test_a_long_batch_gets_on_with_every_answer(time: Time) -> None:
    progress = Progress(time)
    progress.begin("records")
    for _ in range(10):
        with progress.waiting("database"):
            time.now += 20
    assert progress.at == 300


def test_a_batch_that_waits_for_an_answer_stands_still(time: Time) -> None:
    progress = Progress(time)
    progress.begin("records")
    with progress.waiting("database"):
        time.now += 50
        assert progress.at == 100


def test_what_is_put_off_on_purpose_gets_on(time: Time) -> None:
    progress = Progress(time)
    progress.begin("tick")
    time.now = 130
    progress.put_off("tick")
    assert progress.at == 130


def test_a_fault_that_comes_again_and_again_is_no_progress_until_a_good_end(time: Time) -> None:
    progress = Progress(time)
    for time.now in (110, 120, 130):
        progress.begin("records")
        progress.fail("records")
        progress.begin("tick")
        progress.end("tick")
    assert progress.at == 110
    progress.end("records")
    assert progress.at == 130


def test_a_slow_answer_is_told_while_it_is_waited_for(time: Time) -> None:
    progress = Progress(time)
    progress.begin("records")
    with progress.waiting("database"):
        time.now += SLOW_SECONDS + 1
        assert progress.slow() == ("waiting for the database for 3 s",)


def test_a_slow_batch_says_on_whose_account_until_a_quick_one_ends(time: Time) -> None:
    progress = Progress(time)
    progress.begin("records")
    for on, seconds in (("database", 2.5), ("broker", 0.5), ("database", 1)):
        with progress.waiting(on):
            time.now += seconds
    progress.end("records")
    said = "the newest batch took 4.0 s, 3.5 s of it for the database, 0.5 s of it for the broker"
    assert progress.slow() == (said,)
    progress.begin("records")
    progress.end("records")
    assert progress.slow() == ()


STUCK = """
import time
from services.chassis.progress import Progress, Watchdog
progress = Progress(time.monotonic)
Watchdog(progress, 0.4).start()
limit = time.monotonic() + 20
while time.monotonic() < limit:
    {what}
"""


@pytest.mark.parametrize(("what", "code"), [("pass", 1), ("time.sleep(0.05)", 1)])
def test_a_process_that_stands_still_busy_or_idle_ends_and_says_where_it_was(what: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK.format(what=what)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert 'File "<string>", line' in done.stderr


def test_a_process_that_gets_on_is_left_alone() -> None:
    moving = STUCK.format(what="progress.end('tick'); progress.read(); time.sleep(0.05)").replace("20", "1.5")
    done = subprocess.run([sys.executable, "-c", moving], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
