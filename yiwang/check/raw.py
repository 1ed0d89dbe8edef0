"""Whether a dead letter keeps the very bytes of its record, of what was cut by size and digest."""

from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256

from contracts.deadletter import DeadLetter
from contracts.wire import MIB
from services.chassis.letters import VALUE_LIMIT
from services.chassis.values import Record

LONG = MIB
"""Values from this length on are known by digests too, because a letter may have cut them."""


def digests(value: bytes) -> tuple[int, str, int]:
    """The size and SHA-256 of a long value, and the print of what a letter keeps of it."""
    return len(value), sha256(value).hexdigest(), hash(value[:VALUE_LIMIT])


def is_long(record: Record) -> bool:
    """Whether a letter may have cut this record's value."""
    return len(record.value or b"") >= LONG


@dataclass(frozen=True, slots=True)
class Kept:
    """What a letter keeps of a value: the print of its bytes, and of a cut one the size and digest of the whole."""

    value: int
    size: int | None = None
    sha256: str | None = None

    @staticmethod
    def of(letter: DeadLetter) -> "Kept":
        """The bytes as the letter has them; a letter that is no base64 keeps nothing that is equal to anything."""
        cut = next((one for one in letter.cut if one.part == "value"), None)
        try:
            raw = None if letter.raw_value is None else b64decode(letter.raw_value, validate=True)
        except ValueError:
            return Kept(hash("no base64"))
        return Kept(hash(raw), cut.size if cut else None, cut.sha256 if cut else None)
