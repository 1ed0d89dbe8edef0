"""What the checker reads of an event it can read of every event that the contract allows."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from yiwang.check.glances import SEEN
from yiwang.check.hearing import MODELS


def stricter(glance: type[BaseModel], whole: type[BaseModel]) -> Iterator[str]:
    """The fields that the glance needs and the contract does not."""
    for name, field in glance.model_fields.items():
        theirs = whole.model_fields[name]
        if field.is_required() and not theirs.is_required():
            yield name
        if all(isinstance(one.annotation, type) and issubclass(one.annotation, BaseModel) for one in (field, theirs)):
            yield from (f"{name}.{inner}" for inner in stricter(field.annotation, theirs.annotation))  # type: ignore[arg-type]  # as just seen


@pytest.mark.parametrize("topic", SEEN)
def test_a_glance_needs_no_field_that_the_contract_lets_be_left_out(topic: str) -> None:
    assert list(stricter(SEEN[topic], MODELS[topic])) == []
