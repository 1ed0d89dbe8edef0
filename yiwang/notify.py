"""``yiwang notify explain``: who was told of an event, or would be, over which channels, when and why."""

import asyncio
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from contracts.alert import AlertEvent
from contracts.case import Case, CaseEvent
from contracts.deadline import DeadlineEvent
from contracts.notice import Notice
from contracts.problem import problems
from contracts.territory import SHANGHAI, office
from services.chassis import rows
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Past
from services.chassis.settings import Settings
from services.chassis.tables import BrokenTableError
from services.notification import policy, reading
from services.notification.app import service
from services.notification.plan import row_for
from services.notification.queries import Given, given
from services.notification.roster import Roster
from services.notification.row import Role, role_zh
from services.notification.rules import Rules
from services.notification.templates import local, reference, title
from services.notification.watching import Happening, climb, happened, hear

DRY: Final = UUID(int=0)
"""Stands for the id of an event that is only tried."""
OWNERS: Final = ("routing", "escalation")
"""Whose histories hold the events that people are told of."""

EVENTS: Final[Mapping[str, str]] = {
    "scheduled": "指派（含时限）",
    "rescheduled": "时限调整",
    "warned": "预警",
    "pressing": "告急",
    "breached": "超期",
    "overdue": "督办",
    "opened": "立案",
    "assigned": "改派",
    "accepted": "签收",
    "started": "开始办理",
    "commented": "备注",
    "led": "牵头部门变更",
    "requested": "申请延时或挂账",
    "extended": "批准延时",
    "declined": "申请未批准",
    "suspended": "批准挂账",
    "resumed": "恢复办理",
    "resolved": "办结",
    "confirmed": "回访确认",
    "cancelled": "作废",
    "linked": "并案",
    "split": "拆分",
    "joined": "子事项并回",
    "gathered": "子事项全部结束",
    "related": "关联变动",
    "refused": "操作被拒",
    "moot": "超期无效",
    "kept": "旗级超期",
    "corrected": "更正",
    "withdrawn": "撤回",
    "closed": "结案",
}
CHANNELS: Final[Mapping[str, str]] = {"webhook": "手机应用", "sms": "短信", "mail": "邮件"}
ENDS: Final[Mapping[str, str]] = {"sent": "已送达", "failed": "未送达", "unknown": "不确定"}
COLUMNS: Final = ("工号", "单位", "角色", "时间", "渠道", "标题", "理由")


class Mistake(ValueError):
    """What was given is no event."""


class Events(MongoStore):
    """A history in which single events are found by their ids, with which its rows begin."""

    async def event(self, event: UUID) -> Past | None:
        """The event, if it is there; the port is asked first, for it says in one line when the database is away."""
        await self.read("")
        raw = await self._history.find_one({"_id": {"$gte": f"{event}/", "$lt": f"{event}0"}})
        return rows.past(raw) if raw else None


def explain(event: str) -> int:
    """Explain an event by its id, or in a file (``-``: standard input); answers the exit code."""
    try:
        rules = _rules(os.environ)
        name = _uuid(event)
        if name is None:
            return _tried(rules, _parsed(_text(event)))
    except (Mistake, reading.BrokenRosterError, BrokenTableError) as fault:
        print(fault, file=sys.stderr)
        return 2
    return asyncio.run(_handled(Settings(), rules, name))


def _rules(environ: Mapping[str, str]) -> Rules:
    """The tables that the service would read now; raises BrokenRosterError and BrokenTableError."""
    roster = reading.load(Path(environ.get("YIWANG_ROSTER") or reading.DATA))
    return Rules(roster, policy.load(Path(environ.get("YIWANG_POLICY") or policy.FILE)), frozenset())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Mistake(f"{name}: found no event's id and no file; right is a ce_id, a file of JSON, or -") from fault


def _parsed(text: str) -> Happening:
    """The body of an event of a case or of a clock, which alone has a due time of its own."""
    try:
        raw = json.loads(text)
        model = DeadlineEvent if isinstance(raw, dict) and "due_at" in raw else CaseEvent
        return model.model_validate(raw)
    except ValidationError as error:
        raise Mistake(f"the event's {problems(error)[0]}") from error
    except ValueError as error:
        raise Mistake(f"found no JSON ({error}); right is the body of a case's or a deadline's event") from error


def _tried(rules: Rules, body: Happening) -> int:
    """What the present tables would decide if this were all that is known of the case, and nobody accepted it."""
    notices = list(tried(rules, body))
    _show(rules, body, [Given(notice, {}) for notice in notices], "试算：按现行名册和规则表，且一直无人签收")
    return 0


def tried(rules: Rules, body: Happening) -> Iterator[Notice]:
    """The very decisions of the service: on the event alone, and then step by step on the ladder."""
    decision = hear(rules, None, body, DRY, body.at)
    while decision.state and (watch := decision.state.watch):
        yield from (one.body for one in decision.events if isinstance(one.body, Notice))
        if watch.ladder is None:
            return
        decision = climb(rules, watch, watch.ladder.wake_at)


async def _handled(settings: Settings, rules: Rules, event: UUID) -> int:
    motor = client(settings.mongo)
    of = service(lambda: rules)
    for owner in OWNERS:
        past = await Events(motor, settings.database(owner), of).event(event)
        if past:
            break
    else:
        owners = " and ".join(OWNERS)
        print(f"{event}: found in neither history of {owners}; right is the ce_id of one of their events, or its JSON",
              file=sys.stderr)  # fmt: skip
        return 1
    body = _parsed(past.value)
    found = await given(MongoStore(motor, settings.database("notification"), of), body.case_id)
    mine = [one for one in found if one.notice.event_id == event]
    _show(rules, body, mine, "已处理：按当时的名册和规则表")
    return 0


def _show(rules: Rules, body: Happening, found: Sequence[Given], how: str) -> None:
    case = body.case
    print(f"事件　{EVENTS[body.kind.value]}　{_moment(body.at)}")
    if case is None:
        print("没有事项，不通知任何人")
        return
    due = body.due_at if isinstance(body, DeadlineEvent) else case.due_at
    print(f"事项　{title(case)}　编号{reference(case)}　{case.status.zh}　{case.clock.zh}")
    print(f"承办　{office(case.path_in_charge())}　时限{local(due, body.at) if due else '待定'}")
    print("\n".join(rules_lines(rules, body, case)))
    print(f"通知　{how}：{len(found)}条")
    columns = (*COLUMNS, "结果") if any(one.ends for one in found) else COLUMNS
    lines = [person(rules.roster, one)[: len(columns)] for one in found]
    for each in table(columns, lines):
        print(each)


def rules_lines(rules: Rules, body: Happening, case: Case) -> list[str]:
    """The rows that count for this event now, one for each role; a silent one says why nobody is told."""
    found = [(role, row_for(rules.policy, happened(body), case, role)) for role in Role]
    told = [f"规则　{role.zh}：{row.zh}（{row.name}）" for role, row in found if row.channels]
    silent = dict.fromkeys(f"规则　不通知：{row.zh}（{row.name}）" for _, row in found if not row.channels)
    return [*told, *silent]


def person(roster: Roster, one: Given) -> tuple[str, ...]:
    """One person's row of the table."""
    notice = one.notice
    known = roster.people.get(notice.staff)
    post = f"{known.unit} {known.post.zh}" if known else "已不在名册"
    channels = "、".join(CHANNELS.get(channel, channel) for channel in notice.channels)
    urgent = "即时 " if notice.urgent else ""
    when = f"{urgent}{_moment(notice.not_before)}"
    ends = "、".join(f"{CHANNELS.get(channel, channel)}{_end(end)}" for channel, end in one.ends.items())
    return notice.staff, post, role_zh(notice.role), when, channels, notice.words.subject, notice.why, ends


def _end(end: AlertEvent | None) -> str:
    if end is None:
        return "待发"
    digest = "（汇总）" if end.digest else ""
    return f"{ENDS.get(end.kind.value, end.kind.value)}{digest}" + (f"：{end.detail}" if end.detail else "")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def table(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns under each other on a terminal, where a Chinese character takes two places."""
    if not lines:
        return
    every = [columns, *lines]
    widths = [max(_width(each[n]) for each in every) for n in range(len(columns))]
    for each in every:
        padded = (text + " " * (width - _width(text)) for text, width in zip(each, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
