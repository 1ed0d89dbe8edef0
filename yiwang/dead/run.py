"""One run of ``yiwang dead``: its settings, its broker and its terminal, and the command that was asked for."""

import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from yiwang.dead.choice import wanted
from yiwang.dead.desk import Desk
from yiwang.dead.discard import discard
from yiwang.dead.edit import edit
from yiwang.dead.kafka import KafkaLogs
from yiwang.dead.listing import as_json, listed
from yiwang.dead.replay import replay
from yiwang.dead.settings import DeadSettings
from yiwang.dead.show import show
from yiwang.dead.terminal import by_hand, confirm
from yiwang.dead.values import Mistake

Command = Callable[[Desk, Namespace, str | None], Awaitable[int]]
COMMANDS: Final[Mapping[str, Command]] = {"show": show, "edit": edit, "replay": replay, "discard": discard}


async def run(asked: Namespace) -> int:
    """Run the command on Kafka; answers the exit code. Raises Unavailable and pydantic's ValidationError."""
    settings = DeadSettings()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    async with KafkaLogs(settings.brokers, settings.namespace).connected() as logs:
        desk = Desk(
            logs=logs,
            kafka=settings.kafka,
            say=print,
            warn=partial(print, file=sys.stderr),
            now=lambda: datetime.now(UTC),
            confirm=confirm if terminal else None,
            edit=by_hand if terminal else None,
        )
        return await obey(desk, asked, settings.operator)


async def obey(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Do what was asked for; a mistake of the operator ends in one line and exit code 2."""
    try:
        if asked.what == "list":
            return await _list(desk, asked)
        return await COMMANDS[asked.what](desk, asked, operator)
    except Mistake as fault:
        desk.warn(f"yiwang dead {asked.what}: {fault}")
        return 2


async def _list(desk: Desk, asked: Namespace) -> int:
    if asked.limit < 0:
        raise Mistake(f"--limit: found {asked.limit}; right is 0 for all, or how many")
    book = await desk.book(wanted(asked, desk))
    items = list(book.items())
    for line in [as_json(items, asked.limit, book.strange)] if asked.json else listed(items, asked.limit):
        desk.say(line)
    if book.strange:
        desk.warn(f"passed over {book.strange} records that are no dead letters, though they stand where these do")
    return 0
