"""One run of ``yiwang rules``: reads the decisions that routing keeps in its history, and changes nothing."""

import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from contracts.case import CaseEvent
from contracts.topics import CASES
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Past
from services.chassis.settings import Settings
from services.chassis.tables import BrokenTableError
from services.gis.boundaries import Boundaries
from services.routing.app import service
from services.routing.state import ROUTING
from services.routing.table import Table
from services.routing.validate import load
from yiwang.check.progress import counted
from yiwang.dead.filters import moment
from yiwang.dead.values import Mistake
from yiwang.rules.replay import Remade, Tally
from yiwang.rules.telling import Json, lines

DECIDED: Final = '"routed":'
"""What stands in the body of every event that a decision of the table brought about."""

Say = Callable[[str], None]


async def run(asked: Namespace, say: Say = print) -> int:
    """Run the command on the environment's store; answers the exit code. Raises Unavailable and ValidationError."""
    try:
        span, table = _span(asked, datetime.now(UTC)), load(asked.table)
    except (BrokenTableError, Mistake) as fault:
        print(f"yiwang rules replay: {fault}", file=sys.stderr)
        return 2
    for line in nowhere(table, Boundaries.load()):
        print(f"yiwang rules replay: {line}", file=sys.stderr)
    settings = Settings()
    store = MongoStore(client(settings.mongo), settings.database(ROUTING), service(table))
    past = counted("history of routing", (one async for _, one in store.every_past()), who="rules")
    await replay(table, past, span, asked, say)
    return 0


def nowhere(table: Table, boundaries: Boundaries) -> Iterator[str]:
    """The places of rows that are no units of the banner: such a row never fits, and routing cannot know it."""
    for rule in table.rules:
        unknown = [code for code in rule.when.place or () if boundaries.path(code) is None]
        yield from (f"rule {rule.name}: when.place: found {code}; right is the code of a unit" for code in unknown)


def _span(asked: Namespace, now: datetime) -> tuple[datetime | None, datetime | None]:
    if asked.limit < 1:
        raise Mistake(f"--limit: found {asked.limit}; right is how many rows, from 1")
    return _moment("--since", asked.since, now), _moment("--until", asked.until, now)


def _moment(option: str, text: str | None, now: datetime) -> datetime | None:
    try:
        return moment(text, now) if text else None
    except Mistake as fault:
        raise Mistake(f"{option}: {fault}") from None


async def replay(
    table: Table, past: AsyncIterator[Past], span: tuple[datetime | None, datetime | None], asked: Namespace, say: Say
) -> None:
    """Make every decision of the span (the end excluded) again, and tell; at most ``asked.limit`` of them are kept."""
    tally, shown = Tally(), list[Remade]()
    written = Json(say) if asked.json else None
    async for told in _decisions(past, span, tally):
        moved = tally.take(table, told)
        if moved and written:
            written.one(moved)
        elif moved and len(shown) < asked.limit:
            shown.append(moved)
    if written:
        written.end(table.version, tally)
        return
    for line in lines(table.version, tally, shown):
        say(line)


async def _decisions(
    past: AsyncIterator[Past], span: tuple[datetime | None, datetime | None], tally: Tally
) -> AsyncIterator[CaseEvent]:
    since, until = span
    async for one in past:
        within = (since is None or since <= one.at) and (until is None or one.at < until)
        if not within or one.topic != CASES.name or DECIDED not in one.value:
            continue
        try:
            told = CaseEvent.model_validate_json(one.value)
        except ValidationError:
            tally.unreadable += 1
            continue
        if told.routed:
            yield told
