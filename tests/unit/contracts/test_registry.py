"""The registry of topics is sound: names, partitions, who writes and reads, and what never expires."""

import re
from datetime import timedelta

import pytest

from contracts.departments import DEPARTMENTS
from contracts.topics import DEAD, DISPOSITIONS, ORDERS, SERVICES, SUBMITTED, TOPICS
from contracts.wire import MIB, ROOM, Topic, settings
from services.chassis.publisher import BATCH

NAME = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+\.v[1-9]\d*")
TYPE = re.compile(r"yiwang\.[a-z-]+(\.[a-z_]+)?\.v[1-9]\d*")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
OUTSIDERS = {"apps", "departments", "ops", *(f"departments/{code}" for code in SUBMITTED)}
EACH = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)


@EACH
def test_a_topic_is_named_by_words_with_its_version_at_the_end(topic: Topic) -> None:
    assert NAME.fullmatch(topic.name)
    assert len(topic.name) <= 249, "Kafka allows no longer name"


@EACH
def test_an_event_type_has_the_version_of_its_topic_at_the_end(topic: Topic) -> None:
    assert topic.types
    for name in topic.types:
        assert TYPE.fullmatch(name)
        assert name.rpartition(".")[2] == topic.name.rpartition(".")[2]


@EACH
def test_every_producer_and_consumer_is_known(topic: Topic) -> None:
    assert topic.producers
    assert topic.consumers
    assert {*topic.producers, *topic.consumers} <= {*SERVICES, *OUTSIDERS}


@EACH
def test_a_topic_says_what_it_is_about_and_what_its_key_is(topic: Topic) -> None:
    assert topic.about.endswith(".")
    assert topic.key


def test_names_are_unique() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_names_stay_unique_in_metrics_where_dots_are_underscores() -> None:
    assert len({re.sub("[.-]", "_", topic.name) for topic in TOPICS}) == len(TOPICS)


def test_partition_counts_are_equal_so_that_a_case_stays_with_one_member() -> None:
    assert len({topic.partitions for topic in TOPICS}) == 1


def test_no_dead_letter_nor_order_expires_and_all_else_does() -> None:
    kept = {topic.name for topic in (*DEAD.values(), DISPOSITIONS, ORDERS)}
    assert {topic.name for topic in TOPICS if topic.retention is None} == kept


def test_every_service_has_a_topic_for_its_dead_letters() -> None:
    assert {producer for topic in DEAD.values() for producer in topic.producers} == set(SERVICES)


def test_a_dead_letter_holds_a_report_of_a_mebibyte_in_base64() -> None:
    report = next(iter(SUBMITTED.values())).max_bytes
    assert report > MIB
    assert all(topic.max_bytes > report * 4 / 3 for topic in DEAD.values())


def test_all_that_expires_stays_a_month() -> None:
    assert {topic.retention for topic in TOPICS} == {timedelta(days=30), None}


@EACH
def test_a_topics_settings_say_how_long_records_stay_how_big_a_batch_is_and_who_dates_them(topic: Topic) -> None:
    assert settings(topic) == {
        "cleanup.policy": "delete",
        "retention.ms": "-1" if topic.name.startswith("dead.") or topic is ORDERS else "2592000000",
        "max.message.bytes": str(topic.max_bytes + 512 * 1024),
        "message.timestamp.type": "LogAppendTime",
    }


def test_a_batch_of_the_publisher_has_room_beside_the_longest_body() -> None:
    assert BATCH < ROOM


def test_no_event_type_travels_in_two_topics_of_different_models() -> None:
    models = {(name, topic.model) for topic in TOPICS for name in topic.types}
    assert len(models) == len({name for name, _ in models})


def test_department_codes_are_slugs_and_unique() -> None:
    assert all(SLUG.fullmatch(department.code) for department in DEPARTMENTS)
    assert len({department.code for department in DEPARTMENTS}) == len(DEPARTMENTS)
    assert len({department.zh for department in DEPARTMENTS}) == len(DEPARTMENTS)


def test_each_source_has_a_topic_of_its_own_that_it_and_intake_write() -> None:
    assert set(SUBMITTED) == {department.code for department in DEPARTMENTS}
    for code, topic in SUBMITTED.items():
        assert topic.producers == (f"departments/{code}", "services/intake")
        assert not topic.internal
