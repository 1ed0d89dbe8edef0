"""The table of all kinds of poison, each with its name and how often it comes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from contracts.wire import Topic
from tests.poison import around, rubbish, wrong
from tests.poison.sample import Sample, name_of, valid
from tests.poison.surgery import Make, Raw, anywhere, identity, moment, named, number, put, text

OFTEN, SELDOM, RARELY = 1000, 50, 5
"""How often a kind comes, against the others: what is large comes seldom, else disks and not services were tested."""
LARGE, HUGE = 20_000, 200_000
"""Bytes of a sample from which on its kind comes seldom, and rarely."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of poison: a row of the table; ``often`` is its weight."""

    name: str
    make: Make
    often: int = OFTEN

    def of(self, topic: Topic, seed: object) -> Sample:
        """The sample that follows from the seed, about a report or case of its own."""
        chance = Random(f"{seed}/{topic.name}/{self.name}")
        return self.make(chance, valid(topic, chance, name_of(seed)))


@cache
def kinds() -> tuple[Kind, ...]:
    """Every row."""
    return (*_bytes(), *_fields(), *_around())


@cache
def weights(topic: Topic) -> Sequence[int]:
    """How often each kind comes on this topic, by the size of what it makes there."""
    return tuple(_often(kind, kind.of(topic, "weight").size) for kind in kinds())


def _often(kind: Kind, size: int) -> int:
    return kind.often if size < LARGE else SELDOM if size < HUGE else RARELY


def _bytes() -> Iterator[Kind]:
    yield from (Kind(name, rubbish.instead(value)) for name, value in rubbish.INSTEAD.items())
    yield from (Kind(name, rubbish.formed(form)) for name, form in rubbish.FORMS.items())
    yield from (Kind(name, rubbish.filled(raw)) for name, raw in rubbish.FILLED.items())
    yield from (Kind(name, rubbish.large(count)) for name, count in rubbish.LARGE.items())
    yield from (Kind(f"unknown: {name}", rubbish.large(count, unknown=True)) for name, count in rubbish.LARGE.items())
    yield from (Kind(f"unknown: {name}", rubbish.large(count, unknown=True)) for name, count in rubbish.OVER.items())
    for make in (rubbish.random_bytes, rubbish.truncated, rubbish.flipped, rubbish.pieces):
        yield Kind(make.__name__.replace("_", " "), make, 5 * OFTEN)
    yield Kind("5,000 fields that nobody knows", rubbish.many_fields)


def _fields() -> Iterator[Kind]:
    count, code = named(*wrong.COUNTS), named(*wrong.CODES)
    yield from (Kind(name, put(value, anywhere)) for name, value in wrong.TYPES.items())
    yield from (Kind(f"number: {name}", put(Raw(raw), number)) for name, raw in wrong.NUMBERS.items())
    yield from (Kind(f"count: {name}", put(Raw(raw), count)) for name, raw in wrong.NUMBERS.items())
    yield from (Kind(f"time: {name}", put(value, moment)) for name, value in wrong.TIMES.items())
    yield from (Kind(f"text: {name}", put(Raw(raw), text)) for name, raw in wrong.TEXTS.items())
    yield from (Kind(f"code: {name}", put(Raw(raw), code)) for name, raw in wrong.TEXTS.items())
    yield from (Kind(f"name: {name}", wrong.unknown_name(raw)) for name, raw in wrong.NAMES.items())
    yield from (Kind(f"id: {name}", put(value, identity)) for name, value in wrong.IDENTITIES.items())
    yield Kind("field missing", wrong.dropped, 5 * OFTEN)
    yield Kind("every field null", wrong.all_null)
    yield Kind("field twice", wrong.twice, 2 * OFTEN)
    yield Kind("empty list for what is in it", wrong.emptied)
    yield Kind("list a thousand times", wrong.repeated)


def _around() -> Iterator[Kind]:
    yield from (Kind(f"header: {name}", around.header(header)) for name, header in around.SET.items())
    yield from (Kind(f"headers: {name}", around.more(headers)) for name, headers in around.MORE.items())
    yield from (Kind(f"key: {name}", around.keyed(key)) for name, key in around.KEYS.items())
    yield Kind("headers: none", around.bare)
    yield Kind("headers: every one null", around.all_null)
    yield Kind("nothing at all", around.nothing)
    yield Kind("noise in every part", around.noise)
