"""Puts what was decided into notices: one for each person, in words made once, and counted in the watch."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.identity import event_id
from contracts.notice import Notice, Words
from contracts.topics import NOTICES
from contracts.wire import Event, event
from services.notification.plan import Planned
from services.notification.rules import Rules
from services.notification.templates import Said, Template, render
from services.notification.watch import LISTED, Told, Watch

Part = tuple[Planned, Template, Said]
"""One person's part, the words for it, and what they are about."""


class Cause(NamedTuple):
    """What causes notices (an event, or a step of a ladder), the event that they tell of, and when."""

    id: UUID
    about: UUID
    at: datetime


def alert_id(cause: UUID) -> UUID:
    """The id of the alert that all share who are told because of this."""
    return event_id(cause, "yiwang.alert.v1")


def issue(rules: Rules, watch: Watch, cause: Cause, parts: Sequence[Part]) -> tuple[Watch, tuple[Event, ...]]:
    """The watch that has told everybody their part, and the notices."""
    if not parts:
        return watch, ()
    words: dict[tuple[Template, datetime], Words] = {}
    notices = []
    for number, (one, template, said) in enumerate(parts, start=watch.version + 1):
        key = (template, said.now)
        if key not in words:
            words[key] = render(template, said, rules.policy.segments)
        notices.append(_notice(number, one, template, said, cause, words[key]))
    told = (Told(event_id=cause.about, staff=n.staff, role=n.role, rule=n.rule, at=cause.at) for n in notices)
    changes = {
        "version": watch.version + len(notices),
        "told": (*watch.told, *told)[-LISTED:],
        "tables": f"policy {rules.policy.version}, roster {rules.roster.version}",
    }
    events = tuple(event(NOTICES, one, cause=cause.id, discriminator=one.staff) for one in notices)
    return watch.model_copy(update=changes), events


def _notice(version: int, one: Planned, template: Template, said: Said, cause: Cause, words: Words) -> Notice:
    return Notice(
        version=version,
        case_id=said.case.case_id,
        event_id=cause.about,
        alert_id=alert_id(cause.id),
        staff=one.chosen.person.staff,
        role=one.chosen.role,
        rule=one.row.name,
        channels=one.channels,
        template=template.value,
        words=words,
        urgent=one.row.urgent,
        not_before=one.due,
        why=one.why,
    )
