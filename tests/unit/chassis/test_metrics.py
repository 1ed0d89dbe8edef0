"""Metrics: named once, explained, and in a registry of their own."""

from services.chassis.metrics import Figure, Metrics
from tests.builders import DAY, MORNING


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


def test_a_figure_of_a_services_own_is_reckoned_at_the_moment_of_asking() -> None:
    metrics, moments = Metrics("toy"), iter([MORNING, MORNING + DAY])
    metrics.show(Figure("toy_days", "Days since the morning", lambda now: (now - MORNING) / DAY), lambda: next(moments))
    assert [metrics.registry.get_sample_value("yiwang_toy_days") for _ in range(2)] == [0.0, 1.0]


def test_lateness_of_timers_is_told_in_the_classes_that_people_ask_about() -> None:
    metrics = Metrics("toy")
    for seconds in (0.5, 5, 30, 300, 3000):
        metrics.lateness.observe(seconds)
    samples = next(iter(metrics.lateness.collect())).samples
    counts = {sample.labels["le"]: sample.value for sample in samples if sample.name.endswith("_bucket")}
    assert counts == {"1.0": 1, "10.0": 2, "60.0": 3, "600.0": 4, "+Inf": 5}
