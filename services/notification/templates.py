"""The words of an alert, in Chinese: what happened, where, and what to do by when. No word of the reporter."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from contracts.case import Case
from contracts.report import LocationOutcome, Urgency
from contracts.territory import Level
from services.notification.policy import Template

TITLE_LIMIT: Final = 40
BEIJING: Final = timezone(timedelta(hours=8))

# template → what it is, and what to do by when
TEMPLATES: Final[Mapping[Template, tuple[str, str]]] = {
    Template.OPENED:    ("新事项", "请签收，并{by}办结。"),
    Template.HANDED_UP: ("上报事项", "下级未能办结，现上报{unit}。请签收，并{by}办结。"),
    Template.ESCALATED: ("提级事项", "下级超期，现提级至{unit}。请签收，并{by}办结。"),
    Template.WARNED:    ("时限预警", "请{unit}{by}办结，逾期将{then}。"),
    Template.BREACHED:  ("事项超期", "{unit}应{by}办结，现已超期，将{then}。请跟进办理。"),
    Template.OVERDUE:   ("督办", "{unit}应{by}办结，至今未办结。请立即督办。"),
}  # fmt: skip
SUBJECT: Final = "{sign}{what}：{title}"
PLACE: Final = "地点：{where}。编号：{number}。"

SIGNS: Final[Mapping[Urgency, str]] = {
    Urgency.ORDINARY: "【一网】",
    Urgency.URGENT: "【一网·紧急】",
    Urgency.LIFE_THREATENING: "【一网·危及生命】",
}

DOUBTS: Final[Mapping[LocationOutcome, str]] = {
    LocationOutcome.LOCATED: "",
    LocationOutcome.NOT_LOCATED: "（具体位置待核实）",
    LocationOutcome.TWO_FIT: "（具体位置待核实）",
    LocationOutcome.OUTSIDE: "（位置在旗外）",
}


class Words(NamedTuple):
    """An alert's subject line, and its whole text, which begins with it."""

    subject: str
    text: str


def render(template: Template, case: Case, due_at: datetime | None) -> Words:
    """Put the case into the template's words; ``due_at`` (aware) is missing where no clock is known yet."""
    what, ask = TEMPLATES[template]
    values = {
        "sign": SIGNS[case.urgency],
        "what": what,
        "title": title(case),
        "where": where(case),
        "number": str(case.case_id)[:8],
        "unit": case.assignment.unit.name,
        "then": "列入督办" if case.assignment.unit.level is Level.BANNER else "自动提级",
        "by": f"于{local(due_at)}前" if due_at else "尽快",
    }
    subject = SUBJECT.format(**values)
    return Words(subject, f"{subject}。{PLACE.format(**values)}{ask.format(**values)}")


def title(case: Case) -> str:
    """What it is about, on one line of at most 40 characters."""
    line = " ".join((case.title or case.summary).split())
    return line if len(line) <= TITLE_LIMIT else f"{line[: TITLE_LIMIT - 1]}…"


def where(case: Case) -> str:
    """The town and the deepest unit known, and whether that is in doubt."""
    below = case.path[1:] or case.path
    names = dict.fromkeys((below[0].name, below[-1].name))
    return "".join(names) + DOUBTS[case.located]


def local(moment: datetime) -> str:
    """A deadline as people say it: midnight is the end of the day before (11月23日24:00)."""
    at = moment.astimezone(BEIJING)
    midnight = at.hour == at.minute == 0
    day = at - timedelta(days=1) if midnight else at
    return f"{day.month}月{day.day}日{24 if midnight else at.hour:02}:{at.minute:02}"
