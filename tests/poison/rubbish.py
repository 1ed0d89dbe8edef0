"""Poison that is no JSON of its topic's form: bytes, encodings, cuts, depths and sizes."""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from contracts.wire import MIB
from tests.poison.sample import Sample
from tests.poison.surgery import Make, Raw, anywhere, body, put, text, with_body

INSTEAD: Final[Mapping[str, bytes | None]] = {
    "null value": None,
    "empty value": b"",
    "one zero byte": b"\0",
    "zero bytes": bytes(1000),
    "blanks": b" \r\n\t" * 50,
    "byte order mark alone": b"\xef\xbb\xbf",
    "UTF-16 mark alone": b"\xff\xfe",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "plain text": "牧道被冲断，车辆无法通行".encode(),
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    "form fields": b"reference=1&text=%E4%BA%95",
    "null": b"null",
    "true": b"true",
    "zero": b"0",
    "text alone": b'"text"',
    "empty list": b"[]",
    "empty object": b"{}",
    "NaN alone": b"NaN",
    "infinity alone": b"-Infinity",
    "overlong UTF-8": b'{"reference": "\xc0\x80\xe0\x80\x80"}',
    "half a surrogate in bytes": b'{"reference": "\xed\xa0\x80", "text": "\xed\xbf\xbf"}',
    "confluent frame": b"\0\0\0\0\x01" + b'{"reference": "1"}',
    "unclosed brackets": b"[" * 200_000,
    "unclosed objects": b'{"a":' * 100_000,
    "lists in lists": b"[" * 50_000 + b"]" * 50_000,
    "objects in objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "zipped": gzip.compress(b"{}", mtime=0),
    "zip bomb": gzip.compress(bytes(4 * MIB), mtime=0),
}
"""Values that stand in the place of a body."""

FORMS: Final[Mapping[str, Callable[[str], bytes]]] = {
    "right text in GBK": lambda right: right.encode("gbk", "replace"),
    "right text in GB 18030": lambda right: right.encode("gb18030"),
    "right text in Big5": lambda right: right.encode("big5", "replace"),
    "right text in UTF-16": lambda right: right.encode("utf-16"),
    "right text in UTF-16 without a mark": lambda right: right.encode("utf-16-be"),
    "right text in UTF-32": lambda right: right.encode("utf-32"),
    "right text in UTF-7": lambda right: right.encode("utf-7"),
    "right text read as Latin-1 and written again": lambda right: right.encode().decode("latin-1").encode(),
    "right text read as GBK and written again": lambda right: right.encode().decode("gbk", "replace").encode(),
    "right text behind a byte order mark": lambda right: right.encode("utf-8-sig"),
    "right text behind two byte order marks": lambda right: b"\xef\xbb\xbf" + right.encode("utf-8-sig"),
    "right text as text": lambda right: json.dumps(right).encode(),
    "right text twice": lambda right: (right + right).encode(),
    "right text and rubbish": lambda right: f"{right} rubbish".encode(),
    "right text and a zero byte": lambda right: f"{right}\0".encode(),
    "right text in a list": lambda right: f"[{right}]".encode(),
    "right text in an envelope": lambda right: f'{{"specversion": "1.0", "data": {right}}}'.encode(),
    "right text with a comment": lambda right: f"// comment\n{right}".encode(),
    "right text with a comma too many": lambda right: f"{right[:-1]},}}".encode(),
    "single quotes": lambda right: right.replace('"', "'").encode(),
    "base64": lambda right: b64encode(right.encode()),
    "zipped right text": lambda right: gzip.compress(right.encode(), mtime=0),
    "a million blanks": lambda right: b" " * 1_000_000 + right.encode(),
}
"""Right bodies in a wrong form; a mark before it, and blanks, are right to some readers."""

FILLED: Final[Mapping[str, Callable[[], Raw]]] = {
    "2,000 lists deep in a field": lambda: Raw("[" * 2000 + "]" * 2000),
    "150 objects deep in a field": lambda: Raw('{"a":' * 150 + "1" + "}" * 150),
    "190 lists deep in a field": lambda: Raw("[" * 190 + "]" * 190),
    "wide and deep": lambda: Raw(_wide(5)),
    "list of 50,000": lambda: Raw(f"[{','.join(['0'] * 50_000)}]"),
    "list of empty lists": lambda: Raw(f"[{','.join(['[]'] * 10_000)}]"),
    "nested nulls": lambda: Raw("[[null,[null,{}]],null]"),
    "number of 4,300 digits": lambda: Raw("9" * 4300),
    "number of 100,000 digits": lambda: Raw("9" * 100_000),
    "exponent of 100 digits": lambda: Raw("1e" + "9" * 100),
    "fraction of 10,000 digits": lambda: Raw("0." + "1" * 10_000),
}
LARGE: Final[Mapping[str, int]] = {
    "a field of 1 MB": 1_000_000,
    "a field of 300 kB": 300_000,
    "a field of 30 kB": 30_000,
}
OVER: Final[Mapping[str, int]] = {"a field of 1.4 MB": 1_400_000, "larger than the broker takes": 3 * MIB}


def _wide(levels: int) -> str:
    return "0" if not levels else f"[{','.join([_wide(levels - 1)] * 8)}]"


def instead(value: bytes | None) -> Make:
    return lambda _chance, sample: replace(sample, value=value)


def formed(form: Callable[[str], bytes]) -> Make:
    return lambda _chance, sample: replace(sample, value=form((sample.value or b"").decode()))


def filled(raw: Callable[[], Raw]) -> Make:
    return put(raw(), anywhere)


def large(count: int, *, unknown: bool = False) -> Make:
    """A text of so many bytes in a field of text, or in one that nobody knows."""

    def make(chance: Random, sample: Sample) -> Sample:
        unit = chance.choice(("字", "a", "𠮷", "\u0301"))
        filler = unit * (count // len(unit.encode()))
        if unknown:
            return with_body(sample, {**body(sample), "unknown": filler})
        return put(filler, text)(chance, sample)

    return make


def random_bytes(chance: Random, sample: Sample) -> Sample:
    return replace(sample, value=chance.randbytes(chance.randrange(1, 2000)))


def truncated(chance: Random, sample: Sample) -> Sample:
    value = sample.value or b"?"
    return replace(sample, value=value[: chance.randrange(len(value))])


def flipped(chance: Random, sample: Sample) -> Sample:
    """One bit is another one; the body may be right none the less."""
    value = bytearray(sample.value or b"?")
    value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
    return replace(sample, value=bytes(value))


def pieces(chance: Random, sample: Sample) -> Sample:
    """A stretch of random bytes in the middle."""
    value = sample.value or b"?"
    where = chance.randrange(len(value))
    return replace(sample, value=value[:where] + chance.randbytes(20) + value[where + 20 :])


def many_fields(chance: Random, sample: Sample) -> Sample:
    return with_body(sample, {**body(sample), **{f"field {n}": chance.random() for n in range(5000)}})
