"""What a size needs follows from unit costs, and holds what it is sized for: by arithmetic, and in the model."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bench.scale import units
from bench.scale.arrivals import poisson, steady
from bench.scale.layouts import layouts
from bench.scale.limits import flood, hottest, squares
from bench.scale.queueing import play
from bench.scale.sizing import Load, busy, load, needs
from bench.scale.stations import ALERT, SEED, capacity, line, outage, reckoned_drain, steps
from bench.scale.tables import Table, duration, figure, percent
from contracts.topics import CASES

ASSUMED = units.assumptions()
COSTS = units.Costs(
    machine="a reader's",
    measured=date(2026, 11, 30),
    reports=4000,
    services={
        "intake": units.Service(milliseconds=0.8, records=1, batch=500),
        "gis": units.Service(milliseconds=0.5, records=1, batch=500),
        "routing": units.Service(milliseconds=1.0, records=2.5, batch=500),
        "escalation": units.Service(milliseconds=0.6, records=1, batch=500),
        "notification": units.Service(milliseconds=3.6, records=4.5, batch=250),
    },
    batch_milliseconds=5,
    alerts=3,
    events=12,
    kafka_milliseconds=1,
    documents_milliseconds=1.5,
    broker_bytes=25_000,
    database_bytes=30_000,
)
"""An example: what was measured stands in a file, and is replaced."""
BANNER = load(ASSUMED.banner, 1)
RATES = (0.1, 50, 137, 500, 1200, 5000, 20_000)


def at(rate: float) -> Load:
    return Load(1, 160, 4.0, rate)


@pytest.mark.parametrize("rate", RATES)
def test_no_service_is_fuller_than_the_target(rate: float) -> None:
    found = needs(COSTS, ASSUMED, at(rate))
    for name, members in found.services.items():
        assert busy(COSTS, name, rate) / members.count <= ASSUMED.utilisation
        assert members.asked <= 1.0


@pytest.mark.parametrize("rate", RATES)
def test_members_are_no_more_than_partitions_and_share_them_equally_with_room_for_more(rate: float) -> None:
    found = needs(COSTS, ASSUMED, at(rate))
    for members in found.services.values():
        assert members.count >= ASSUMED.least_members
        assert found.partitions % members.count == 0
        assert found.partitions >= ASSUMED.headroom * members.count
    assert found.partitions >= CASES.partitions


@pytest.mark.parametrize("rate", RATES)
def test_engines_hold_the_writes_the_bytes_and_the_copies(rate: float) -> None:
    found = needs(COSTS, ASSUMED, at(rate))
    assert found.brokers.count >= ASSUMED.copies
    assert found.documents.count == found.shards * ASSUMED.copies
    assert found.shards * ASSUMED.documents.updates * ASSUMED.utilisation >= rate * COSTS.updates
    assert found.shards * found.documents.node.cores * ASSUMED.utilisation >= rate * COSTS.documents_milliseconds / 1000
    kept = found.documents.count * found.documents.disk_gib * ASSUMED.disk_used
    assert kept == pytest.approx(found.database_gib)


def test_what_is_kept_grows_with_the_reports_and_the_years() -> None:
    """30,000 bytes of 160 reports a day for five years, three times; 25,000 for thirty days, three times."""
    found = needs(COSTS, ASSUMED.model_copy(update={"years": 5, "copies": 3}), at(1))
    assert found.database_gib == pytest.approx(30_000 * 160 * 365 * 5 * 3 / 2**30)
    assert found.broker_gib == pytest.approx(25_000 * 160 * 30 * 3 / 2**30)


def test_a_higher_rate_never_needs_less() -> None:
    found = [needs(COSTS, ASSUMED, at(rate)) for rate in RATES]
    for measure in ("pods", "partitions", "shards", "money"):
        values = [getattr(one, measure) for one in found]
        assert values == sorted(values), measure


def test_a_rate_for_which_no_number_of_partitions_suffices_is_said() -> None:
    with pytest.raises(ValueError, match="reports a second need more than"):
        needs(COSTS, ASSUMED, at(1e7))


def test_bursts_of_many_banners_add_up_as_the_square_root_and_part_again() -> None:
    hundred = load(ASSUMED.banner, 100)
    assert hundred.burst == pytest.approx(10 * BANNER.burst)
    assert hundred.part(100) == BANNER


def test_the_fullest_hour_counts_where_it_is_above_the_burst() -> None:
    assert Load(1, 86_400, 4.0, burst=1).design == pytest.approx(4.0)


def test_the_steps_ask_of_each_service_what_was_measured() -> None:
    for name, service in COSTS.services.items():
        mine = [step for step in steps(COSTS) if step.station == name]
        assert sum(step.seconds for step in mine) == pytest.approx(service.milliseconds / 1000)
        assert sum(step.records for step in mine) == pytest.approx(service.records)


@pytest.mark.parametrize("banners", [1, 100])
def test_the_model_holds_the_design_rate_within_the_promise(banners: int) -> None:
    found = needs(COSTS, ASSUMED, load(ASSUMED.banner, banners))
    run = play(line(COSTS, ASSUMED, found), poisson(steady(found.load.design, 10), SEED), SEED)
    assert run.quantile(ALERT, 0.99) < ASSUMED.late_seconds


def test_the_model_drains_an_outage_as_reckoned() -> None:
    """A minute at half of what the fullest service can do; the model serves a little less than full batches would."""
    found, seconds = needs(COSTS, ASSUMED, BANNER), 60.0
    rate = capacity(COSTS, found) / 2
    run = outage(line(COSTS, ASSUMED, found), rate, seconds, after=1.5 * seconds)
    reckoned = reckoned_drain(COSTS, found, rate, seconds)
    assert run.drained(ALERT, seconds, ASSUMED.late_seconds) == pytest.approx(reckoned, rel=0.15)


def test_above_the_capacity_the_model_falls_behind_and_below_it_does_not() -> None:
    found = needs(COSTS, ASSUMED, BANNER)
    most, of = capacity(COSTS, found), line(COSTS, ASSUMED, found)
    below, above = (play(of, poisson(steady(share * most, 30), SEED), SEED) for share in (0.9, 1.2))
    assert below.quantile(ALERT, 0.99) < 1
    assert above.quantile(ALERT, 0.99) > 3


def test_a_person_who_gets_more_than_the_hottest_share_fills_a_member() -> None:
    found = needs(COSTS, ASSUMED, load(ASSUMED.banner, 100))
    share = hottest(COSTS, found)
    arrivals = poisson(steady(found.load.design, 20), SEED)
    below, above = (
        play(line(COSTS, ASSUMED, found, hot=hot), arrivals, SEED).quantile(ALERT, 0.99)
        for hot in (0.8 * share, min(1.0, 1.4 * share))
    )
    assert below < 1 < above


def test_a_banner_alone_is_flooded_by_nobody_and_a_city_is_by_all_its_banners() -> None:
    one, hundred = (needs(COSTS, ASSUMED, load(ASSUMED.banner, banners)) for banners in (1, 100))
    assert flood(COSTS, ASSUMED, one) == 0
    assert flood(COSTS, ASSUMED, hundred) > 600


def test_squares_hear_of_more_where_more_is_reported() -> None:
    assert squares(2.0) == pytest.approx([2 * heard for heard in squares(1.0)])


def test_separation_costs_more_and_holds_more() -> None:
    one, namespaces, platforms = layouts(COSTS, ASSUMED, 100, city=100)
    assert one.money < namespaces.money < platforms.money
    assert one.held < namespaces.held
    assert namespaces.each.pods == platforms.platforms * platforms.each.pods


def test_the_files_have_the_five_services_and_a_city() -> None:
    assert units.costs().services.keys() == COSTS.services.keys()
    assert {size.name: size.banners for size in ASSUMED.sizes}["city"] == 100


def changed(**given: object) -> Mapping[str, Any]:
    return {**json.loads(COSTS.model_dump_json()), **given}


@pytest.mark.parametrize(
    "wrong",
    [{"services": {}}, {"alerts": 9}, {"alerts": 0}, {"kafka_milliseconds": -1}, {"measured": "lately"}, {"kafka": 1}],
)
def test_costs_that_cannot_be_are_refused(wrong: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError):
        units.Costs.model_validate(changed(**wrong))


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.00741, "0.0074"), (0.5, "0.50"), (1.26, "1.3"), (42, "42"), (537.3, "537"), (244_751, "245,000")],
)
def test_figures_have_no_more_digits_than_they_are_worth(value: float, said: str) -> None:
    assert figure(value) == said


def test_times_are_said_in_the_unit_that_fits() -> None:
    assert [duration(seconds) for seconds in (0.0283, 1.26, 90, 7200)] == ["28 ms", "1.3 s", "1.5 min", "2.0 h"]
    assert percent(0.043) == "4.3 %"


def test_a_table_is_in_line_on_a_terminal_and_has_its_bars_on_a_page() -> None:
    table = Table("Title:", ["", "one"], [["long word", "1"]])
    assert table.text() == "Title:\n           one\nlong word  1"
    assert table.markdown() == "Title:\n\n|  | one |\n| --- | --- |\n| long word | 1 |"
