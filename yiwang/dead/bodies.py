"""A body as anyone may see it: its structure, the values that are no free text, and of all else what kind it is."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from pydantic_core import from_json

from contracts.problem import SHOWN
from yiwang.dead.words import TOKEN, dump, plain

BOM: Final = b"\xef\xbb\xbf"
LINES: Final = 200
"""Lines that are shown of one body."""
DEPTH: Final = 12
"""Levels of a body that are shown."""
NAME: Final = 40
"""Characters that are shown of a field's name."""
TEXTS: Final = (("UTF-8", "utf-8"), ("GBK", "gb2312"))
"""Encodings in which texts come; of GBK the common half, because nearly any bytes are some text in the whole of it."""
BROKEN: Final = 0.1
"""The share of bytes that may be broken in what is still called text."""
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OURS: Final = frozenset({"kind", "department", "level", "number", "code", "at", "due_at"})
"""Further fields of our own events that hold one word, a figure or a moment."""


def seen(raw: bytes | None) -> list[str]:
    """The lines that show a body to whoever may not see what people wrote in it."""
    if not raw:
        return ["nothing: the value is null" if raw is None else "nothing: the value is empty"]
    try:
        body = from_json(raw.removeprefix(BOM))
    except ValueError as error:
        return list(_no_json(raw, str(error)))
    lines = list(islice(_part(body, (), 0), LINES + 1))
    more = ["… and more fields"] if len(lines) > LINES else []
    return [f"JSON of {len(raw)} bytes", *lines[:LINES], *more]


def _part(found: object, path: tuple[str, ...], depth: int) -> Iterator[str]:
    """A part of a body, a line for each value."""
    inner = _inner(found)
    if inner is None:
        yield f"{'  ' * depth}{_value(found, path)}"
        return
    for name, part in inner:
        head, below = f"{'  ' * depth}{plain(name, NAME)}:", (*path, name)
        if _inner(part) and depth + 1 < DEPTH:
            yield head
            yield from _part(part, below, depth + 1)
        else:
            yield f"{head} {_value(part, below)}"


def _inner(found: object) -> list[tuple[str, object]] | None:
    """The named parts of an object, the numbered ones of a list."""
    if isinstance(found, dict):
        return [(str(name), part) for name, part in found.items()]
    return [(str(at), part) for at, part in enumerate(found)] if isinstance(found, list) else None


def _value(found: object, path: tuple[str, ...]) -> str:
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    if isinstance(found, dict | list):
        return f"<{len(found)} entries>" if found else "{}" if isinstance(found, dict) else "[]"
    if not isinstance(found, str):
        return plain(str(found)) if _open(path) else "<number>"
    if UUID.fullmatch(found) or (_open(path) and (len(path) == 1 or TOKEN.fullmatch(found))):
        return f'"{plain(found)}"'
    return f"<text, {len(found)} character{'' if len(found) == 1 else 's'}>"


def _open(path: tuple[str, ...]) -> bool:
    """Whether the contracts say that this field holds no free text: by its own name, or that of what it is part of."""
    names = [name for name in path if not name.isdecimal()]
    return bool(names) and (names[0] in SHOWN or names[-1] in SHOWN or names[-1] in OURS)


def _no_json(raw: bytes, error: str) -> Iterator[str]:
    """What the bytes look like; text that is no JSON may be as personal as any, so it is not shown."""
    found = next((name for name, codec in TEXTS if _reads(raw, codec)), None)
    if found:
        yield f"no JSON ({plain(error)}): {len(raw)} bytes that read as text in {found}, not shown"
        return
    yield f"no JSON and no text: {len(raw)} bytes, which begin with"
    yield from dump(raw)


def _reads(raw: bytes, codec: str) -> bool:
    """Whether nearly all of it is text in this encoding."""
    text = raw.decode(codec, "replace")
    strange = sum(1 for sign in text if sign == "\ufffd" or not (sign.isprintable() or sign.isspace()))
    return strange <= len(text) * BROKEN
