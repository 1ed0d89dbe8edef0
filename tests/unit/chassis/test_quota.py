"""Allowances: bounded over any time, in order, each topic by itself."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.quota import PORTION_SECONDS, Allowances, Bucket
from services.chassis.values import Quota, Record
from tests.builders import MORNING

QUOTA = Quota(rate=10, burst=40)


def records(count: int, topic: str = "flood", partition: int = 0, first: int = 0) -> list[Record]:
    return [
        Record(topic=topic, partition=partition, offset=n, key=None, value=None, headers=(), time=MORNING)
        for n in range(first, first + count)
    ]


def flood() -> Allowances:
    return Allowances({"flood": QUOTA})


def test_without_quotas_everything_comes_in() -> None:
    batch = records(1000)
    admission = Allowances({}).admit(batch, 0)
    assert (admission.records, admission.back, admission.waits) == (batch, {}, {})


def test_a_burst_comes_in_at_once_and_the_rest_goes_back_from_its_first_record_on() -> None:
    admission = flood().admit([*records(30), *records(30, partition=1), *records(30, partition=2)], 0)
    assert admission.records == [*records(30), *records(10, partition=1)]
    assert admission.back == {("flood", 1): 10, ("flood", 2): 0}


def test_a_flood_takes_nothing_from_another_topic() -> None:
    other = records(50, topic="other")
    admission = flood().admit([*records(100), *other], 0)
    assert [one for one in admission.records if one.topic == "other"] == other
    assert admission.waits.keys() == {"flood"}


def test_after_the_wait_there_is_room_for_a_portion() -> None:
    allowances = flood()
    wait = allowances.admit(records(100), 0).waits["flood"]
    assert wait == PORTION_SECONDS
    assert len(allowances.admit(records(100), wait).records) == QUOTA.rate * PORTION_SECONDS


def test_a_slow_quota_waits_for_one_record_and_a_fast_one_for_half_its_burst() -> None:
    assert Bucket(Quota(rate=0.1, burst=1), 0, 0).wait() == 10
    assert Bucket(Quota(rate=1000, burst=50), 0, 0).wait() == 0.025


def test_a_source_that_was_quiet_for_long_has_its_burst_and_no_more() -> None:
    allowances = flood()
    allowances.admit(records(40), 0)
    assert len(allowances.admit(records(1000), 3600).records) == 40


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 100)), min_size=1, max_size=30))
def test_over_any_time_no_more_comes_in_than_burst_and_rate_allow(polls: list[tuple[float, int]]) -> None:
    allowances, now, came = flood(), 0.0, []
    for pause, count in polls:
        now += pause
        came.append((now, len(allowances.admit(records(count), now).records)))
    for at, (begin, _) in enumerate(came):
        for end in range(at, len(came)):
            bound = QUOTA.burst + QUOTA.rate * (came[end][0] - begin)
            assert sum(count for _, count in came[at : end + 1]) <= bound + 1e-6


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 60)), min_size=1, max_size=40))
def test_read_again_from_where_it_was_put_back_each_partition_comes_in_whole_and_in_order(
    polls: list[tuple[float, int]],
) -> None:
    allowances, now = flood(), 0.0
    position, came = [0, 0, 0], defaultdict[int, list[int]](list)
    for pause, count in polls:
        now += pause
        batch = [one for number in range(3) for one in records(count, partition=number, first=position[number])]
        position = [at + count for at in position]
        admission = allowances.admit(batch, now)
        for (_, number), offset in admission.back.items():
            position[number] = offset
        for one in admission.records:
            came[one.partition].append(one.offset)
    for number, offsets in came.items():
        assert offsets == list(range(position[number]))


@pytest.mark.parametrize(("rate", "burst"), [(0, 10), (0.05, 10), (-1, 10), (10, 0)])
def test_a_quota_under_which_the_loop_would_seem_stuck_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="right is at least"):
        Quota(rate=rate, burst=burst)
