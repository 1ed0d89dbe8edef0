"""Words of others, safe to show: personal numbers masked, and nothing in them that a terminal would obey."""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import category, normalize

from contracts.masking import masked

OPEN_HEADERS: Final = re.compile(r"ce_[a-z0-9]+|content-type|traceparent")
"""Headers whose values are shown; others may hold free text."""
TOKEN: Final = re.compile(r"[A-Za-z0-9._/:+-]{1,120}")
"""What is one word of plain letters and figures, and so no free text."""
LONGEST: Final = 120
"""Characters that are shown of a word of others."""
BYTES_SHOWN: Final = 64
"""Bytes that are shown of what is no text."""
ROW: Final = 16
DIGITS: Final = frozenset(b"0123456789")


def plain(text: str, limit: int = LONGEST) -> str:
    """The text masked, then made printable, then cut.

    Numbers in full-width figures, or with invisible characters between them, are personal numbers too: where the plain
    form of a text has one, that masked form is shown.
    """
    bare = normalize("NFKC", "".join(sign for sign in text if category(sign) != "Cf"))
    hidden = masked(bare)
    shown = printable(masked(text) if hidden == bare else hidden)
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def printable(text: str) -> str:
    r"""The text with every sign that is not one to look at as its number, such as ``\x1b`` or ``\u202e``."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def word(raw: bytes | None) -> str:
    """A key or a header's value: one plain word is shown, masked; of anything else its kind and length."""
    if raw is None:
        return "null"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return f"<{len(raw)} bytes that are no UTF-8>"
    if not text:
        return "<empty>"
    return plain(text) if TOKEN.fullmatch(text) else f"<text, {_count(len(text), 'character')}>"


def header(name: str, raw: bytes | None) -> str:
    """One header as a line."""
    if raw and OPEN_HEADERS.fullmatch(name):
        return f"{name}: {plain(raw.decode('utf-8', 'backslashreplace'))}"
    return f"{plain(name)}: {word(raw)}"


def dump(raw: bytes, limit: int = BYTES_SHOWN, *, digits: bool = False) -> list[str]:
    """The first bytes in hex, row by row; figures in them as ``3x``, unless ``digits`` are asked for."""
    rows = [raw[at : at + ROW] for at in range(0, min(len(raw), limit), ROW)]
    lines = [f"{at * ROW:06x}  " + _hex(row[: limit - at * ROW], digits=digits) for at, row in enumerate(rows)]
    return [*lines, f"… {_count(len(raw) - limit, 'more byte')}"] if len(raw) > limit else lines


def _hex(row: Sequence[int], *, digits: bool) -> str:
    return " ".join("3x" if byte in DIGITS and not digits else f"{byte:02x}" for byte in row)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
