"""Composition root of notification."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from starlette.routing import BaseRoute, Route

from contracts.notice import Notice
from contracts.topics import CASES, DEAD, DEADLINES, NOTICES, REPLAYS, written_by
from services.chassis.http import Doors
from services.chassis.ports import Channel
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.tables import BrokenTableError
from services.chassis.values import Context, Decision, Done, Input, Service, Tick
from services.notification import policy, validate
from services.notification.channels import ConsoleChannel, PostChannel, SmtpChannel
from services.notification.domain import decide
from services.notification.living import LivingRoster
from services.notification.queries import Queries
from services.notification.rules import Rules
from services.notification.settings import NotificationSettings
from services.notification.state import State, soon, wake
from services.notification.tray import tray_of
from services.notification.watching import NEEDLESS, opens

log = structlog.get_logger()


def compose(settings: NotificationSettings) -> Composition:
    """Notification, whole; raises BrokenRosterError and BrokenTableError."""
    channels = {channel.name: channel for channel in (_mail(settings), _webhook(settings), _sms(settings))}
    return Composition(service=service(_rules(settings, channels)), channels=channels, routes=routes)


def service(rules: Callable[[], Rules]) -> Service:
    """The service; it asks for the rules of the moment whenever it decides."""

    def decided(state: State | None, given: Input[Any] | Tick | Done, context: Context) -> Decision[State]:
        return decide(rules(), state, given, context)

    return Service(
        name="notification",
        readers=(
            internal(CASES, needless=NEEDLESS),
            internal(DEADLINES, opens=opens),
            internal(NOTICES, subject=_tray),
        ),
        decide=decided,
        dead=DEAD["notification"],
        replays=REPLAYS["notification"],
        writes=written_by("notification"),
        state=State,
        schema=2,
        wake=wake,
        soon=soon,
    )


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The door to what people were told; it needs a store."""
    if doors.store is None:
        return ()
    return (Route("/v1/notices/{case_id:uuid}", Queries(doors.store, doors.authorise).one, methods=["GET"]),)


def sent_again(settings: NotificationSettings, channels: Mapping[str, Channel]) -> frozenset[str]:
    """The channels over which an attempt that a crash cut off is made again."""
    return frozenset(name for name, channel in channels.items() if channel.honours_key or settings.resend_unknown)


def _rules(settings: NotificationSettings, channels: Mapping[str, Channel]) -> Callable[[], Rules]:
    table, again = policy.load(settings.policy), sent_again(settings, channels)
    if found := validate.faults(table):
        raise BrokenTableError(
            settings.policy, "as a whole", f"that {found[0]}", "a row for each input, and each row with its input"
        )
    roster = LivingRoster(settings.roster)
    return lambda: Rules(roster(), table, again)


def _tray(notice: Notice, _event: UUID) -> str:
    return tray_of(notice)


def _mail(settings: NotificationSettings) -> Channel:
    if settings.smtp is None:
        return _instead("mail", "YIWANG_SMTP", settings)
    host, port = settings.smtp.split(":")
    return SmtpChannel("mail", settings.mail_capacity, host=host, port=int(port), sender=settings.mail_from)


def _webhook(settings: NotificationSettings) -> Channel:
    if settings.webhook is None:
        return _instead("webhook", "YIWANG_WEBHOOK", settings)
    return PostChannel("webhook", settings.webhook_capacity, url=settings.webhook)


def _sms(settings: NotificationSettings) -> Channel:
    if settings.sms is None:
        return _instead("sms", "YIWANG_SMS", settings)
    return PostChannel("sms", settings.sms_capacity, url=settings.sms)


def _instead(name: str, variable: str, settings: NotificationSettings) -> Channel:
    log.warning("channel not set up: its alerts go to the console", channel=name, set=variable)
    return ConsoleChannel(name, settings.console_capacity)


if __name__ == "__main__":
    run(compose, NotificationSettings)
