"""The record that a replay brings back: whole, though its letter keeps a part, and with the newest edit's body."""

from dataclasses import replace

from contracts.deadletter import DeadLetter
from contracts.topics import TOPICS
from services.chassis.letters import cuts
from services.chassis.values import Record
from yiwang.dead.logs import Logs
from yiwang.dead.reading import bytes_of, disposition_of, record_of
from yiwang.dead.values import Act, Item, Mistake, Place


async def whole(logs: Logs, item: Item, letter: DeadLetter) -> Record:
    """What is to be replayed; raises Mistake where something of it is nowhere any more."""
    record = record_of(letter)
    mended = await edited(logs, item.edit) if item.edit else None
    missing = {cut.part for cut in letter.cut} - ({"value"} if item.edit else set())
    if missing:
        record = await fetched(logs, letter, sorted(missing))
    return replace(record, value=mended) if item.edit else record


async def edited(logs: Logs, edit: Act) -> bytes | None:
    """The body that an edit has made."""
    record = await logs.at(edit.place)
    found = disposition_of(record) if record else None
    if found is None:
        raise Mistake(f"the edit at {edit.place} is gone; edit again")
    return bytes_of(found.raw_value)


async def fetched(logs: Logs, letter: DeadLetter, missing: list[str]) -> Record:
    """The record at its old position, if it is the one that was parked; raises Mistake."""
    place = Place(letter.topic, letter.partition, letter.offset)
    parts = " and ".join(missing)
    found = await logs.at(place) if letter.topic in _KNOWN else None
    if found is None:
        raise Mistake(f"the letter keeps a part of the {parts} alone, and {place} is no more in its log")
    if cuts(found) != letter.cut:
        raise Mistake(
            f"the letter keeps a part of the {parts} alone, and at {place} stands another record: its digest differs"
        )
    return found


_KNOWN = frozenset(topic.name for topic in TOPICS)
