"""The reference model of what joins cases: those that follow it, its parts, and what it hears of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tests.lives.model import Act, Model, assigned, lowest
from tests.lives.rows import OPEN

PARTS: Final = 20
"""Parts of one case, over its whole life."""
ITSELF: Final = 0
ACTIONS: Final = ("link", "split", "join")
DONE: Final = ("resolved", "closed")


@dataclass(frozen=True, kw_only=True)
class Word:
    """What another case says, in its version: ``other`` is that case, or the number of one of the case's own parts."""

    kind: str
    other: int
    version: int
    status: str = "assigned"


def in_the_way(case: Model, action: str) -> Iterator[bool]:
    """What hinders anybody because of the cases that it is joined with."""
    if action in ("link", "split"):
        yield case.asking is not None or case.part
    if action == "link":
        yield bool(case.about)
        yield bool(case.followers) or any(_open(status) for _, status in case.parts)
    if action == "split":
        yield len(case.parts) >= PARTS
    if action == "join":
        yield not any(_open(status) for _, status in case.parts)
    if action == "resolve":
        yield any(_open(status) for _, status in case.parts)


def said_wrong(case: Model, act: Act) -> Iterator[bool]:
    """What is wrong with what the action says of other cases."""
    if act.action == "link":
        yield act.other in (None, ITSELF)
    if act.action == "join":
        yield act.other is not None and not (act.other < len(case.parts) and _open(case.parts[act.other][1]))
    if act.action == "split":
        yield not act.pieces or len(case.parts) + len(act.pieces) > PARTS
        for to in act.pieces:
            yield bool(to) and to != tuple(to[-1][:digits] for digits in range(6, len(to[-1]) + 1, 3))
            yield bool(to and case.about) and to[-1].startswith(case.about)


def acted(case: Model, act: Act) -> tuple[Model, str]:
    """The case after an action on others that is not refused, and what is told of it."""
    if act.action == "link":
        return replace(case, asking=act.other), "related"
    if act.action == "split":
        return replace(case, parts=(*case.parts, *((0, "assigned") for _ in act.pieces))), "split"
    return case, "related"


def as_it_may_stand(case: Model) -> Model:
    """Who goes another way follows nobody, and who is not worked on asks for nothing."""
    if case.main and case.status not in ("linked", *DONE):
        case = replace(case, main=None)
    return replace(case, asking=None) if case.asking is not None and not case.open else case


def heard(case: Model, word: Word, now: datetime) -> tuple[Model, str | None]:
    """The case after another one's word, and what is told of it, if anything."""
    return HEARD[word.kind](case, word, now)


def _asked(case: Model, word: Word, _now: datetime) -> tuple[Model, str | None]:
    if case.asking is not None or case.main or not case.open:
        return case, None
    others = tuple(each for each in case.followers if each[0] != word.other)
    return replace(case, followers=(*others, (word.other, word.version))), "related"


def _taken(case: Model, word: Word, _now: datetime) -> tuple[Model, str | None]:
    if (case.main and case.main[0] == word.other) or case.asking != word.other or not case.open:
        return case, None
    return _follows(replace(case, main=(word.other, word.version))), "linked"


def _follows(case: Model) -> Model:
    return replace(case, status="linked", asking=None, due=None, asked=None, done=None)


def _declined(case: Model, word: Word, _now: datetime) -> tuple[Model, str | None]:
    return (replace(case, asking=None), "refused") if case.asking == word.other else (case, None)


def _ended(case: Model, word: Word, _now: datetime) -> tuple[Model, str | None]:
    known = [each for each in case.followers if each[0] == word.other and each[1] <= word.version]
    left = tuple(each for each in case.followers if each not in known)
    return (replace(case, followers=left), "related") if known else (case, None)


def _followed(case: Model, word: Word, now: datetime) -> tuple[Model, str | None]:
    if case.main is None or case.main[0] != word.other or word.version <= case.main[1]:
        return case, None
    newer, follows = replace(case, main=(word.other, word.version)), case.status == "linked"
    if word.status in DONE and follows:
        return replace(newer, status="resolved", done=now), "resolved"
    if word.status in OPEN and not follows:
        return _follows(newer), "linked"
    if word.status in (*OPEN, *DONE, "linked"):
        return case, None
    if not follows:
        return replace(case, main=None), "related"
    return replace(assigned(case, lowest(case.unit, 15, case.about), "unlinked", now), done=None), "assigned"


def _told(case: Model, word: Word, _now: datetime) -> tuple[Model, str | None]:
    if word.other >= len(case.parts) or word.version <= case.parts[word.other][0]:
        return case, None
    parts = list(case.parts)
    parts[word.other] = (word.version, word.status)
    was, left = (any(_open(status) for _, status in each) for each in (case.parts, parts))
    return replace(case, parts=tuple(parts)), "gathered" if case.open and was and not left else "related"


def _recalled(case: Model, _word: Word, _now: datetime) -> tuple[Model, str | None]:
    return (replace(case, status="joined", due=None), "joined") if case.part and case.open else (case, None)


def _open(status: str) -> bool:
    return status in (*OPEN, "linked")


HEARD: Final = {
    "asked": _asked,
    "taken": _taken,
    "declined": _declined,
    "ended": _ended,
    "followed": _followed,
    "told": _told,
    "recalled": _recalled,
}
