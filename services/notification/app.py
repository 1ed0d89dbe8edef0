"""Composition root of notification."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

import structlog

from contracts.topics import CASES, DEAD, DEADLINES
from services.chassis.ports import Channel
from services.chassis.readers import internal
from services.chassis.run import Composition, run
from services.chassis.values import Service
from services.notification.alert import Alert, alert_id, wake
from services.notification.channels import ConsoleChannel, SmtpChannel, WebhookChannel
from services.notification.domain import Rules, decide
from services.notification.roster import Roster
from services.notification.settings import NotificationSettings

log = structlog.get_logger()


def compose(settings: NotificationSettings) -> Composition:
    """Notification, whole; raises BrokenRosterError."""
    channels = {channel.name: channel for channel in (_mail(settings), _webhook(settings), _console(settings))}
    return Composition(service=service(Rules(Roster.load(), sent_again(settings, channels))), channels=channels)


def service(rules: Rules) -> Service:
    """The service under these rules; each event has a document of its own."""
    return Service(
        name="notification",
        readers=(internal(CASES, subject=_subject), internal(DEADLINES, subject=_subject)),
        decide=partial(decide, rules),
        dead=DEAD["notification"],
        state=Alert,
        wake=wake,
    )


def sent_again(settings: NotificationSettings, channels: Mapping[str, Channel]) -> frozenset[str]:
    """The channels over which an attempt that a crash cut off is made again."""
    return frozenset(name for name, channel in channels.items() if channel.honours_key or settings.resend_unknown)


def _subject(_body: object, event: UUID) -> str:
    return str(alert_id(event))


def _mail(settings: NotificationSettings) -> Channel:
    if settings.smtp is None:
        return _instead("mail", "YIWANG_SMTP", settings)
    host, port = settings.smtp.split(":")
    return SmtpChannel("mail", settings.mail_capacity, host=host, port=int(port), sender=settings.mail_from)


def _webhook(settings: NotificationSettings) -> Channel:
    if settings.webhook is None:
        return _instead("webhook", "YIWANG_WEBHOOK", settings)
    return WebhookChannel("webhook", settings.webhook_capacity, url=settings.webhook)


def _console(settings: NotificationSettings) -> Channel:
    return ConsoleChannel("console", settings.console_capacity)


def _instead(name: str, variable: str, settings: NotificationSettings) -> Channel:
    log.warning("channel not set up: its alerts go to the console", channel=name, set=variable)
    return ConsoleChannel(name, settings.console_capacity)


if __name__ == "__main__":
    run(compose, NotificationSettings)
