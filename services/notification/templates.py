"""The words of a notice, in Chinese and four lengths: what happened, where, who does what by when, whose number."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final, NamedTuple

from contracts.case import AssignedBecause, Case, ClockClass, Request
from contracts.deadline import Holding
from contracts.departments import DEPARTMENTS
from contracts.masking import masked
from contracts.notice import Words
from contracts.report import LocationOutcome, Urgency
from contracts.spans import MINUTE, span_zh
from contracts.territory import CENTRE, SHANGHAI, Level, Path, UnitRef, full_name, office
from services.notification.sms import fitted, segments

SHORT: Final = 40
"""Characters of what the source wrote that a notice shows of its title, and of its place."""
HOLDERS: Final = 12
"""Units that a notice names as those who have held a case."""
HALF: Final = 16
"""Characters of a title in a digest's line."""
ENDS: Final = "。．.！!？?，,；;：:、…~～ "


class Template(StrEnum):
    """The words to tell it in; ``assigned`` stands in the policy table for the one that fits the reason."""

    ASSIGNED = "assigned"
    OPENED = "opened"
    HANDED_UP = "handed_up"
    ESCALATED = "escalated"
    REASSIGNED = "reassigned"
    HANDED_BACK = "handed_back"
    TRANSFERRED = "transferred"
    REOPENED = "reopened"
    LIFTED = "lifted"
    LIFE = "life"
    INFORMED = "informed"
    LEAD = "lead"
    COOPERATING = "cooperating"
    MOVED = "moved"
    RESCHEDULED = "rescheduled"
    REQUESTED = "requested"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    WARNED = "warned"
    PRESSING = "pressing"
    BREACHED = "breached"
    OVERDUE = "overdue"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    UNLINKED = "unlinked"
    LINKED = "linked"
    PART = "part"
    JOINED = "joined"
    GATHERED = "gathered"
    REMINDER = "reminder"
    DEPUTY = "deputy"
    SUPERIOR = "superior"


ASSIGNED: Final[Mapping[AssignedBecause, Template]] = {
    AssignedBecause.OPENED: Template.OPENED,
    AssignedBecause.HANDED_UP: Template.HANDED_UP,
    AssignedBecause.ESCALATED: Template.ESCALATED,
    AssignedBecause.CORRECTED: Template.REASSIGNED,
    AssignedBecause.HANDED_BACK: Template.HANDED_BACK,
    AssignedBecause.TRANSFERRED: Template.TRANSFERRED,
    AssignedBecause.REOPENED: Template.REOPENED,
    AssignedBecause.LIFTED: Template.LIFTED,
    AssignedBecause.UNLINKED: Template.UNLINKED,
    AssignedBecause.SPLIT: Template.PART,
}

# template → what it is; what to do by when, in full; and as short as a text message has to be
TEMPLATES: Final[Mapping[Template, tuple[str, str, str]]] = {
    Template.OPENED:     ("新事项",     "请签收，并于{by}前办结。",
                          "请签收，{by}前办结。"),
    Template.HANDED_UP:  ("上报事项",   "下级上报，请{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.ESCALATED:  ("提级事项",   "下级逾期未办结，现提级由{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.REASSIGNED: ("改派事项",   "来源信息更正，现改由{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.HANDED_BACK: ("退回事项",  "原承办单位退回，现由{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.TRANSFERRED: ("转办事项",  "该事项转由{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.REOPENED:   ("返工事项",   "经核实尚未办妥，请{actor}重新办理。请签收，并于{by}前办结。",
                          "尚未办妥，请{actor}重新办理，{by}前办结。"),
    Template.LIFTED:     ("提级事项",   "多次退回、转办或返工，现提级由{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.UNLINKED:   ("恢复办理",   "该事项不再并案，请{actor}单独办理。请签收，并于{by}前办结。",
                          "不再并案，请{actor}签收，{by}前办结。"),
    Template.PART:       ("子事项",     "由原事项拆分，请{actor}办理。请签收，并于{by}前办结。",
                          "请{actor}签收，{by}前办结。"),
    Template.LIFE:       ("立即处置",   "危及生命，请{actor}立即签收、立即处置，并于{by}前办结。",
                          "请{actor}立即签收处置，{by}前办结。"),
    Template.INFORMED:   ("就近救助",   "由{actor}处置（时限{by}）。请就近人员立即到场先行救助，并报告现场情况。",
                          "请就近人员立即到场救助并报告（时限{by}）。"),
    Template.LEAD:       ("牵头事项",   "该事项由贵部门牵头{helped}，{actor}承办，应于{by}前办结。请予指导配合。",
                          "由贵部门牵头，{actor}承办，{by}前办结。"),
    Template.COOPERATING: ("协办事项",  "该事项{led}请贵部门协办，{actor}承办，应于{by}前办结。请予配合。",
                          "{led}请贵部门协办，{actor}承办，{by}前办结。"),
    Template.MOVED:      ("改派告知",   "该事项已改由{actor}办理（时限{by}），你处无需继续办理。",
                          "已改由{actor}办理（时限{by}），你处无需办理。"),
    Template.RESCHEDULED: ("时限调整",  "办理时限调整为{by}（延时、恢复、放假或时限表变化）。请{actor}按此办结。",
                          "时限调整为{by}。"),
    Template.REQUESTED:  ("待批申请",   "{unit}申请{wish}（时限{by}），请审批。",
                          "{unit}申请{wish}（时限{by}），请审批。"),
    Template.DECLINED:   ("申请未批准", "延时或挂账申请未获批准，请{actor}仍于{by}前办结。",
                          "申请未获批准，请仍于{by}前办结。"),
    Template.SUSPENDED:  ("事项挂账",   "已批准挂账至{rests}，原时限{by}暂停计算，恢复办理后另行告知时限。",
                          "已批准挂账至{rests}，原时限{by}暂停计算。"),
    Template.WARNED:     ("时限预警",   "请{actor}于{by}前办结，逾期将{then}。",
                          "请{actor}于{by}前办结，逾期将{then}。"),
    Template.PRESSING:   ("时限告急",   "{unit}应于{by}前办结，时限将尽，逾期将{then}，请督促。",
                          "{unit}应于{by}前办结，时限将尽，请督促。"),
    Template.BREACHED:   ("事项超期",   "{unit}应于{by}前办结，现已超期，即将{then}，请{urged}抓紧办理。",
                          "应于{by}前办结，已超期，请{urged}抓紧办理。"),
    Template.OVERDUE:    ("督办",       ("{unit}应于{by}前办结，已超期{late}，现列入督办，"
                                          "请{urged}立即办理并反馈。{held}"),
                          "应于{by}前办结，已超期{late}，请{urged}立即办理。"),
    Template.CORRECTED:  ("事项更正",   "来源已更正该事项，请{actor}按更正后的内容办理，时限{by}不变。",
                          "请按更正后的内容办理，时限{by}不变。"),
    Template.WITHDRAWN:  ("事项撤回",   "来源已撤回该事项（原时限{by}），无需继续办理。",
                          "来源已撤回（原时限{by}），无需办理。"),
    Template.CANCELLED:  ("事项作废",   "旗综治中心已作废该事项（原时限{by}），无需继续办理。",
                          "已作废（原时限{by}），无需办理。"),
    Template.LINKED:     ("并案告知",   "该事项已并入另一事项一并办理（原时限{by}），你处无需单独办理。",
                          "已并入另一事项（原时限{by}），无需单独办理。"),
    Template.JOINED:     ("子事项并回", "该子事项已并回原事项（原时限{by}），无需继续办理。",
                          "已并回原事项（原时限{by}），无需继续办理。"),
    Template.GATHERED:   ("子事项办毕", "所拆分的子事项已全部结束，请{actor}核实，并于{by}前办结。",
                          "子事项已全部结束，请于{by}前办结。"),
    Template.REMINDER:   ("催办签收",   "该事项仍未签收，第{n}次催办。请{actor}立即签收，并于{by}前办结。",
                          "第{n}次催办，请立即签收，{by}前办结。"),
    Template.DEPUTY:     ("代办签收",   "承办人{whom}仍未签收，请你代为签收，并于{by}前办结。",
                          "{whom}未签收，请代为签收，{by}前办结。"),
    Template.SUPERIOR:   ("下级未签收", "{actor}仍未签收该事项，请督促其立即签收，并于{by}前办结。",
                          "{actor}未签收，请督促，应于{by}前办结。"),
}  # fmt: skip
SUBJECT: Final = "{sign}{what}：{title}"
PLACE: Final = "地点：{where}。来源编号：{reference}。"
LINE: Final = "{what}：{title}，{where}，时限{by}"

SIGNS: Final[Mapping[Urgency, str]] = {
    Urgency.ORDINARY: "【一网】",
    Urgency.URGENT: "【一网·紧急】",
    Urgency.LIFE_THREATENING: "【一网·危及生命】",
}
CLOCK_SIGNS: Final[Mapping[ClockClass, str]] = {ClockClass.URGENT: "【一网·限时】", ClockClass.LIFE: "【一网·特急】"}

PLACES: Final[Mapping[LocationOutcome, str]] = {
    LocationOutcome.LOCATED: "{found}",
    LocationOutcome.TWO_FIT: "{found}（具体位置待核实）",
    LocationOutcome.NOT_LOCATED: "{named}（位置待核实）",
    LocationOutcome.OUTSIDE: "待核实（坐标在旗外）",
}
UNNAMED: Final = "待核实"
NO_DUE: Final = "待定"
"""Where an event was heard before the clock of its assignment."""

NAMES: Final[Mapping[str, str]] = {department.code: department.zh for department in DEPARTMENTS}


class Said(NamedTuple):
    """What words are about: the case as it stood, its due time, the moment of reading (aware), counts and persons.

    ``held``: all who have held the case, where they are to be named.
    """

    case: Case
    due_at: datetime | None
    now: datetime
    n: int = 1
    whom: str = ""
    held: Sequence[Holding] = ()


def wish(request: Request | None) -> str:
    """What was asked for, in Chinese: 延时8小时."""
    if request is None:
        return "延时或挂账"
    return request.wish.zh + span_zh(request.minutes * MINUTE)


def render(template: Template, said: Said, most: int) -> Words:
    """Put the case into the template's words; the text message has ``most`` segments at the most.

    What is due on the day of reading is due today.
    """
    what, ask, short = TEMPLATES[template]
    values = {**_values(said), "what": what}
    subject = SUBJECT.format_map(values)
    return Words(
        subject=subject,
        text=f"{subject}。{PLACE.format_map(values)}{ask.format_map(values)}",
        sms=_sms({**values, "ask": short.format_map(values)}, most),
        line=LINE.format_map({**values, "title": _cut(values["title"], HALF)}),
    )


def _values(said: Said) -> dict[str, str]:
    case = said.case
    path, given = case.path_in_charge(), case.assignment
    at_banner = case.assignment.unit.level is Level.BANNER
    return {
        "sign": CLOCK_SIGNS.get(case.clock, SIGNS[case.urgency]),
        "title": title(case),
        "where": where(case),
        "reference": reference(case),
        "unit": full_name(path),
        "wish": wish(given.request),
        "rests": local(given.pauses[-1].since + given.pauses[-1].minutes * MINUTE, said.now) if given.pauses else "",
        "actor": office(path),
        "led": f"由{_named([case.lead])}牵头，" if case.lead else "",
        "helped": f"、{_named(case.cooperating)}协办" if case.cooperating else "",
        "urged": CENTRE if at_banner else "",
        "then": "列入督办" if at_banner else "自动提级",
        "by": local(said.due_at, said.now) if said.due_at else NO_DUE,
        "late": _span(said.now - said.due_at) if said.due_at else "",
        "n": str(said.n),
        "whom": said.whom,
        "held": holders(case, said.held),
    }


def holders(case: Case, held: Sequence[Holding]) -> str:
    """Who has held the case, since when, and whether they let it pass, the newest ones; empty where nobody is named."""
    if not held:
        return ""
    named = [_holder(case, one) for one in held[-HOLDERS:]]
    return f"先后承办：{f'（此前{len(held) - HOLDERS}次从略）' if len(held) > HOLDERS else ''}{'、'.join(named)}。"


def _holder(case: Case, one: Holding) -> str:
    since, until = _day(one.since), f"至{_day(one.until)}" if one.until else "起"
    return f"{office(_path(case, one.unit))}（{since}{until}{'，超期' if one.late else ''}）"


def _path(case: Case, unit: UnitRef) -> Path:
    """The path down to the unit as far as the case knows it."""
    known = {one.code: one for one in (*case.path, *case.path_in_charge())}
    return (*(one for code, one in sorted(known.items()) if unit.code.startswith(code) and code != unit.code), unit)


def _day(moment: datetime) -> str:
    day = moment.astimezone(SHANGHAI)
    return f"{day.month}月{day.day}日"


def _sms(values: Mapping[str, str], most: int) -> str:
    """The title gives way first, then the place, the reference last; what to do by when stays whole."""
    shown = dict(values)
    for part in ("title", "where", "reference"):
        text = fitted(partial(_short, shown, part), shown[part], most)
        if segments(text) <= most:
            break
        shown[part] = ""
    return text


def _short(values: Mapping[str, str], part: str, cut: str) -> str:
    shown = {**values, part: cut}
    title, where = (f"{mark}{shown[name]}" if shown[name] else "" for mark, name in (("：", "title"), ("，", "where")))
    return f"{shown['sign']}{shown['what']}{title}{where}。{shown['ask']}编号{shown['reference']}"


def digest(lines: Sequence[str], count: int, most: int) -> Words:
    """So many alerts in one message: these lines of them, and how many they are in all."""
    subject = f"【一网】汇总：{count}件事项"
    numbered = [f"{n}. {line}" for n, line in enumerate(lines, start=1)]
    end = f"等{count}件" if count > len(lines) else f"共{count}件"
    text = "\n".join((f"{subject}。", *numbered, f"{end}，请在手机应用中逐件办理。"))
    sms = fitted(lambda part: f"{subject}。{part}{end}，请在手机应用中逐件办理。", f"{'；'.join(lines)}；", most)
    return Words(subject=subject, text=text, sms=sms, line=f"汇总：{count}件")


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


def _named(departments: Sequence[str]) -> str:
    return "、".join(NAMES.get(code, code) for code in departments)


def _span(passed: timedelta) -> str:
    """Whole days, or before the first one whole hours."""
    return f"{passed.days}日" if passed.days > 0 else f"{passed // timedelta(hours=1)}小时"


def _shown(text: str) -> str:
    """What the source wrote, on one short line without a full stop; masked while its numbers are still whole."""
    line = masked(" ".join(text.split()))
    return _cut(line.rstrip(ENDS) or line, SHORT)


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 1]}…"
