"""Reports as the virtual banner's sources would send them: the same seed, count and start give the same bytes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from contracts.outcome import OutcomeKind
from simulation.desk import Desk, Draft, Territory

# How a report comes, how many of a hundred come so, and what must become of it. Solved on the spot is the commonest.
SHAPES: Final = (
    ("solved",     40, OutcomeKind.RESOLVED),
    ("point",      34, OutcomeKind.OPENED),
    ("code",        8, OutcomeKind.OPENED),
    ("nowhere",     4, OutcomeKind.OPENED),
    ("outside",     3, OutcomeKind.OPENED),
    ("repeat",      4, OutcomeKind.REPEAT),
    ("correction",  2, OutcomeKind.RECEIVED),
    ("conflict",    2, OutcomeKind.PARKED),
    ("broken",      3, OutcomeKind.PARKED),
)  # fmt: skip
EXPECTED: Final = {shape: kind.value for shape, _, kind in SHAPES}
WEIGHTS: Final = {shape: weight for shape, weight, _ in SHAPES}


@dataclass(frozen=True, slots=True)
class Sent:
    """One record for a department's topic; ``expect`` is the kind of outcome that it must come to.

    ``reference`` and ``revision`` are those that the source meant, also where the body is broken.
    """

    department: str
    body: bytes
    expect: str
    reference: str
    revision: int = 1


def reports(seed: int, count: int, boundaries: Territory, start: datetime) -> Iterator[Sent]:
    """``count`` reports about the hours before ``start`` (aware), most of them good, from many sources.

    A repeat, correction or conflict refers to an earlier report, each to another one, so that all are told of.
    """
    random, earlier = Random(seed), list[Draft]()  # noqa: S311 - made-up reports guard nothing
    desk = Desk(random, boundaries, start)
    for number in range(1, count + 1):
        shape = _shape(random, again=bool(earlier))
        if shape in AGAIN:
            yield _sent(AGAIN[shape](earlier.pop(random.randrange(len(earlier)))), shape)
            continue
        draft = desk.draft(number, shape)
        if shape == "broken":
            yield _sent(draft, shape, random.choice(BREAKS))
            continue
        earlier.append(draft)
        yield _sent(draft, shape)


AGAIN: Final[Mapping[str, Callable[[Draft], Draft]]] = {
    "repeat": lambda draft: draft,
    "correction": lambda draft: draft.but(revision=2, text=f"{draft.fields['text']}（更正：地点以现场核实为准）"),
    "conflict": lambda draft: draft.but(text=f"{draft.fields['text']}（内容有改动）"),
}


def _json(draft: Draft) -> bytes:
    return json.dumps(draft.fields, ensure_ascii=False).encode()


BREAKS: Final[Sequence[Callable[[Draft], bytes]]] = (
    lambda draft: _json(draft)[:-20],
    lambda draft: json.dumps(draft.fields, ensure_ascii=False).encode("gb18030"),
    lambda draft: _json(draft.but(occurred_at="昨天下午")),
    lambda draft: _json(draft.but(coordinates={"longitude": 107.48, "latitude": 38.18})),
    lambda draft: _json(draft.but(text=None)),
)


def _shape(random: Random, *, again: bool) -> str:
    """One shape by its weight; those that need an earlier report only if there is one."""
    possible = [shape for shape in WEIGHTS if again or shape not in AGAIN]
    return random.choices(possible, [WEIGHTS[shape] for shape in possible])[0]


def _sent(draft: Draft, shape: str, write: Callable[[Draft], bytes] = _json) -> Sent:
    fields = draft.fields
    return Sent(draft.department, write(draft), EXPECTED[shape], fields["reference"], fields.get("revision", 1))
