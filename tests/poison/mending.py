"""Parked records come back mended, and end as if they had been right at first: same ids, same bytes, once."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.deadletter import DeadLetter, Replay
from contracts.identity import name_id
from contracts.topics import CASES, DEAD, DEADLINES, LOCATED, NORMALISED, NOTICES, OUTCOMES, RELATIONS, REPLAYS
from contracts.wire import Message
from services.chassis.fold import fold, read
from services.chassis.values import Invalid, Record, Service
from tests.poison.flow import Sent
from tests.poison.kinds import Kind
from tests.poison.sample import Sample
from tests.poison.sender import Sender
from tests.poison.town import seen
from yiwang.check.broker import Broker

WRITTEN = frozenset(topic.name for topic in (NORMALISED, LOCATED, CASES, RELATIONS, DEADLINES, NOTICES, OUTCOMES))
"""What services write of records that they decide."""
BY = "900001"


@dataclass(frozen=True, slots=True)
class Mended:
    """A letter, and the record that should have been sent in its place."""

    letter: DeadLetter
    sent: Sent

    @property
    def sample(self) -> Sample:
        """The valid record from which the poison was made."""
        return Kind(self.sent.kind.name, lambda _chance, right: right).of(self.sent.topic, self.sent.seed)

    @property
    def record(self) -> Record:
        """As the service would have read it at first."""
        one = self.letter
        return Record(
            topic=one.topic,
            partition=one.partition,
            offset=one.offset,
            key=self.sample.key,
            value=self.sample.value,
            headers=seen(self.sample),
            time=one.appended_at,
        )

    def replay(self, name: str) -> Replay:
        """The letter on its way back."""
        mended, named = self.record, name_id(f"poison/{name}/{self.letter.id}")
        return Replay.of(
            self.letter, named, key=mended.key, value=mended.value, headers=mended.headers, by=BY, at=datetime.now(UTC)
        )


def mendable(
    letters: Mapping[tuple[str, str, str], DeadLetter], sender: Sender, topics: Collection[str], most: int
) -> list[Mended]:
    """One letter of each service and kind, of these topics, that was about something of its own; of many some."""
    found = (Mended(one, sender.stands[one.topic, one.partition][one.offset]) for one in letters.values())
    own = [one for one in found if one.letter.topic in topics and not one.sent.kind.name.startswith("id: ")]
    return own[:: max(1, len(own) // most)]


def waves(mended: Sequence[Mended]) -> Iterator[Sequence[Mended]]:
    """First what notification parked: else it would hear of a case by what others make of the same record."""
    yield [one for one in mended if one.letter.service == "notification"]
    yield [one for one in mended if one.letter.service != "notification"]


async def replay(mended: Sequence[Mended], sender: Sender) -> None:
    """Send each back, and once more under another replay's id: it takes its place once."""
    for name in ("first", "again"):
        for one in mended:
            body = one.replay(name)
            topic = sender.space + REPLAYS[one.letter.service].name
            value = body.model_dump_json(exclude_none=True).encode()
            await sender.producer.send_and_wait(topic, value, key=body.key.encode(), partition=one.letter.partition)


def control(service: Service, mended: Mended) -> Sequence[Message]:
    """What the service brings about where the mended record comes first, to a document that is new."""
    reader = next(each for each in service.readers if each.topic.name == mended.letter.topic)
    return fold(service, [read(reader, mended.record)], None, Counter()).messages


def expected(mended: Sequence[Mended], services: Sequence[Service]) -> Iterator[tuple[Mended, Message]]:
    """All that must be found; of a person's notice nothing, for its tray is shared with others."""
    named = {service.name: service for service in services}
    for one in mended:
        if one.letter.topic != NOTICES.name:
            with suppress(Invalid):
                yield from ((one, told) for told in control(named[one.letter.service], one))


async def unmended(mended: Sequence[Mended], services: Sequence[Service], broker: Broker) -> list[str]:
    """What is missing of that, or otherwise, or parked again."""
    begins, ends = await broker.begins(), await broker.ends()
    names = WRITTEN | {topic.name for topic in DEAD.values()}
    mine = {place: end if place[0] in names else begins[place] for place, end in ends.items()}
    found, wrong = dict[str, bytes](), list[str]()
    async for record in broker.read(begins, mine):
        if record.topic in WRITTEN:
            name = next((raw for name, raw in record.headers if name == "ce_id" and raw), b"").decode(errors="replace")
            found[f"{record.topic}/{name}"] = record.value or b""
        elif (one := DeadLetter.model_validate_json(record.value or b"")).replay:
            wrong.append(f"{one.service} parked the mended {one.topic}/{one.partition}/{one.offset}: {one.problems}")
    for each, told in expected(mended, services):
        if (value := found.get(f"{told.topic}/{told.id}")) != told.value:
            why = "is missing" if value is None else f"is {value[:300]!r}, not {told.value[:300]!r}"
            wrong.append(f"mended {each.sent.kind.name} at {each.letter.service}: {told.type} {told.id} {why}")
    return wrong
