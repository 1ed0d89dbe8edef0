"""The five services as values, for what must be prepared for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.chassis.run import Composition
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.escalation import app as escalation
from services.escalation.settings import EscalationSettings
from services.gis import app as gis
from services.intake import app as intake
from services.intake.settings import IntakeSettings
from services.notification import app as notification
from services.notification.settings import NotificationSettings
from services.routing import app as routing


@dataclass(frozen=True, slots=True)
class Root:
    """A service's composition root and the settings that it takes."""

    compose: Callable[[Any], Composition]
    settings: type[Settings] = Settings


ROOTS = {
    "intake": Root(intake.compose, IntakeSettings),
    "gis": Root(gis.compose),
    "routing": Root(routing.compose),
    "escalation": Root(escalation.compose, EscalationSettings),
    "notification": Root(notification.compose, NotificationSettings),
}


def services() -> dict[str, Service]:
    """Every service, composed from the environment's settings but not run."""
    return {name: root.compose(root.settings()).service for name, root in ROOTS.items()}
