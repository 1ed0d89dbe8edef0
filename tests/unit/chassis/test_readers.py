"""Readers of the topics that this system's services write."""

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
