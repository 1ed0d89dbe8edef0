"""Trace context: one trace from a record to what it causes, the same again on a redelivery."""

from uuid import UUID

import pytest

from services.chassis.trace import child

SEED, EVENT = UUID(int=7), UUID("0123456789abcdef0123456789abcdef")
PARENT = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"


@pytest.mark.parametrize("name", ["traceparent", "ce_traceparent"])
def test_an_event_is_in_its_causes_trace_as_a_span_of_its_own(name: str) -> None:
    assert child([("x", None), (name, PARENT)], lambda: SEED, EVENT) == f"00-{'a' * 32}-0123456789abcdef-01"


@pytest.mark.parametrize("raw", [None, b"", b"\xff", b"00-short", PARENT.upper(), PARENT + b"-x"])
def test_without_a_well_formed_parent_a_new_trace_follows_from_the_cause(raw: bytes | None) -> None:
    assert child([("traceparent", raw)], lambda: SEED, EVENT) == f"00-{SEED.hex}-0123456789abcdef-00"


def test_the_same_cause_brings_the_same_trace_again() -> None:
    assert child([], lambda: SEED, EVENT) == child([], lambda: SEED, EVENT)
