"""What is judged behind a run: the services' logs, and the checker's word on everything that was written."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.chassis.ports import Partition
from services.chassis.settings import Settings
from services.chassis.values import Service
from tests.pipeline import SERVICES, Pipeline
from tests.poison.flow import Sent
from tests.poison.sample import name_of, named
from tests.poison.watch import events
from yiwang.check.run import judged
from yiwang.check.values import Offence

PERSONAL: Final = ("15000000001", "150623190001010011", "00000001001", "水泵损坏", "昂素嘎查1001号")
"""What stands in bodies and must stand in no log."""
PENDING_LOOKS: Final = 15
PENDING_SECONDS: Final = 10.0
"""What is under way to people may take a while to end."""
PLAIN: Final = ("started", "draining", "stopped", "Group Coordinator Request failed")
"""Events of the start and the end."""
ABOUT_RECORDS: Final = frozenset(
    {"parked-missing", "parked-twice", "parked-and-processed", "letter-identity", "letter-altered", "inbox-missing",
     "state-unreadable", "history-unpublished", "outbox-unpublished"}
)  # fmt: skip
"""Rules that hold for what strangers write to topics of ours, too."""


def untidy(pipeline: Pipeline, parked: int) -> list[str]:
    """A log that is flooded, tells of faults, or repeats what is personal."""
    found = list[str]()
    for name in SERVICES:
        log = pipeline.folder / f"{name}.log"
        told, text = events(log), log.read_text(errors="replace")
        found += [f"{name} has logged {word!r}" for word in PERSONAL if word in text]
        strange = {event: count for event, count in told.items() if not event.partition(": ")[2].startswith(PLAIN)}
        faults = {event: count for event, count in strange.items() if not event.startswith(("info", "warning"))}
        if faults:
            found.append(f"{name} has logged {faults}")
        if told.total() > 50 + parked:
            found.append(f"{name} has logged {told.total()} lines: {strange}")
        if "breaker" in text:
            found.append(f"{name}'s breaker opened")
    return found


async def unanswered(
    pipeline: Pipeline,
    services: Sequence[Service],
    stands: Mapping[Partition, Mapping[int, Sent]],
    *,
    strict: bool,
) -> list[str]:
    """Each offence that the checker names; where strangers wrote to topics of ours, of what is not theirs to answer."""
    settings = Settings(kafka=pipeline.servers.kafka, mongo=pipeline.servers.mongo, namespace=pipeline.space)
    named = {one.name: one for one in services}
    for _ in range(PENDING_LOOKS):
        verdict = await judged(settings, named, pipeline.folder / "people")
        if not verdict.figures.get("pending"):
            break
        await asyncio.sleep(PENDING_SECONDS)
    ours = frozenset(outsiders(stands))
    mine = [one for one in verdict.offences if strict or answered(one, ours)]
    counts = Counter(one.rule for one in mine)
    first = {one.rule: one for one in reversed(mine)}
    return [
        f"checker: {count} times {first[rule].line()}{kinds_in(first[rule].what, stands)}"
        for rule, count in counts.items()
    ]


def kinds_in(what: str, stands: Mapping[Partition, Mapping[int, Sent]]) -> str:
    """Which poison stands at the positions that a sentence names."""
    found = re.findall(r"([a-z0-9.-]+\.v1)/(\d+)/(\d+)", what)
    sent = (stands.get((topic, int(number)), {}).get(int(offset)) for topic, number, offset in found)
    return "".join(f" [{one.kind.name}, {one.seed}]" for one in sent if one)


def outsiders(stands: Mapping[Partition, Mapping[int, Sent]]) -> Iterator[str]:
    """The ids and references of what departments and people sent."""
    for each in stands.values():
        for one in each.values():
            if not one.topic.internal:
                name = name_of(one.seed)
                yield from (str(named(one.topic, name)), name)


def answered(offence: Offence, ours: frozenset[str]) -> bool:
    """Whether it is for services to answer: how they take records, and everything about what came from outside."""
    words = re.split(r"[\s,:;]+", f"{offence.subject} {offence.what}")
    return offence.rule in ABOUT_RECORDS or any(word in ours for word in words)
