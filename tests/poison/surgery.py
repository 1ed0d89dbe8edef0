"""Cuts into JSON bodies: finds places in them and puts something else there, be it no JSON at all."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from tests.poison.sample import Sample

Place = tuple[str | int, ...]
Make = Callable[[Random, Sample], Sample]
"""Makes poison of a valid sample."""
Fits = Callable[[Place, Any], bool]


class Raw(str):
    """Text that goes into the body as it is, lone surrogates as their three bytes."""

    __slots__ = ()


class Fields(list[tuple[str, Any]]):
    """An object by its fields, so that one name may stand in it twice."""


def body(sample: Sample) -> Any:
    """The sample's body as values that may be changed."""
    return json.loads(sample.value or b"null")


def told(value: Any) -> str:
    """The value as JSON text."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict | Fields):
        fields = value.items() if isinstance(value, dict) else value
        inner = ",".join(f"{told(name)}:{told(each)}" for name, each in fields)
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{','.join(map(told, value))}]"
    return json.dumps(value, ensure_ascii=False)


def with_body(sample: Sample, value: Any) -> Sample:
    """The sample with another body."""
    return replace(sample, value=told(value).encode("utf-8", "surrogatepass"))


def places(value: Any, fits: Fits, here: Place = ()) -> Iterator[Place]:
    """Where in the body something stands that fits, depth first."""
    if here and fits(here, value):
        yield here
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, fits, (*here, name))
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from places(each, fits, (*here, at))


def at(value: Any, place: Place, new: Any) -> Any:
    """The body with something else at this place."""
    if not place:
        return new
    head, *rest = place
    value[head] = at(value[head], tuple(rest), new)
    return value


def put(new: Any, fits: Fits) -> Make:
    """Put ``new`` at one place of those that fit; where none does, into a field of another name."""

    def make(chance: Random, sample: Sample) -> Sample:
        value = body(sample)
        found = list(places(value, fits))
        if found:
            return with_body(sample, at(value, chance.choice(found), new))
        return with_body(sample, {**value, "unknown": new})

    return make


def anywhere(_place: Place, _value: Any) -> bool:
    """Any field fits."""
    return True


def text(_place: Place, value: Any) -> bool:
    """Any text fits."""
    return isinstance(value, str)


def number(_place: Place, value: Any) -> bool:
    """Any number fits."""
    return isinstance(value, int | float)


def named(*names: str) -> Fits:
    """Fields of these names fit."""
    return lambda place, _value: place[-1] in names


def moment(place: Place, value: Any) -> bool:
    """A time fits."""
    name = str(place[-1])
    return isinstance(value, str | int) and (name in {"at", "due_by", "not_before"} or name.endswith("_at"))


def identity(place: Place, value: Any) -> bool:
    """A UUID fits."""
    return isinstance(value, str) and str(place[-1]).endswith("_id") and len(value) == 36


def listed(_place: Place, value: Any) -> bool:
    """A list fits."""
    return isinstance(value, list)
