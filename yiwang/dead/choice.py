"""Which letters a command is about, who asks for it, and whether it may go on."""

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from contracts.deadletter import WHO, Reason
from yiwang.dead.desk import Desk, Signed
from yiwang.dead.filters import Filter, moment, prefix
from yiwang.dead.options import ALL
from yiwang.dead.values import Item, Mistake, State

WORDS: Final = 500
"""Characters of the longest reason, as the contract has it."""


def wanted(asked: Namespace, desk: Desk) -> Filter:
    """The filters that were given; raises Mistake."""
    now = desk.now()
    return Filter(
        service=asked.service,
        reason=Reason(asked.reason) if asked.reason else None,
        source=asked.source,
        since=moment(asked.since, now) if asked.since else None,
        until=moment(asked.until, now) if asked.until else None,
        state=None if asked.state == ALL else State(asked.state),
    )


def signed(asked: Namespace, operator: str | None) -> Signed:
    """Who acts and why; raises Mistake where either is missing."""
    by, why = asked.by or operator, (asked.why or "").strip()
    if not by:
        raise Mistake("nobody acts: found neither --by nor YIWANG_OPERATOR; right is your staff number or account")
    if not re.fullmatch(WHO, by):
        raise Mistake(f"--by: found {by!r}; right is a staff number or account of a-z, 0-9, dot and hyphen")
    if not 0 < len(why) <= WORDS:
        raise Mistake(f"--why: found {len(why)} characters; right is a reason of 1 to {WORDS}")
    try:
        why.encode()
    except UnicodeEncodeError:
        raise Mistake("--why: found bytes that are no text; right is text in the terminal's encoding") from None
    return Signed(by=by, why=why)


async def chosen(asked: Namespace, desk: Desk) -> list[Item]:
    """The letters that are named, or all that the filters let through; raises Mistake.

    One that was replayed or discarded already is refused where it is named, unless asked for again.
    """
    if bool(asked.ids) == asked.all:
        raise Mistake("found both ids and --all" if asked.all else "found no ids; right are ids, or --all and filters")
    if asked.all:
        return list((await desk.book(wanted(asked, desk))).items()) if _open(asked) else []
    items = await desk.find([prefix(text) for text in asked.ids], asked.service)
    for item in items:
        if item.state is not State.OPEN and not asked.again:
            came = f" as {item.again}: that letter is the open one" if item.again else ""
            raise Mistake(f"{item.parked.id} is {item.state.value}{came}; --again does it nevertheless")
    return items


def _open(asked: Namespace) -> bool:
    if asked.state != State.OPEN.value and not asked.again:
        raise Mistake(f"--state {asked.state} takes letters that are not open; --again does it nevertheless")
    return True


def confirmed(asked: Namespace, desk: Desk, items: Sequence[Item], verb: str) -> bool:
    """Whether it may go on: many letters at once are asked for, unless --yes says so; raises Mistake."""
    if asked.yes or not asked.all:
        return True
    if desk.confirm is None:
        raise Mistake(f"{len(items)} letters, and no terminal to ask at; right is --yes, or --dry-run first")
    return desk.confirm(f"{verb} {len(items)} dead letters? [y/N] ")
