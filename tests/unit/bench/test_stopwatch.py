"""The stopwatch counts each moment once."""

import time

from bench.stopwatch import Stopwatch


def spin(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_what_an_inner_part_takes_is_not_the_outer_ones() -> None:
    watch = Stopwatch()
    inner = watch.timed("inner", spin)
    began = time.thread_time()
    with watch.part("outer"):
        spin(0.01)
        inner(0.02)
        inner(0.01)
    all_of_it = time.thread_time() - began
    assert 0.03 <= watch.seconds["inner"] <= all_of_it - 0.01
    assert 0.01 <= watch.seconds["outer"] <= all_of_it - 0.03
    assert watch.seconds["inner"] + watch.seconds["outer"] <= all_of_it


def test_a_part_that_fails_is_counted_and_ends() -> None:
    watch = Stopwatch()
    for name in ("first", "second"):
        try:
            with watch.part(name):
                spin(0.002)
                raise ValueError(name)
        except ValueError:
            continue
    assert watch.seconds["first"] >= 0.002
    assert watch.seconds["second"] >= 0.002


def test_a_pause_is_no_work() -> None:
    watch = Stopwatch()
    with watch.part("pause"):
        time.sleep(0.02)
    assert watch.seconds["pause"] < 0.01
