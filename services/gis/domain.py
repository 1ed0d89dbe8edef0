"""Decides where a report belongs and which unit it is about, and says why in Chinese."""

from typing import Any

from contracts.report import Location, Report, ReportLocated, ReportNormalised
from contracts.topics import LOCATED
from contracts.wire import event
from services.chassis.values import Context, Decision, Done, Input, Outcome, Tick
from services.gis.about import about
from services.gis.atlas import Atlas
from services.gis.clues import findings
from services.gis.evidence import weigh


def decide(atlas: Atlas, _state: None, step: Input[Any] | Tick | Done, _context: Context) -> Decision[Any]:
    """Pass a normalised report on with its place, whatever was found; ``version`` stays the report's."""
    if not isinstance(step, Input):
        return Decision(outcome=Outcome.NOTHING)
    body: ReportNormalised = step.body
    location = locate(atlas, body.report)
    concerned = about(atlas, body.report, location.path)
    located = ReportLocated(version=body.version, report=body.report, location=location, about=concerned)
    return Decision(events=(event(LOCATED, located, cause=step.id),))


def locate(atlas: Atlas, report: Report) -> Location:
    """Where the report belongs, by all its clues; without any it is the banner's to find out."""
    return weigh(tuple(findings(atlas, report)), atlas.version)
