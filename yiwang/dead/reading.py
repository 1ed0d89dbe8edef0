"""Reads what stands in the topics of dead letters and of dispositions; what is neither is passed over."""

from base64 import b64decode
from typing import Final

from contracts.deadletter import DeadLetter, Disposition, Reason
from contracts.topics import DEAD
from services.chassis.values import Record
from yiwang.dead.sources import source_of
from yiwang.dead.values import Act, Parked, Place
from yiwang.dead.words import plain

SERVICE_OF: Final = {topic.name: service for service, topic in DEAD.items()}
"""The service whose letters a topic holds."""
PROBLEM: Final = 200
"""Characters of a letter's first problem that are kept; a list shows fewer."""


def letter_of(record: Record) -> DeadLetter | None:
    """The letter; None where somebody else's bytes stand, or what says that it is another service's."""
    try:
        letter = DeadLetter.model_validate_json(record.value or b"")
        record_of(letter)
    except ValueError:
        return None
    return letter if letter.service == SERVICE_OF.get(record.topic) else None


def record_of(letter: DeadLetter) -> Record:
    """The record that was parked, as far as the letter keeps it; raises ValueError where that is no base64."""
    return Record(
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        key=bytes_of(letter.raw_key),
        value=bytes_of(letter.raw_value),
        headers=tuple((name, bytes_of(raw)) for name, raw in letter.raw_headers),
        time=letter.appended_at,
    )


def bytes_of(text: str | None) -> bytes | None:
    """The bytes; raises ValueError where the text is no base64."""
    return None if text is None else b64decode(text, validate=True)


def parked_of(letter: DeadLetter, record: Record) -> Parked:
    """What a list needs of the letter that stands in this record."""
    return Parked(
        id=letter.id,
        service=letter.service,
        reason=letter.reason,
        source=source_of(record_of(letter)),
        problem=_problem(letter),
        of=Place(plain(letter.topic), letter.partition, letter.offset),
        at=place_of(record),
        parked_at=record.time,
        replay=letter.replay,
    )


def disposition_of(record: Record) -> Disposition | None:
    """The disposition; None where somebody else's bytes stand."""
    try:
        found = Disposition.model_validate_json(record.value or b"")
        bytes_of(found.raw_value)
    except ValueError:
        return None
    return found


def act_of(found: Disposition, record: Record) -> Act:
    """What is kept of the disposition that stands in this record."""
    return Act(
        kind=found.kind,
        version=found.version,
        by=found.by,
        why=plain(found.why, len(found.why)),
        at=record.time,
        replay=found.replay,
        place=place_of(record),
    )


def place_of(record: Record) -> Place:
    """Where the record stands."""
    return Place(record.topic, record.partition, record.offset)


def _problem(letter: DeadLetter) -> str:
    """The first problem in one line; of an exception its name alone, because its words may be a person's."""
    if not letter.problems:
        return "-"
    first = letter.problems[0]
    found = first.found.partition(":")[0] if letter.reason is Reason.DEFECTIVE else first.found
    return plain(f"{first.path}: found {found}; expected {first.expected}", PROBLEM)
