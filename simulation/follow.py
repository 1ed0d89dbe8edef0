"""What comes after a report: repeats, corrections, withdrawals, late revisions, conflicts; and reports as rubbish."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

from contracts.outcome import OutcomeKind
from contracts.report import Urgency
from simulation.desk import Desk
from simulation.draft import Draft
from simulation.sent import CASE, OPENED, PARKED, RECEIVED, REPEAT, SOLVED, Sent
from simulation.times import RELATIVE

# What follows a report, of how many of a thousand.
FOLLOWS: Final[Mapping[str, int]] = {
    "repeat":      45,
    "new_text":    14,
    "new_place":   14,
    "new_urgency": 10,
    "withdrawal":  16,
    "late":         8,
    "conflict":    14,
}  # fmt: skip
BROKEN: Final = 30
"""Of a thousand reports, those that nobody can read."""

WITHDRAWN: Final = ("重复登记", "误报，经核实无此情况", "当事人已自行和解，要求撤回", "诉求人来电表示已解决，申请撤销")
CORRECTED: Final = ("（更正：以现场核实情况为准）", "（补充：现场又有新情况）", "（更正：涉及户数有误，以此为准）")
WORSE: Final = "（情况加重，请加急处理）"
LATE: Final = "（补充：已通知当事人）"


def opening(draft: Draft, shape: str = "") -> Sent:
    """The report itself, which opens a case."""
    outcomes = SOLVED if draft.solved else OPENED
    shape = shape or ("solved" if draft.solved else draft.truth.placed)
    return Sent(draft.department, as_json(draft), CASE, draft.reference, 1, draft.truth, outcomes, shape)


def follow(kind: str, random: Random, desk: Desk, draft: Draft) -> tuple[Sent, ...]:
    """What comes after it, one record at a later moment each."""
    match kind:
        case "repeat":
            return (_again(draft, kind),)
        case "conflict":
            other = draft.but(text=f"{draft.fields['text']}{random.choice(CORRECTED)}")
            return (_parked(other, kind, as_json(other)),)
        case "late":
            newest = _changed("new_text", random, desk, draft, 3)
            overtaken = _dated(draft).but(revision=2, text=f"{draft.fields['text']}{LATE}")
            return _taken(newest, "new_text"), _again(overtaken, kind)
    return (_taken(_changed(kind, random, desk, draft, 2), kind),)


def fitting(draft: Draft) -> Mapping[str, int]:
    """What may follow this report: nobody withdraws what is solved, nor moves what its text places."""
    unfit = {"withdrawal", "new_urgency"} if draft.solved else set()
    if draft.truth.placed in {"outside", "text"}:
        unfit |= {"new_place"}
    return {kind: weight for kind, weight in FOLLOWS.items() if kind not in unfit}


def broken(random: Random, draft: Draft) -> Sent:
    """The report as something that cannot be read."""
    name = random.choice(tuple(BREAKS))
    return _parked(draft, name, BREAKS[name](draft))


def as_json(draft: Draft) -> bytes:
    """The body as most systems write it."""
    return json.dumps(draft.fields, ensure_ascii=False).encode()


def _changed(kind: str, random: Random, desk: Desk, draft: Draft, revision: int) -> Draft:
    draft, text = _dated(draft), draft.fields["text"]
    match kind:
        case "new_place":
            return desk.moved(draft, random).but(revision=revision, text=f"{text}（更正：地点有误，以本次为准）")
        case "new_urgency":
            return draft.but(revision=revision, text=f"{text}{WORSE}", urgency=Urgency.URGENT.value)
        case "withdrawal":
            return draft.but(revision=revision, withdrawn=random.choice(WITHDRAWN))
    return draft.but(revision=revision, text=f"{text}{random.choice(CORRECTED)}")


def _dated(draft: Draft) -> Draft:
    """The draft with its date: what was yesterday is not yesterday in a correction that comes tomorrow."""
    if draft.truth.notation != RELATIVE:
        return draft
    truth = replace(draft.truth, notation="iso")
    return draft.but(truth, occurred_at=truth.happened_at.isoformat())


def _taken(draft: Draft, kind: str) -> Sent:
    """A newer revision, which its case follows."""
    revision = int(draft.fields["revision"])
    return Sent(draft.department, as_json(draft), CASE, draft.reference, revision, draft.truth, RECEIVED, kind)


def _parked(draft: Draft, shape: str, body: bytes) -> Sent:
    return Sent(draft.department, body, PARKED, draft.reference, outcomes=(OutcomeKind.PARKED,), shape=shape)


def _again(draft: Draft, shape: str) -> Sent:
    """What was known before, or has been overtaken."""
    revision, told = int(draft.fields.get("revision", 1)), (OutcomeKind.REPEAT,)
    return Sent(draft.department, as_json(draft), REPEAT, draft.reference, revision, draft.truth, told, shape)


def _without(draft: Draft, *names: str) -> bytes:
    return as_json(draft.but(**dict.fromkeys(names)))


def _strange(draft: Draft, **fields: Any) -> bytes:
    return as_json(draft.but(**fields))


BREAKS: Final[Mapping[str, Callable[[Draft], bytes]]] = {
    "cut_off":         lambda draft: as_json(draft)[:-20],
    "gbk":             lambda draft: json.dumps(draft.fields, ensure_ascii=False).encode("gbk", "replace"),
    "no_text":         lambda draft: _without(draft, "text"),
    "no_time":         lambda draft: _without(draft, "occurred_at"),
    "no_reference":    lambda draft: _without(draft, "reference"),
    "unreadable_time": lambda draft: _strange(draft, occurred_at="时间记不清了"),
    "impossible_time": lambda draft: _strange(draft, occurred_at="2026-02-30 25:61"),
    "no_datum":        lambda draft: _strange(draft, coordinates={"longitude": 107.48, "latitude": 38.18}),
    "wrong_urgency":   lambda draft: _strange(draft, urgency="非常急"),
    "empty":           lambda _draft: b"",
    "list":            lambda draft: json.dumps([dict(draft.fields)], ensure_ascii=False).encode(),
}  # fmt: skip
