"""The words of an alert, in Chinese: what happened, where, what to do by when; numbers in what people wrote masked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contracts.case import Case
from contracts.deadline import DeadlineEvent
from contracts.departments import DEPARTMENTS
from contracts.masking import masked
from contracts.report import LocationOutcome, Urgency
from contracts.territory import CENTRE, SHANGHAI, Level, full_name, office
from services.notification.policy import Template

SHORT: Final = 40
"""Characters of what the source wrote that an alert shows of its title, and of its place."""
ENDS: Final = "。．.！!？?，,；;：:、…~～ "

# template → what it is, and what to do by when
TEMPLATES: Final[Mapping[Template, tuple[str, str]]] = {
    Template.OPENED:    ("新事项",   "请签收，并于{by}前办结。"),
    Template.HANDED_UP: ("上报事项", "下级上报，请{actor}办理。请签收，并于{by}前办结。"),
    Template.ESCALATED: ("提级事项", "下级逾期未办结，现提级由{actor}办理。请签收，并于{by}前办结。"),
    Template.WARNED:    ("时限预警", "请{actor}于{by}前办结，逾期将{then}。"),
    Template.BREACHED:  ("事项超期", "{unit}应于{by}前办结，现已超期，即将{then}，请{urged}抓紧办理。"),
    Template.OVERDUE:   ("督办",     "{unit}应于{by}前办结，已超期{days}日，现列入督办，请{urged}立即办理并反馈。"),
}  # fmt: skip
SUBJECT: Final = "{sign}{what}：{title}"
PLACE: Final = "地点：{where}。来源编号：{reference}。"

SIGNS: Final[Mapping[Urgency, str]] = {
    Urgency.ORDINARY: "【一网】",
    Urgency.URGENT: "【一网·紧急】",
    Urgency.LIFE_THREATENING: "【一网·危及生命】",
}

PLACES: Final[Mapping[LocationOutcome, str]] = {
    LocationOutcome.LOCATED: "{found}",
    LocationOutcome.TWO_FIT: "{found}（具体位置待核实）",
    LocationOutcome.NOT_LOCATED: "{named}（位置待核实）",
    LocationOutcome.OUTSIDE: "待核实（坐标在旗外）",
}
UNNAMED: Final = "待核实"

NAMES: Final[Mapping[str, str]] = {department.code: department.zh for department in DEPARTMENTS}


class Words(NamedTuple):
    """An alert's subject line, and its whole text, which begins with it."""

    subject: str
    text: str


def render(template: Template, clock: DeadlineEvent, now: datetime) -> Words:
    """Put the clock and its case into the template's words; what is due on the day of ``now`` (aware) is due today."""
    case, (what, ask) = clock.case, TEMPLATES[template]
    at_banner = case.assignment.unit.level is Level.BANNER
    path = case.path_in_charge()
    values = {
        "sign": SIGNS[case.urgency],
        "what": what,
        "title": title(case),
        "where": where(case),
        "reference": reference(case),
        "unit": full_name(path),
        "actor": office(path),
        "urged": CENTRE if at_banner else "",
        "then": "列入督办" if at_banner else "自动提级",
        "by": local(clock.due_at, now),
        "days": clock.n,
    }
    subject = SUBJECT.format(**values)
    return Words(subject, f"{subject}。{PLACE.format(**values)}{ask.format(**values)}")


def title(case: Case) -> str:
    """What it is about, in the source's words, of which at most 40 characters are shown."""
    return _shown(case.title or case.summary)


def where(case: Case) -> str:
    """The place as far as it is known, and whether it is in doubt; the source's own words only if nothing else is."""
    if case.located is LocationOutcome.NOT_LOCATED and not case.place_name:
        return UNNAMED
    return PLACES[case.located].format(found=full_name(case.path), named=_shown(case.place_name or ""))


def reference(case: Case) -> str:
    """By what the source and the office find it, and whose number that is: SL-2026-000317（水利）."""
    return f"{' '.join(case.reference.split())}（{NAMES.get(case.department, case.department)}）"


def local(moment: datetime, now: datetime) -> str:
    """A deadline as people say it: midnight is the end of the day before (今日（3月5日）24:00)."""
    at = moment.astimezone(SHANGHAI)
    midnight = at.hour == at.minute == 0
    day = at - timedelta(days=1) if midnight else at
    date = f"{day.month}月{day.day}日"
    said = f"今日（{date}）" if day.date() == now.astimezone(SHANGHAI).date() else date
    return f"{said}{24 if midnight else at.hour:02}:{at.minute:02}"


def _shown(text: str) -> str:
    """What the source wrote, on one short line without a full stop; masked while its numbers are still whole."""
    line = masked(" ".join(text.split()))
    line = line.rstrip(ENDS) or line
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
