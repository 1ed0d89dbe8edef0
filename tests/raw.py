"""Batches as bytes, with what aiokafka's own producer would not write: header names that are no UTF-8, odd bytes."""

import gzip
from collections.abc import Callable, Sequence
from struct import pack_into
from typing import Self

from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c

Header = tuple[str, bytes | None]
Row = tuple[bytes | None, bytes | None, Sequence[Header]]
"""Key, value, headers."""


class Name(str):
    """A header's name of any bytes: aiokafka's builder in Python asks it for its own encoding."""

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, raw: bytes) -> Self:
        name = super().__new__(cls, raw.decode("utf-8", "replace"))
        name.raw = raw
        return name

    def encode(self, *_: str) -> bytes:
        return self.raw


def builder(codec: int = 0, producer: int = -1, *, transactional: bool = False) -> _DefaultRecordBatchBuilderPy:
    """What a producer puts its records into; it takes ``Name`` too."""
    return _DefaultRecordBatchBuilderPy(2, codec, transactional, producer, 0, 0, batch_size=1 << 30)


def packed(
    rows: Sequence[Row], base: int = 0, codec: int = 0, producer: int = -1, *, transactional: bool = False
) -> bytes:
    """One batch as the broker keeps it, beginning at offset ``base``."""
    batch = builder(codec, producer, transactional=transactional)
    for at, (key, value, headers) in enumerate(rows):
        assert batch.append(at, 1_700_000_000_000 + at, key, value, list(headers))
    return base.to_bytes(8, "big") + bytes(batch.build())[8:]  # the checksum does not cover the base offset


def sealed(batch: bytes | bytearray, codec: int = 0, pack: Callable[[bytes], bytes] = gzip.compress) -> bytes:
    """An uncompressed batch that was tampered with, compressed if asked, with a length and checksum that fit."""
    records = bytes(batch[61:])
    data = bytearray(batch[:61]) + (pack(records) if codec else records)
    pack_into(">i", data, 8, len(data) - 12)
    pack_into(">h", data, 21, codec)
    pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
    return bytes(data)
