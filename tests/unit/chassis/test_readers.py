"""Readers of the topics that this system's services write."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.chassis.fold import read
from services.chassis.readers import internal
from services.chassis.values import Invalid, Record
from tests.toy import OUT, Told

TOLD = Told(version=1, name="a", what="sum", total=5)


def record(value: bytes | None, *headers: tuple[str, bytes | None]) -> Record:
    time = datetime(2026, 3, 2, tzinfo=UTC)
    return Record(topic=OUT.name, partition=0, offset=0, key=None, value=value, headers=headers, time=time)


def test_a_record_is_read_with_the_identity_in_its_headers_for_the_subject_in_its_body() -> None:
    found = read(internal(OUT), record(TOLD.model_dump_json().encode(), ("ce_id", str(UUID(int=3)).encode())))
    assert (found.id, found.subject, found.body) == (UUID(int=3), "a", TOLD)


@pytest.mark.parametrize("raw", [None, b"", b"3", b"\xff"])
def test_a_record_without_a_usable_id_is_invalid(raw: bytes | None) -> None:
    with pytest.raises(Invalid, match="header ce_id"):
        read(internal(OUT), record(TOLD.model_dump_json().encode(), ("ce_id", raw)))


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[]", b'{"version": 1}'])
def test_a_record_that_is_not_its_topics_model_is_invalid(value: bytes | None) -> None:
    with pytest.raises(Invalid):
        read(internal(OUT), record(value, ("ce_id", str(UUID(int=3)).encode())))


TYPED = replace(OUT, types=("toy.sum.v1", "toy.rang.v1"))
NEEDS_NO_RINGS = internal(TYPED, needless=frozenset({"toy.rang.v1"}))


def test_a_record_passes_by_the_type_in_its_headers_whatever_else_it_is() -> None:
    assert NEEDS_NO_RINGS.passes(record(None, ("ce_type", b"toy.rang.v1")))
    assert NEEDS_NO_RINGS.passes(record(b"rubbish", ("x", None), ("ce_type", b"toy.rang.v1"), ("ce_id", b"\xff")))


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("ce_type", None),),
        (("ce_type", b""),),
        (("ce_type", b"\xff"),),
        (("ce_type", b"toy.sum.v1"),),
        (("ce_type", b"toy.rang.v2"),),
        (("ce_type", b"toy.rang.v1 "),),
        (("CE_TYPE", b"toy.rang.v1"),),
        (("ce_type", b"toy.rang.v1"), ("ce_type", b"toy.rang.v1")),
        (("ce_type", b"toy.sum.v1"), ("ce_type", b"toy.rang.v1")),
    ],
)
def test_a_record_whose_headers_do_not_say_once_that_it_is_needless_is_read(
    headers: tuple[tuple[str, bytes | None], ...],
) -> None:
    assert not NEEDS_NO_RINGS.passes(record(TOLD.model_dump_json().encode(), *headers))


def test_no_record_passes_a_reader_that_needs_all() -> None:
    assert not internal(TYPED).passes(record(None, ("ce_type", b"toy.rang.v1")))


def test_a_needless_type_that_its_topic_does_not_have_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"needless 'toy.rung.v1'; right is toy.sum.v1, toy.rang.v1"):
        internal(TYPED, needless=frozenset({"toy.rung.v1"}))
