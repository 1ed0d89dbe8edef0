"""What every simulated run shares and no run changes: the five services' real decisions, their tables, and the land."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from contracts.case import ClockClass
from contracts.territory import Level
from contracts.topics import SUBMITTED, TOPICS
from contracts.wire import Topic
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.escalation import app as escalation
from services.escalation.obligation import Tables
from services.escalation.settings import EscalationSettings
from services.escalation.terms import term
from services.escalation.validate import load
from services.gis import app as gis
from services.gis.boundaries import Boundaries
from services.intake import app as intake
from services.intake.settings import IntakeSettings
from services.notification import app as notification
from services.notification import policy, reading
from services.notification.rules import Rules
from services.routing import app as routing
from simulation.land import Land

NOWHERE: Final = {"kafka": "nowhere:0", "mongo": "mongodb://nowhere"}
PARTITIONS: Final = 3
"""Partitions a topic: enough to share among three members."""
OTHER: Final = "another table"
CHANNELS: Final = ("webhook", "sms", "mail")


@dataclass(frozen=True, slots=True)
class Kit:
    """The services but notification, whose rules differ from run to run; and what reports are made of."""

    services: tuple[Service, ...]
    retimed: Service
    """Escalation under another table of terms."""
    rules: Rules
    land: Land

    @classmethod
    def load(cls) -> Self:
        """Read all tables once; two seconds."""
        settings = Settings.model_validate(NOWHERE)
        taking = intake.compose(IntakeSettings.model_validate(NOWHERE)).service
        own = EscalationSettings.model_validate(NOWHERE)
        timing = escalation.compose(own).service
        retimed = escalation.service(_other(load(own.terms, own.calendar)))
        services = (taking, gis.compose(settings).service, routing.compose(settings).service, timing)
        roster = reading.load()
        members = {one.staff: one.unit for one in roster.people.values()}
        rules = Rules(roster, policy.load(), frozenset())
        return cls(services, retimed, rules, Land.of(Boundaries.load(), members))

    def all_services(self, again: frozenset[str]) -> Mapping[str, Service]:
        """The five by name; ``again``: the channels over which an attempt that a crash cut off is made again."""
        rules = Rules(self.rules.roster, self.rules.policy, again)
        return {one.name: one for one in (*self.services, notification.service(lambda: rules))}


def _other(tables: Tables) -> Tables:
    """The tables with shorter terms at the village and the town, and a longer one at the grid."""
    terms = {Level.GRID: "30 hours", Level.VILLAGE: "1 day", Level.TOWN: "2 days"}
    rows = tuple(
        row.model_copy(update={"within": term(terms[row.when.level[0]])})
        if row.when.level and row.when.level[0] in terms and row.when.clock == (ClockClass.STANDARD,)
        else row
        for row in tables.terms.rows
    )
    return tables._replace(terms=replace(tables.terms, version=OTHER, rows=rows))


def topics(departments: Collection[str]) -> tuple[Topic, ...]:
    """The registry without the topics of departments that send nothing."""
    silent = {topic.name for code, topic in SUBMITTED.items() if code not in departments}
    return tuple(topic for topic in TOPICS if topic.name not in silent)
