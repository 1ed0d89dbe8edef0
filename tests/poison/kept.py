"""What the dead letters kept: each parked record by where it came from, why, and byte for byte."""

import json
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from contracts.deadletter import DeadLetter
from contracts.topics import DEAD, OUTCOMES
from services.chassis.ports import Partition
from services.chassis.values import Record
from tests.poison.flow import Sent
from tests.poison.sample import Sample
from tests.poison.town import seen
from yiwang.check.broker import Broker


@dataclass(slots=True)
class Kept:
    """The letters of all services against what was sent; ``wrong`` are sentences."""

    stands: dict[Partition, dict[int, Sent]]
    parked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By topic, service and reason."""
    kinds: Counter[str] = field(default_factory=Counter)
    letters: dict[tuple[str, str, str], DeadLetter] = field(default_factory=dict)
    """By service, topic and kind one letter of each, whole."""
    unheard: set[str] = field(default_factory=set)
    """Positions of what intake parked and no outcome told of."""
    contents: dict[str, str] = field(default_factory=dict)
    """What those say that conflict, by position: that a reference has two contents, its source is told once of each."""
    told: set[str] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    async def read(self, broker: Broker) -> None:
        """Read all letters and outcomes there are."""
        begins, ends = await broker.begins(), await broker.ends()
        names = {topic.name for topic in (*DEAD.values(), OUTCOMES)}
        mine = {place: end if place[0] in names else begins[place] for place, end in ends.items()}
        async for record in broker.read(begins, mine):
            if record.topic == OUTCOMES.name:
                self._hear(record)
            else:
                self._take(record)
        self.unheard -= self.told
        known = {self.contents[position] for position in self.told & self.contents.keys()}
        self.unheard -= {position for position, content in self.contents.items() if content in known}
        if self.unheard:
            self.wrong.append(f"{len(self.unheard)} parked, and no source was told: {sorted(self.unheard)[:3]}")

    def _hear(self, record: Record) -> None:
        told = OUTCOMES.model.model_validate_json(record.value or b"")
        if position := getattr(told, "record", None):
            self.told.add(position)

    def _take(self, record: Record) -> None:
        letter = DeadLetter.model_validate_json(record.value or b"")
        position = f"{letter.topic}/{letter.partition}/{letter.offset}"
        sent = self.stands.get((letter.topic, letter.partition), {}).get(letter.offset)
        if (letter.service, position) in self.seen or letter.replay:
            return
        self.seen.add((letter.service, position))
        if sent is None:
            self.wrong.append(f"{letter.service} parked {position}, which nobody here has sent: {letter.problems}")
            return
        self.parked[letter.topic, letter.service, letter.reason] += 1
        self.kinds[sent.kind.name] += 1
        self.letters.setdefault((letter.service, letter.topic, sent.kind.name), letter)
        if letter.service == "intake":
            self.unheard.add(position)
        if letter.reason == "conflict":
            content = json.loads(b64decode(letter.raw_value or ""))
            self.contents[position] = f"{letter.topic} {json.dumps(content, sort_keys=True)}"
        self._compare(letter, sent, position)

    def _compare(self, letter: DeadLetter, sent: Sent, position: str) -> None:
        if sent.kind.name == "right":
            self.wrong.append(f"{letter.service} parked {position}, which was right: {letter.problems}")
        if letter.reason == "defective":
            found = letter.problems[0].found
            self.wrong.append(f"{letter.service} has a hole: {sent.kind.name} at {position}: {found}")
        if not letter.problems:
            self.wrong.append(f"{position} was parked for no reason")
        self.wrong += [f"{position} ({sent.kind.name}): {why}" for why in differences(letter, sent.sample)]


def differences(letter: DeadLetter, sample: Sample) -> list[str]:
    """In which parts the letter is not what was sent: whole, or its beginning with size and digest of the whole."""
    cut = {each.part: each for each in letter.cut}
    found = list[str]()
    for part, kept, raw in (("key", letter.raw_key, sample.key), ("value", letter.raw_value, sample.value)):
        bytes_ = None if kept is None else b64decode(kept, validate=True)
        if part in cut:
            whole = raw or b""
            same = whole.startswith(bytes_ or b"") and (cut[part].size, cut[part].sha256) == digest(whole)
        else:
            same = bytes_ == raw
        found += [] if same else [f"another {part}"]
    headers = seen(sample)
    if "headers" in cut:
        joined = b"".join(name.encode() + (raw or b"") for name, raw in headers)
        same = (cut["headers"].size, cut["headers"].sha256) == digest(joined)
    else:
        kept_headers = tuple((name, None if raw is None else b64decode(raw)) for name, raw in letter.raw_headers)
        same = kept_headers == headers
    return found if same else [*found, "other headers"]


def digest(raw: bytes) -> tuple[int, str]:
    return len(raw), sha256(raw).hexdigest()
