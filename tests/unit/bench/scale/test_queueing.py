"""The model of queues against theory, and what holds of any: nothing is lost, order stands, more is not slower."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from bench.scale.arrivals import HOUR, Span, burst, day, poisson, steady
from bench.scale.queueing import Line, Run, Station, Step, play

ALERT = "alert"


def one(
    members: int = 1, partitions: int = 1, *, spread: float = 0.0, hot: float = 0.0, batch: int = 1, fixed: float = 0.0
) -> Line:
    """One station whose reports cost 10 ms each, one at a time if not said otherwise."""
    station = Station(name="only", members=members, partitions=partitions, batch=batch, fixed=fixed)
    return Line(stations=(station,), steps=(Step(name=ALERT, station="only", seconds=0.01, hot=hot),), spread=spread)


def tandem(members: int = 2, hot: float = 0.0) -> Line:
    """Three stations with batches and a side step, as the pipeline has them."""
    names = ("first", "second", "third")
    stations = tuple(
        Station(name=name, members=members, partitions=12, batch=50, fixed=0.005, rest=lambda took: took)
        for name in names
    )
    steps = (
        Step(name="in", station="first", seconds=0.002),
        Step(name="middle", station="second", seconds=0.003, records=2, after="in"),
        Step(name="beside", station="third", seconds=0.001, after="in"),
        Step(name=ALERT, station="third", seconds=0.002, after="middle", key=1, hot=hot),
    )
    return Line(stations=stations, steps=steps, spread=1.0)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
def test_one_server_waits_as_pollaczek_and_khinchine_say(load: float, spread: float) -> None:
    """With spread 0 that is M/D/1, with 1 it is M/M/1."""
    run = play(one(spread=spread), poisson(steady(load / 0.01, 1200), seed=1), seed=1)
    queue = load * (1 + spread**2) / (2 * (1 - load))
    assert mean(run.waits(ALERT)) == pytest.approx(0.01 * (1 + queue), rel=0.07)


def test_the_share_of_time_in_work_is_rate_times_cost() -> None:
    seen = play(one(spread=0.5), poisson(steady(60, 1000), seed=2)).stations["only"]
    assert seen.busy == pytest.approx(0.6, rel=0.02)


def test_members_with_partitions_of_their_own_are_queues_of_their_own() -> None:
    """Four members at 60 % wait as one at 60 %, not as four that share a queue."""
    run = play(one(members=4, partitions=12), poisson(steady(240, 500), seed=3))
    assert mean(run.waits(ALERT)) == pytest.approx(0.01 * (1 + 0.6 / 0.8), rel=0.05)


def test_a_member_with_one_partition_more_has_more_to_do() -> None:
    run = play(one(members=4, partitions=6), poisson(steady(150, 300), seed=4))
    assert run.stations["only"].busiest == pytest.approx(150 * 0.01 * 2 / 6, rel=0.05)


def test_batches_share_their_fixed_time() -> None:
    """At twice what single records would allow, batches of 50 still keep up."""
    line = one(fixed=0.01, batch=50)
    busy = poisson(steady(80, 200), seed=5)
    assert play(line, busy).quantile(ALERT, 0.99) < 0.5
    assert play(one(fixed=0.01), busy).quantile(ALERT, 0.99) > 20


def test_everything_that_comes_goes_through_every_step_after_it_came() -> None:
    arrivals = poisson(steady(200, 20), seed=6)
    run = play(tandem(), arrivals)
    for name, before in (("in", arrivals), ("middle", run.ended["in"]), ("beside", run.ended["in"])):
        assert all(end > begin for begin, end in zip(before, run.ended[name], strict=True))
    assert all(end > begin for begin, end in zip(run.ended["middle"], run.ended[ALERT], strict=True))


def by_partition(run: Run, step: str, came: list[float]) -> list[list[float]]:
    lanes = defaultdict(list)
    for at, partition, end in sorted(zip(came, run.partitions[step], run.ended[step], strict=True)):
        lanes[partition].append((at, end))
    return [[end for _, end in lane] for lane in lanes.values()]


@pytest.mark.parametrize(("step", "before"), [("middle", "in"), (ALERT, "middle")])
def test_what_lies_in_a_partition_is_served_in_the_order_in_which_it_came(step: str, before: str) -> None:
    run = play(tandem(hot=0.3), poisson(steady(300, 20), seed=7))
    lanes = by_partition(run, step, list(run.ended[before]))
    assert len(lanes) == 12
    assert all(first <= second for lane in lanes for first, second in pairwise(lane))


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    def ended(seed: int) -> object:
        return play(tandem(), poisson(steady(100, 5), seed), seed).ended

    assert ended(8) == ended(8)
    assert ended(8) != ended(9)


@pytest.mark.parametrize("seed", range(3))
def test_more_members_are_never_slower(seed: int) -> None:
    arrivals = poisson(steady(400, 8), seed)
    waits = [play(tandem(members), arrivals, seed).quantile(ALERT, 0.99) for members in (2, 3, 4, 6, 12)]
    assert waits == sorted(waits, reverse=True)


def test_a_hot_key_fills_one_member_while_the_others_idle() -> None:
    arrivals = poisson(steady(240, 60), seed=10)
    even, hot = (play(one(members=4, partitions=12, hot=share), arrivals) for share in (0.0, 0.5))
    assert hot.stations["only"].busiest == pytest.approx(1.0, abs=0.02)
    assert hot.stations["only"].busy < even.stations["only"].busy
    assert hot.quantile(ALERT, 0.99) > 20 * even.quantile(ALERT, 0.99)


def test_a_backlog_drains_at_what_is_free() -> None:
    """60 s of reports at 60 % wait when all comes back; 40 % are free: it takes 90 s."""
    line = one(members=2, partitions=12, batch=50).closed(30, 90)
    run = play(line, poisson(steady(120, 300), seed=11))
    assert run.drained(ALERT, since=90, limit=1) == pytest.approx(90, rel=0.1)
    assert run.stations["only"].backlog == pytest.approx(60 * 120, rel=0.05)


def test_a_burst_above_what_is_held_waits_and_drains() -> None:
    """30 s at 200 a second on one that does 100, then 50: 3,000 wait, and 50 a second are free for them."""
    run = play(one(batch=50), poisson(burst(50, 200, before=10, seconds=30, after=120), seed=12))
    assert run.stations["only"].backlog == pytest.approx(3000, rel=0.1)
    assert run.drained(ALERT, since=40, limit=1) == pytest.approx(60, rel=0.15)


def test_what_never_is_late_has_nothing_to_drain() -> None:
    assert play(one(), poisson(steady(10, 10), seed=13)).drained(ALERT, since=5, limit=1) == 0


@pytest.mark.parametrize("station", [Station(name="only", batch=10), Station(name="only", batch=12, enough=10)])
def test_a_rest_ends_when_a_whole_batch_or_enough_is_there(station: Station) -> None:
    station = replace(station, rest=lambda _: 5.0)
    line = Line(stations=(station,), steps=(Step(name=ALERT, station="only", seconds=0.01),))
    run = play(line, (0.0, *(1.0,) * 10, *(2.0,) * 3))
    assert run.ended[ALERT] == pytest.approx([0.01, *[1.1] * 10, *[6.13] * 3])


def test_no_reports_are_no_trouble() -> None:
    run = play(tandem(), ())
    assert run.ended[ALERT] == []
    assert {seen.busy for seen in run.stations.values()} == {0.0}


@pytest.mark.parametrize("peak", [1.0, 1.5, 2.0, 4.0])
def test_a_day_has_its_reports_and_its_fullest_hour(peak: float) -> None:
    spans = day(2400, peak)
    assert sum(span.seconds * span.rate for span in spans) == pytest.approx(2400)
    assert max(span.rate for span in spans) == pytest.approx(peak * 2400 / (24 * HOUR))
    assert min(span.rate for span in spans) >= 0


def test_reports_come_at_their_rates_and_in_order() -> None:
    times = poisson((Span(10, 100), Span(10, 0), Span(10, 300)), seed=14)
    assert list(times) == sorted(times)
    assert [sum(begin <= at < begin + 10 for at in times) for begin in (0, 10, 20)] == [
        pytest.approx(1000, rel=0.1),
        0,
        pytest.approx(3000, rel=0.1),
    ]


def test_a_station_is_replaced_not_changed() -> None:
    line = one()
    assert line.closed(1, 2) == replace(line, stations=(replace(line.stations[0], closed=(1, 2)),))
    assert line.stations[0].closed == (0.0, 0.0)
