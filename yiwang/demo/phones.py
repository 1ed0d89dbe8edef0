"""What people got, as it stands on their phones: single messages, a digest, a text message with its segments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contracts.alert import AlertEvent, AlertKind
from contracts.notice import Notice
from yiwang.demo.book import Book
from yiwang.demo.handling import CHANNELS
from yiwang.demo.story import clock
from yiwang.demo.svg import BLUE, FAINT, GREEN, PAPER, Sheet, wrapped

PHONES, SHOWN = 3, 5
WIDE, GAP, TOP, SIZE, LINE = 340.0, 20.0, 96.0, 13.0, 19.0
MOST_LINES: Final = 15
"""Of one message, how many lines are shown."""
COLOURS: Final = {"webhook": BLUE, "sms": GREEN}
"""The channels that end on a phone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, in the banner's time; ``alerts`` is how many it carried."""

    at: datetime
    channel: str
    text: str
    segments: int | None
    alerts: int


def messages(book: Book, texts: Mapping[str, str]) -> Mapping[str, Sequence[Message]]:
    """By person, all that they got, the earliest first; ``texts`` are the digests' words by their id."""
    words = {(said.body.alert_id, said.body.staff): said.body for said in book.notices}
    groups: dict[tuple[str, str, str], list[AlertEvent]] = {}
    for alert in (said.body for said in book.alerts):
        if alert.kind is not AlertKind.SENT or alert.channel not in COLOURS:
            continue
        groups.setdefault((alert.recipient, alert.channel, str(alert.digest or alert.alert_id)), []).append(alert)
    found: dict[str, list[Message]] = {}
    for (person, channel, name), alerts in groups.items():
        first = alerts[0]
        text = texts.get(name) or _words(words.get((first.alert_id, person)), channel)
        found.setdefault(person, []).append(Message(first.at, channel, text, first.segments, len(alerts)))
    return {person: sorted(got, key=lambda one: (one.at, one.channel)) for person, got in found.items()}


def inbox(folder: Path) -> Mapping[str, str]:
    """What reached people's phones, by the id of its alert or digest: the text of each call that the receiver kept."""
    return dict(_kept(folder))


def _kept(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                body = json.loads(json.loads(line)["body"])
                yield str(body["alert"]), str(body["text"])
            except (ValueError, KeyError, TypeError):
                continue  # a mail, which names no alert


def chosen(found: Mapping[str, Sequence[Message]]) -> list[str]:
    """The people to show: who got the largest digest, the longest text message, and the most kinds of messages."""

    def digest(person: str) -> tuple[int, str]:
        return max(one.alerts for one in found[person]), person

    def longest(person: str) -> tuple[int, str]:
        return max(one.segments or 0 for one in found[person]), person

    def kinds(person: str) -> tuple[int, int, str]:
        return len({one.channel for one in found[person]}), len(found[person]), person

    people: list[str] = []
    for wanted in (digest, longest, kinds):
        left = [person for person in found if person not in people]
        people += [max(left, key=wanted)] if left else []
    return people[:PHONES]


def draw(book: Book, texts: Mapping[str, str]) -> str:
    """The picture: up to three phones beside each other."""
    found = messages(book, texts)
    shown = {person: _worth(found[person]) for person in chosen(found)}
    heights = [sum(_height(one) + GAP for one in got) for got in shown.values()]
    sheet = Sheet(GAP + PHONES * (WIDE + GAP), TOP + 80 + max(heights, default=0), "值守人员手机上收到的提醒")
    sheet.text(
        (24, 64),
        "人员均为编号，不对应真实个人；同一时段提醒过多时合并为一条汇总，特急事项不合并。",
        size=13,
        fill=FAINT,
    )
    for number, (person, got) in enumerate(shown.items()):
        _phone(sheet, GAP + number * (WIDE + GAP), person, got, max(heights) + 70)
    return sheet.string()


def _worth(got: Sequence[Message]) -> Sequence[Message]:
    """Those to show of one person: the largest digest and the longest text message among the newest before them."""
    best = max(range(len(got)), key=lambda at: (got[at].alerts, got[at].segments or 0))
    first = max(0, min(best - SHOWN + 2, len(got) - SHOWN))
    return got[first : first + SHOWN]


def _phone(sheet: Sheet, x: float, person: str, got: Sequence[Message], height: float) -> None:
    sheet.rect((x, TOP - 16), (WIDE, height), fill="#eef2f6", stroke=FAINT, round_=22)
    sheet.text((x + WIDE / 2, TOP + 14), f"工号 {person}", size=15, weight="bold", anchor="middle")
    y = TOP + 34
    for one in got:
        _bubble(sheet, (x + 14, y), one)
        y += _height(one) + GAP


def _bubble(sheet: Sheet, at: tuple[float, float], one: Message) -> None:
    x, y = at
    colour = COLOURS[one.channel]
    sheet.rect((x, y), (WIDE - 28, _height(one)), fill=PAPER, stroke=colour, round_=10)
    more = f" · 汇总 {one.alerts} 条提醒" if one.alerts > 1 else ""
    charged = f" · 计 {one.segments} 条短信" if one.segments else ""
    sheet.text(
        (x + 12, y + 20),
        f"{CHANNELS.get(one.channel, one.channel)} {clock(one.at)}{more}{charged}",
        size=12,
        fill=colour,
    )
    for number, line in enumerate(_lines(one)):
        sheet.text((x + 12, y + 42 + LINE * number), line, size=SIZE)


def _lines(one: Message) -> list[str]:
    lines = wrapped(one.text, WIDE - 56, SIZE)
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "……"]


def _height(one: Message) -> float:
    return 38 + LINE * len(_lines(one))


def _words(notice: Notice | None, channel: str) -> str:
    if notice is None:
        return ""
    return notice.words.sms if channel == "sms" else notice.words.text
