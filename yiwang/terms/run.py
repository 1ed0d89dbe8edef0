"""One run of ``yiwang terms``: its settings, its servers and its terminal, and the command that was asked for."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from services.chassis.mongo import DatabaseClock, MongoStore, Steps, client
from services.chassis.tables import BrokenTableError
from services.chassis.timeline import SteppedClock
from services.escalation.app import service
from services.escalation.validate import load
from yiwang.dead.kafka import KafkaLogs
from yiwang.dead.terminal import confirm
from yiwang.dead.values import Mistake
from yiwang.terms.apply import SERVICE, apply
from yiwang.terms.desk import Desk
from yiwang.terms.preview import preview
from yiwang.terms.settings import TermsSettings


async def run(asked: Namespace) -> int:
    """Run the command on the servers; answers the exit code. Raises Unavailable and pydantic's ValidationError."""
    settings = TermsSettings()
    motor = client(settings.mongo)
    store = MongoStore(motor, settings.database(SERVICE), service(load()))
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    async with KafkaLogs(settings.brokers, settings.namespace).connected() as logs:
        desk = Desk(
            store=store,
            logs=logs,
            calendar=settings.calendar,
            say=print,
            warn=partial(print, file=sys.stderr),
            now=_now(motor, settings),
            confirm=confirm if terminal else None,
        )
        return await obey(desk, asked, settings.operator)


def _now(motor: object, settings: TermsSettings) -> Callable[[], Awaitable[datetime]]:
    """The database's time, by which escalation's timers go too."""
    clock = DatabaseClock(motor, asyncio.Event())
    if not settings.timeline:
        return clock.now
    return SteppedClock(clock, Steps(motor, settings.database("timeline"))).now


async def obey(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Do what was asked for; a mistake of the operator ends in one line and exit code 2."""
    try:
        if asked.what == "preview":
            return await preview(desk, asked)
        return await apply(desk, asked, operator)
    except (Mistake, BrokenTableError) as fault:
        desk.warn(f"yiwang terms {asked.what}: {fault}")
        return 2
