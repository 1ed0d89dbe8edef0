"""``yiwang dead show``: everything of one letter; what is personal after it is recorded who looks at it, and why."""

import os
from argparse import Namespace
from pathlib import Path

from contracts.deadletter import DeadLetter, DispositionKind
from services.chassis.values import Record
from yiwang.dead.choice import signed
from yiwang.dead.desk import Desk
from yiwang.dead.filters import prefix
from yiwang.dead.reading import record_of
from yiwang.dead.sheet import revealed, sheet
from yiwang.dead.values import Mistake
from yiwang.dead.whole import edited, fetched


async def show(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Show the letter; answers the exit code; raises Mistake."""
    reveal = asked.reveal or asked.raw
    sign = signed(asked, operator) if reveal else None
    if asked.raw:
        _is_new(asked.raw)
    (item,) = await desk.find([prefix(asked.id)], asked.service)
    letter = await desk.letter(item)
    mended = await edited(desk.logs, item.edit) if item.edit else None
    for line in sheet(item, letter, mended):
        desk.say(line)
    if not sign:
        return 0
    await desk.record(item, DispositionKind.REVEALED, sign)
    record = await _as_whole_as_can_be(desk, letter)
    if asked.reveal:
        for line in revealed(item, record, mended):
            desk.say(line)
    if asked.raw:
        _write(asked.raw, record.value or b"")
        desk.say(f"{len(record.value or b'')} bytes written to {asked.raw}")
    return 0


async def _as_whole_as_can_be(desk: Desk, letter: DeadLetter) -> Record:
    """The record from its log where the letter keeps a part of it; else that part."""
    if not letter.cut:
        return record_of(letter)
    try:
        return await fetched(desk.logs, letter, [cut.part for cut in letter.cut])
    except Mistake as fault:
        desk.warn(f"this is what the letter keeps: {fault}")
        return record_of(letter)


def _is_new(name: str) -> None:
    if Path(name).exists():
        raise Mistake(f"{name}: it is there already; right is the name of a new file")


def _write(name: str, raw: bytes) -> None:
    """A new file that its owner alone may read; raises Mistake."""
    try:
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
    except OSError as fault:
        raise Mistake(f"{name}: {fault.strerror}") from None
