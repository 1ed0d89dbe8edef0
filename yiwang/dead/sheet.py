"""Everything of one letter on a page: masked, unless whoever asks for more has been written down."""

from collections.abc import Iterator
from typing import Final

from contracts.deadletter import DeadLetter
from contracts.territory import SHANGHAI
from services.chassis.values import Record
from yiwang.dead.bodies import seen
from yiwang.dead.reading import record_of
from yiwang.dead.values import Item
from yiwang.dead.words import dump, header, plain, printable, word

SENTENCE: Final = 400
"""Characters that are shown of a problem's sentence."""
MOST: Final = 64 * 1024
"""Bytes or characters of a body that are shown on a terminal; a file takes it whole."""


def sheet(item: Item, letter: DeadLetter, mended: bytes | None) -> Iterator[str]:
    """The page; ``mended`` is the body of the newest edit, if there is one."""
    record = record_of(letter)
    yield from _where(item, letter)
    yield ""
    for problem in letter.problems:
        yield f"problem    {plain(str(problem), SENTENCE)}"
        yield f"问题       {plain(problem.path)}：{plain(problem.expected_zh, SENTENCE)}"
    yield f"key        {word(record.key)}"
    yield from (f"header     {header(name, raw)}" for name, raw in record.headers)
    for cut in letter.cut:
        yield f"cut        {plain(cut.part)}: {cut.size} bytes in all, SHA-256 {plain(cut.sha256)}"
    yield from _done(item)
    yield from _body("body", seen(record.value))
    if item.edit:
        yield from _body(f"body as edited by {item.edit.by} ({item.edit.version})", seen(mended))


def revealed(item: Item, record: Record, mended: bytes | None) -> Iterator[str]:
    """What the page hides, after it is known that somebody sees it."""
    yield ""
    yield f"key        {_open(record.key)}"
    yield from (f"header     {printable(name)}: {_open(raw)}" for name, raw in record.headers)
    yield from _body("body unmasked", _lines(record.value))
    if item.edit:
        yield from _body(f"body as edited by {item.edit.by} ({item.edit.version}), unmasked", _lines(mended))


def _where(item: Item, letter: DeadLetter) -> Iterator[str]:
    one = item.parked
    yield f"letter     {one.id}"
    yield f"state      {item.state.value}" + (f" as {item.again}" if item.again else "")
    yield f"service    {one.service}"
    yield f"reason     {one.reason.value}"
    yield f"source     {one.source}"
    yield f"record     {one.of}"
    yield f"appended   {letter.appended_at.astimezone(SHANGHAI).isoformat()}"
    yield f"parked     {one.parked_at.astimezone(SHANGHAI).isoformat()} at {one.at}"
    if one.replay:
        yield f"came by    replay {one.replay}"


def _done(item: Item) -> Iterator[str]:
    if not item.acts:
        yield "done       nothing yet"
    for act in item.acts:
        as_what = f" as {act.replay}" if act.replay else ""
        at = act.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        yield f"done       {act.version}. {act.kind.value}{as_what} by {act.by} at {at}: {act.why}"


def _body(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    yield from (f"  {line}" for line in lines)


def _open(raw: bytes | None) -> str:
    return "null" if raw is None else printable(raw.decode("utf-8", "backslashreplace"))


def _lines(raw: bytes | None) -> list[str]:
    if not raw:
        return seen(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return dump(raw, MOST, digits=True)
    more = [f"… {len(text) - MOST} more characters: --raw FILE has them all"] if len(text) > MOST else []
    return [*(printable(line) for line in text[:MOST].split("\n")), *more]
