"""What the checker reads of an event it can read of every event that the contract allows."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from yiwang.check.glances import SEEN
from yiwang.check.hearing import MODELS


def models(annotation: object) -> list[type[BaseModel]]:
    """The models in an annotation, be it of one, of many or of none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models(part)]


def stricter(glance: type[BaseModel], whole: type[BaseModel]) -> Iterator[str]:
    """The fields that the glance needs and the contract does not."""
    for name, field in glance.model_fields.items():
        theirs = whole.model_fields[name]
        if field.is_required() and not theirs.is_required():
            yield name
        for mine, other in zip(models(field.annotation), models(theirs.annotation), strict=False):
            yield from (f"{name}.{inner}" for inner in stricter(mine, other))


@pytest.mark.parametrize("topic", SEEN)
def test_a_glance_needs_no_field_that_the_contract_lets_be_left_out(topic: str) -> None:
    assert list(stricter(SEEN[topic], MODELS[topic])) == []
