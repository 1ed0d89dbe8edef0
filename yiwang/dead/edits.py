"""Mends a body: a new one, or single values of a JSON body by their dotted paths."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.chassis.letters import VALUE_LIMIT
from yiwang.dead.values import Mistake

ASSIGNMENT: Final = re.compile(r"([^=]+)=(.*)", re.DOTALL)

Assignment = tuple[tuple[str, ...], Any]
"""A path, and the value that is to stand there."""


def assignment(text: str) -> Assignment:
    """``PATH=JSON`` as path and value; raises Mistake."""
    found = ASSIGNMENT.fullmatch(text)
    if not found:
        raise Mistake("--set: found no '='; right is PATH=JSON, such as people=3")
    try:
        return tuple(found[1].split(".")), json.loads(found[2])
    except (ValueError, RecursionError):
        raise Mistake(f"--set {found[1]}: found no JSON after '='; text takes quotes: {found[1]}='\"…\"'") from None


def assigned(raw: bytes | None, assignments: Iterable[Assignment]) -> bytes:
    """The JSON body with these values in it, objects made on the way where there are none; raises Mistake."""
    try:
        body = json.loads((raw or b"").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Mistake("--set: the body is no JSON; right is a whole new body with --file") from None
    for path, value in assignments:
        _assign(body, path, value)
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a pair of surrogates can only be written as its number
        return json.dumps(body).encode()


def _assign(body: Any, path: Sequence[str], value: Any) -> None:
    where = body
    for depth, name in enumerate(path[:-1], 1):
        if isinstance(where, dict) and where.get(name) is None:
            where[name] = {}
        where = where[_name(where, name, path[:depth])]
    where[_name(where, path[-1], path)] = value


def _name(where: Any, name: str, path: Sequence[str]) -> str | int:
    """The name as a dict or list takes it; raises Mistake where there is no such place."""
    if isinstance(where, dict):
        return name
    if isinstance(where, list) and name.isdecimal() and int(name) < len(where):
        return int(name)
    found = f"a list of {len(where)}" if isinstance(where, list) else "no object"
    raise Mistake(f"--set {'.'.join(path)}: found {found} before the last name; right is the path of a value")


def fitting(raw: bytes) -> bytes:
    """The mended body, if a letter could hold it; raises Mistake."""
    if len(raw) > VALUE_LIMIT:
        raise Mistake(f"the mended body has {len(raw)} bytes; right is at most {VALUE_LIMIT}")
    return raw
