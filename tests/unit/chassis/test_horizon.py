"""Law 2 as a value: how far in time a partition may act."""

from datetime import UTC, datetime, timedelta

from services.chassis.horizon import Horizons

T = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = T + timedelta(minutes=1)


def test_nothing_is_reached_before_something_was_sampled() -> None:
    assert Horizons().reached({("a", 0): 99}) == {}


def test_a_time_is_reached_once_every_topic_of_its_partition_is_read_to_the_sampled_end() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 5, ("b", 0): 3})
    assert horizons.reached({("a", 0): 5, ("b", 0): 2}) == {}
    assert horizons.reached({("a", 0): 5, ("b", 0): 3}) == {0: T}


def test_what_is_met_can_be_asked_for_often_and_is_reached_once() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 5})
    assert [horizons.met({("a", 0): read_to}) for read_to in (4, 5, 6)] == [{}, {0: T}, {0: T}]
    assert [horizons.reached({("a", 0): 5}) for _ in range(2)] == [{0: T}, {}]
    assert horizons.met({("a", 0): 6}) == {}


def test_a_partition_of_which_nothing_is_known_has_read_nothing() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 0})
    assert horizons.reached({}) == {}


def test_partitions_with_a_backlog_do_not_hold_up_the_others() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 5, ("a", 1): 5})
    assert horizons.reached({("a", 0): 0, ("a", 1): 5}) == {1: T}


def test_a_time_that_was_aimed_at_stays_until_it_is_reached_whatever_comes_behind() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 5})
    horizons.sample(LATER, {("a", 0): 9})
    assert horizons.reached({("a", 0): 5}) == {0: T}


def test_a_time_is_reached_once_and_then_a_new_one_is_aimed_at() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 5})
    horizons.reached({("a", 0): 5})
    assert horizons.reached({("a", 0): 5}) == {}
    horizons.sample(LATER, {("a", 0): 9})
    assert horizons.reached({("a", 0): 9}) == {0: LATER}


def test_a_new_assignment_forgets_all_aims() -> None:
    horizons = Horizons()
    horizons.sample(T, {("a", 0): 0})
    horizons.forget()
    assert horizons.reached({("a", 0): 0}) == {}
