"""Settings of a service, from its environment."""

import pytest
from pydantic import ValidationError

from services.chassis.settings import Settings

LEAST = {"kafka": "one:9092", "mongo": "mongodb://one"}


def test_brokers_are_separated_by_commas() -> None:
    assert Settings.model_validate(LEAST | {"kafka": "one:9092, two:9092"}).brokers == ["one:9092", "two:9092"]


def test_a_database_has_the_namespace_and_no_dots() -> None:
    assert Settings.model_validate(LEAST | {"namespace": "trial."}).database("gis") == "trial-yiwang-gis"


def test_settings_come_from_variables_with_the_systems_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_KAFKA", "one:9092")
    monkeypatch.setenv("YIWANG_MONGO", "mongodb://one")
    monkeypatch.setenv("YIWANG_TICK_SECONDS", "0.02")
    assert Settings().tick_seconds == 0.02


def test_time_is_real_unless_a_demonstration_asks_for_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings.model_validate(LEAST).timeline
    monkeypatch.setenv("YIWANG_TIMELINE", "true")
    assert Settings.model_validate(LEAST).timeline


@pytest.mark.parametrize(
    "wrong", [{"mongo": "one:27017"}, {"namespace": "Trial"}, {"log_level": "LOUD"}, {"tick_seconds": 0}, {"kafka": ""}]
)
def test_a_wrong_setting_is_refused_under_its_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as found:
        Settings.model_validate({**LEAST, **wrong})
    assert [error["loc"] for error in found.value.errors()] == [(name,) for name in wrong]
