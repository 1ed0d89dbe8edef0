"""``yiwang dead edit``: mends the body that a replay will send, after asking the parking service's own reader."""

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from contracts.deadletter import DispositionKind
from services.chassis.values import Record
from yiwang.dead.choice import signed
from yiwang.dead.desk import Desk, Signed
from yiwang.dead.edits import Assignment, assigned, assignment, fitting
from yiwang.dead.filters import prefix
from yiwang.dead.reading import record_of
from yiwang.dead.values import Item, Mistake
from yiwang.dead.whole import whole
from yiwang.dead.words import plain


async def edit(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Record the mended body; exit code 1 if the reader refuses it, and it is not recorded; raises Mistake."""
    sign = signed(asked, operator)
    assignments, given = _given(desk, asked)
    (item,) = await desk.find([prefix(asked.id)], asked.service)
    letter = await desk.letter(item)
    record = await whole(desk.logs, item, letter) if given is None else record_of(letter)
    if given is None:
        item, given = await _changed(desk, item, record.value, assignments, sign)
    if given == record.value and not (asked.file and item.edit):
        raise Mistake("the mended body is the one that was there; nothing is recorded")
    mended = replace(record, value=fitting(given))
    if not _taken(desk, item, mended) and not asked.anyway:
        desk.warn("not recorded; --anyway records it nevertheless")
        return 1
    await desk.record(item, DispositionKind.EDITED, sign, mended.value)
    desk.say(f"recorded; 'yiwang dead replay {asked.id}' sends it")
    return 0


def _given(desk: Desk, asked: Namespace) -> tuple[list[Assignment], bytes | None]:
    """What to put into the body, or the whole new one; neither means an editor. Raises Mistake."""
    if asked.file and asked.set:
        raise Mistake("found both --file and --set; right is one of them")
    if not asked.file and not asked.set and desk.edit is None:
        raise Mistake("found neither --file nor --set, and no terminal for an editor; right is one of them")
    assignments = [assignment(text) for text in asked.set or ()]
    return assignments, fitting(_file(asked.file)) if asked.file else None


def _file(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as fault:
        raise Mistake(f"{name}: {fault.strerror}") from None


async def _changed(
    desk: Desk, item: Item, raw: bytes | None, assignments: list[Assignment], sign: Signed
) -> tuple[Item, bytes]:
    """The body with the assignments in it, or as a person changes it, who sees it then: that is recorded first."""
    if assignments or desk.edit is None:
        return item, assigned(raw, assignments)
    item = await desk.record(item, DispositionKind.REVEALED, sign)
    return item, desk.edit(raw or b"")


def _taken(desk: Desk, item: Item, mended: Record) -> bool:
    """Say what the service's reader thinks of it; answers whether it takes it."""
    from yiwang.dead.opinion import opinion  # noqa: PLC0415 - it loads all services, which no other command needs

    service = item.parked.service
    problems = opinion(service, desk.kafka, mended)
    for problem in problems:
        desk.say(f"{service} would refuse it: {plain(str(problem), 400)}")
        desk.say(f"{service} 仍不接受：{plain(problem.path)}：{plain(problem.expected_zh, 400)}")
    if not problems:
        desk.say(f"{service} can read it")
    return not problems
