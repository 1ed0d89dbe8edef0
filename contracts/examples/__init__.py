"""The examples of every event type, by schema and name: ``contracts/generated/examples`` is written from them."""

from collections.abc import Mapping

from pydantic import BaseModel

from contracts.examples.answers import ALERTS, DEAD, OUTCOMES
from contracts.examples.cases import ACTIONS, CASES, DEADLINES
from contracts.examples.reports import LOCATED, NORMALISED, SUBMITTED

EXAMPLES: Mapping[str, Mapping[str, BaseModel]] = {
    "report.submitted.v1": SUBMITTED,
    "report.normalised.v1": NORMALISED,
    "report.located.v1": LOCATED,
    "case.actions.v1": ACTIONS,
    "case.events.v1": CASES,
    "case.deadlines.v1": DEADLINES,
    "notification.events.v1": ALERTS,
    "report.outcomes.v1": OUTCOMES,
    "dead-letter.v1": DEAD,
}
"""Example values by schema name (``contracts.generate.schema_name``), then by file name without ``.json``."""
