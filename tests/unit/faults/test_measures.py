"""What the faults are judged by: each measure says no when it must."""

import json
from collections import deque

from tests.faults.members import repeated
from tests.faults.offsets import READS, behind
from tests.faults.recovery import CAUGHT_UP_SECONDS, Look, Recovery, caught_up
from tests.pipeline import SERVICES
from tests.soak.lives import shares

PLACE = (READS["gis"][0], 0)


def look(at: float, committed: int, end: int) -> Look:
    return Look(at, {service: {PLACE: committed} if service == "gis" else {} for service in SERVICES}, {PLACE: end})


def test_a_batch_with_a_record_handed_over_before_is_a_repeated_one() -> None:
    batches = [{"t/0": [1, 2], "t/1": [5]}, {"t/0": [2, 3]}, {"t/0": [4], "t/1": [6]}, {"t/0": [1, 2, 3, 4]}]
    assert repeated(map(json.dumps, batches)) == {"t/0": 2}


def test_what_a_group_never_committed_is_behind_from_the_beginning() -> None:
    assert behind("gis", {}, {PLACE: 7}) == 7
    assert behind("gis", {PLACE: 7}, {PLACE: 7}) == 0
    assert behind("routing", {}, {PLACE: 7}) == 0


def test_caught_up_is_to_have_settled_what_stood_there_a_moment_ago() -> None:
    recent: deque[Look] = deque()
    assert not caught_up(recent, look(0, 0, 10))
    assert not caught_up(recent, look(1, 9, 20))
    assert caught_up(recent, look(1.5, 10, 30))


def test_what_stood_there_long_ago_proves_nothing() -> None:
    recent: deque[Look] = deque()
    caught_up(recent, look(0, 0, 10))
    assert not caught_up(recent, look(CAUGHT_UP_SECONDS + 0.1, 10, 30))


def test_a_return_that_is_slow_is_not_as_promised() -> None:
    assert Recovery("x", 9.9, "gis", 59.9, 0, 50).within()
    assert not Recovery("x", 10.1, "gis", 20, 0, 50).within()
    assert not Recovery("x", 1, "gis", 60.1, 0, 50).within()


def test_kills_are_shared_out_whole() -> None:
    assert shares(5, ["a", "b", "c"]) == {"a": 2, "b": 2, "c": 1}
