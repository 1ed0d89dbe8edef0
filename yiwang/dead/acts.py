"""What a person does about a letter, as messages: a disposition, and a replay that goes to the parking service alone.

A replay is published before it is recorded. If this program dies between the two, the letter still stands as open: it
is replayed once more, under the same replay's id, and the service does nothing with a record that has taken its place.
The other order could record what was never sent, and nobody would look at that letter again. All else is recorded
first: nothing is shown before it is known for ever that somebody has seen it.
"""

from datetime import datetime

from contracts.deadletter import DeadLetter, Disposition, DispositionKind, Replay, encoded
from contracts.identity import disposition_cause
from contracts.topics import DISPOSITIONS, REPLAYS
from contracts.wire import Message, event, message
from services.chassis.trace import child
from services.chassis.values import Record
from yiwang.dead.values import Item, Mistake

SOURCE = "yiwang/dead"


def disposed(
    item: Item, kind: DispositionKind, *, by: str, why: str, at: datetime, value: bytes | None = None
) -> Message:
    """The disposition; ``value`` is what an edit makes of the body.

    Two services that park one record give their letters one id, so the service makes the events' ids different.
    """
    edited, replayed = kind is DispositionKind.EDITED, kind is DispositionKind.REPLAYED
    told = Disposition(
        version=item.version,
        letter=item.parked.id,
        service=item.parked.service,
        kind=kind,
        by=by,
        why=why,
        at=at,
        raw_value=encoded(value) if edited else None,
        replay=item.replay if replayed else None,
    )
    cause = disposition_cause(told.letter, by, told.version)
    out = event(DISPOSITIONS, told, cause=cause, discriminator=told.service)
    return message(out, source=SOURCE, time=at, traceparent=child((), lambda: cause, out.id))


def replayed(item: Item, letter: DeadLetter, record: Record, *, by: str, at: datetime) -> Message:
    """The replay of ``record``, whole and mended, as which the letter's record comes back; raises Mistake.

    Each sending is an event of its own, because it says who sent it and when; the replay's id is the same.
    """
    told = Replay.of(letter, item.replay, key=record.key, value=record.value, headers=record.headers, by=by, at=at)
    topic = REPLAYS[letter.service]
    out = event(topic, told, cause=told.id, discriminator=f"{told.service}/{by}/{at.isoformat()}")
    sent = message(out, source=SOURCE, time=at, traceparent=child(record.headers, lambda: told.id, out.id))
    if len(sent.value) > topic.max_bytes:
        raise Mistake(f"a replay of it has {len(sent.value)} bytes; right is at most {topic.max_bytes}")
    return sent
