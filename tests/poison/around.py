"""Poison beside the body: headers and keys that are null, no UTF-8, contradictory, too many or too large."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from tests.poison.sample import Sample
from tests.poison.surgery import Make
from tests.raw import Header, Name

UNREADABLE: Final = "名".encode("gbk")
"""A name in GBK, which is no UTF-8."""

SET: Final[Mapping[str, Header]] = {
    "unknown version in the type": ("ce_type", b"yiwang.case.opened.v2"),
    "type of another topic": ("ce_type", b"yiwang.alert.sent.v1"),
    "empty type": ("ce_type", b""),
    "unknown version of CloudEvents": ("ce_specversion", b"9.9"),
    "version that contradicts the body": ("ce_subjectversion", b"999999999999999999999"),
    "subject that contradicts the body": ("ce_subject", b"3d813cbb-47fb-52ba-91df-831e1593ac35"),
    "null id in the headers": ("ce_id", None),
    "empty id in the headers": ("ce_id", b""),
    "id in the headers that is no UUID": ("ce_id", b"12"),
    "id in the headers that is no UTF-8": ("ce_id", b"\xff\xfe"),
    "id in the headers with digits of elsewhere": ("ce_id", "٣d813cbb-47fb-52ba-91df-831e1593ac35".encode()),
    "time of 9999 in the headers": ("ce_time", b"9999-12-31T23:59:59Z"),
    "trace that is none": ("ce_traceparent", b"00-zz-\xff-01"),
    "trace of zeros": ("ce_traceparent", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"),
    "trace of 100 kB": ("ce_traceparent", b"00-" + b"a" * 100_000),
    "claims to be ours": ("ce_source", b"yiwang/routing"),
    "source that is no UTF-8": ("ce_source", UNREADABLE),
    "content of another type": ("content-type", b"application/avro; charset=gbk"),
    "key of a token that is no UTF-8": ("idempotencykey", UNREADABLE),
    "key of a token with control characters": ("idempotencykey", b"x:\x00\x1b"),
    "key of a token of 10 kB": ("idempotencykey", b"x:" + b"k" * 10_000),
}
"""One header is another one."""

MORE: Final[Mapping[str, Sequence[Header]]] = {
    "null": [("x", None)],
    "value that is no UTF-8": [("x", UNREADABLE)],
    "name that is no UTF-8": [(Name(UNREADABLE), b"x"), (Name(b"\xed\xa0\x80"), None)],
    "no name": [("", b"x"), ("", None)],
    "500": [(f"x-{n}", b"x") for n in range(500)],
    "the same 300 times": [("ce_id", b"3d813cbb-47fb-52ba-91df-831e1593ac36")] * 300,
    "one of 70 kB": [("x", b"x" * 70_000)],
    "name of 10 kB": [("x" * 10_000, b"x")],
    "line breaks": [("x\r\nce_id: 1", b"\r\n\r\n")],
}
"""Headers beside those that are right."""

KEYS: Final[Mapping[str, bytes | None]] = {
    "null": None,
    "empty": b"",
    "contradicts the body": b"3d813cbb-47fb-52ba-91df-831e1593ac35",
    "no UTF-8": b"\xff\xfe\xed\xa0\x80",
    "10 kB": b"k" * 10_000,
    "zero bytes": bytes(16),
    "JSON": b'{"id": 1}',
}


def header(new: Header) -> Make:
    """One header in the place of the one of its name, or beside the others."""

    def make(_chance: Random, sample: Sample) -> Sample:
        others = tuple(each for each in sample.headers if each[0] != new[0])
        return replace(sample, headers=(*others, new))

    return make


def more(new: Sequence[Header]) -> Make:
    return lambda _chance, sample: replace(sample, headers=(*new, *sample.headers))


def keyed(key: bytes | None) -> Make:
    return lambda _chance, sample: replace(sample, key=key)


def bare(_chance: Random, sample: Sample) -> Sample:
    return replace(sample, headers=())


def all_null(_chance: Random, sample: Sample) -> Sample:
    return replace(sample, headers=tuple((name, None) for name, _ in sample.headers))


def nothing(_chance: Random, _sample: Sample) -> Sample:
    """A record without anything."""
    return Sample(None, None)


def noise(chance: Random, _sample: Sample) -> Sample:
    """A record of nothing but random bytes."""
    names = (Name(chance.randbytes(8)) for _ in range(3))
    return Sample(chance.randbytes(20), chance.randbytes(200), tuple((name, chance.randbytes(9)) for name in names))
