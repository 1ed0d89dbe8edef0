"""The composition of intake: quotas from its settings, categories from its table and its classifier."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.report import Classification, ClassifiedBy, ReportNormalised
from contracts.topics import SUBMITTED
from services.chassis.values import Input, Quota, Service
from services.intake.app import compose
from services.intake.settings import IntakeSettings
from tests.builders import MORNING, context, record

WHERE: dict[str, Any] = {"kafka": "broker:9092", "mongo": "mongodb://store"}


@pytest.fixture(scope="module")
def service() -> Service:
    return compose(IntakeSettings(**WHERE)).service


def classified(service: Service, department: str, **fields: object) -> Classification:
    said = {"reference": "2026-0001", "occurred_at": "今天", "text": "请尽快处理"} | fields
    physical = record(json.dumps(said).encode(), SUBMITTED[department])
    (reader,) = (reader for reader in service.readers if reader.topic is SUBMITTED[department])
    body: Any = reader.parse(physical)
    step = Input(id=reader.identify(physical, body), subject=body.subject, body=body, record=physical)
    normalised, _ = (event.body for event in service.decide(None, step, context(MORNING)).events)
    assert isinstance(normalised, ReportNormalised)
    assert normalised.report.classified
    return normalised.report.classified


def test_each_source_has_a_quota_of_its_own_that_an_operator_may_set(service: Service) -> None:
    assert {reader.quota for reader in service.readers} == {Quota(rate=20.0, burst=1000)}
    other = compose(IntakeSettings(**WHERE, quota_rate=0.5, quota_burst=7)).service
    assert {reader.quota for reader in other.readers} == {Quota(rate=0.5, burst=7)}


@pytest.mark.parametrize("wrong", [{"quota_rate": 0}, {"quota_rate": float("nan")}, {"quota_burst": 0}])
def test_a_quota_that_lets_nothing_in_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IntakeSettings(**WHERE, **wrong)


def test_the_table_of_words_is_the_one_beside_the_service(service: Service) -> None:
    found = classified(service, "labour", category="企业欠薪")

    assert (found.code, found.by) == ("060102", ClassifiedBy.MAP)


@pytest.mark.parametrize("category", [None, "其他", "水利用水"])
def test_the_classifier_that_is_shipped_decides_on_a_plain_text(service: Service, category: str | None) -> None:
    found = classified(service, "residents", category=category, text="机井水泵坏了，牛羊没水喝，请派人来修水泵。")

    assert found.by is ClassifiedBy.TEXT
    assert found.code is not None
    assert found.code.startswith("0201")
    assert "+model/" in found.version
