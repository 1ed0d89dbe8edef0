"""Metrics: named once, explained, and in a registry of their own."""

from services.chassis.metrics import Metrics


def test_every_metric_has_the_systems_prefix_and_says_what_it_is() -> None:
    families = list(Metrics("toy").registry.collect())
    assert len(families) > 10
    for family in families:
        assert family.name.startswith("yiwang_")
        assert family.documentation


def test_two_services_in_one_process_do_not_meet() -> None:
    one, other = Metrics("one"), Metrics("other")
    one.records.labels("t").inc()
    assert one.registry.get_sample_value("yiwang_records_total", {"topic": "t"}) == 1
    assert other.registry.get_sample_value("yiwang_records_total", {"topic": "t"}) is None
