"""Mending a body: single values by their paths, a whole new one, and what is refused in one line."""

import json
from typing import Any

import pytest

from contracts.topics import ACTIONS
from services.chassis.letters import VALUE_LIMIT
from services.chassis.values import Record
from simulation.clock import MemoryClock
from tests.unit.yiwang.dead_office import GOOD, NO_DATUM, WATER
from yiwang.dead.edits import assigned, assignment, fitting
from yiwang.dead.opinion import opinion
from yiwang.dead.values import Mistake


def mended(raw: bytes, *texts: str) -> Any:
    return json.loads(assigned(raw, map(assignment, texts)))


def test_a_value_is_put_where_its_path_leads_and_the_rest_stays() -> None:
    body = mended(NO_DATUM, 'coordinates.datum="WGS-84"', "people=3")
    assert body == {**json.loads(NO_DATUM), "people": 3} | {
        "coordinates": {"longitude": 107.4, "latitude": 38.4, "datum": "WGS-84"}
    }


@pytest.mark.parametrize(
    ("raw", "text", "found"),
    [
        (b"{}", "a.b.c=1", {"a": {"b": {"c": 1}}}),
        (b'{"a": null}', "a.b=1", {"a": {"b": 1}}),
        (b'{"a": [1, {"b": 2}]}', "a.1.b=3", {"a": [1, {"b": 3}]}),
        (b'{"a": [1, 2]}', "a.0=null", {"a": [None, 2]}),
        (b"\xef\xbb\xbf{}", "a=1", {"a": 1}),
        (b"{}", 'a="x=y"', {"a": "x=y"}),
        (b'{"a": "\\ud800"}', "b=1", {"a": "\ud800", "b": 1}),
    ],
)
def test_paths_go_through_objects_and_lists_and_make_objects_on_the_way(raw: bytes, text: str, found: Any) -> None:
    assert mended(raw, text) == found


@pytest.mark.parametrize("text", ["people", "=1", "people=", "people=drei", "people={", "people=" + "[" * 100_000])
def test_what_is_no_assignment_is_refused_in_one_line_that_repeats_no_value(text: str) -> None:
    with pytest.raises(Mistake, match="--set") as refused:
        assignment(text)
    assert "\n" not in str(refused.value)
    assert "drei" not in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "text", "said"),
    [
        (b"[1]", "5=1", "found a list of 1"),
        (b"[1]", "x.y=1", "found a list of 1"),
        (b"3", "a=1", "found no object"),
        (b'{"a": 3}', "a.b=1", "found no object"),
        (b"\xff", "a=1", "the body is no JSON"),
        (b"", "a=1", "the body is no JSON"),
        (b"[" * 100_000, "a=1", "the body is no JSON"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_in_one_line(raw: bytes, text: str, said: str) -> None:
    with pytest.raises(Mistake, match=said):
        mended(raw, text)


def test_a_body_that_no_letter_could_hold_is_refused() -> None:
    assert fitting(b"x" * VALUE_LIMIT)
    with pytest.raises(Mistake, match=f"has {VALUE_LIMIT + 1} bytes; right is at most {VALUE_LIMIT}"):
        fitting(b"x" * (VALUE_LIMIT + 1))


def record(value: bytes, topic: str = WATER.name) -> Record:
    return Record(topic=topic, partition=0, offset=0, key=b"k", value=value, headers=(), time=MemoryClock().time)


def test_the_services_own_reader_says_what_is_wrong() -> None:
    assert opinion("intake", "nowhere:1", record(GOOD)) == ()
    (problem,) = opinion("intake", "nowhere:1", record(NO_DATUM))
    assert problem.path == "coordinates.datum"


@pytest.mark.parametrize("service", ["intake", "gis", "routing", "escalation", "notification"])
def test_every_service_can_be_asked_and_says_which_topics_it_does_not_read(service: str) -> None:
    (problem,) = opinion(service, "nowhere:1", record(b"{}", "elsewhere"))
    assert problem.path == "topic"


def test_a_reader_of_another_service_is_asked_too() -> None:
    paths = {problem.path for problem in opinion("routing", "nowhere:1", record(b"{}", ACTIONS.name))}
    assert paths >= {"case_id", "action"}
